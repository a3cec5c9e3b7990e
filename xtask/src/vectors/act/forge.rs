//! Messages that their maker's own proof supports although one number in them is wrong.

use farebox_group::ristretto255::{Element, Scalar};
use farebox_group::{ByteOrder, Element as _, Group as _, Ristretto255, Scalar as _};

use super::draft::{Instance, SpendElements, decode, encode, scalars};
use super::shared_params;
use crate::vectors::coins::Stream;
use crate::vectors::outcome::Failure;

/// Parameters and an issuer's key, to forge under.
pub(super) struct Forger {
    separator: String,
    generators: [Element; 4],
    sk: Scalar,
}

/// What a forged spend claims.
pub(super) struct Claim {
    pub(super) balance: Scalar,
    pub(super) charge: Scalar,
    /// What the commitments to bits add up to.
    pub(super) rest: u64,
    /// Whether A' is the identity, so that no signature is needed.
    pub(super) unsigned: bool,
    pub(super) coins: ForgedCoins,
}

/// Coins that an honest client does not draw.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ForgedCoins {
    /// As they come.
    Drawn,
    /// The blindings cancel each other out, so that the commitments add up to the remaining credits alone.
    Cancelled,
    /// All nonces are 0, so that all T are the identity.
    NoNonces,
}

impl From<Failure> for String {
    fn from(failure: Failure) -> Self {
        format!("{failure:?}")
    }
}

fn scalar(bytes: &[u8]) -> Result<Scalar, String> {
    Scalar::from_bytes(bytes, ByteOrder::Little).map_err(|error| error.to_string())
}

/// The fields of 32 bytes from `start` on.
fn fields<const N: usize>(bytes: &[u8], start: usize) -> Result<[&[u8]; N], String> {
    let chunks: Vec<&[u8]> = bytes.get(start..).unwrap_or_default().chunks(32).take(N).collect();
    chunks.try_into().map_err(|_| "too short".to_owned())
}

impl Forger {
    pub(super) fn new(separator: &str, sk: &[u8]) -> Result<Self, String> {
        let params = shared_params(separator, 1).map_err(|error| error.to_string())?;
        let generators: Vec<_> = params.generators().filter_map(|bytes| decode(&bytes)).collect();
        let generators = generators.try_into().map_err(|_| "four generators")?;
        Ok(Self { separator: separator.to_owned(), generators, sk: scalar(sk)? })
    }

    fn session(&self, label: &str, parts: &[&[u8]]) -> Vec<u8> {
        [self.separator.as_bytes(), label.as_bytes()]
            .into_iter()
            .chain(parts.iter().copied())
            .flatten()
            .copied()
            .collect()
    }

