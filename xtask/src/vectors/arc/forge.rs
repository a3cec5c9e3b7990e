//! Messages that their maker's own proof supports although one number or element in them is wrong.

use farebox_group::{Element as _, Group, Scalar as _};

use super::Named;
use super::draft::{Element, Instance, Scalar, decode, encode, scalar, scalar_bytes};
use crate::vectors::coins::Stream;

/// An issuer's key and both contexts, to forge under.
pub(super) struct Forger<S: Named> {
    h: Element<S>,
    /// x0, x1, x2, xb.
    x: [Scalar<S>; 4],
    pub(super) m2: Scalar<S>,
    t: Element<S>,
}

/// What a forged presentation claims.
pub(super) struct Claim<S: Named> {
    pub(super) m1: Scalar<S>,
    /// U and U' of the credential.
    pub(super) u: Element<S>,
    pub(super) u_prime: Element<S>,
    pub(super) nonce: Scalar<S>,
    /// What the commitments to bits hide, for each base.
    pub(super) bits: Vec<u64>,
    /// Which draws are 0, counted from the first.
    pub(super) zeros: Vec<usize>,
}

/// Scalars from a seed, some of which are 0 instead.
struct Draws<'z> {
    coins: Stream,
    zeros: &'z [usize],
    drawn: usize,
}

impl<'z> Draws<'z> {
    fn new(seed: &str, zeros: &'z [usize]) -> Self {
        Self { coins: Stream::from_seed(seed.as_bytes()), zeros, drawn: 0 }
    }

    fn scalars<S: Named, const N: usize>(&mut self) -> Result<[Scalar<S>; N], String> {
        self.list::<S>(N)?.try_into().map_err(|_| "as many as were drawn".to_owned())
    }

    fn list<S: Named>(&mut self, count: usize) -> Result<Vec<Scalar<S>>, String> {
        let from = self.drawn;
        self.drawn += count;
        let mut scalars = self.coins.scalars::<S::Group>(count)?;
        let zeros = scalars.iter_mut().enumerate().filter(|(i, _)| self.zeros.contains(&(from + i)));
        zeros.for_each(|(_, scalar)| *scalar = Scalar::<S>::ZERO);
        Ok(scalars)
    }
}

/// A forged message, and whether its proof holds.
pub(super) struct Forged {
    pub(super) bytes: Vec<u8>,
    pub(super) holds: bool,
}

/// The bases of a limit, the largest first.
pub(super) fn bases(limit: u64) -> Vec<u64> {
    let mut powers: Vec<u64> = (0..32).map(|i| 1 << i).take_while(|power| 2 * power < limit).collect();
    powers.push(limit - 1 - powers.iter().sum::<u64>());
    powers.sort_unstable_by(|a, b| b.cmp(a));
    powers
}

/// The largest bases that fit.
pub(super) fn bits(nonce: u64, bases: &[u64]) -> Vec<u64> {
    let mut rest = nonce;
    let mut bit = |base: &u64| {
        let bit = u64::from(*base <= rest);
        rest -= bit * base;
        bit
    };
    bases.iter().map(&mut bit).collect()
}

/// m1, U and U'.
type Mac<S> = (Scalar<S>, Element<S>, Element<S>);

/// m1, U and U' of a saved credential.
pub(super) fn saved<S: Named>(credential: &[u8]) -> Result<Mac<S>, String> {
    let len = S::Group::ELEMENT_LEN;
    let part = |at, len| credential.get(at..at + len).ok_or_else(|| "too short".to_owned());
    let element = |at| decode::<S>(part(at, len)?).ok_or_else(|| "no element".to_owned());
    Ok((scalar::<S>(part(19, 32)?)?, element(51)?, element(51 + len)?))
}

