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
    m2: Scalar<S>,
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
    pub(super) coins: ForgedCoins,
}

/// Coins that an honest client does not draw.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ForgedCoins {
    /// As they come.
    Drawn,
    /// z = r = 0, so that V is the identity.
    NoMasks,
    /// z = 0.
    NoZ,
    /// nonceBlinding = 0.
    NoNonceBlinding,
    /// s_0 = 0.
    NoFirstBlinding,
    /// All nonces of the proof are 0, so that all T are the identity.
    NoProofNonces,
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

/// m1, U and U' of a saved credential.
pub(super) fn saved<S: Named>(credential: &[u8]) -> Result<(Scalar<S>, Element<S>, Element<S>), String> {
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

    /// A request with these m1 and m2, and without blinding or proof nonces where they are not drawn.
    pub(super) fn request(&self, m: [Scalar<S>; 2], blind: [bool; 2], nonces: bool, seed: &str) -> Result<Forged, String> {
        let mut coins = Stream::from_seed(seed.as_bytes());
        let mut draw = |drawn: bool| Ok::<_, String>(pick(coins.scalar::<S::Group>()?, drawn));
        let g = S::Group::generator();
        let r = [draw(blind[0])?, draw(blind[1])?];
        let commit = |i: usize| g * &m[i] + self.h * &r[i];
        let enc = [commit(0), commit(1)];
        let instance = Instance::<S>::request([g, self.h, enc[0], enc[1]]);
        let nonces = [draw(nonces)?, draw(nonces)?, draw(nonces)?, draw(nonces)?];
        let proof = instance.prove(&[m[0], m[1], r[0], r[1]], &nonces);
        Ok(Forged { holds: instance.holds(&proof), bytes: message::<S>(&enc, &proof) })
    }

    /// A response to a request, with b = 0 or without proof nonces where they are not drawn.
    pub(super) fn response(&self, request: &[u8], b: bool, nonces: bool, seed: &str) -> Result<Forged, String> {
        let mut coins = Stream::from_seed(seed.as_bytes());
        let mut draw = |drawn: bool| Ok::<_, String>(pick(coins.scalar::<S::Group>()?, drawn));
        let len = S::Group::ELEMENT_LEN;
        let enc = |i: usize| request.get(i * len..(i + 1) * len).and_then(decode::<S>).ok_or("no element");
        let (m1_enc, m2_enc) = (enc(0)?, enc(1)?);
        let [x0, x1, x2, xb] = self.x;
        let (g, h, public) = (S::Group::generator(), self.h, self.public());
        let b = draw(b)?;
        let (t1, t2) = (b * x1, b * x2);
        let h_aux = h * &b;
        let encrypted = public[0] * &b + m1_enc * &t1 + m2_enc * &t2;
        let sent = [g * &b, encrypted, h_aux * &xb, h * &t1, h * &t2, h_aux];
        let elements = [
            g, h, m1_enc, m2_enc, sent[0], sent[1], public[0], public[1], public[2], sent[2], sent[3], sent[4], sent[5],
        ];
        let instance = Instance::<S>::response(elements);
        let nonces = (0..7).map(|_| draw(nonces)).collect::<Result<Vec<_>, _>>()?;
        let proof = instance.prove(&[x0, x1, x2, xb, b, t1, t2], &nonces);
        Ok(Forged { holds: instance.holds(&proof), bytes: message::<S>(&sent, &proof) })
    }

    /// `U U'Commit m1Commit tag` and the masks z and -r.
    fn head(&self, claim: &Claim<S>, [a, r, z]: [Scalar<S>; 3]) -> ([Element<S>; 4], [Scalar<S>; 2]) {
        let u = claim.u * &a;
        let u_prime_commit = claim.u_prime * &a + S::Group::generator() * &r;
        let m1_commit = u * &claim.m1 + self.h * &z;
        ([u, u_prime_commit, m1_commit, self.t * &(claim.m1 + claim.nonce).invert()], [z, -r])
    }

    fn masks(claim: &Claim<S>, coins: &mut Stream) -> Result<[Scalar<S>; 3], String> {
        let mut draw = |drawn| Ok::<_, String>(pick(coins.scalar::<S::Group>()?, drawn));
        let masked = claim.coins != ForgedCoins::NoMasks;
        Ok([draw(true)?, draw(masked)?, draw(masked && claim.coins != ForgedCoins::NoZ)?])
    }

    /// A presentation, with the draws of an honest one.
    pub(super) fn presentation(&self, claim: &Claim<S>, bases: &[u64], seed: &str) -> Result<Forged, String> {
        let mut coins = Stream::from_seed(seed.as_bytes());
        let (head, [z, neg_r]) = self.head(claim, Self::masks(claim, &mut coins)?);
        let [u, u_prime_commit, m1_commit, tag] = head;
        let mut draw = |drawn| Ok::<_, String>(pick(coins.scalar::<S::Group>()?, drawn));
        let (g, k) = (S::Group::generator(), bases.len());
        let nonce_blinding = draw(claim.coins != ForgedCoins::NoNonceBlinding)?;
        let drawn = |i| i > 0 || claim.coins != ForgedCoins::NoFirstBlinding;
        let mut s = (0..k - 1).map(|i| draw(drawn(i))).collect::<Result<Vec<_>, _>>()?;
        let weighted = bases.iter().zip(&s).map(|(base, s)| Scalar::<S>::from(*base) * *s);
        let last = weighted.fold(nonce_blinding, |rest, term| rest - term);
        s.push(last * Scalar::<S>::from(bases.last().copied().unwrap_or_default()).invert());
        let b: Vec<_> = claim.bits.iter().map(|bit| Scalar::<S>::from(*bit)).collect();
        let d: Vec<_> = b.iter().zip(&s).map(|(b, s)| g * b + self.h * s).collect();
        let nonce_commit = g * &claim.nonce + self.h * &nonce_blinding;

        let v = self.v(u, m1_commit, u_prime_commit);
        let [_, x1, _] = self.public();
        let shared = [g, self.h, u, u_prime_commit, m1_commit, v, x1, tag, self.t, nonce_commit];
        let instance = Instance::<S>::presentation(shared, &d);
        let mut witness = vec![claim.m1, z, neg_r, claim.nonce, nonce_blinding];
        witness.extend(b.iter().chain(&s));
        witness.extend(b.iter().zip(&s).map(|(b, s)| (Scalar::<S>::ONE - *b) * *s));
        let nonces = claim.coins != ForgedCoins::NoProofNonces;
        let nonces = witness.iter().map(|_| draw(nonces)).collect::<Result<Vec<_>, _>>()?;
        let proof = instance.prove(&witness, &nonces);
        let sent: Vec<_> = head.into_iter().chain([nonce_commit]).chain(d).collect();
        Ok(Forged { holds: instance.holds(&proof), bytes: message::<S>(&sent, &proof) })
    }

    /// A presentation of the older draft, whose nonce travels beside it.
    pub(super) fn older_presentation(&self, claim: &Claim<S>, seed: &str) -> Result<Forged, String> {
        let mut coins = Stream::from_seed(seed.as_bytes());
        let (head, [z, neg_r]) = self.head(claim, Self::masks(claim, &mut coins)?);
        let [u, u_prime_commit, m1_commit, tag] = head;
        let v = self.v(u, m1_commit, u_prime_commit);
        let m1_tag = self.t - tag * &claim.nonce;
        let [_, x1, _] = self.public();
        let elements =
            [S::Group::generator(), self.h, u, u_prime_commit, m1_commit, v, x1, tag, self.t, m1_tag];
        let instance = Instance::<S>::older_presentation(elements);
        let drawn = claim.coins != ForgedCoins::NoProofNonces;
        let mut draw = || Ok::<_, String>(pick(coins.scalar::<S::Group>()?, drawn));
        let nonces = [draw()?, draw()?, draw()?, draw()?];
        let proof = instance.prove(&[claim.m1, z, neg_r, claim.nonce], &nonces);
        Ok(Forged { holds: instance.holds(&proof), bytes: message::<S>(&head, &proof) })
    }
}

/// What was drawn, or 0.
fn pick<T: farebox_group::Scalar>(scalar: T, drawn: bool) -> T {
    if drawn { scalar } else { T::ZERO }
}

fn message<S: Named>(elements: &[Element<S>], proof: &[u8]) -> Vec<u8> {
    elements.iter().flat_map(encode::<S>).chain(proof.iter().copied()).collect()
}

/// U = U' = identity: a claim that needs no credential.
pub(super) fn without_credential<S: Named>(m1: u64, nonce: u64, bits: Vec<u64>) -> Claim<S> {
    let (m1, nonce, none) = (Scalar::<S>::from(m1), Scalar::<S>::from(nonce), Element::<S>::identity());
    Claim { m1, u: none, u_prime: none, nonce, bits, coins: ForgedCoins::Drawn }
}

/// Scalars behind each other, as keys have them.
pub(super) fn joined<S: Named>(scalars: &[Scalar<S>]) -> String {
    hex::encode(scalars.iter().flat_map(scalar_bytes::<S>).collect::<Vec<_>>())
}
