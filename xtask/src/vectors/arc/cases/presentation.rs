//! What is refused when a credential is presented.

use farebox_arc::Arc01;

use super::flow::{CONTEXT, World, bytes, case, changed};
use super::parameters::sevens;
use crate::vectors::arc::Named;
use crate::vectors::arc::draft::encode;
use crate::vectors::arc::layout::{Layout, replace};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, INVALID, MALFORMED, MISUSE, Want, Writer};

pub(super) fn faults<S: Named + Arc01>(writer: &mut Writer) -> Result<(), String> {
    let mut world = World::<S>::new(writer)?;
    let credential = world.issue("the run that the faulty cases start from")?.credential;
    let (_, state) = world.open(&credential, CONTEXT, 3)?;
    presents(&mut world, &state)?;
    let (first, state) = world.present(&state, "N = 3, the presentation that the faulty cases start from")?;
    let (second, _) = world.present(&state, "N = 3, the presentation after it")?;
    verifications(&mut world, &first, &second)?;
    other_limits(&mut world, &credential)?;
    one_bit(&mut world, &credential)
}

/// Coins of N = 3: a, r, z, nonceBlinding, s_0 and 11 nonces.
fn presents<S: Named + Arc01>(world: &mut World<'_, S>, state: &str) -> Result<(), String> {
    let degenerate: [(&str, &[usize]); 6] = [
        ("a = 0, so that U would be the identity", &[0]),
        ("r = z = 0, so that V would be the identity", &[1, 2]),
        ("nonce = nonceBlinding = 0, so that nonceCommit would be the identity", &[3]),
        ("s_0 = 0 where the bit is 0, so that D_0 would be the identity", &[4]),
        ("the nonces of b_0 and s_0 are 0", &[10, 12]),
        ("all nonces of the proof are 0", &[5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
    ];
    let input = fields([("state", state.to_owned())]);
    for (comment, zeros) in degenerate {
        let draft = case(comment, &["degenerate-coins"], sevens::<S>(16, zeros), input.clone(), MISUSE);
        world.add("present", draft)?;
    }
    let mut add = |comment: &str, flags: &[&'static str], state: Vec<u8>| {
        let input = fields([("state", hex::encode(state))]);
        let coins = World::<S>::coins("present", "faults");
        world.add("present", case(comment, flags, coins, input, MALFORMED)).map(|_| ())
    };
    let state = bytes(state)?;
    let at = state.len() - 16;
    add("a counter that has reached the limit", &["counter"], replace(&state, at, &3u64.to_be_bytes()))?;
    add("a state under N = 1", &["limit"], replace(&state, at + 8, &1u64.to_be_bytes()))?;
    add("a state under N = 0", &["limit"], replace(&state, at + 8, &[0; 8]))?;
    add("a state of another key", &["foreign-state"], replace(&state, 3, &[0; 16]))
}

fn verifications<S: Named + Arc01>(world: &mut World<'_, S>, first: &str, second: &str) -> Result<(), String> {
    let honest = World::<S>::expecting(first, 3, CONTEXT);
    let mut add = |comment: &str, flags: &[&'static str], change: &[(&str, String)], want: Want| {
        world.add("verify", case(comment, flags, Fields::new(), changed(&honest, change), want)).map(|_| ())
    };
    add("honest", &[], &[], ACCEPT)?;
    let presentation = |bytes: Vec<u8>| [("presentation", hex::encode(bytes))];
    for fault in World::<S>::tried(Layout::<S>::presentation(2).faults(&bytes(first)?)?) {
        add(&fault.comment, &[fault.flag], &presentation(fault.bytes), fault.want)?;
    }
    let len = encode::<S>(&Default::default()).len();
    let [one, two] = [bytes(first)?, bytes(second)?];
    for (i, name) in ["U", "U'Commit", "m1Commit", "tag", "nonceCommit", "D_0", "D_1"].into_iter().enumerate() {
        let other = two.get(i * len..(i + 1) * len).unwrap_or_default();
        let mixed = replace(&one, i * len, other);
        add(&format!("{name} of the next presentation"), &["swapped-element"], &presentation(mixed), INVALID)?;
    }
    let (d_0, d_1) = (one.get(5 * len..6 * len), one.get(6 * len..7 * len));
    let swapped = [d_1.unwrap_or_default(), d_0.unwrap_or_default()].concat();
    add(
        "D_0 and D_1 change places, whose bases are the same",
        &["swapped-element"],
        &presentation(replace(&one, 5 * len, &swapped)),
        INVALID,
    )?;
    let proof = one.get(7 * len..).unwrap_or_default();
    let mixed = [two.get(..7 * len).unwrap_or_default(), proof].concat();
    add("the proof of another presentation", &["other-message"], &presentation(mixed), INVALID)?;

    add(
        "another presentation context",
        &["other-context"],
        &[("presentation_context", hex::encode("elsewhere"))],
        INVALID,
    )?;
    add("no presentation context", &["other-context"], &[("presentation_context", String::new())], INVALID)?;
    add("another request context", &["other-context"], &[("request_context", hex::encode("elsewhere"))], INVALID)?;
    for limit in [0, 1, (1u64 << 32) + 1] {
        add(&format!("the verifier asks for N = {limit}"), &["limit"], &[("limit", limit.to_string())], MISUSE)?;
    }
    let other = world.key("the key of another issuer")?;
    world.with_key(other, |world| {
        let draft = case("the key of another issuer", &["other-key"], Fields::new(), honest, INVALID);
        world.add("verify", draft).map(|_| ())
    })
}

/// A presentation under N = 10, verified under others: of as many bits, and of fewer or more.
fn other_limits<S: Named + Arc01>(world: &mut World<'_, S>, credential: &str) -> Result<(), String> {
    let context = "farebox presentation context, of other limits";
    let (_, state) = world.open(credential, context, 10)?;
    let state = world.skip(&state, 5)?;
    let (presentation, _) = world.present(&state, "N = 10, to be verified under other limits")?;
    let honest = World::<S>::expecting(&presentation, 10, context);
    let mut add = |comment: &str, flags: &[&'static str], limits: &[(&str, u64)], want: Want| {
        let change: Vec<_> = limits.iter().map(|(name, limit)| (*name, limit.to_string())).collect();
        world.add("verify", case(comment, flags, Fields::new(), changed(&honest, &change), want)).map(|_| ())
    };
    add("N = 10, nonce = 5", &[], &[], ACCEPT)?;
    for limit in [9, 11, 16] {
        add(
            &format!("made for N = 10, verified for {limit}: other bases"),
            &["other-limit"],
            &[("limit", limit)],
            INVALID,
        )?;
    }
    for limit in [2, 8, 17, 100] {
        let comment = format!("made for N = 10, verified for {limit}: another number of bits");
        add(&comment, &["other-limit"], &[("limit", limit)], MALFORMED)?;
    }
    for limit in [8, 17] {
        let comment = format!("decoded for N = 10, verified for {limit}");
        add(&comment, &["other-limit"], &[("limit", limit), ("decoded_limit", 10)], MISUSE)?;
    }
    Ok(())
}

/// At N = 2 the sum alone binds D_0, which no equation of the proof has.
fn one_bit<S: Named + Arc01>(world: &mut World<'_, S>, credential: &str) -> Result<(), String> {
    let context = "farebox presentation context, of one bit";
    let (_, state) = world.open(credential, context, 2)?;
    let (first, state) = world.present(&state, "N = 2, the presentation that the faulty cases start from")?;
    let (second, _) = world.present(&state, "N = 2, the presentation after it")?;
    let len = encode::<S>(&Default::default()).len();
    let [one, two] = [bytes(&first)?, bytes(&second)?];
    let other = |at: usize| two.get(at * len..(at + 1) * len).unwrap_or_default().to_vec();
    let identity = vec![0; len];
    let mut add = |comment: &str, flags: &[&'static str], bytes: Vec<u8>, want: Want| {
        let input = World::<S>::expecting(&hex::encode(bytes), 2, context);
        world.add("verify", case(comment, flags, Fields::new(), input, want)).map(|_| ())
    };
    let generator = encode::<S>(&<S::Group as farebox_group::Group>::generator());
    add("N = 2: honest", &[], one.clone(), ACCEPT)?;
    add(
        "N = 2: D_0 is G, and the proof does not have it",
        &["consistent-forgery"],
        replace(&one, 5 * len, &generator),
        INVALID,
    )?;
    add("N = 2: D_0 of the other presentation", &["consistent-forgery"], replace(&one, 5 * len, &other(5)), INVALID)?;
    add(
        "N = 2: D_0 is the tag",
        &["consistent-forgery"],
        replace(&one, 5 * len, one.get(3 * len..4 * len).unwrap_or_default()),
        INVALID,
    )?;
    add(
        "N = 2: D_0 is the identity",
        &["consistent-forgery", "identity"],
        replace(&one, 5 * len, &identity),
        MALFORMED,
    )?;
    let both = replace(&replace(&one, 4 * len, &other(4)), 5 * len, &other(5));
    add("N = 2: nonceCommit and D_0 of the other presentation", &["swapped-element"], both, INVALID)
}
