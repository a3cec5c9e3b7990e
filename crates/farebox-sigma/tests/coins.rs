//! The prover's hedged nonces.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::convert::Infallible;

use farebox_group::{ByteOrder, Group, Ristretto255, Scalar};
use farebox_sigma::relations::{DiscreteLogarithm, DiscreteLogarithmPublics};
use farebox_sigma::{
    BaseSet, Coins, F1b, F2, F3, Flavor, Legacy, Numbering, Point, Profile, Ristretto255Shake128, Statement, Transcript,
};
use rand::rand_core::{TryCryptoRng, TryRng};

type G = Ristretto255;

fn int(n: u64) -> <G as Group>::Scalar {
    n.into()
}

/// A generator that repeats one byte, and counts.
struct Stuck {
    byte: u8,
    drawn: usize,
}

impl TryRng for Stuck {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.drawn += 4;
        Ok(u32::from_ne_bytes([self.byte; 4]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.drawn += 8;
        Ok(u64::from_ne_bytes([self.byte; 8]))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.drawn += out.len();
        out.fill(self.byte);
        Ok(())
    }
}

impl TryCryptoRng for Stuck {}

#[derive(Clone, Copy, Debug, Default)]
struct Variant<const LONG: bool, const OTHER: bool>;

impl<const LONG: bool, const OTHER: bool> Legacy for Variant<LONG, OTHER> {
    const PROTOCOL_ID: &'static [u8] = if OTHER { b"other" } else { b"coins test" };
    const NUMBERING: Numbering = Numbering::FirstUse;
    const SCALAR_ORDER: ByteOrder = ByteOrder::Little;
    const CHALLENGE_LEN: usize = if LONG { 64 } else { 48 };
}

/// The commitment of a proof of `w * G`, with a generator that is stuck at `byte`.
fn commitment<P: Profile<G>>(byte: u8, session: &[u8], flavor: Flavor, w: u64, image: u64) -> Vec<u8> {
    let bases = BaseSet::<G>::new(&[]).unwrap();
    let x = Point::encode(G::mul_generator(&int(image))).unwrap();
    let statement =
        Statement::new(&DiscreteLogarithm, &bases, &DiscreteLogarithmPublics { g: bases.points()[0], x }).unwrap();
    let argument = Transcript::<P>::new().session(session).statement(statement).unwrap();
    let mut rng = Stuck { byte, drawn: 0 };
    let proof = argument.prove(flavor, &[int(w)], &mut rng).unwrap();
    assert_eq!(rng.drawn, 32);
    let scalar = |bytes: &[u8]| <G as Group>::Scalar::from_bytes(bytes, ByteOrder::Little).unwrap();
    match flavor {
        Flavor::Batchable => proof[..32].to_vec(),
        // k = r - c*w
        Flavor::Compact => {
            let nonce = scalar(&proof[32..]) - scalar(&proof[..32]) * int(w);
            G::encode(&G::mul_generator(&nonce)).unwrap().to_vec()
        }
    }
}

type Default3 = F3<Ristretto255Shake128>;

/// Documented: with the same generator output and the same of everything else, a proof repeats. It reveals nothing new.
#[test]
fn same_everything_repeats() {
    let make = || commitment::<Default3>(7, b"session", Flavor::Compact, 5, 5);
    assert_eq!(make(), make());
}

/// Whatever changes the challenge changes the nonces: else two responses to one nonce would reveal the witness.
#[test]
fn all_that_is_proved_counts() {
    let (compact, batchable) = (Flavor::Compact, Flavor::Batchable);
    let mut all = vec![
        commitment::<Default3>(7, b"session", compact, 5, 5),
        commitment::<Default3>(8, b"session", compact, 5, 5),
        commitment::<Default3>(7, b"sessioN", compact, 5, 5),
        commitment::<Default3>(7, b"session", batchable, 5, 5),
        commitment::<Default3>(7, b"session", compact, 6, 5),
        commitment::<Default3>(7, b"session", compact, 5, 6),
        commitment::<F2<Variant<false, false>>>(7, b"session", compact, 5, 5),
        commitment::<F2<Variant<true, false>>>(7, b"session", compact, 5, 5),
        commitment::<F2<Variant<false, true>>>(7, b"session", compact, 5, 5),
        commitment::<F1b<Variant<false, false>>>(7, b"session", compact, 5, 5),
    ];
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}

/// The older profiles have one challenge for both flavours, so a repeated nonce there gives the same response again.
#[test]
fn flavors_of_the_older_profiles_share_a_challenge() {
    let make = |flavor| commitment::<F2<Variant<false, false>>>(7, b"session", flavor, 5, 5);
    assert_eq!(make(Flavor::Compact), make(Flavor::Batchable));
}

#[test]
fn debug_prints_no_nonce() {
    let coins = Coins::from_nonces(vec![int(123_456_789)]);
    assert_eq!(format!("{coins:?}"), "Coins(..)");
}
