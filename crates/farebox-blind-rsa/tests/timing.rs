//! Looks for time that depends on the key, on the blinded message or on the client's blinding. Skipped unless
//! `FAREBOX_TIMING=long`; see docs/TIMING.md.
#![allow(missing_docs)]

use std::cell::Cell;

use farebox_blind_rsa::{
    Backend, BlindCoins, Factor, ModulusSize, PreparedMessage, PssZeroDeterministic, PublicKey, SecretKey, Signer,
};
use farebox_timing::{Class, Config, Rng, Suite};
use rand::{Rng as _, SeedableRng as _};

/// 0.3 to 2 ms a call.
const CONFIG: Config = Config { samples: 10_000, calls: 1 };

type Failure = Box<dyn std::error::Error>;
type Key = SecretKey<PssZeroDeterministic>;
type Public = PublicKey<PssZeroDeterministic>;

/// k bytes for an integer below n: a random one, and its first byte is 0.
fn random(rng: &mut Rng, k: usize) -> Vec<u8> {
    let mut bytes = vec![0; k];
    rng.fill_bytes(&mut bytes);
    bytes.iter_mut().take(1).for_each(|byte| *byte = 0);
    bytes
}

/// `last` in k bytes.
fn small(last: u8, k: usize) -> Vec<u8> {
    let mut bytes = vec![0; k];
    bytes.iter_mut().last().into_iter().for_each(|byte| *byte = last);
    bytes
}

/// Messages that a careless private operation would like, against random ones.
fn messages(suite: &mut Suite, backend: Backend) -> Result<(), Failure> {
    let (rng, coins) = (&mut Rng::seed_from_u64(1), &mut Rng::seed_from_u64(2));
    let key = Key::generate(ModulusSize::Bits2048, rng);
    let mut below = key.public_key().modulus().to_vec();
    below.iter_mut().last().into_iter().for_each(|byte| *byte -= 1);
    let mut signer = Signer::with_backend(key, backend);
    for (name, fixed) in [("1", small(1, 256)), ("n - 1", below), ("0", small(0, 256))] {
        suite.constant(
            &format!("blind_sign, {backend:?}, message {name}"),
            |class, rng| {
                let random = random(rng, 256);
                if class == Class::Fixed { fixed.clone() } else { random }
            },
            |message| signer.blind_sign(message, coins).ok(),
        );
    }
    Ok(())
}

/// One message, signed with one key or another. The last key is in neither set, so that both keep to the same caches.
fn keys(suite: &mut Suite) -> Result<(), Failure> {
    let (rng, coins) = (&mut Rng::seed_from_u64(3), &mut Rng::seed_from_u64(4));
    let signers: Vec<_> = (0..9)
        .map(|_| Key::generate(ModulusSize::Bits2048, rng))
        .map(|key| Cell::new(Some(Signer::with_backend(key, Backend::PureRust))))
        .collect();
    let message = random(rng, 256);
    suite.constant(
        "blind_sign, PureRust, one key against eight",
        |class, rng| {
            let random = 1 + rng.next_u64() as usize % 8;
            if class == Class::Fixed { 0 } else { random }
        },
        |index| {
            let cell = signers.get(*index)?;
            let mut signer = cell.take()?;
            let answer = signer.blind_sign(&message, coins).ok();
            cell.set(Some(signer));
            answer
        },
    );
    Ok(())
}

/// The client's blinding factor, which must stay between it and nobody.
fn factors(suite: &mut Suite) -> Result<(), Failure> {
    let public: Public = Key::generate(ModulusSize::Bits2048, &mut Rng::seed_from_u64(5)).public_key().clone();
    let message = PreparedMessage::from_bytes(&[7; 98])?;
    let mut below = public.modulus().to_vec();
    below.iter_mut().last().into_iter().for_each(|byte| *byte -= 1);
    for (name, fixed) in [("1", small(1, 256)), ("2", small(2, 256)), ("n - 1", below)] {
        suite.constant(
            &format!("blind, r {name}"),
            |class, rng| {
                let random = random(rng, 256);
                let r = if class == Class::Fixed { fixed.clone() } else { random };
                Cell::new(Some(BlindCoins { salt: Vec::new(), factor: Factor::R(r) }))
            },
            |coins| public.blind_with_coins(&message, coins.take()?).ok(),
        );
    }
    Ok(())
}

/// One test, so that no two experiments run at the same time.
#[test]
fn timing() -> Result<(), Failure> {
    let Some(mut suite) = Suite::long("farebox-blind-rsa, 2048 bits", CONFIG) else { return Ok(()) };
    messages(&mut suite, Backend::PureRust)?;
    if Backend::default() != Backend::PureRust {
        messages(&mut suite, Backend::default())?;
    }
    keys(&mut suite)?;
    factors(&mut suite)?;
    Ok(suite.finish()?)
}
