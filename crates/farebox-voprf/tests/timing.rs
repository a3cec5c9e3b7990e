//! Looks for time that depends on the server's key or on the client's blinds. Skipped unless `FAREBOX_TIMING=long`; see
//! docs/TIMING.md.

use std::cell::Cell;

use farebox_group::{Group as _, Scalar as _};
use farebox_timing::{Class, Config, Rng, Suite as Experiments};
use farebox_voprf::{
    BlindCoins, BlindedElements, ClientState, Oprf, P256Sha256, P384Sha384, Poprf, Ristretto255Sha512, SecretKey,
    Suite, Voprf,
};
use rand::SeedableRng as _;

type Failure = Box<dyn std::error::Error>;
type Scalar<S> = <<S as Suite>::Group as farebox_group::Group>::Scalar;

/// Inputs in a batch.
const BATCH: usize = 3;

/// A random scalar, or `fixed` in the fixed class.
fn scalar<S: Suite>(class: Class, rng: &mut Rng, fixed: Scalar<S>) -> Scalar<S> {
    let random = Scalar::<S>::random(rng);
    if class == Class::Fixed { fixed } else { random }
}

fn bytes<S: Suite>(scalar: Scalar<S>) -> Vec<u8> {
    scalar.to_bytes(S::Group::SCALAR_ORDER).as_ref().to_vec()
}

fn suite<S: Suite>(samples: usize) -> Result<(), Failure> {
    let config = Config { samples, calls: 1 };
    let Some(mut suite) = Experiments::long(&format!("farebox-voprf, {}", S::ID), config) else { return Ok(()) };
    let inputs: [&[u8]; BATCH] = [b"one", b"two", b"three"];
    let coins = &mut Rng::seed_from_u64(1);
    let (_state, blinded) = ClientState::<S, Oprf>::blind(&inputs, coins)?;
    let blinded = BlindedElements::<S>::from_bytes(&blinded.to_bytes())?;
    for (name, fixed) in [("1", Scalar::<S>::ONE), ("q - 1", -Scalar::<S>::ONE)] {
        suite.constant(
            &format!("`blind_evaluate` of {BATCH} with proof, key {name}"),
            // The proof's weights are public, a hash of key and elements, and meet code in variable time. New elements for each
            // call keep a fixed key from fixing them.
            |class, rng| {
                let blinded = ClientState::<S, Oprf>::blind(&inputs, rng).ok()?.1;
                Some((SecretKey::<S, Voprf>::from_bytes(&bytes::<S>(scalar::<S>(class, rng, fixed))).ok()?, blinded))
            },
            |input| {
                let (key, blinded) = input.as_ref()?;
                Some(key.blind_evaluate(blinded, coins))
            },
        );
        suite.constant(
            &format!("`evaluate` with a public input, key {name}"),
            |class, rng| SecretKey::<S, Poprf>::from_bytes(&bytes::<S>(scalar::<S>(class, rng, fixed))).ok(),
            |key| Some(key.as_ref()?.evaluate(b"an input", b"info")),
        );
        let blinds = |class, rng: &mut Rng| [(); BATCH].map(|()| scalar::<S>(class, rng, fixed));
        suite.constant(
            &format!("`blind` of {BATCH}, blinds {name}"),
            |class, rng| Cell::new(Some(BlindCoins { blinds: blinds(class, rng).to_vec() })),
            |coins| Some(ClientState::<S, Oprf>::blind_with_coins(&inputs, coins.take()?).map(|_| ())),
        );
        // What is evaluated is public, so it must not depend on the blinds: it is the same for both classes.
        let key = SecretKey::<S, Oprf>::generate(coins);
        let evaluation = key.blind_evaluate(&blinded)?;
        suite.constant(
            &format!("`finalize` of {BATCH}, blinds {name}"),
            |class, rng| {
                let coins = BlindCoins { blinds: blinds(class, rng).to_vec() };
                Cell::new(ClientState::<S, Oprf>::blind_with_coins(&inputs, coins).map(|(state, _)| state).ok())
            },
            |state| Some(state.take()?.finalize(&evaluation)),
        );
    }
    Ok(suite.finish()?)
}

/// One test, so that no two experiments run at the same time.
#[test]
fn timing() -> Result<(), Failure> {
    suite::<Ristretto255Sha512>(20_000)?;
    suite::<P256Sha256>(10_000)?;
    suite::<P384Sha384>(5_000)
}
