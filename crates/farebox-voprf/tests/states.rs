//! Keys, states and coins: what the types are not, what `Debug` prints, what is drawn.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use std::convert::Infallible;
use std::fmt::Debug;

use common::INFO;
use farebox_voprf::{
    BlindCoins, BlindedElements, ClientState, Evaluation, Oprf, Output, Poprf, ProofCoins, Ristretto255Sha512 as S,
    SecretKey, Voprf,
};
use rand::{TryCryptoRng, TryRng};
use zeroize::ZeroizeOnDrop;

/// `$type: !$trait`: the call is ambiguous, and does not compile, if the type implements the trait.
macro_rules! assert_not {
    ($($type:ty: !$trait:path),+ $(,)?) => {
        $({
            trait Ambiguous<A> {
                fn check() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct Marker;
            impl<T: ?Sized + $trait> Ambiguous<Marker> for T {}
            <$type as Ambiguous<_>>::check();
        })+
    };
}

#[test]
fn states_and_keys_are_not_copied_serialised_or_compared() {
    assert_not!(
        SecretKey<S, Voprf>: !Clone, ClientState<S, Voprf>: !Clone, BlindCoins<S>: !Clone, ProofCoins<S>: !Clone,
        SecretKey<S, Voprf>: !serde::Serialize, ClientState<S, Voprf>: !serde::Serialize,
        Output<S>: !serde::Serialize, SecretKey<S, Voprf>: !serde::Deserialize<'static>,
        ClientState<S, Voprf>: !serde::Deserialize<'static>, SecretKey<S, Voprf>: !PartialEq,
        ClientState<S, Voprf>: !PartialEq, SecretKey<S, Voprf>: !std::fmt::Display, Output<S>: !std::fmt::Display,
    );
}

#[test]
fn states_keys_and_outputs_are_erased_when_dropped() {
    fn erased<T: ZeroizeOnDrop>() {}
    erased::<SecretKey<S, Voprf>>();
    erased::<ClientState<S, Poprf>>();
    erased::<Output<S>>();
}

#[test]
fn states_and_messages_cross_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<SecretKey<S, Voprf>>();
    shared::<ClientState<S, Poprf>>();
    shared::<Evaluation<S, Voprf>>();
    shared::<BlindedElements<S>>();
    shared::<farebox_voprf::Refused<ClientState<S, Oprf>>>();
}

/// No 8 bytes of a secret stand in the text, as hex in either case and order, or as a list of numbers.
fn hides(shown: &dyn Debug, secrets: &[&[u8]]) {
    for text in [format!("{shown:?}"), format!("{shown:#?}")] {
        let plain = text.to_lowercase().replace([' ', '\n', ',', '_'], "");
        for part in secrets.iter().flat_map(|secret| secret.chunks_exact(8)) {
            let mut reversed = part.to_vec();
            reversed.reverse();
            for bytes in [part.to_vec(), reversed] {
                let list: String = bytes.iter().map(|byte| byte.to_string()).collect();
                let number = u64::from_le_bytes(bytes.as_slice().try_into().unwrap()).to_string();
                for form in [hex::encode(&bytes), list, number] {
                    assert!(!plain.contains(&form), "{text}");
                }
            }
        }
    }
}

#[test]
fn debug_prints_no_secret() {
    let run = common::voprf::<S>(20);
    hides(&run.key, &[&run.key.to_bytes()]);
    hides(&run.state(), &[&run.state[6..]]);
    let outputs = run.finalize(&run.evaluation).unwrap();
    hides(&outputs[3], &[outputs[3].as_bytes()]);
    let other = SecretKey::<S, Voprf>::generate(&mut common::rng(5));
    let refused = run.state().finalize(other.public_key(), &run.evaluation()).unwrap_err();
    hides(&refused, &[&run.state[6..]]);
    let scalar = [7; 32];
    let blinds = vec![common::scalar::<S>(&scalar)];
    hides(&BlindCoins::<S> { blinds }, &[&scalar]);
    hides(&ProofCoins::<S>::from_nonce(common::scalar::<S>(&scalar)), &[&scalar]);
}

