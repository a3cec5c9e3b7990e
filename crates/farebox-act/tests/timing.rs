//! Looks for time that depends on the client's secrets or on the issuer's key. Skipped unless `FAREBOX_TIMING=long`; see
//! docs/TIMING.md.

use std::cell::Cell;

use farebox_act::{
    BitLength, Context, CreditToken, Credits, DomainSeparator, Expected, Params, PreIssuance, RequestCoins, SecretKey,
    SpendProof, VerifiedSpend,
};
use farebox_group::{ByteOrder, Group as _, Ristretto255, Scalar as _, ristretto255::Scalar};
use farebox_sigma::Coins;
use farebox_timing::{Class, Config, Rng, Suite};
use rand::{Rng as _, SeedableRng as _};

/// 0.1 to 1 ms a call.
const CONFIG: Config = Config { samples: 20_000, calls: 1 };

type Failure = Box<dyn std::error::Error>;

/// An input that the operation consumes.
type Once<T> = Cell<Option<T>>;

/// Keeps the error for the end.
fn kept<T>(made: Result<T, Failure>, failure: &Once<Failure>) -> Option<T> {
    made.map_err(|error| failure.set(Some(error))).ok()
}

fn params(bits: u8) -> Result<Params, Failure> {
    let ds = DomainSeparator::new("farebox", "timing", "test", "2026-01-01")?;
    Ok(Params::new(ds, BitLength::new(bits)?)?)
}

/// A random scalar, or `fixed` in the fixed class.
fn scalar(class: Class, rng: &mut Rng, fixed: Scalar) -> Scalar {
    let random = Scalar::random(rng);
    if class == Class::Fixed { fixed } else { random }
}

fn bytes(scalar: Scalar) -> [u8; 32] {
    scalar.to_bytes(ByteOrder::Little)
}