    /// A spend of a saved token.
    pub(super) fn spend(&self, token: &[u8], bits: u8, claim: &Claim, seed: &str) -> Result<Vec<u8>, String> {
        let [a, e, k_bytes, r, _, ctx_bytes] = fields(token, 18)?;
        let (a, e, k) = (decode(a).ok_or("A")?, scalar(e)?, scalar(k_bytes)?);
        let (r, ctx) = (scalar(r)?, scalar(ctx_bytes)?);
        let [h1, h2, h3, h4] = self.generators;
        let mut coins = Stream::from_seed(seed.as_bytes());
        let mut draw = || coins.scalar::<Ristretto255>();
        let (r1, r2, mut kstar) = (draw()?, if claim.unsigned { Scalar::ZERO } else { draw()? }, draw()?);

        let h1_prime = Ristretto255::generator() + h2 * &k + h4 * &ctx;
        let b_bar = (h1_prime + h1 * &claim.balance + h3 * &r) * &r1;
        let a_prime = if claim.unsigned { Element::identity() } else { a * &(r1 * r2) };
        let a_bar = b_bar * &r2 - a_prime * &e;
        let mut sigma = (0..bits).map(|_| draw()).collect::<Result<Vec<_>, _>>()?;
        if claim.coins == ForgedCoins::Cancelled {
            kstar = Scalar::ZERO;
            let rest = sigma.iter().enumerate().skip(1).map(|(j, sigma)| Scalar::from(1u64 << j) * *sigma);
            let rest = rest.fold(Scalar::ZERO, |sum, term| sum + term);
            sigma.iter_mut().take(1).for_each(|first| *first = -rest);
        }
        let b: Vec<_> = (0..bits).map(|j| Scalar::from(claim.rest >> j & 1)).collect();
        let mut com: Vec<_> = b.iter().zip(&sigma).map(|(b, sigma)| h1 * b + h3 * sigma).collect();
        if let Some(first) = com.first_mut() {
            *first += h2 * &kstar;
        }
        let weighted = com.iter().enumerate().map(|(j, com)| *com * &Scalar::from(1u64 << j));
        let com_total = weighted.fold(h1 * &claim.charge, |sum, com| sum + com);

        let session = self.session("spend", &[k_bytes, ctx_bytes]);
        let head = [k_bytes, &claim.charge.to_bytes(ByteOrder::Little), ctx_bytes, &encode(&a_prime), &encode(&b_bar)]
            .concat();
        let head: Vec<u8> = head.into_iter().chain(com.iter().flat_map(encode)).collect();
        let elements = SpendElements { a_prime, a_bar, b_bar, h1_prime, com, com_total };
        let instance = Instance::spend(&self.generators, &elements, session)?;

        let not = |b: &Scalar| Scalar::ONE - *b;
        let k2 = b.first().map_or(kstar, |b| not(b) * kstar);
        let mut witness = vec![e, r2, r1.invert(), claim.balance, r];
        witness.extend(&b);
        witness.extend(&sigma);
        witness.extend(b.iter().zip(&sigma).map(|(b, sigma)| not(b) * *sigma));
        witness.extend([kstar, k2]);
        let mut nonces = witness.iter().map(|_| draw()).collect::<Result<Vec<_>, _>>()?;
        if claim.coins == ForgedCoins::NoNonces {
            nonces.fill(Scalar::ZERO);
        }
        let message = with_proof(head, &instance.prove(&witness, &nonces));
        if self.proof_holds(&message, bits)? {
            Ok(message)
        } else {
            Err("the proof of a forged spend does not hold".into())
        }
    }

    /// The statement of a spend message, as the issuer sees it.
    fn instance(&self, message: &[u8], bits: u8, suffix: &[u8]) -> Result<Instance, String> {
        let [k_bytes, s, ctx_bytes, a_prime, b_bar] = fields(message, 0)?;
        let (k, s, ctx) = (scalar(k_bytes)?, scalar(s)?, scalar(ctx_bytes)?);
        let (a_prime, b_bar) = (decode(a_prime).ok_or("A'")?, decode(b_bar).ok_or("B_bar")?);
        let com = message.chunks(32).skip(5).take(usize::from(bits));
        let com = com.map(decode).collect::<Option<Vec<_>>>().ok_or("Com")?;
        let [h1, h2, _, h4] = self.generators;
        let weighted = com.iter().enumerate().map(|(j, com)| *com * &Scalar::from(1u64 << j));
        let com_total = weighted.fold(h1 * &s, |sum, com| sum + com);
        let h1_prime = Ristretto255::generator() + h2 * &k + h4 * &ctx;
        let elements = SpendElements { a_prime, a_bar: a_prime * &self.sk, b_bar, h1_prime, com, com_total };
        Instance::spend(&self.generators, &elements, self.session("spend", &[k_bytes, ctx_bytes, suffix]))
    }

    /// Whether the proof of a spend message holds, whatever its numbers are.
    pub(super) fn proof_holds(&self, message: &[u8], bits: u8) -> Result<bool, String> {
        let proof = message.get(162 + 32 * usize::from(bits)..).ok_or("no proof")?;
        Ok(self.instance(message, bits, b"")?.holds(proof))
    }

