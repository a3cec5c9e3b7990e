//! What is refused between a spend and the new token.

use farebox_group::Scalar as _;
use farebox_group::ristretto255::Scalar;

use super::flow::{SEPARATOR, World, case, context, output};
use super::issuance::OTHER_SEPARATOR;
use crate::vectors::act::forge::{Claim, ForgedCoins, Forger};
use crate::vectors::act::layout::Layout;
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, INVALID, MALFORMED, MISUSE, Want, Writer, seed};

/// An honest run at L = 8 whose parts are then changed: 100 credits, of which 30 are spent and 10 come back.
struct Run {
    token: String,
    spend: String,
    state: String,
    refund: String,
}

const RUN: &str = "the run that the faulty cases start from";

pub(super) fn bytes(text: &str) -> Result<Vec<u8>, String> {
    hex::decode(text).map_err(|error| error.to_string())
}

pub(super) fn changed(honest: &Fields, change: &[(&str, String)]) -> Fields {
    let mut input = honest.clone();
    input.extend(change.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    input
}

pub(super) fn faults(writer: &mut Writer) -> Result<(), String> {
    let foreign = World::new(writer, OTHER_SEPARATOR, 8)?.issue(100, &[], "a token of another deployment")?.token;
    let mut world = World::new(writer, SEPARATOR, 8)?;
    let run = run(&mut world, RUN)?;
    let other = self::run(&mut world, "another run, whose messages belong to it alone")?;
    let other_key = world.add(
        "keygen",
        case("the key of another issuer", &[], seed("farebox ACT-02 another issuer"), Fields::new(), ACCEPT),
    )?;
    let (other_sk, other_pk) = (output(&other_key, "sk")?, output(&other_key, "pk")?);
    spends(&mut world, &run, &foreign)?;
    verifications(&mut world, &run, &other_sk)?;
    forgeries(&mut world, &run)?;
    refunds(&mut world, &run, &other_sk)?;
    finalizations(&mut world, &run, &other, &other_pk)
}

fn run(world: &mut World<'_>, name: &str) -> Result<Run, String> {
    let token = world.issue(100, &[], name)?.token;
    let (spend, state) = world.spend("spend", &token, 30, &[], name)?;
    let refund = world.refund(&spend, 30, 10, &[], name)?;
    Ok(Run { token, spend, state, refund })
}

fn spends(world: &mut World<'_>, run: &Run, foreign: &str) -> Result<(), String> {
    let honest = fields([("token", run.token.clone()), ("charge", "30".into())]);
    let coins = world.coins("spend", RUN);
    let mut add = |comment: &str, flags: &[&'static str], coins: &Fields, change: &[(&str, String)], want: Want| {
        world.add("spend", case(comment, flags, coins.clone(), changed(&honest, change), want)).map(|_| ())
    };
    add("s = c + 1", &["too-much"], &coins, &[("charge", "101".into())], MISUSE)?;
    add("s = 2^L - 1, above c", &["too-much", "boundary"], &coins, &[("charge", "255".into())], MISUSE)?;
    add("s = 2^L", &["range"], &coins, &[("charge", "256".into())], MISUSE)?;
    add("s = 2^64 - 1", &["range"], &coins, &[("charge", u64::MAX.to_string())], MISUSE)?;
    for fault in Layout::credit_token(8).faults(&bytes(&run.token)?)? {
        add(&fault.comment, &[fault.flag], &coins, &[("token", hex::encode(fault.bytes))], fault.want)?;
    }
    add("the token of another deployment", &["foreign-state"], &coins, &[("token", foreign.to_owned())], MALFORMED)?;
    let change = [("token", foreign.to_owned()), ("token_domain_separator", OTHER_SEPARATOR.to_owned())];
    add("the token of another deployment, read as such", &["foreign-state"], &coins, &change, MISUSE)?;

    let degenerate = |zero: usize| {
        let scalars: Vec<u8> = (0..42).flat_map(|i| [u8::from(i != zero) * 7].into_iter().chain([0; 31])).collect();
        Fields::from([("scalars".to_owned(), hex::encode(scalars))])
    };
    add("r1 = 0", &["degenerate-coins"], &degenerate(0), &[], MISUSE)?;
    add("r2 = 0", &["degenerate-coins"], &degenerate(1), &[], MISUSE)?;
    add("kstar = 0, which is a nullifier like any other", &[], &degenerate(2), &[], ACCEPT)?;
    add(
        "sigma_1 = 0 where the bit is 0, so that Com_1 would be H1 or nothing",
        &[],
        &degenerate(4),
        &[("charge", "0".into())],
        MISUSE,
    )
}

fn verifications(world: &mut World<'_>, run: &Run, other_sk: &str) -> Result<(), String> {
    let honest = world.expecting(&run.spend, 30);
    let ctx = world.ctx.clone();
    let mut add = |comment: &str, flags: &[&'static str], change: &[(&str, String)], want: Want| {
        world.add("verify-spend", case(comment, flags, Fields::new(), changed(&honest, change), want)).map(|_| ())
    };
    for fault in Layout::spend(8).faults(&bytes(&run.spend)?)? {
        add(&fault.comment, &[fault.flag], &[("spend", hex::encode(fault.bytes))], fault.want)?;
    }
    add("the request costs 29", &["cost"], &[("charge", "29".into())], INVALID)?;
    add("the request costs 31", &["cost"], &[("charge", "31".into())], INVALID)?;
    add("the request costs 2^L", &["range"], &[("charge", "256".into())], MISUSE)?;
    add("the request belongs to another context", &["other-context"], &[("ctx", context("another context"))], INVALID)?;
    let mut spend = bytes(&run.spend)?;
    spend.splice(64..96, bytes(&context("another context"))?);
    let change = [("spend", hex::encode(&spend)), ("ctx", context("another context"))];
    add("another context in the message and at the verifier", &["other-context"], &change, INVALID)?;
    let mut spend = bytes(&run.spend)?;
    spend.splice(32..33, [29]);
    let change = [("spend", hex::encode(&spend)), ("charge", "29".into())];
    add("another charge in the message and at the verifier", &["cost"], &change, INVALID)?;
    add("the key belongs to another L", &["foreign-state", "other-length"], &[("key_L", "10".into())], MISUSE)?;
    let separator = ("key_domain_separator", OTHER_SEPARATOR.to_owned());
    add("the key belongs to another separator", &["foreign-state", "domain-separator"], &[separator], MISUSE)?;

    let (zero, _) = world.spend("spend", &run.token, 0, &["zero-spend"], "a spend of 0 to admit or refuse")?;
    for (comment, admitted, want) in
        [("zero spends are admitted", "admitted", ACCEPT), ("zero spends are not admitted now", "refused", INVALID)]
    {
        let input = changed(&world.expecting(&zero, 0), &[("zero_spends", admitted.to_owned())]);
        world.add("verify-spend", case(comment, &["zero-spend"], Fields::new(), input, want))?;
    }

    let sk = std::mem::replace(&mut world.sk, other_sk.to_owned());
    world.add(
        "verify-spend",
        case("the key of another issuer", &["other-key"], Fields::new(), honest.clone(), INVALID),
    )?;
    world.sk = sk.clone();
    for (separator, bits, flag, want) in [
        (OTHER_SEPARATOR, 8, "domain-separator", INVALID),
        (SEPARATOR, 10, "other-length", MALFORMED),
        (SEPARATOR, 1, "other-length", MALFORMED),
    ] {
        let mut world =
            World { writer: world.writer, separator, bits, sk: sk.clone(), pk: String::new(), ctx: ctx.clone() };
        let charge = if bits == 1 { "1" } else { "30" };
        let input = changed(&honest, &[("charge", charge.to_owned())]);
        let comment = format!("made under {SEPARATOR}, L = 8");
        world.add("verify-spend", case(comment, &[flag], Fields::new(), input, want))?;
    }
    Ok(())
}

/// Forged spends whose proofs hold: only range and identity checks stop them.
fn forgeries(world: &mut World<'_>, run: &Run) -> Result<(), String> {
    let forger = Forger::new(SEPARATOR, &bytes(&world.sk)?)?;
    let token = bytes(&run.token)?;
    let balance = Scalar::from(100);
    let claims = [
        ("a spend that is forged with honest numbers", 100, Scalar::from(30), 70, false, &[][..], ACCEPT),
        (
            "s = q - 1 makes 101 credits of 100",
            100,
            -Scalar::ONE,
            101,
            false,
            &["consistent-forgery", "range"][..],
            MALFORMED,
        ),
        (
            "s = q - 155 makes 255 credits of 100",
            100,
            -Scalar::from(155),
            255,
            false,
            &["consistent-forgery", "range"],
            MALFORMED,
        ),
        (
            "A' is the identity: 255 credits without a signature",
            255,
            Scalar::from(30),
            225,
            true,
            &["consistent-forgery", "identity"],
            MALFORMED,
        ),
        (
            "A' is the identity, and all is spent",
            255,
            Scalar::from(255),
            0,
            true,
            &["consistent-forgery", "identity"],
            MALFORMED,
        ),
    ];
    for (comment, claimed, charge, rest, unsigned, flags, want) in claims {
        let claim = Claim {
            balance: if unsigned { Scalar::from(claimed) } else { balance },
            charge,
            rest,
            unsigned,
            coins: ForgedCoins::Drawn,
        };
        let spend = hex::encode(forger.spend(&token, 8, &claim, comment)?);
        let cost = if comment.ends_with("spent") { 255 } else { 30 };
        let input = world.expecting(&spend, cost);
        world.add("verify-spend", case(comment, flags, Fields::new(), input, want))?;
    }
    // A charge of 2^L and more is a charge that no token has, so it takes a balance that is out of range as well.
    let of_all = |amount: u64, unsigned, coins| Claim {
        balance: Scalar::from(amount),
        charge: Scalar::from(amount),
        rest: 0,
        unsigned,
        coins,
    };
    let spend = hex::encode(forger.spend(&token, 8, &of_all(256, true, ForgedCoins::Drawn), "s = 2^L")?);
    let input = world.expecting(&spend, 0);
    let flags = ["consistent-forgery", "range", "identity"];
    world.add("verify-spend", case("s = 2^L without a signature", &flags, Fields::new(), input, MALFORMED))?;

    let flags = ["consistent-forgery", "identity", "degenerate-coins"];
    let spend = hex::encode(forger.spend(&token, 8, &of_all(100, false, ForgedCoins::NoNonces), "no nonces")?);
    let input = world.expecting(&spend, 100);
    let comment = "every T of the proof is the identity, and is hashed as 32 zero bytes";
    world.add("verify-spend", case(comment, &flags, Fields::new(), input, INVALID))?;

    let empty = bytes(&world.issue(0, &[], "a token without credits")?.token)?;
    let spend = hex::encode(forger.spend(&empty, 8, &of_all(0, false, ForgedCoins::Cancelled), "cancelled")?);
    let input = world.expecting(&spend, 0);
    let comment = "Com_total is the identity: c = s = 0, and the blindings cancel each other out";
    world.add("verify-spend", case(comment, &flags, Fields::new(), input, INVALID)).map(|_| ())
}

fn refunds(world: &mut World<'_>, run: &Run, other_sk: &str) -> Result<(), String> {
    let honest = changed(&world.expecting(&run.spend, 30), &[("returned", "10".to_owned())]);
    let coins = world.coins("refund", RUN);
    let mut add = |comment: &str, flags: &[&'static str], coins: &Fields, change: &[(&str, String)], want: Want| {
        world.add("refund", case(comment, flags, coins.clone(), changed(&honest, change), want)).map(|_| ())
    };
    add("t = s", &["boundary"], &coins, &[("returned", "30".into())], ACCEPT)?;
    add("t = 0", &["boundary"], &coins, &[("returned", "0".into())], ACCEPT)?;
    add("t = s + 1", &["too-much"], &coins, &[("returned", "31".into())], MISUSE)?;
    add("t = 2^L - 1", &["too-much"], &coins, &[("returned", "255".into())], MISUSE)?;
    add("t = 2^L", &["range"], &coins, &[("returned", "256".into())], MISUSE)?;
    add(
        "another key than the spend was verified with",
        &["other-key"],
        &coins,
        &[("refund_sk", other_sk.to_owned())],
        MISUSE,
    )?;
    add("a spend that does not hold is not refunded", &["cost"], &coins, &[("charge", "29".into())], INVALID)?;
    let sk = farebox_group::Scalar::from_bytes(&bytes(&world.sk)?, farebox_group::ByteOrder::Little);
    let minus: Scalar = -sk.map_err(|error| error.to_string())?;
    let scalars = [minus, Scalar::ONE].map(|scalar| scalar.to_bytes(farebox_group::ByteOrder::Little)).concat();
    let coins = Fields::from([("scalars".to_owned(), hex::encode(scalars))]);
    world
        .add("refund", case("e* = -sk, which has no inverse", &["degenerate-coins"], coins, honest, MISUSE))
        .map(|_| ())
}

fn finalizations(world: &mut World<'_>, run: &Run, other: &Run, other_pk: &str) -> Result<(), String> {
    let forger = Forger::new(SEPARATOR, &bytes(&world.sk)?)?;
    let state = bytes(&run.state)?;
    let honest = fields([("state", run.state.clone()), ("refund", run.refund.clone())]);
    let mut add = |comment: &str, flags: &[&'static str], change: &[(&str, String)], want: Want| {
        world.add("finalize-refund", case(comment, flags, Fields::new(), changed(&honest, change), want)).map(|_| ())
    };
    for fault in Layout::refund(8).faults(&bytes(&run.refund)?)? {
        add(&fault.comment, &[fault.flag], &[("refund", hex::encode(fault.bytes))], fault.want)?;
    }
    let forged =
        |state: &[u8], returned| Ok::<_, String>(hex::encode(forger.refund(state, returned, "forged refund")?));
    let forgery: &[&'static str] = &["consistent-forgery", "too-much"];
    add("a refund that is forged with honest numbers", &[], &[("refund", forged(&state, 10)?)], ACCEPT)?;
    add("t = s + 1, and the issuer proves it", forgery, &[("refund", forged(&state, 31)?)], INVALID)?;
    add("t = 2^L - 1, and the issuer proves it", forgery, &[("refund", forged(&state, 255)?)], INVALID)?;
    let forgery: &[&'static str] = &["consistent-forgery", "range"];
    add("t = 2^L, and the issuer proves it", forgery, &[("refund", forged(&state, 256)?)], MALFORMED)?;
    let full = forger.pre_refund(&state, 255, 1)?;
    let change = [("state", hex::encode(&full)), ("refund", forged(&full, 1)?)];
    add("m + t = 2^L with t = s = 1, and the issuer proves it", forgery, &change, INVALID)?;
    let change = [("state", hex::encode(&full)), ("refund", forged(&full, 0)?)];
    add("the same state with t = 0", &["boundary"], &change, ACCEPT)?;
    add("the refund of another spend", &["other-message"], &[("refund", other.refund.clone())], INVALID)?;
    add("the state of another spend", &["other-message"], &[("state", other.state.clone())], INVALID)?;
    let separator = ("state_domain_separator", OTHER_SEPARATOR.to_owned());
    add("a state that is read under another separator", &["foreign-state"], &[separator], MALFORMED)?;
    add("a state that is read under another L", &["foreign-state"], &[("state_L", "10".into())], MALFORMED)?;
    let mut moved = state.clone();
    moved.splice(146..178, bytes(&context("another context"))?);
    add("a state of another context", &["other-context"], &[("state", hex::encode(&moved))], INVALID)?;

    let pk = std::mem::replace(&mut world.pk, other_pk.to_owned());
    world.add("finalize-refund", case("the key of another issuer", &["other-key"], Fields::new(), honest, INVALID))?;
    world.pk = pk;
    Ok(())
}