impl<S: Named> Forger<S> {
    pub(super) fn new(sk: &[u8], request_context: &[u8], presentation_context: &[u8]) -> Result<Self, String> {
        let x = sk.chunks(32).map(scalar::<S>).collect::<Result<Vec<_>, _>>()?;
        let x = x.try_into().map_err(|_| "four scalars")?;
        let name = S::CONTEXT_STRING.as_bytes();
        let to_group = |message: &[u8], info: &[u8]| {
            S::Group::hash_to_group(&[message], &[b"HashToGroup-", name, info]).map_err(|error| error.to_string())
        };
        let m2 = S::Group::hash_to_scalar(&[request_context], &[b"HashToScalar-", name, b"requestContext"]);
        let h = to_group(&encode::<S>(&S::Group::generator()), b"generatorH")?;
        let t = to_group(presentation_context, b"Tag")?;
        Ok(Self { h, x, m2: m2.map_err(|error| error.to_string())?, t })
    }

    fn public(&self) -> [Element<S>; 3] {
        let [x0, x1, x2, xb] = &self.x;
        [S::Group::generator() * x0 + self.h * xb, self.h * x1, self.h * x2]
    }

    /// `X0 | X1 | X2`, in hex.
    pub(super) fn public_key(&self) -> String {
        hex::encode(self.public().iter().flat_map(encode::<S>).collect::<Vec<_>>())
    }

    /// What the verifier computes.
    fn v(&self, u: Element<S>, m1_commit: Element<S>, u_prime_commit: Element<S>) -> Element<S> {
        let [x0, x1, x2, _] = &self.x;
        u * x0 + m1_commit * x1 + u * &(*x2 * self.m2) - u_prime_commit
    }

    /// A request with these m1 and m2. Draws r1, r2 and four nonces, of which some are 0.
    pub(super) fn request(&self, [m1, m2]: [Scalar<S>; 2], zeros: &[usize], seed: &str) -> Result<Forged, String> {
        let mut draws = Draws::new(seed, zeros);
        let [r1, r2] = draws.scalars::<S, 2>()?;
        let (g, h) = (S::Group::generator(), self.h);
        let (m1_enc, m2_enc) = (g * &m1 + h * &r1, g * &m2 + h * &r2);
        let instance = Instance::<S>::request([g, h, m1_enc, m2_enc]);
        let proof = instance.prove(&[m1, m2, r1, r2], &draws.scalars::<S, 4>()?);
        Ok(Forged { holds: instance.holds(&proof), bytes: message::<S>(&[m1_enc, m2_enc], &proof) })
    }

    /// A response to a request. Draws b and seven nonces, of which some are 0.
    pub(super) fn response(&self, request: &[u8], zeros: &[usize], seed: &str) -> Result<Forged, String> {
        let mut draws = Draws::new(seed, zeros);
        let [b] = draws.scalars::<S, 1>()?;
        let len = S::Group::ELEMENT_LEN;
        let enc = |i: usize| request.get(i * len..(i + 1) * len).and_then(decode::<S>).ok_or("no element");
        let (m1_enc, m2_enc) = (enc(0)?, enc(1)?);
        let [x0, x1, x2, xb] = self.x;
        let (g, h, [big_x0, big_x1, big_x2]) = (S::Group::generator(), self.h, self.public());
        let (t1, t2) = (b * x1, b * x2);
        let (u, enc_u_prime) = (g * &b, big_x0 * &b + m1_enc * &t1 + m2_enc * &t2);
        let h_aux = h * &b;
        let (x0_aux, x1_aux, x2_aux) = (h_aux * &xb, h * &t1, h * &t2);
        let known = [g, h, m1_enc, m2_enc, u, enc_u_prime, big_x0, big_x1, big_x2, x0_aux, x1_aux, x2_aux, h_aux];
        let instance = Instance::<S>::response(known);
        let proof = instance.prove(&[x0, x1, x2, xb, b, t1, t2], &draws.scalars::<S, 7>()?);
        let sent = [u, enc_u_prime, x0_aux, x1_aux, x2_aux, h_aux];
        Ok(Forged { holds: instance.holds(&proof), bytes: message::<S>(&sent, &proof) })
    }

    /// `U U'Commit m1Commit tag`.
    fn head(&self, claim: &Claim<S>, [a, r, z]: [Scalar<S>; 3]) -> [Element<S>; 4] {
        let u = claim.u * &a;
        let u_prime_commit = claim.u_prime * &a + S::Group::generator() * &r;
        let m1_commit = u * &claim.m1 + self.h * &z;
        [u, u_prime_commit, m1_commit, self.t * &(claim.m1 + claim.nonce).invert()]
    }