    /// A compact spend with its proof written as a batchable one, or the other way round. Both proofs hold for the session
    /// that they were made for.
    pub(super) fn recode(&self, message: &[u8], bits: u8, to_batchable: bool) -> Result<Vec<u8>, String> {
        let (head, proof) = message.split_at_checked(160 + 32 * usize::from(bits)).ok_or("too short")?;
        let proof = proof.get(2..).ok_or("no proof")?;
        let proof = if to_batchable {
            self.instance(message, bits, b"")?.to_batchable(proof)
        } else {
            self.instance(message, bits, b"batchable")?.to_compact(proof)
        };
        Ok(with_proof(head.to_vec(), &proof.ok_or("the proof cannot be read")?))
    }

    /// A response that issues any amount on a request.
    pub(super) fn response(&self, request: &[u8], credits: u64, ctx: &[u8], seed: &str) -> Result<Vec<u8>, String> {
        let commitment = request.get(..32).and_then(decode).ok_or("K")?;
        self.sign(commitment, credits, ctx, seed, |_, amount| self.session("respond", &[amount, ctx]))
    }

    /// A refund of any amount for a saved state.
    pub(super) fn refund(&self, state: &[u8], returned: u64, seed: &str) -> Result<Vec<u8>, String> {
        let [_, _, _, _, ctx, commitment] = fields(state, 18)?;
        let commitment = decode(commitment).ok_or("K'")?;
        self.sign(commitment, returned, ctx, seed, |e, amount| self.session("refund", &[e, amount, ctx]))
    }

    /// `A | e | amount | pok`.
    fn sign(
        &self,
        commitment: Element,
        amount: u64,
        ctx: &[u8],
        seed: &str,
        session: impl Fn(&[u8], &[u8]) -> Vec<u8>,
    ) -> Result<Vec<u8>, String> {
        let mut coins = Stream::from_seed(seed.as_bytes());
        let (e, nonce) = (coins.scalar::<Ristretto255>()?, coins.scalar::<Ristretto255>()?);
        let [h1, _, _, h4] = self.generators;
        let (g, amount) = (Ristretto255::generator(), Scalar::from(amount));
        let x_a = g + h1 * &amount + h4 * &scalar(ctx)? + commitment;
        let d = e + self.sk;
        let a = x_a * &d.invert();
        let tail = scalars([&e, &amount]);
        let (e_bytes, amount_bytes) = tail.split_at(32);
        let instance = Instance::dleq([a, x_a, g, g * &d], session(e_bytes, amount_bytes))?;
        let proof = instance.prove(&[d], &[nonce]);
        if !instance.holds(&proof) {
            return Err("the proof of a forged signature does not hold".into());
        }
        Ok(with_proof([encode(&a).as_slice(), &tail].concat(), &proof))
    }

    /// A saved state after a spend that left `rest` and spent `charge`, with the commitment that belongs to it.
    pub(super) fn pre_refund(&self, state: &[u8], rest: u64, charge: u64) -> Result<Vec<u8>, String> {
        let [kstar, rstar, _, _, ctx, _] = fields(state, 18)?;
        let [h1, h2, h3, _] = self.generators;
        let (rest, charge) = (Scalar::from(rest), Scalar::from(charge));
        let commitment = h1 * &rest + h2 * &scalar(kstar)? + h3 * &scalar(rstar)?;
        let head = state.get(..18).ok_or("too short")?;
        Ok([head, kstar, rstar, &scalars([&rest, &charge]), ctx, &encode(&commitment)].concat())
    }
}

fn with_proof(mut head: Vec<u8>, proof: &[u8]) -> Vec<u8> {
    head.extend(u16::try_from(proof.len()).unwrap_or(u16::MAX).to_be_bytes());
    head.extend(proof);
    head
}
