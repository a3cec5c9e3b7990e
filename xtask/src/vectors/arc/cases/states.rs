//! Contexts that are opened, counters that move, and saved states.

use farebox_arc::Arc01;

use super::flow::{CONTEXT, World, bytes, case, changed, output};
use crate::vectors::arc::Named;
use crate::vectors::arc::layout::{Layout, replace};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, MALFORMED, MISUSE, Want, Writer};

pub(super) fn write<S: Named + Arc01>(writer: &mut Writer) -> Result<(), String> {
    let mut world = World::<S>::new(writer)?;
    let issued = world.issue("the run whose states are saved")?;
    let (once, first) = world.open(&issued.credential, CONTEXT, 10)?;
    let (twice, _) = world.open(&once, "farebox presentation context, the second", 10)?;
    opens(&mut world, &issued.credential, &twice)?;
    let state = world.skip(&first, 4)?;
    let closed = world.skip(&first, 10)?;
    skips(&mut world, &state)?;
    limits(&mut world, &state, &closed)?;
    let saved = world
        .add("secret-key", case("a key to save", &[], Fields::new(), fields([("sk", world.sk.clone())]), ACCEPT))?;
    let kinds = [
        ("secret-key", output(&saved, "saved")?, Layout::secret_key()),
        ("pre-issuance", issued.state, Layout::pre_issuance()),
        ("credential", twice, Layout::credential(2)),
        ("presentation-state", state, Layout::presentation_state()),
        ("closed-context", closed, Layout::closed_context()),
    ];
    for (kind, honest, layout) in &kinds {
        of_kind(&mut world, kind, &bytes(honest)?, layout)?;
    }
    // One kind's bytes read as the next kind.
    for ((kind, ..), (_, bytes, _)) in kinds.iter().zip(kinds.iter().cycle().skip(1)) {
        add(&mut world, kind, "bytes of another kind", &["version"], bytes.clone(), MALFORMED)?;
    }
    counters(&mut world, &kinds.map(|(_, honest, _)| honest))
}

fn opens<S: Named>(world: &mut World<'_, S>, fresh: &str, twice: &str) -> Result<(), String> {
    let honest = fields([
        ("credential", twice.to_owned()),
        ("presentation_context", hex::encode(CONTEXT)),
        ("limit", "10".to_owned()),
    ]);
    let mut add = |comment: &str, flags: &[&'static str], change: &[(&str, String)], want: Want| {
        world.add("open", case(comment, flags, Fields::new(), changed(&honest, change), want)).map(|_| ())
    };
    add("a context that was opened before", &["opened"], &[], MISUSE)?;
    add("a context that was opened before, under a higher limit", &["opened"], &[("limit", "100".into())], MISUSE)?;
    add("a third context", &[], &[("presentation_context", hex::encode("the third"))], ACCEPT)?;
    for limit in ["0", "1", "4294967297"] {
        let change = [("credential", fresh.to_owned()), ("limit", limit.to_owned())];
        add(&format!("N = {limit}"), &["limit"], &change, MISUSE)?;
    }
    let foreign = hex::encode(replace(&bytes(fresh)?, 3, &[0; 16]));
    add("a credential of another key", &["foreign-state"], &[("credential", foreign)], MALFORMED)
}

