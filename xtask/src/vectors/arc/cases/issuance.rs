//! What is refused while a credential is issued, in both drafts.

use super::flow::{CONTEXT, Issued, REQUEST_CONTEXT, World, bytes, case, changed};
use super::parameters::sevens;
use crate::vectors::arc::Named;
use crate::vectors::arc::draft::{Scalar, scalar};
use crate::vectors::arc::forge::{Forged, Forger, joined};
use crate::vectors::arc::layout::{Layout, replace};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, INVALID, MALFORMED, MISUSE, Want, Writer};

pub(super) fn faults<S: Named>(writer: &mut Writer) -> Result<(), String> {
    let mut world = World::<S>::new(writer)?;
    let issued = world.issue("the run that the faulty cases start from")?;
    let other = world.issue("another run, whose messages belong to it alone")?;
    requests(&mut world)?;
    responses(&mut world, &issued)?;
    finalizations(&mut world, &issued, &other)?;
    no_mac(&mut world)
}

pub(super) fn forger<S: Named>(world: &World<'_, S>) -> Result<Forger<S>, String> {
    Forger::new(&bytes(&world.sk)?, REQUEST_CONTEXT.as_bytes(), CONTEXT.as_bytes())
}

/// The message of a forgery whose proof holds.
pub(super) fn supported(forged: Forged) -> Result<String, String> {
    if forged.holds { Ok(hex::encode(forged.bytes)) } else { Err("the proof of a forged message does not hold".into()) }
}

