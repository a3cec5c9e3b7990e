//! Keys, messages and states of Blind RSA. The key is one of 2048 bits for all inputs of a run.

use std::cell::RefCell;
use std::sync::OnceLock;

use farebox_blind_rsa::{
    ModulusSize, PreSignature, PreparedMessage, PssDeterministic, PssZeroDeterministic, PublicKey, SecretKey, Signer,
    Variant,
};
use rand::SeedableRng;
use rand::rngs::StdRng;

type V = PssDeterministic;

/// One honest run.
struct World {
    pkcs8: Vec<u8>,
    public: PublicKey<V>,
    state: Vec<u8>,
    blinded: Vec<u8>,
    answer: Vec<u8>,
    signature: Vec<u8>,
}

/// The key of the run, for others that need one.
pub(crate) fn key() -> SecretKey<V> {
    SecretKey::from_pkcs8(&world().pkcs8).expect("our own")
}

fn message() -> PreparedMessage<V> {
    PreparedMessage::from_bytes(&[7; 98]).expect("any bytes are a message here")
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let mut rng = StdRng::seed_from_u64(1);
        let key = SecretKey::<V>::generate(ModulusSize::Bits2048, &mut rng);
        let (pkcs8, public) = (key.to_pkcs8().to_vec(), key.public_key().clone());
        let (state, blinded) = public.blind(&message(), &mut rng).expect("an honest key");
        let state = state.into_bytes().to_vec();
        let answer = Signer::new(key).blind_sign(&blinded, &mut rng).expect("an honest message");
        let again = PreSignature::from_bytes(&public, &state).expect("an honest state");
        let signature = again.finalize(&public, &answer).expect("an honest answer");
        World { pkcs8, public, state, blinded, answer, signature }
    })
}

/// What is read has the bytes that came. It is used once, and what nobody signed does not verify.
fn public_key<W: Variant>(data: &[u8]) -> bool {
    let Ok(key) = PublicKey::<W>::from_spki(data) else { return false };
    assert_eq!(key.as_spki(), data);
    let again = PublicKey::<W>::from_components(key.modulus(), &key.exponent().to_be_bytes());
    assert!(again.is_ok_and(|again| again == key));
    let message = PreparedMessage::from_bytes(&[7; 98]).expect("long enough");
    let mut signature = vec![0; key.modulus_len()];
    signature[1] = 1;
    assert!(key.verify(&message, &signature).is_err());
    // A modulus that is none of two primes may have messages that are no units.
    let _ = key.blind(&message, &mut StdRng::seed_from_u64(2));
    true
}

pub(crate) fn spki(data: &[u8]) -> bool {
    public_key::<PssDeterministic>(data)
}

pub(crate) fn spkis() -> Vec<Vec<u8>> {
    vec![world().public.as_spki().to_vec()]
}

pub(crate) fn spki_zero(data: &[u8]) -> bool {
    public_key::<PssZeroDeterministic>(data)
}

pub(crate) fn spkis_zero() -> Vec<Vec<u8>> {
    let public = &world().public;
    let zero = PublicKey::<PssZeroDeterministic>::from_components(public.modulus(), &[1, 0, 1]);
    vec![zero.expect("a sound key").as_spki().to_vec()]
}

/// What is read is written again as rsaEncryption: the same bytes where it came so.
pub(crate) fn pkcs8(data: &[u8]) -> bool {
    let Ok(key) = SecretKey::<V>::from_pkcs8(data) else { return false };
    let written = key.to_pkcs8();
    let again = SecretKey::<V>::from_pkcs8(&written).expect("what was written is read");
    assert!(again.public_key() == key.public_key() && *again.to_pkcs8() == *written);
    true
}

pub(crate) fn pkcs8s() -> Vec<Vec<u8>> {
    vec![world().pkcs8.clone()]
}

/// What is signed gives the message again.
pub(crate) fn blinded(data: &[u8]) -> bool {
    thread_local! {
        static SIGNER: RefCell<Signer<V>> =
            RefCell::new(Signer::new(SecretKey::from_pkcs8(&world().pkcs8).expect("an honest key")));
    }
    let public = &world().public;
    let answer = SIGNER.with_borrow_mut(|signer| signer.blind_sign(data, &mut StdRng::seed_from_u64(3)));
    let below = data.len() == public.modulus_len() && data < public.modulus();
    assert_eq!(answer.is_ok(), below);
    below
}

pub(crate) fn blindeds() -> Vec<Vec<u8>> {
    vec![world().blinded.clone()]
}

/// One answer only finishes a state.
pub(crate) fn answer(data: &[u8]) -> bool {
    let World { public, state, answer, .. } = world();
    let state = PreSignature::<V>::from_bytes(public, state).expect("an honest state");
    let finished = state.finalize(public, data).is_ok();
    assert_eq!(finished, data == answer);
    finished
}

pub(crate) fn answers() -> Vec<Vec<u8>> {
    vec![world().answer.clone()]
}

/// Nobody makes a second signature.
pub(crate) fn signature(data: &[u8]) -> bool {
    let World { public, signature, .. } = world();
    let valid = public.verify(&message(), data).is_ok();
    assert_eq!(valid, data == signature);
    valid
}

pub(crate) fn signatures() -> Vec<Vec<u8>> {
    vec![world().signature.clone()]
}

pub(crate) fn state(data: &[u8]) -> bool {
    let World { public, answer, .. } = world();
    let Ok(state) = PreSignature::<V>::from_bytes(public, data) else { return false };
    assert_eq!(*state.into_bytes(), data);
    let state = PreSignature::<V>::from_bytes(public, data).expect("it was read before");
    let finished = state.finalize(public, answer).is_ok();
    assert_eq!(finished, data == world().state);
    true
}

pub(crate) fn states() -> Vec<Vec<u8>> {
    vec![world().state.clone()]
}