/// A counter of 4 under N = 10.
fn skips<S: Named>(world: &mut World<'_, S>, state: &str) -> Result<(), String> {
    let cases: [(&str, u64, &[&'static str], Want); 8] = [
        ("where it stands", 4, &[], ACCEPT),
        ("to the last nonce", 9, &["boundary"], ACCEPT),
        ("to N, which closes the context", 10, &["boundary"], ACCEPT),
        ("above N", 1000, &[], ACCEPT),
        ("to 2^32", 1 << 32, &["boundary"], ACCEPT),
        ("above 2^32", (1 << 32) + 1, &["counter"], MISUSE),
        ("one back", 3, &["counter"], MISUSE),
        ("back to 0", 0, &["counter"], MISUSE),
    ];
    for (comment, next, flags, want) in cases {
        let input = fields([("state", state.to_owned()), ("next", next.to_string())]);
        world.add("skip", case(comment, flags, Fields::new(), input, want))?;
    }
    Ok(())
}

/// Another N for a counter of 4 under N = 10, and for a closed one of 10.
fn limits<S: Named>(world: &mut World<'_, S>, state: &str, closed: &str) -> Result<(), String> {
    let (open, shut) = (("presentation-state", state), ("closed-context", closed));
    let cases: [(&str, _, u64, &[&'static str], Want); 13] = [
        ("raised: the counter goes on", open, 100, &[], ACCEPT),
        ("the same limit", open, 10, &[], ACCEPT),
        ("lowered to one above the counter", open, 5, &["boundary"], ACCEPT),
        ("lowered to the counter, which closes the context", open, 4, &["boundary"], ACCEPT),
        ("lowered below the counter", open, 2, &[], ACCEPT),
        ("raised to 2^32", open, 1 << 32, &["boundary"], ACCEPT),
        ("N = 1", open, 1, &["limit"], MISUSE),
        ("above 2^32", open, (1 << 32) + 1, &["limit"], MISUSE),
        ("closed, and raised by one: it reopens where it stood", shut, 11, &["boundary"], ACCEPT),
        ("closed, under the same limit", shut, 10, &[], ACCEPT),
        ("closed, and lowered", shut, 2, &[], ACCEPT),
        ("closed, N = 0", shut, 0, &["limit"], MISUSE),
        ("a closed context read as an open one", ("presentation-state", closed), 11, &["version"], MALFORMED),
    ];
    for (comment, (kind, state), limit, flags, want) in cases {
        let input = fields([("kind", kind.to_owned()), ("state", state.to_owned()), ("limit", limit.to_string())]);
        world.add("with-limit", case(comment, flags, Fields::new(), input, want))?;
    }
    Ok(())
}

fn add<S: Named>(
    world: &mut World<'_, S>,
    kind: &str,
    comment: &str,
    flags: &[&'static str],
    bytes: String,
    want: Want,
) -> Result<(), String> {
    let input = fields([("kind", kind.to_owned()), ("bytes", bytes)]);
    world.add("state", case(format!("{kind}: {comment}"), flags, Fields::new(), input, want)).map(|_| ())
}

fn of_kind<S: Named>(world: &mut World<'_, S>, kind: &str, honest: &[u8], layout: &Layout<S>) -> Result<(), String> {
    add(world, kind, "honest", &[], hex::encode(honest), ACCEPT)?;
    for (comment, flag, at, value) in [
        ("version 0", "version", 0, 0),
        ("version 2", "version", 0, 2),
        ("kind 0", "version", 1, 0),
        ("another suite", "foreign-state", 2, 9),
    ] {
        add(world, kind, comment, &[flag], hex::encode(replace(honest, at, &[value])), MALFORMED)?;
    }
    if !["secret-key", "pre-issuance"].contains(&kind) {
        let foreign = replace(honest, 3, &[0; 16]);
        add(world, kind, "of another key", &["foreign-state"], hex::encode(foreign), MALFORMED)?;
    }
    for fault in World::<S>::tried(layout.faults(honest)?) {
        add(world, kind, &fault.comment, &[fault.flag], hex::encode(fault.bytes), fault.want)?;
    }
    Ok(())
}

/// What is wrong with numbers and contexts rather than with their encodings.
fn counters<S: Named>(world: &mut World<'_, S>, honest: &[String; 5]) -> Result<(), String> {
    let [secret, _, credential, state, closed] = honest;
    let zero = replace(&bytes(secret)?, 3, &[0; 32]);
    add(world, "secret-key", "x0 = 0", &["zero-key"], hex::encode(zero), MALFORMED)?;

    let element = <S::Group as farebox_group::Group>::ELEMENT_LEN;
    let saved = bytes(credential)?;
    let (rest, last) = saved.split_at(saved.len() - element);
    let again = [rest, last, last].concat();
    add(world, "credential", "a context stands twice", &["opened"], hex::encode(again), MALFORMED)?;

    let saved = bytes(state)?;
    let at = saved.len() - 16;
    let numbers =
        |next: u64, limit: u64| hex::encode(replace(&saved, at, &[next.to_be_bytes(), limit.to_be_bytes()].concat()));
    let cases: [(&str, u64, u64, &str, Want); 8] = [
        ("counter 9 of 10", 9, 10, "boundary", ACCEPT),
        ("counter 10 of 10, which is closed", 10, 10, "counter", MALFORMED),
        ("counter 2^64 - 1", u64::MAX, 10, "counter", MALFORMED),
        ("counter 2^32 - 1 of 2^32", (1 << 32) - 1, 1 << 32, "boundary", ACCEPT),
        ("counter 2^32 of 2^32", 1 << 32, 1 << 32, "counter", MALFORMED),
        ("N = 0", 0, 0, "limit", MALFORMED),
        ("N = 1", 0, 1, "limit", MALFORMED),
        ("N = 2^32 + 1", 0, (1 << 32) + 1, "limit", MALFORMED),
    ];
    for (comment, next, limit, flag, want) in cases {
        add(world, "presentation-state", comment, &[flag], numbers(next, limit), want)?;
    }
    let saved = bytes(closed)?;
    for (comment, next, flag, want) in
        [("counter 2^32", 1u64 << 32, "boundary", ACCEPT), ("counter 2^32 + 1", (1 << 32) + 1, "counter", MALFORMED)]
    {
        let bytes = replace(&saved, saved.len() - 8, &next.to_be_bytes());
        add(world, "closed-context", comment, &[flag], hex::encode(bytes), want)?;
    }
    Ok(())
}