/// Keys that code in variable time likes best.
fn keys() -> [(&'static str, Scalar); 2] {
    [("1", Scalar::ONE), ("q - 1", -Scalar::ONE)]
}

fn key(params: &Params, class: Class, rng: &mut Rng, fixed: Scalar) -> Result<SecretKey, Failure> {
    Ok(SecretKey::from_scalar_bytes(params, &bytes(scalar(class, rng, fixed)))?)
}

/// Reads a token whose saved form starts with `head`. Nobody signed it; whoever spends it does not notice.
fn token(params: &Params, head: &[u8], [e, k, r, c]: [Scalar; 4], context: Context) -> Result<CreditToken, Failure> {
    let saved = [head, &bytes(e), &bytes(k), &bytes(r), &bytes(c), &context.to_bytes()].concat();
    Ok(CreditToken::from_bytes(params, &saved)?)
}

/// The head of a saved token, with A.
fn head(params: &Params, context: Context, rng: &mut Rng) -> Result<Vec<u8>, Failure> {
    let key = SecretKey::generate(params, rng);
    let (state, request) = PreIssuance::request(params, rng)?;
    let response = key.issue(params, &request, Credits::ZERO, context, rng)?;
    let token = state.finish(params, key.public_key(), context, Credits::ZERO, &response)?;
    Ok(token.into_bytes().iter().copied().take(18 + 32).collect())
}

fn client(suite: &mut Suite) -> Result<(), Failure> {
    let (params, context, failure) = (&params(8)?, Context::from_hash(&[7; 64]), &Cell::new(None));
    let (rng, coins) = (&mut Rng::seed_from_u64(1), &mut Rng::seed_from_u64(2));
    let head = &head(params, context, rng)?;

    suite.constant(
        "request, k and r 1",
        |class, rng| {
            let (k, r) = (scalar(class, rng, Scalar::ONE), scalar(class, rng, Scalar::ONE));
            Cell::new(Some(RequestCoins { k, r, proof: Coins::draw(rng) }))
        },
        |coins| Some(PreIssuance::request_with_coins(params, coins.take()?).map(|(state, _)| state)),
    );
    let mut spend = |name: &str, secrets: &dyn Fn(Class, &mut Rng) -> [Scalar; 4]| {
        suite.constant(
            name,
            |class, rng| Cell::new(kept(token(params, head, secrets(class, rng), context), failure)),
            |token| Some(token.take()?.spend(params, Credits::ZERO, coins)),
        );
    };
    let uniform = |rng: &mut Rng| [Scalar::random(rng), Scalar::random(rng), Scalar::random(rng)];
    spend("spend at L = 8, remaining bits 0 against 1", &|class, rng| {
        let [e, k, r] = uniform(rng);
        [e, k, r, Scalar::from(if class == Class::Fixed { 0 } else { 255 })]
    });
    spend("spend at L = 8, remaining bits 0 against random", &|class, rng| {
        let ([e, k, r], random) = (uniform(rng), rng.next_u64() % 256);
        [e, k, r, Scalar::from(if class == Class::Fixed { 0 } else { random })]
    });
    spend("spend at L = 8, e and r 1", &|class, rng| {
        let ([e, k, r], one) = (uniform(rng), Scalar::ONE);
        if class == Class::Fixed { [one, k, one, one] } else { [e, k, r, one] }
    });
    failure.take().map_or(Ok(()), Err)
}

/// Request, credits and context are the same in both classes; the key differs.
fn issue(suite: &mut Suite, name: &str, fixed: Scalar) -> Result<(), Failure> {
    let (params, context, failure) = (&params(8)?, Context::from_hash(&[7; 64]), &Cell::new(None));
    let (rng, coins) = (&mut Rng::seed_from_u64(3), &mut Rng::seed_from_u64(4));
    let (_state, request) = PreIssuance::request(params, rng)?;
    let credits = params.credits(100)?;
    suite.constant(
        &format!("issue, key {name}"),
        |class, rng| kept(key(params, class, rng, fixed), failure),
        |key| Some(key.as_ref()?.issue(params, &request, credits, context, coins)),
    );
    failure.take().map_or(Ok(()), Err)
}

/// One message of another key, so it is refused by both classes' keys, at the end: what is public is the same, but for
/// `A_bar = sk * A'`.
fn verify(suite: &mut Suite, name: &str, fixed: Scalar) -> Result<(), Failure> {
    let (params, context, failure) = (&params(8)?, Context::from_hash(&[7; 64]), &Cell::new(None));
    let rng = &mut Rng::seed_from_u64(5);
    let secrets = [Scalar::random(rng), Scalar::random(rng), Scalar::random(rng), Scalar::from(100)];
    let charge = params.credits(30)?;
    let (message, _) = token(params, &head(params, context, rng)?, secrets, context)?.spend(params, charge, rng)?;
    let expected = Expected { charge, context };
    suite.constant(
        &format!("verify at L = 8, key {name}"),
        |class, rng| Some((kept(key(params, class, rng, fixed), failure)?, Cell::new(Some(message.clone())))),
        |input| {
            let (key, message) = input.as_ref()?;
            Some(key.verify(params, message.take()?, &expected, |_| false).is_err())
        },
    );
    failure.take().map_or(Ok(()), Err)
}

/// A spend of one credit that holds for the key.
fn verified(params: &Params, key: &SecretKey, context: Context, rng: &mut Rng) -> Result<VerifiedSpend, Failure> {
    let one = params.credits(1)?;
    let (state, request) = PreIssuance::request(params, rng)?;
    let response = key.issue(params, &request, one, context, rng)?;
    let token = state.finish(params, key.public_key(), context, one, &response)?;
    let (spend, _): (SpendProof, _) = token.spend(params, one, rng)?;
    Ok(key.verify(params, spend, &Expected { charge: one, context }, |_| false)?)
}

/// L = 1, where preparing is cheap; a refund does not depend on L.
fn refund(suite: &mut Suite, name: &str, fixed: Scalar) -> Result<(), Failure> {
    let (params, context, failure) = (&params(1)?, Context::from_hash(&[7; 64]), &Cell::new(None));
    let coins = &mut Rng::seed_from_u64(6);
    let one = params.credits(1)?;
    let prepare = |class, rng: &mut Rng| {
        let key = key(params, class, rng, fixed)?;
        let verified = verified(params, &key, context, rng)?;
        Ok((key, Cell::new(Some(verified))))
    };
    suite.constant(
        &format!("refund, key {name}"),
        |class, rng| kept(prepare(class, rng), failure),
        |input| {
            let (key, verified) = input.as_ref()?;
            Some(verified.take()?.refund(params, key, one, coins))
        },
    );
    failure.take().map_or(Ok(()), Err)
}

/// One test, so that no two experiments run at the same time.
#[test]
fn timing() -> Result<(), Failure> {
    let Some(mut suite) = Suite::long(&format!("farebox-act, {}", Ristretto255::NAME), CONFIG) else { return Ok(()) };
    client(&mut suite)?;
    for (name, fixed) in keys() {
        issue(&mut suite, name, fixed)?;
        verify(&mut suite, name, fixed)?;
        refund(&mut suite, name, fixed)?;
    }
    Ok(suite.finish()?)
}
