//! Saved keys and states.

use super::flow::{SEPARATOR, World, case, output};
use super::issuance::OTHER_SEPARATOR;
use crate::vectors::act::layout::{Layout, replace};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, MALFORMED, Want, Writer};

pub(super) fn faults(writer: &mut Writer) -> Result<(), String> {
    let mut world = World::new(writer, SEPARATOR, 8)?;
    let issued = world.issue(200, &[], "the run whose states are saved")?;
    let (_, state) = world.spend("spend", &issued.token, 20, &[], "the run whose states are saved")?;
    let key = world
        .add("secret-key", case("a key to save", &[], Fields::new(), fields([("sk", world.sk.clone())]), ACCEPT))?;
    let saved = [
        ("secret-key", output(&key, "saved")?, Layout::secret_key(8)),
        ("pre-issuance", output(&issued.request, "state")?, Layout::pre_issuance(8)),
        ("credit-token", issued.token, Layout::credit_token(8)),
        ("pre-refund", state, Layout::pre_refund(8)),
    ];
    for (kind, honest, layout) in &saved {
        let bytes = hex::decode(honest).map_err(|error| error.to_string())?;
        of_kind(&mut world, kind, &bytes, layout)?;
    }
    // One kind's bytes read as the next kind.
    for ((kind, ..), (_, bytes, _)) in saved.iter().zip(saved.iter().cycle().skip(1)) {
        let input = fields([("kind", (*kind).to_owned()), ("bytes", bytes.clone())]);
        world.add(
            "state",
            case(format!("{kind}: bytes of another kind"), &["version"], Fields::new(), input, MALFORMED),
        )?;
    }
    for (separator, bits, flag, comment) in [
        (SEPARATOR, 10, "other-length", "read under another L"),
        (OTHER_SEPARATOR, 8, "domain-separator", "read under another separator"),
    ] {
        let mut world = World::new(world.writer, separator, bits)?;
        for (kind, bytes, _) in &saved {
            let input = fields([("kind", (*kind).to_owned()), ("bytes", bytes.clone())]);
            let draft = case(format!("{kind}: {comment}"), &["foreign-state", flag], Fields::new(), input, MALFORMED);
            world.add("state", draft)?;
        }
    }
    Ok(())
}

fn of_kind(world: &mut World<'_>, kind: &str, honest: &[u8], layout: &Layout) -> Result<(), String> {
    let mut add = |comment: &str, flags: &[&'static str], bytes: &[u8], want: Want| {
        let input = fields([("kind", kind.to_owned()), ("bytes", hex::encode(bytes))]);
        world.add("state", case(format!("{kind}: {comment}"), flags, Fields::new(), input, want)).map(|_| ())
    };
    add("honest", &[], honest, ACCEPT)?;
    add("version 0", &["version"], &replace(honest, 0, &[0]), MALFORMED)?;
    add("version 2", &["version"], &replace(honest, 0, &[2]), MALFORMED)?;
    add("kind 0", &["version"], &replace(honest, 1, &[0]), MALFORMED)?;
    for fault in layout.faults(honest)? {
        add(&fault.comment, &[fault.flag], &fault.bytes, fault.want)?;
    }
    if kind == "secret-key" {
        add("sk = 0", &["zero-key"], &replace(honest, 18, &[0; 32]), MALFORMED)?;
    }
    Ok(())
}
