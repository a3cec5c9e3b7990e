//! Forged presentations whose proofs hold: only the checks beside the proof stop them.

use farebox_arc::Arc01;

use super::flow::{CONTEXT, REQUEST_CONTEXT, World, bytes, case, output};
use super::issuance::supported;
use super::parameters::sevens;
use crate::vectors::arc::Named;
use crate::vectors::arc::draft::Scalar;
use crate::vectors::arc::forge::{Claim, Forger, bases, bits, saved, without_credential};
use crate::vectors::arc::layout::replace;
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, INVALID, MALFORMED, MISUSE, Want, Writer};

const FORGED: &str = "consistent-forgery";
const COINS: &str = "degenerate-coins";

/// Adds forged presentations.
struct Forging<'f, 'w, S: Named> {
    world: &'f mut World<'w, S>,
    forger: Forger<S>,
    limit: u64,
}

impl<S: Named + Arc01> Forging<'_, '_, S> {
    /// A forgery whose proof holds.
    fn add(&mut self, comment: &str, flags: &[&'static str], claim: &Claim<S>, want: Want) -> Result<(), String> {
        let forged = self.forger.presentation(claim, &bases(self.limit), comment)?;
        self.verify(comment, flags, &supported(forged)?, want)
    }

    /// A statement that is false, so that its proof cannot hold.
    fn add_false(&mut self, comment: &str, flags: &[&'static str], claim: &Claim<S>) -> Result<(), String> {
        let forged = self.forger.presentation(claim, &bases(self.limit), comment)?;
        if forged.holds {
            return Err(format!("{comment}: the proof holds"));
        }
        self.verify(comment, flags, &hex::encode(forged.bytes), INVALID)
    }

    fn verify(&mut self, comment: &str, flags: &[&'static str], message: &str, want: Want) -> Result<(), String> {
        let input = World::<S>::expecting(message, self.limit, CONTEXT);
        let comment = format!("N = {}: {comment}", self.limit);
        self.world.add("verify", case(comment, flags, Fields::new(), input, want)).map(|_| ())
    }
}

pub(super) fn write<S: Named + Arc01>(writer: &mut Writer) -> Result<(), String> {
    let mut world = World::<S>::new(writer)?;
    let credential = bytes(&world.issue("a credential to forge with")?.credential)?;
    let without_m1 = without_m1(&mut world)?;
    no_tag(&mut world, &without_m1)?;
    for limit in [10, 2] {
        let forger = Forger::new(&bytes(&world.sk)?, REQUEST_CONTEXT.as_bytes(), CONTEXT.as_bytes())?;
        let mut forging = Forging { world: &mut world, forger, limit };
        nonces(&mut forging, &credential)?;
        identities(&mut forging, &credential, &without_m1)?;
    }
    Ok(())
}

/// A credential with m1 = 0, which a client can ask for.
pub(super) fn without_m1<S: Named>(world: &mut World<'_, S>) -> Result<Vec<u8>, String> {
    let (run, input) = ("m1 = 0", fields([("request_context", hex::encode(REQUEST_CONTEXT))]));
    let request = world.add("request", case(run, &[], sevens::<S>(7, &[0]), input, ACCEPT))?;
    let input = fields([("request", output(&request, "request")?)]);
    let response = world.add("response", case(run, &[], World::<S>::coins("response", run), input, ACCEPT))?;
    let input = fields([("state", output(&request, "state")?), ("response", output(&response, "response")?)]);
    bytes(&output(&world.add("finalize", case(run, &[], Fields::new(), input, ACCEPT))?, "credential")?)
}

/// With m1 = 0 the first nonce has no tag: m1 + nonce = 0 has no inverse.
fn no_tag<S: Named + Arc01>(world: &mut World<'_, S>, credential: &[u8]) -> Result<(), String> {
    let (_, state) = world.open(&hex::encode(credential), CONTEXT, 2)?;
    let mut add = |comment: &str, flags: &[&'static str], state: String, want: Want| {
        let input = fields([("state", state)]);
        world.add("present", case(comment, flags, sevens::<S>(12, &[]), input, want)).map(|_| ())
    };
    add("m1 + nonce = 0, so that the tag would be the identity", &[COINS], state.clone(), MISUSE)?;
    let second = replace(&bytes(&state)?, bytes(&state)?.len() - 16, &1u64.to_be_bytes());
    add("m1 = 0 and the nonce after it", &[], hex::encode(second), ACCEPT)
}

/// A claim of a credential, with honest coins and the bits of `of`.
fn claim<S: Named>(credential: &[u8], limit: u64, nonce: Scalar<S>, of: u64) -> Result<Claim<S>, String> {
    let (m1, u, u_prime) = saved::<S>(credential)?;
    Ok(Claim { m1, u, u_prime, nonce, bits: bits(of, &bases(limit)), zeros: Vec::new() })
}

/// Nonces that are not below N. The proof takes any nonce; the sum over the bases does not.
fn nonces<S: Named + Arc01>(forging: &mut Forging<'_, '_, S>, credential: &[u8]) -> Result<(), String> {
    let limit = forging.limit;
    let number = |n: u64| Scalar::<S>::from(n);
    let of = |nonce, bits| claim::<S>(credential, limit, nonce, bits);
    forging.add("a presentation that is forged with honest numbers", &[], &of(number(1), 1)?, ACCEPT)?;
    let flags = [FORGED, "nonce"];
    if limit == 2 {
        // nonceCommit stands for D_0 in the proof, so that it has to hide a bit.
        forging.add_false("nonce = N, and D_0 hides 1", &["nonce"], &of(number(2), 1)?)?;
        return forging.add_false("nonce = q - 1, and D_0 hides 1", &["nonce"], &of(-number(1), 1)?);
    }
    forging.add("nonce = N, and the bits add up to 0", &flags, &of(number(limit), 0)?, INVALID)?;
    forging.add("nonce = N, and all bits are 1", &flags, &of(number(limit), limit - 1)?, INVALID)?;
    forging.add("nonce = 2^k", &flags, &of(number(16), 0)?, INVALID)?;
    forging.add("nonce = q - 1", &flags, &of(-number(1), 0)?, INVALID)?;
    forging.add("nonce = 3, and the bits add up to 4", &flags, &of(number(3), 4)?, INVALID)?;
    let largest = Claim { bits: vec![1; 4], ..of(number(limit - 1), 0)? };
    forging.add("nonce = N - 1, and all bits are 1", &["boundary"], &largest, ACCEPT)?;
    let second = Claim { bits: vec![0, 0, 1, 0], ..of(number(2), 0)? };
    let comment = "nonce = 2 by the second of two equal bases, which the verifier cannot see";
    forging.add(comment, &[], &second, ACCEPT)?;
    let two = Claim { bits: vec![2, 0, 0, 0], ..of(number(8), 0)? };
    forging.add_false("a bit is 2, and the sum is right and below N", &["nonce"], &two)?;
    let twos = Claim { bits: vec![2; 4], ..of(number(18), 0)? };
    forging.add_false("all bits are 2, and the sum is right and above N", &["nonce"], &twos)
}

/// Elements that are the identity, in messages and within the verifier.
fn identities<S: Named + Arc01>(
    forging: &mut Forging<'_, '_, S>,
    credential: &[u8],
    without_m1: &[u8],
) -> Result<(), String> {
    let limit = forging.limit;
    let of = |credential, nonce: u64, zeros: &[usize]| {
        let honest = claim::<S>(credential, limit, Scalar::<S>::from(nonce), nonce)?;
        Ok::<_, String>(Claim { zeros: zeros.to_vec(), ..honest })
    };
    let flags = [FORGED, "identity"];
    let none = without_credential::<S>(5, 1, bits(1, &bases(limit)));
    forging.add("U is the identity: a presentation without a credential", &flags, &none, MALFORMED)?;
    let zero = of(without_m1, 1, &[2])?;
    forging.add("m1Commit is the identity: m1 = z = 0", &flags, &zero, MALFORMED)?;
    let zero = of(credential, 0, &[3])?;
    let comment = if limit == 2 { "nonceCommit and D_0 are the identity" } else { "nonceCommit is the identity" };
    forging.add(comment, &flags, &zero, MALFORMED)?;
    if limit > 2 {
        let zero = of(credential, 0, &[4])?;
        forging.add("D_0 is the identity", &flags, &zero, MALFORMED)?;
    }
    let flags = [FORGED, "identity", COINS];
    let zero = of(credential, 1, &[1, 2])?;
    forging.add("V is the identity, and is hashed as zero bytes: r = z = 0", &flags, &zero, INVALID)?;
    // a, r, z, nonceBlinding and k - 1 blindings come before the 5 + 3k nonces.
    let k = bases(limit).len();
    let proof: Vec<usize> = (3 + k..8 + 4 * k).collect();
    let zero = of(credential, 1, &proof)?;
    forging.add("every T of the proof is the identity, and is hashed as zero bytes", &flags, &zero, INVALID)
}

/// Proofs of the same statements in the group's other Fiat-Shamir format, whose messages look the same.
pub(super) fn other_format<S: Named + Arc01, Other: Named + Arc01>(writer: &mut Writer) -> Result<(), String> {
    let mut world = World::<S>::new(writer)?;
    let issued = world.issue("a credential to forge with")?;
    let (sk, comment) = (bytes(&world.sk)?, format!("a proof in the format of {}", Other::NAME));
    let forger = Forger::<Other>::new(&sk, REQUEST_CONTEXT.as_bytes(), CONTEXT.as_bytes())?;
    let m = [Scalar::<Other>::from(5), Scalar::<Other>::from(6)];
    let request = supported(forger.request(m, &[], "format")?)?;
    let response = supported(forger.response(&bytes(&issued.request)?, &[], "format")?)?;
    let claim = claim::<Other>(&bytes(&issued.credential)?, 10, Scalar::<Other>::from(7), 7)?;
    let presentation = supported(forger.presentation(&claim, &bases(10), "format")?)?;
    for (operation, coins, input) in [
        ("response", World::<S>::coins("response", "faults"), fields([("request", request)])),
        ("finalize", Fields::new(), fields([("state", issued.state), ("response", response)])),
        ("verify", Fields::new(), World::<S>::expecting(&presentation, 10, CONTEXT)),
    ] {
        world.add(operation, case(&comment, &["format"], coins, input, INVALID))?;
    }
    Ok(())
}
