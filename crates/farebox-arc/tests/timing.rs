//! Looks for time that depends on the client's secrets or on the issuer's key. Skipped unless `FAREBOX_TIMING=long`; see
//! docs/TIMING.md.

use std::cell::Cell;

use farebox_arc::{
    Arc01, ContextState, Credential, Limit, P256, PreIssuance, Presentation, PresentationContext, PresentationState,
    PublicKey, RequestCoins, RequestContext, Ristretto255, SecretKey, Suite as ArcSuite,
};
use farebox_group::{Group as _, Scalar as _};
use farebox_sigma::{Coins, Profile};
use farebox_timing::{Class, Config, Rng, Suite};
use rand::{Rng as _, SeedableRng as _};

type Scalar<S> = <<S as ArcSuite>::Group as farebox_group::Group>::Scalar;
type Failure = Box<dyn std::error::Error>;

/// An input that the operation consumes.
type Once<T> = Cell<Option<T>>;

/// Gives m1 and the nonce.
type Secrets<'f, S> = &'f dyn Fn(Class, &mut Rng) -> (Scalar<S>, u64);

/// N, with ten bits.
const N: u64 = 1000;

/// Keeps the error for the end.
fn kept<T>(made: Result<T, Failure>, failure: &Once<Failure>) -> Option<T> {
    made.map_err(|error| failure.set(Some(error))).ok()
}

/// A random scalar, or `fixed` in the fixed class.
fn scalar<S: ArcSuite>(class: Class, rng: &mut Rng, fixed: Scalar<S>) -> Scalar<S> {
    let random = Scalar::<S>::random(rng);
    if class == Class::Fixed { fixed } else { random }
}

fn bytes<S: ArcSuite>(scalar: Scalar<S>) -> Vec<u8> {
    scalar.to_bytes(<S::Profile as Profile<S::Group>>::SCALAR_ORDER).as_ref().to_vec()
}

/// Keys that code in variable time likes best.
fn keys<S: ArcSuite>() -> [(&'static str, Scalar<S>); 2] {
    [("1", Scalar::<S>::ONE), ("q - 1", -Scalar::<S>::ONE)]
}

/// All four scalars are fixed, or all are random.
fn key<S: Arc01>(class: Class, rng: &mut Rng, fixed: Scalar<S>) -> Result<SecretKey<S>, Failure> {
    let scalars: Vec<u8> = (0..4).flat_map(|_| bytes::<S>(scalar::<S>(class, rng, fixed))).collect();
    Ok(SecretKey::from_scalar_bytes(&scalars)?)
}

/// What all presentations are made from.
struct Holder<S: Arc01> {
    key: PublicKey<S>,
    context: PresentationContext<S>,
    limit: Limit,
    /// A state of a credential, at nonce 0.
    saved: Vec<u8>,
}

impl<S: Arc01> Holder<S> {
    fn new(rng: &mut Rng) -> Result<Self, Failure> {
        let key = SecretKey::<S>::generate(rng);
        let (state, request) = PreIssuance::request(RequestContext::new(b"timing"), rng)?;
        let response = key.issue(&request, rng)?;
        let mut credential: Credential<S> = state.finish(key.public_key(), &response)?;
        let (context, limit) = (PresentationContext::new(b"today")?, Limit::new(N)?);
        let saved = credential.open(context, limit)?.into_bytes().to_vec();
        Ok(Self { key: key.public_key().clone(), context, limit, saved })
    }

    /// A state with another m1 and nonce. Nobody issued it; whoever presents it does not notice.
    fn state(&self, m1: Scalar<S>, nonce: u64) -> Result<PresentationState<S>, Failure> {
        let mut saved = self.saved.clone();
        // Version, kind, suite and key id; the counter stands before the limit, 8 bytes each.
        let (m1, at) = (bytes::<S>(m1), saved.len() - 16);
        saved.splice(19..19 + m1.len(), m1);
        saved.splice(at..at + 8, nonce.to_be_bytes());
        Ok(PresentationState::from_bytes(&self.key, &saved)?)
    }
}

fn client<S: Arc01>(suite: &mut Suite) -> Result<(), Failure> {
    let failure = &Cell::new(None);
    let (rng, coins) = (&mut Rng::seed_from_u64(1), &mut Rng::seed_from_u64(2));
    let holder = &Holder::<S>::new(rng)?;

    suite.constant(
        "request, m1, r1 and r2 1",
        |class, rng| {
            let [m1, r1, r2] = [(); 3].map(|()| scalar::<S>(class, rng, Scalar::<S>::ONE));
            Cell::new(Some(RequestCoins::<S> { m1, r1, r2, proof: Coins::draw(rng) }))
        },
        |coins| {
            let context = RequestContext::new(b"timing");
            Some(PreIssuance::request_with_coins(context, coins.take()?).map(|(state, _)| state))
        },
    );
    let mut present = |name: &str, secrets: Secrets<'_, S>| {
        suite.constant(
            name,
            |class, rng| {
                let (m1, nonce) = secrets(class, rng);
                Cell::new(kept(holder.state(m1, nonce), failure))
            },
            |state| Some(state.take()?.present(coins)),
        );
    };
    // 998 has all bits but the last, and leaves the state open as 0 does.
    present("present at N = 1000, nonce 0 against 998", &|class, rng| {
        (Scalar::<S>::random(rng), if class == Class::Fixed { 0 } else { N - 2 })
    });
    present("present at N = 1000, nonce 0 against random", &|class, rng| {
        let (m1, random) = (Scalar::<S>::random(rng), rng.next_u64() % (N - 1));
        (m1, if class == Class::Fixed { 0 } else { random })
    });
    // The largest base is 488: not taken, and taken.
    present("present at N = 1000, nonce 487 against 488", &|class, rng| {
        (Scalar::<S>::random(rng), if class == Class::Fixed { 487 } else { 488 })
    });
    for (name, fixed) in keys::<S>() {
        present(&format!("present at N = 1000, m1 {name}"), &|class, rng| {
            let (m1, nonce) = (scalar::<S>(class, rng, fixed), rng.next_u64() % (N - 1));
            // m1 + nonce must not be 0.
            (m1, nonce.max(2))
        });
    }
    failure.take().map_or(Ok(()), Err)
}

