//! The older draft: the nonce is public.

use farebox_arc::v1::V1;

use super::flow::{CONTEXT, World, bytes, case, changed, output};
use super::forgeries::without_m1;
use super::issuance::{self, forger, supported};
use super::parameters::{degenerate_keys, sevens};
use crate::vectors::arc::Named;
use crate::vectors::arc::draft::Scalar;
use crate::vectors::arc::forge::{Claim, saved, without_credential};
use crate::vectors::arc::layout::{Layout, replace};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, INVALID, MALFORMED, MISUSE, Want, Writer};

pub(super) fn write<S: Named + V1>(writer: &mut Writer) -> Result<(), String> {
    let mut world = World::<S>::new(writer)?;
    degenerate_keys(&mut world)?;
    let credential = world.issue("a credential of the older draft")?.credential;
    for (limit, nonces) in [(2, &[0, 1][..]), (10, &[0, 5, 9]), (1000, &[0, 500, 999])] {
        for nonce in nonces {
            let run = format!("N = {limit}, nonce = {nonce}");
            let shown = present(&mut world, &credential, limit, *nonce, &run)?;
            let input = expecting::<S>(&shown, *nonce, limit);
            world.add("verify", case(run, &[], Fields::new(), input, ACCEPT))?;
        }
    }
    let without_m1 = without_m1(&mut world)?;
    presents(&mut world, &credential, &without_m1)?;
    verifications(&mut world, &credential)?;
    forgeries(&mut world, &credential, &without_m1)?;
    issuance::faults::<S>(writer)
}

fn opened(credential: &str, limit: u64, nonce: u64) -> Fields {
    fields([
        ("credential", credential.to_owned()),
        ("presentation_context", hex::encode(CONTEXT)),
        ("limit", limit.to_string()),
        ("nonce", nonce.to_string()),
    ])
}

fn present<S: Named>(
    world: &mut World<'_, S>,
    credential: &str,
    limit: u64,
    nonce: u64,
    run: &str,
) -> Result<String, String> {
    let coins = World::<S>::coins("present", run);
    let shown = world.add("present", case(run, &[], coins, opened(credential, limit, nonce), ACCEPT))?;
    output(&shown, "presentation")
}

fn expecting<S: Named>(presentation: &str, nonce: u64, limit: u64) -> Fields {
    changed(&World::<S>::expecting(presentation, limit, CONTEXT), &[("nonce", nonce.to_string())])
}

/// Coins: a, r, z and four nonces.
fn presents<S: Named>(world: &mut World<'_, S>, credential: &str, without_m1: &[u8]) -> Result<(), String> {
    let coins = World::<S>::coins("present", "faults");
    let mut add = |comment: &str, flag: &'static str, coins: &Fields, input: Fields, want: Want| {
        world.add("present", case(comment, &[flag], coins.clone(), input, want)).map(|_| ())
    };
    add("nonce = N", "nonce", &coins, opened(credential, 10, 10), MISUSE)?;
    add("nonce = 2^32 - 1", "nonce", &coins, opened(credential, 10, u64::from(u32::MAX)), MISUSE)?;
    for limit in [0, 1, 65537] {
        add(&format!("N = {limit}"), "limit", &coins, opened(credential, limit, 0), MISUSE)?;
    }
    let (flag, honest) = ("degenerate-coins", opened(credential, 10, 0));
    let without_m1 = hex::encode(without_m1);
    add("m1 = 0, so that m1Tag would be the identity", flag, &coins, opened(&without_m1, 10, 3), MISUSE)?;
    add("a = 0, so that U would be the identity", flag, &sevens::<S>(7, &[0]), honest.clone(), MISUSE)?;
    add("r = z = 0, so that V would be the identity", flag, &sevens::<S>(7, &[1, 2]), honest.clone(), MISUSE)?;
    add("the proof's nonces are 0", flag, &sevens::<S>(7, &[3, 4, 5, 6]), honest, MISUSE)?;
    let foreign = hex::encode(replace(&bytes(credential)?, 3, &[0; 16]));
    add("a credential of another key", "foreign-state", &coins, opened(&foreign, 10, 0), MALFORMED)
}

