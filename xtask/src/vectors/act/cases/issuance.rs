//! What is refused while credits are issued.

use super::flow::{Issued, SEPARATOR, World, case, context, output};
use crate::vectors::act::forge::Forger;
use crate::vectors::act::layout::{Layout, minus_one, replace};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, INVALID, MALFORMED, MISUSE, Want, Writer};

/// Another separator, for messages that belong to another deployment.
pub(super) const OTHER_SEPARATOR: &str = "ACT-v1:farebox:vectors:other:2026-11-21";

pub(super) fn faults(writer: &mut Writer) -> Result<(), String> {
    let foreign = World::new(writer, OTHER_SEPARATOR, 8)?.request("a request of another deployment")?;
    let mut world = World::new(writer, SEPARATOR, 8)?;
    let issued = world.issue(100, &[], "the run that the faulty cases start from")?;
    let other = world.issue(100, &[], "another run, whose messages belong to it alone")?;
    requests(&mut world)?;
    responses(&mut world, &issued, &foreign)?;
    finalizations(&mut world, &issued, &other, &foreign)?;
    compat(&mut world, &issued)
}

fn requests(world: &mut World<'_>) -> Result<(), String> {
    let scalars = |scalars: &[u8]| {
        let bytes: Vec<u8> = scalars.iter().flat_map(|n| [&[*n][..], &[0; 31]].concat()).collect();
        Fields::from([("scalars".to_owned(), hex::encode(bytes))])
    };
    let mut add = |comment: &str, coins: Fields, flags: &[&'static str], want: Want| {
        world.add("issue-request", case(comment, flags, coins, Fields::new(), want)).map(|_| ())
    };
    add("coins given one by one: k = 1, r = 2, nonces 3 and 4", scalars(&[1, 2, 3, 4]), &[], ACCEPT)?;
    add("k = 0 and r = 0, so that K is the identity", scalars(&[0, 0, 3, 4]), &["degenerate-coins"], MISUSE)?;
    add("both nonces are 0, so that T is the identity", scalars(&[1, 2, 0, 0]), &["degenerate-coins"], MISUSE)
}