/// The request is the same in both classes, since its proof is verified in variable time. The key differs.
fn issue<S: Arc01>(suite: &mut Suite, name: &str, fixed: Scalar<S>) -> Result<(), Failure> {
    let failure = &Cell::new(None);
    let (rng, coins) = (&mut Rng::seed_from_u64(3), &mut Rng::seed_from_u64(4));
    let (_state, request) = PreIssuance::<S>::request(RequestContext::new(b"timing"), rng)?;
    suite.constant(
        &format!("issue, key {name}"),
        |class, rng| kept(key::<S>(class, rng, fixed), failure),
        |key| Some(key.as_ref()?.issue(&request, coins)),
    );
    failure.take().map_or(Ok(()), Err)
}

/// One message of another key, so that both classes refuse it, at the end: what is public is the same, but for V and X1.
fn verify<S: Arc01>(suite: &mut Suite, name: &str, fixed: Scalar<S>) -> Result<(), Failure> {
    let failure = &Cell::new(None);
    let rng = &mut Rng::seed_from_u64(5);
    let holder = Holder::<S>::new(rng)?;
    let (message, _): (Presentation<S>, ContextState<S>) =
        holder.state(Scalar::<S>::random(rng), 5)?.present(rng)?.into_parts();
    let request = RequestContext::new(b"timing");
    suite.constant(
        &format!("verify at N = 1000, key {name}"),
        |class, rng| Some((kept(key::<S>(class, rng, fixed), failure)?, Cell::new(Some(message.clone())))),
        |input| {
            let (key, message) = input.as_ref()?;
            Some(key.verify(&request, &holder.context, holder.limit, message.take()?).is_err())
        },
    );
    failure.take().map_or(Ok(()), Err)
}

fn suite<S: Arc01>(samples: usize) -> Result<(), Failure> {
    let name = format!("farebox-arc, {}", S::Group::NAME);
    let Some(mut suite) = Suite::long(&name, Config { samples, calls: 1 }) else { return Ok(()) };
    client::<S>(&mut suite)?;
    // A key brings tables, and a thousand keys exist at once; so there are fewer samples.
    suite.configure(Config { samples: samples / 4, calls: 1 });
    for (name, fixed) in keys::<S>() {
        issue::<S>(&mut suite, name, fixed)?;
        verify::<S>(&mut suite, name, fixed)?;
    }
    Ok(suite.finish()?)
}

/// One test, so that no two experiments run at the same time.
#[test]
fn timing() -> Result<(), Failure> {
    suite::<Ristretto255>(20_000)?;
    suite::<P256>(10_000)
}