fn requests<S: Named>(world: &mut World<'_, S>) -> Result<(), String> {
    let input = fields([("request_context", hex::encode(REQUEST_CONTEXT))]);
    let mut add = |comment: &str, zeros: &[usize], want: Want| {
        let flags: &[&'static str] = if want == ACCEPT { &[] } else { &["degenerate-coins"] };
        world.add("request", case(comment, flags, sevens::<S>(7, zeros), input.clone(), want)).map(|_| ())
    };
    add("m1 = 0, which is a secret like any other", &[0], ACCEPT)?;
    add("m1 = r1 = 0, so that m1Enc would be the identity", &[0, 1], MISUSE)?;
    add("the proof's nonces are 0", &[3, 4, 5, 6], MISUSE)
}

fn responses<S: Named>(world: &mut World<'_, S>, issued: &Issued) -> Result<(), String> {
    let coins = World::<S>::coins("response", "faults");
    let mut add = |comment: &str, flags: &[&'static str], coins: &Fields, request: &str, want: Want| {
        let input = fields([("request", request.to_owned())]);
        world.add("response", case(comment, flags, coins.clone(), input, want)).map(|_| ())
    };
    for fault in World::<S>::tried(Layout::<S>::request().faults(&bytes(&issued.request)?)?) {
        add(&fault.comment, &[fault.flag], &coins, &hex::encode(fault.bytes), fault.want)?;
    }
    add("b = 0", &["degenerate-coins"], &sevens::<S>(8, &[0]), &issued.request, MISUSE)?;
    add(
        "the proof's nonces are 0",
        &["degenerate-coins"],
        &sevens::<S>(8, &[1, 2, 3, 4, 5, 6, 7]),
        &issued.request,
        MISUSE,
    )?;

    let forger = forger(world)?;
    let [zero, m1, m2] = [0u64, 5, 6].map(Scalar::<S>::from);
    let mut add = |comment: &str, flags: &[&'static str], forged: Forged, want: Want| {
        let input = fields([("request", supported(forged)?)]);
        world.add("response", case(comment, flags, coins.clone(), input, want)).map(|_| ())
    };
    let flags = ["consistent-forgery", "identity"];
    let forge = |m, zeros: &[usize], seed| forger.request(m, zeros, seed);
    add("a request that is forged with honest numbers", &[], forge([m1, m2], &[], "honest")?, ACCEPT)?;
    let forged = forge([zero, m2], &[0], "m1Enc")?;
    add("m1Enc is the identity, and the client proves it", &flags, forged, MALFORMED)?;
    let forged = forge([m1, zero], &[1], "m2Enc")?;
    add("m2Enc is the identity, and the client proves it", &flags, forged, MALFORMED)?;
    let flags = ["consistent-forgery", "identity", "degenerate-coins"];
    let forged = forge([m1, m2], &[2, 3, 4, 5], "no nonces")?;
    add("every T of the proof is the identity", &flags, forged, INVALID)
}

fn finalizations<S: Named>(world: &mut World<'_, S>, issued: &Issued, other: &Issued) -> Result<(), String> {
    let honest = fields([("state", issued.state.clone()), ("response", issued.response.clone())]);
    let forger = forger(world)?;
    let request = bytes(&issued.request)?;
    let state = bytes(&issued.state)?;
    let mut add = |comment: &str, flags: &[&'static str], change: &[(&str, String)], want: Want| {
        world.add("finalize", case(comment, flags, Fields::new(), changed(&honest, change), want)).map(|_| ())
    };
    for fault in World::<S>::tried(Layout::<S>::response().faults(&bytes(&issued.response)?)?) {
        add(&fault.comment, &[fault.flag], &[("response", hex::encode(fault.bytes))], fault.want)?;
    }
    let forged =
        |zeros: &[usize], seed| Ok::<_, String>([("response", supported(forger.response(&request, zeros, seed)?)?)]);
    add("a response that is forged with honest numbers", &[], &forged(&[], "honest")?, ACCEPT)?;
    let flags = ["consistent-forgery", "identity"];
    add(
        "b = 0: all six elements are the identity, and the issuer proves it",
        &flags,
        &forged(&[0], "b = 0")?,
        MALFORMED,
    )?;
    let flags = ["consistent-forgery", "identity", "degenerate-coins"];
    add("every T of the proof is the identity", &flags, &forged(&[1, 2, 3, 4, 5, 6, 7], "no nonces")?, INVALID)?;
    add("the response of another run", &["other-message"], &[("response", other.response.clone())], INVALID)?;
    add("the state of another run", &["other-message"], &[("state", other.state.clone())], INVALID)?;
    add("a state of another version", &["version"], &[("state", hex::encode(replace(&state, 0, &[2])))], MALFORMED)?;
    let foreign = hex::encode(replace(&state, 2, &[9]));
    add("a state of another suite", &["foreign-state"], &[("state", foreign)], MALFORMED)?;

    let other_key = world.key("the key of another issuer")?;
    world.with_key(other_key, |world| {
        let draft = case("the key of another issuer", &["other-key"], Fields::new(), honest, INVALID);
        world.add("finalize", draft).map(|_| ())
    })
}

/// A key that an issuer who knows m1 could make: x0 = -(x1*m1 + x2*m2), so that U' is the identity.
fn no_mac<S: Named>(world: &mut World<'_, S>) -> Result<(), String> {
    let (request, state) = world.request("a request to a key that was made for it")?;
    let saved = bytes(&state)?;
    let part = |at: usize| scalar::<S>(saved.get(at..at + 32).unwrap_or_default());
    let (m1, m2, x) = (part(3)?, part(35)?, Scalar::<S>::from(7));
    let sk = joined::<S>(&[-(x * m1 + x * m2), x, x, x]);
    let forger = Forger::<S>::new(&bytes(&sk)?, REQUEST_CONTEXT.as_bytes(), CONTEXT.as_bytes())?;
    let pk = forger.public_key();
    world.with_key((sk, pk), |world| {
        let coins = World::<S>::coins("response", "a key that was made for a request");
        let input = fields([("request", request)]);
        let comment = "x0 = -(x1*m1 + x2*m2): U' will be the identity";
        let response = world.add("response", case(comment, &["degenerate-coins"], coins, input, ACCEPT))?;
        let input = changed(&fields([("state", state)]), &[("response", super::flow::output(&response, "response")?)]);
        let flags = ["consistent-forgery", "identity", "degenerate-coins"];
        world.add("finalize", case("U' is the identity", &flags, Fields::new(), input, INVALID)).map(|_| ())
    })
}