fn verifications<S: Named>(world: &mut World<'_, S>, credential: &str) -> Result<(), String> {
    let shown = present(world, credential, 10, 4, "N = 10, the presentation that the faulty cases start from")?;
    let honest = expecting::<S>(&shown, 4, 10);
    let mut add = |comment: &str, flags: &[&'static str], change: &[(&str, String)], want: Want| {
        world.add("verify", case(comment, flags, Fields::new(), changed(&honest, change), want)).map(|_| ())
    };
    for fault in Layout::<S>::older_presentation().faults(&bytes(&shown)?)? {
        add(&fault.comment, &[fault.flag], &[("presentation", hex::encode(fault.bytes))], fault.want)?;
    }
    add("honest, and the limit is another: no proof has it", &[], &[("limit", "5".into())], ACCEPT)?;
    add("nonce = N", &["nonce"], &[("limit", "4".into())], INVALID)?;
    add("nonce above N", &["nonce"], &[("limit", "2".into())], INVALID)?;
    add("another nonce beside it: one less", &["nonce"], &[("nonce", "3".into())], INVALID)?;
    add("another nonce beside it: one more", &["nonce"], &[("nonce", "5".into())], INVALID)?;
    add("another nonce beside it: 2^32 - 1", &["nonce"], &[("nonce", u32::MAX.to_string())], INVALID)?;
    let elsewhere = hex::encode("elsewhere");
    let change = [("presentation_context", elsewhere.clone())];
    add("another presentation context", &["other-context"], &change, INVALID)?;
    add("another request context", &["other-context"], &[("request_context", elsewhere)], INVALID)?;
    for limit in ["0", "1"] {
        add(&format!("the verifier asks for N = {limit}"), &["limit"], &[("limit", limit.to_owned())], MISUSE)?;
    }
    let other = world.key("the key of another issuer")?;
    world.with_key(other, |world| {
        let draft = case("the key of another issuer", &["other-key"], Fields::new(), honest, INVALID);
        world.add("verify", draft).map(|_| ())
    })
}

/// Forged presentations whose proofs hold.
fn forgeries<S: Named>(world: &mut World<'_, S>, credential: &str, without_m1: &[u8]) -> Result<(), String> {
    let forger = forger(world)?;
    let (m1, u, u_prime) = saved::<S>(&bytes(credential)?)?;
    let claim = |nonce: u64, zeros: &[usize]| {
        let nonce = Scalar::<S>::from(nonce);
        Claim { m1, u, u_prime, nonce, bits: Vec::new(), zeros: zeros.to_vec() }
    };
    let mut add = |comment: &str, flags: &[&'static str], claim: &Claim<S>, nonce: u64, want: Want| {
        let shown = supported(forger.older_presentation(claim, comment)?)?;
        world.add("verify", case(comment, flags, Fields::new(), expecting::<S>(&shown, nonce, 10), want)).map(|_| ())
    };
    let comment = "a presentation that is forged with honest numbers";
    add(comment, &[], &claim(9, &[]), 9, ACCEPT)?;
    let flags = ["consistent-forgery", "nonce"];
    add("nonce = N, and the proof is for it", &flags, &claim(10, &[]), 10, INVALID)?;
    add("nonce above N, and the proof is for it", &flags, &claim(11, &[]), 11, INVALID)?;
    let flags = ["consistent-forgery", "identity"];
    let comment = "U is the identity: a presentation without a credential";
    add(comment, &flags, &without_credential::<S>(5, 3, Vec::new()), 3, MALFORMED)?;
    let flags = ["consistent-forgery", "identity", "degenerate-coins"];
    let comment = "V is the identity, and is hashed as zero bytes: r = z = 0";
    add(comment, &flags, &claim(3, &[1, 2]), 3, INVALID)?;
    let (m1, u, u_prime) = saved::<S>(without_m1)?;
    let zero = Claim { m1, u, u_prime, ..claim(3, &[]) };
    add("m1Tag is the identity, and is hashed as zero bytes: m1 = 0", &flags, &zero, 3, INVALID)?;
    let comment = "every commitment of the proof is the identity, and is hashed as zero bytes";
    add(comment, &flags, &claim(3, &[3, 4, 5, 6]), 3, INVALID)
}