fn responses(world: &mut World<'_>, issued: &Issued, foreign: &Fields) -> Result<(), String> {
    let request = output(&issued.request, "request")?;
    let honest = fields([("request", request.clone()), ("credits", "100".into()), ("ctx", world.ctx.clone())]);
    let mut add = |comment: &str, flags: &[&'static str], change: &[(&str, String)], want: Want| {
        let mut input = honest.clone();
        input.extend(change.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let coins = world.coins("issue-response", "the run that the faulty cases start from");
        world.add("issue-response", case(comment, flags, coins, input, want)).map(|_| ())
    };
    let bytes = hex::decode(&request).map_err(|error| error.to_string())?;
    for fault in Layout::request().faults(&bytes)? {
        add(&fault.comment, &[fault.flag], &[("request", hex::encode(fault.bytes))], fault.want)?;
    }
    add(
        "the request of another deployment",
        &["domain-separator"],
        &[("request", output(foreign, "request")?)],
        INVALID,
    )?;
    add("c = 255, the most", &["boundary"], &[("credits", "255".into())], ACCEPT)?;
    add("c = 2^L", &["range"], &[("credits", "256".into())], MISUSE)?;
    add("c = 2^64 - 1", &["range"], &[("credits", u64::MAX.to_string())], MISUSE)?;
    add("the context is 0", &[], &[("ctx", "00".repeat(32))], ACCEPT)?;
    let all_ones = "ff".repeat(32);
    add("the context is above the group order", &["non-canonical-scalar"], &[("ctx", all_ones)], MALFORMED)?;
    add("the key belongs to another L", &["foreign-state", "other-length"], &[("key_L", "10".into())], MISUSE)?;
    let separator = ("key_domain_separator", OTHER_SEPARATOR.to_owned());
    add("the key belongs to another separator", &["foreign-state", "domain-separator"], &[separator], MISUSE)?;

    // e = -sk
    let sk = hex::decode(&world.sk).map_err(|error| error.to_string())?;
    let scalar = |bytes: &[u8]| farebox_group::Scalar::from_bytes(bytes, farebox_group::ByteOrder::Little);
    let minus = scalar(&sk).map(|sk: farebox_group::ristretto255::Scalar| -sk).map_err(|error| error.to_string())?;
    let e = farebox_group::Scalar::to_bytes(&minus, farebox_group::ByteOrder::Little);
    let coins = Fields::from([("scalars".to_owned(), hex::encode([e, minus_one()].concat()))]);
    let draft = case("e = -sk, which has no inverse", &["degenerate-coins"], coins, honest, MISUSE);
    world.add("issue-response", draft).map(|_| ())
}

fn finalizations(world: &mut World<'_>, issued: &Issued, other: &Issued, foreign: &Fields) -> Result<(), String> {
    let (state, ctx) = (output(&issued.request, "state")?, world.ctx.clone());
    let honest = fields([
        ("state", state),
        ("response", issued.response.clone()),
        ("credits", "100".into()),
        ("ctx", ctx.clone()),
    ]);
    let forger = Forger::new(SEPARATOR, &hex::decode(&world.sk).map_err(|error| error.to_string())?)?;
    let request = hex::decode(output(&issued.request, "request")?).map_err(|error| error.to_string())?;
    let ctx = hex::decode(ctx).map_err(|error| error.to_string())?;
    let forged = |credits| Ok::<_, String>(hex::encode(forger.response(&request, credits, &ctx, "forged response")?));
    let other_pk = output(
        &world.add(
            "keygen",
            case(
                "the key of another issuer",
                &[],
                crate::vectors::writer::seed("farebox ACT-02 another issuer"),
                Fields::new(),
                ACCEPT,
            ),
        )?,
        "pk",
    )?;

    let mut add = |comment: &str, flags: &[&'static str], change: &[(&str, String)], want: Want| {
        let mut input = honest.clone();
        input.extend(change.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        world.add("finalize-issuance", case(comment, flags, Fields::new(), input, want)).map(|_| ())
    };
    let bytes = hex::decode(&issued.response).map_err(|error| error.to_string())?;
    for fault in Layout::response(8).faults(&bytes)? {
        add(&fault.comment, &[fault.flag], &[("response", hex::encode(fault.bytes))], fault.want)?;
    }
    let mut c = bytes.clone();
    if let Some(byte) = c.get_mut(64) {
        *byte = 101;
    }
    add(
        "c says one more, the proof does not",
        &["credits"],
        &[("response", hex::encode(&c)), ("credits", "101".into())],
        INVALID,
    )?;
    add("the client asked for 99", &["credits"], &[("credits", "99".into())], INVALID)?;
    add("the client asked for 101", &["credits"], &[("credits", "101".into())], INVALID)?;
    add("the client asks for 2^L", &["range"], &[("credits", "256".into())], MISUSE)?;
    let forgery: &[&'static str] = &["consistent-forgery", "credits"];
    add("the issuer grants 101 and proves it", forgery, &[("response", forged(101)?)], INVALID)?;
    let forgery: &[&'static str] = &["consistent-forgery", "range"];
    add("the issuer grants 2^L and proves it", forgery, &[("response", forged(256)?)], MALFORMED)?;
    add("a response that was forged with the honest amount", &[], &[("response", forged(100)?)], ACCEPT)?;
    add("the response of another run", &["other-message"], &[("response", other.response.clone())], INVALID)?;
    add("the state of another run", &["other-message"], &[("state", output(&other.request, "state")?)], INVALID)?;
    add("another context", &["other-context"], &[("ctx", context("another context"))], INVALID)?;
    add("the state of another deployment", &["foreign-state"], &[("state", output(foreign, "state")?)], MALFORMED)?;
    let separator = ("state_domain_separator", OTHER_SEPARATOR.to_owned());
    let change = [("state", output(foreign, "state")?), separator];
    add("the state of another deployment, read as such", &["foreign-state"], &change, MISUSE)?;

    let pk = std::mem::replace(&mut world.pk, other_pk);
    let draft = case("the key of another issuer", &["other-key"], Fields::new(), honest, INVALID);
    world.add("finalize-issuance", draft)?;
    world.pk = pk;
    Ok(())
}

/// The 194-byte form: the same fields, with the context after c.
fn compat(world: &mut World<'_>, issued: &Issued) -> Result<(), String> {
    let bytes = hex::decode(&issued.response).map_err(|error| error.to_string())?;
    let ctx = hex::decode(&world.ctx).map_err(|error| error.to_string())?;
    let (head, tail) = bytes.split_at_checked(96).ok_or("too short")?;
    let long = [head, &ctx, tail].concat();
    let state = output(&issued.request, "state")?;
    let honest = fields([("state", state), ("credits", "100".into()), ("ctx", world.ctx.clone())]);
    let mut add = |comment: &str, flags: &[&'static str], response: &[u8], form: Option<&str>, want: Want| {
        let mut input = honest.clone();
        input.insert("response".to_owned(), hex::encode(response));
        input.extend(form.map(|form| ("form".to_owned(), form.to_owned())));
        world.add("finalize-issuance", case(comment, flags, Fields::new(), input, want)).map(|_| ())
    };
    add("194 bytes where they are asked for", &["compat"], &long, Some("194"), ACCEPT)?;
    add("194 bytes where they are not asked for", &["compat"], &long, None, MALFORMED)?;
    add("162 bytes where 194 are asked for", &["compat"], &bytes, Some("194"), MALFORMED)?;
    let other = hex::decode(context("another context")).map_err(|error| error.to_string())?;
    let other = replace(&long, 96, &other);
    add("194 bytes with another context in them", &["compat", "other-context"], &other, Some("194"), MALFORMED)?;
    for fault in Layout::response_194(8).faults(&long)? {
        // A flipped context is another one, and that is found while reading.
        add(&format!("194 bytes: {}", fault.comment), &["compat", fault.flag], &fault.bytes, Some("194"), fault.want)?;
    }
    Ok(())
}