    /// A presentation, with the draws of an honest one: a, r, z, nonceBlinding, k - 1 blindings, 5 + 3k nonces.
    pub(super) fn presentation(&self, claim: &Claim<S>, bases: &[u64], seed: &str) -> Result<Forged, String> {
        let mut draws = Draws::new(seed, &claim.zeros);
        let [a, r, z, nonce_blinding] = draws.scalars::<S, 4>()?;
        let (g, k) = (S::Group::generator(), bases.len());
        let mut s = draws.list::<S>(k - 1)?;
        let weighted = bases.iter().zip(&s).map(|(base, s)| Scalar::<S>::from(*base) * *s);
        let last = weighted.fold(nonce_blinding, |rest, term| rest - term);
        s.push(last * Scalar::<S>::from(bases.last().copied().unwrap_or_default()).invert());
        let b: Vec<_> = claim.bits.iter().map(|bit| Scalar::<S>::from(*bit)).collect();
        let d: Vec<_> = b.iter().zip(&s).map(|(b, s)| g * b + self.h * s).collect();
        let nonce_commit = g * &claim.nonce + self.h * &nonce_blinding;

        let head = self.head(claim, [a, r, z]);
        let [u, u_prime_commit, m1_commit, tag] = head;
        let v = self.v(u, m1_commit, u_prime_commit);
        let [_, x1, _] = self.public();
        let shared = [g, self.h, u, u_prime_commit, m1_commit, v, x1, tag, self.t, nonce_commit];
        let instance = Instance::<S>::presentation(shared, &d);
        let mut witness = vec![claim.m1, z, -r, claim.nonce, nonce_blinding];
        witness.extend(b.iter().chain(&s));
        witness.extend(b.iter().zip(&s).map(|(b, s)| (Scalar::<S>::ONE - *b) * *s));
        let proof = instance.prove(&witness, &draws.list::<S>(witness.len())?);
        let sent: Vec<_> = head.into_iter().chain([nonce_commit]).chain(d).collect();
        Ok(Forged { holds: instance.holds(&proof), bytes: message::<S>(&sent, &proof) })
    }

    /// A presentation of the older draft, whose nonce travels beside it. Draws a, r, z and four nonces.
    pub(super) fn older_presentation(&self, claim: &Claim<S>, seed: &str) -> Result<Forged, String> {
        let mut draws = Draws::new(seed, &claim.zeros);
        let [a, r, z] = draws.scalars::<S, 3>()?;
        let head = self.head(claim, [a, r, z]);
        let [u, u_prime_commit, m1_commit, tag] = head;
        let v = self.v(u, m1_commit, u_prime_commit);
        let m1_tag = self.t - tag * &claim.nonce;
        let ([_, x1, _], g) = (self.public(), S::Group::generator());
        let known = [g, self.h, u, u_prime_commit, m1_commit, v, x1, tag, self.t, m1_tag];
        let instance = Instance::<S>::older_presentation(known);
        let proof = instance.prove(&[claim.m1, z, -r, claim.nonce], &draws.scalars::<S, 4>()?);
        Ok(Forged { holds: instance.holds(&proof), bytes: message::<S>(&head, &proof) })
    }
}

fn message<S: Named>(elements: &[Element<S>], proof: &[u8]) -> Vec<u8> {
    elements.iter().flat_map(encode::<S>).chain(proof.iter().copied()).collect()
}

/// U = U' = identity: a claim that needs no credential.
pub(super) fn without_credential<S: Named>(m1: u64, nonce: u64, bits: Vec<u64>) -> Claim<S> {
    let (m1, nonce, none) = (Scalar::<S>::from(m1), Scalar::<S>::from(nonce), Element::<S>::identity());
    Claim { m1, u: none, u_prime: none, nonce, bits, zeros: Vec::new() }
}

/// Scalars behind each other, as keys have them.
pub(super) fn joined<S: Named>(scalars: &[Scalar<S>]) -> String {
    hex::encode(scalars.iter().flat_map(scalar_bytes::<S>).collect::<Vec<_>>())
}