/// A generator that counts, and gives the same byte every time.
struct Counting {
    byte: u8,
    drawn: usize,
}

impl TryRng for Counting {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.drawn += 4;
        Ok(u32::from_le_bytes([self.byte; 4]))
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.drawn += 8;
        Ok(u64::from_le_bytes([self.byte; 8]))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.drawn += bytes.len();
        bytes.fill(self.byte);
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

fn stuck() -> Counting {
    Counting { byte: 9, drawn: 0 }
}

#[test]
fn every_operation_draws_32_bytes() {
    let rng = &mut stuck();
    let draws = |rng: &mut Counting| std::mem::take(&mut rng.drawn);
    let key = SecretKey::<S, Voprf>::generate(rng);
    assert_eq!(draws(rng), 32);
    let (_state, blinded) = ClientState::<S, Voprf>::blind(&[b"a", b"b", b"c"], rng).unwrap();
    assert_eq!(draws(rng), 32);
    let _ = key.blind_evaluate(&blinded, rng).unwrap();
    assert_eq!(draws(rng), 32);
    let key = SecretKey::<S, Poprf>::generate(rng);
    assert_eq!(draws(rng), 32);
    let (_state, blinded) = ClientState::<S, Poprf>::blind(&[b"a"], INFO, key.public_key(), rng).unwrap();
    assert_eq!(draws(rng), 32);
    let _ = key.blind_evaluate(&blinded, INFO, rng).unwrap();
    assert_eq!(draws(rng), 32);
}

/// With a generator that is stuck, no blind serves two inputs, and no nonce two challenges.
#[test]
fn coins_are_hedged() {
    let blind = |inputs: &[&[u8]]| ClientState::<S, Voprf>::blind(inputs, &mut stuck()).unwrap();
    let scalar = |(state, _): (ClientState<S, Voprf>, BlindedElements<S>)| state.into_bytes()[6..38].to_vec();
    assert_eq!(scalar(blind(&[b"a"])), scalar(blind(&[b"a"])));
    assert_ne!(scalar(blind(&[b"a"])), scalar(blind(&[b"b"])));
    assert_ne!(scalar(blind(&[b"a"])), scalar(blind(&[b"a", b"b"])));
    let (state, _) = blind(&[b"a", b"a"]);
    let state = state.into_bytes();
    assert_ne!(state[6..38], state[6 + 67..38 + 67], "two blinds of one batch");

    // s + c k = r
    let key = SecretKey::<S, Voprf>::generate(&mut stuck());
    let k = common::scalar::<S>(&key.to_bytes());
    let nonce = |inputs: &[&[u8]]| {
        let proof = key.blind_evaluate(&blind(inputs).1, &mut stuck()).unwrap().proof().to_bytes();
        let (c, s) = (common::scalar::<S>(&proof[..32]), common::scalar::<S>(&proof[32..]));
        s + c * k
    };
    assert_eq!(nonce(&[b"a"]), nonce(&[b"a"]));
    assert_ne!(nonce(&[b"a"]), nonce(&[b"b"]));
    assert_ne!(nonce(&[b"a"]), nonce(&[b"a", b"b"]));
    let other = SecretKey::<S, Voprf>::generate(&mut common::rng(3));
    assert_ne!(key.to_bytes(), other.to_bytes());
}

#[test]
fn the_same_seed_gives_another_key_in_every_mode() {
    let seed = [7; 32];
    let keys = [
        SecretKey::<S, Oprf>::derive(&seed, INFO).unwrap().to_bytes(),
        SecretKey::<S, Voprf>::derive(&seed, INFO).unwrap().to_bytes(),
        SecretKey::<S, Poprf>::derive(&seed, INFO).unwrap().to_bytes(),
        SecretKey::<S, Poprf>::derive(&seed, b"").unwrap().to_bytes(),
    ];
    for (i, key) in keys.iter().enumerate() {
        assert!(!keys[..i].contains(key));
    }
}
