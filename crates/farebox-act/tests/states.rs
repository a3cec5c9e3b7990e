//! States and coins: saved forms, what `Debug` prints, what is drawn.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use std::convert::Infallible;
use std::fmt::Debug;

use common::{Run, context, copy, params};
use farebox_act::{
    CreditToken, IssuanceRequest, IssuanceResponse, PreIssuance, PreRefund, Refund, RequestCoins, SecretKey,
    SignatureCoins, SpendCoins, SpendProof, VerifiedSpend, ZeroSpendWindow,
};
use farebox_group::{ByteOrder, Scalar as _, ristretto255::Scalar};
use farebox_sigma::{Coins, Flavor};
use rand::{TryCryptoRng, TryRng};
use zeroize::ZeroizeOnDrop;

// ---- saved forms

#[test]
fn sizes_and_heads() {
    let run = Run::new(8);
    let saved = [
        (run.key.to_bytes().to_vec(), 50, 1),
        (run.pre_issuance.clone(), 114, 2),
        (run.token.clone(), 210, 3),
        (run.pre_refund.clone(), 210, 4),
    ];
    for (bytes, len, kind) in &saved {
        assert_eq!(bytes.len(), *len);
        assert_eq!(bytes[..2], [1, *kind]);
        // All name the same parameters.
        assert_eq!(bytes[2..18], saved[0].0[2..18]);
    }
    assert_ne!(saved[0].0[2..18], Run::new(10).key.to_bytes()[2..18]);
}

#[test]
fn saved_forms_read_back() {
    let run = Run::new(8);
    let key = SecretKey::from_bytes(&run.params, &run.key.to_bytes()).unwrap();
    assert_eq!(key.to_bytes(), run.key.to_bytes());
    assert_eq!(key.public_key(), run.key.public_key());
    let draft_form = SecretKey::from_scalar_bytes(&run.params, &run.key.to_bytes()[18..]).unwrap();
    assert_eq!(draft_form.to_bytes(), run.key.to_bytes());
    assert_eq!(run.pre_issuance().into_bytes()[..], run.pre_issuance);
    assert_eq!(run.token().into_bytes()[..], run.token);
    assert_eq!(run.pre_refund().into_bytes()[..], run.pre_refund);
    let state = run.pre_refund();
    assert_eq!((state.remaining().get(), state.charge().get()), (70, 30));
}

/// The fields of a saved token are the draft's.
#[test]
fn the_fields_of_a_token() {
    let run = Run::new(8);
    assert_eq!(run.token[18..50], run.response[..32], "A");
    assert_eq!(run.token[50..82], run.response[32..64], "e");
    assert_eq!(run.token[82..114], run.spend[..32], "k");
    assert_eq!(run.token[114..146], run.pre_issuance[50..82], "r");
    assert_eq!(run.token[146..178], common::amount(100), "c");
    assert_eq!(run.token[178..], context().to_bytes(), "ctx");
}

// ---- what the types are not

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
fn states_and_keys_are_not_copied() {
    assert_not!(
        SecretKey: !Clone, PreIssuance: !Clone, CreditToken: !Clone, PreRefund: !Clone, VerifiedSpend: !Clone,
        RequestCoins: !Clone, SignatureCoins: !Clone, SpendCoins: !Clone, Coins<Scalar>: !Clone,
    );
}

#[test]
fn states_and_keys_are_not_serialised() {
    assert_not!(
        SecretKey: !serde::Serialize, PreIssuance: !serde::Serialize, CreditToken: !serde::Serialize,
        PreRefund: !serde::Serialize, SecretKey: !serde::Deserialize<'static>,
        PreIssuance: !serde::Deserialize<'static>, CreditToken: !serde::Deserialize<'static>,
        PreRefund: !serde::Deserialize<'static>,
    );
}

#[test]
fn states_and_keys_are_not_compared_or_printed() {
    assert_not!(
        SecretKey: !PartialEq, PreIssuance: !PartialEq, CreditToken: !PartialEq, PreRefund: !PartialEq,
        SecretKey: !std::fmt::Display, PreIssuance: !std::fmt::Display, CreditToken: !std::fmt::Display,
        PreRefund: !std::fmt::Display, Scalar: !std::fmt::Display,
    );
}

/// That memory is erased cannot be seen without reading freed memory; the types say it.
#[test]
fn states_and_keys_are_erased_when_dropped() {
    fn erased<T: ZeroizeOnDrop>() {}
    erased::<SecretKey>();
    erased::<PreIssuance>();
    erased::<CreditToken>();
    erased::<PreRefund>();
    erased::<zeroize::Zeroizing<Vec<u8>>>();
    let run = Run::new(2);
    let _: (zeroize::Zeroizing<Vec<u8>>, zeroize::Zeroizing<Vec<u8>>) = (run.key.to_bytes(), run.token().into_bytes());
}

#[test]
fn states_and_messages_cross_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<farebox_act::Params>();
    shared::<SecretKey>();
    shared::<PreIssuance>();
    shared::<CreditToken>();
    shared::<PreRefund>();
    shared::<VerifiedSpend>();
    shared::<SpendProof>();
    shared::<farebox_act::Refused<CreditToken>>();
}

// ---- Debug

/// No 8 bytes of a secret stand in the text, as hex in either case and order, or as a list of numbers.
fn hides(shown: &dyn Debug, secrets: &[&[u8]]) {
    for text in [format!("{shown:?}"), format!("{shown:#?}")] {
        let plain = text.to_lowercase().replace([' ', '\n', ',', '_'], "");
        for secret in secrets {
            for part in secret.chunks(8).filter(|part| part.len() == 8 && part.iter().any(|byte| *byte != 0)) {
                let mut reversed = part.to_vec();
                reversed.reverse();
                for bytes in [part.to_vec(), reversed] {
                    let hex = hex::encode(&bytes);
                    let list: String = bytes.iter().map(|byte| byte.to_string()).collect();
                    let number = u64::from_le_bytes(bytes.as_slice().try_into().unwrap()).to_string();
                    for form in [hex, list, number] {
                        assert!(!plain.contains(&form), "{text}");
                    }
                }
            }
        }
    }
}

#[test]
fn debug_prints_no_secret() {
    let run = Run::with(params(64), 0x1234_5678_9abc_def0, 0x0123_4567_89ab_cdef, 1);
    let sk = run.key.to_bytes()[18..].to_vec();
    hides(&run.key, &[&sk]);
    hides(&run.pre_issuance(), &[&run.pre_issuance[18..82]]);
    hides(&run.token(), &[&run.token[18..178]]);
    hides(&run.pre_refund(), &[&run.pre_refund[18..114]]);
    let scalar = Scalar::from_bytes(&sk, ByteOrder::Little).unwrap();
    hides(&scalar, &[&sk]);
    hides(&[scalar; 2], &[&sk]);
    hides(&Coins::from_nonces(vec![scalar]), &[&sk]);
    hides(&RequestCoins { k: scalar, r: scalar, proof: Coins::from_nonces(vec![scalar]) }, &[&sk]);
    hides(&SignatureCoins { e: scalar, proof: Coins::from_nonces(vec![scalar]) }, &[&sk]);
    let coins = |proof| SpendCoins { r1: scalar, r2: scalar, kstar: scalar, sigma: vec![scalar], proof };
    hides(&coins(Coins::from_nonces(vec![scalar])), &[&sk]);
    let refused = run
        .token()
        .spend_with_coins(&run.params, run.charge, Flavor::Compact, coins(Coins::from_nonces(vec![])))
        .unwrap_err();
    hides(&refused, &[&run.token[18..178], &sk]);
    hides(&refused.error, &[&run.token[18..178], &sk]);
    assert_eq!(refused.to_string(), refused.error.to_string());
}

// ---- what is drawn

/// Gives the same byte for ever, and counts.
struct Constant {
    byte: u8,
    drawn: usize,
}

impl Constant {
    fn new() -> Self {
        Self { byte: 0x5a, drawn: 0 }
    }

    /// The bytes drawn since the last call.
    fn drawn(&mut self) -> usize {
        std::mem::take(&mut self.drawn)
    }
}

impl TryRng for Constant {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.drawn += 4;
        Ok(u32::from_le_bytes([self.byte; 4]))
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.drawn += 8;
        Ok(u64::from_le_bytes([self.byte; 8]))
    }
    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.drawn += out.len();
        out.fill(self.byte);
        Ok(())
    }
}

impl TryCryptoRng for Constant {}

/// 32 bytes for a key, 64 for every other operation: 32 for its own choices, 32 for the proof's.
#[test]
fn every_operation_draws_what_is_documented() {
    let (params, rng) = (params(16), &mut Constant::new());
    let key = SecretKey::generate(&params, rng);
    assert_eq!(rng.drawn(), 32);
    let (state, request) = PreIssuance::request(&params, rng).unwrap();
    assert_eq!(rng.drawn(), 64);
    let credits = params.credits(100).unwrap();
    let response = key.issue(&params, &request, credits, context(), rng).unwrap();
    assert_eq!(rng.drawn(), 64);
    let token = state.finish(&params, key.public_key(), context(), credits, &response).unwrap();
    let (token, same) = copy(&params, token);
    let charge = params.credits(30).unwrap();
    let (spend, _) = token.spend(&params, charge, rng).unwrap();
    assert_eq!(rng.drawn(), 64);
    let _ = same.spend_batchable(&params, charge, rng).unwrap();
    assert_eq!(rng.drawn(), 64);
    let expected = farebox_act::Expected { charge, context: context() };
    let verified = key.verify(&params, spend, &expected, |_| false).unwrap();
    assert_eq!(rng.drawn(), 0);
    let _ = verified.refund(&params, &key, charge, rng).unwrap();
    assert_eq!(rng.drawn(), 64);
}

fn e_of(response: &IssuanceResponse) -> Vec<u8> {
    response.to_bytes()[32..64].to_vec()
}

/// With a generator that stands still, the issuer's `e` and nonce still differ wherever what is signed differs, and are the
/// same only for the same signature.
#[test]
fn a_stuck_generator_repeats_no_signature_randomness() {
    let run = Run::new(8);
    let issue = |request: &IssuanceRequest, credits, context| {
        run.key.issue(&run.params, request, credits, context, &mut Constant::new()).unwrap()
    };
    let request = IssuanceRequest::from_bytes(&run.request).unwrap();
    let (_, other) = PreIssuance::request(&run.params, &mut rand::rng()).unwrap();
    let ninety = run.params.credits(90).unwrap();
    let elsewhere = farebox_act::Context::from_hash(&[8; 64]);
    let first = issue(&request, run.balance, context());
    assert_eq!(first.to_bytes(), issue(&request, run.balance, context()).to_bytes());
    let others = [
        issue(&other, run.balance, context()),
        issue(&request, ninety, context()),
        issue(&request, run.balance, elsewhere),
        SecretKey::generate(&run.params, &mut rand::rng())
            .issue(&run.params, &request, run.balance, context(), &mut Constant::new())
            .unwrap(),
    ];
    let mut all: Vec<_> = others.iter().chain([&first]).map(e_of).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 5);
}

/// The same for a refund: the amount, and the commitment to what is left. Two spends of one token show one nullifier, and
/// are no reason to sign two balances with one `e`.
#[test]
fn a_stuck_generator_repeats_no_refund_randomness() {
    let run = Run::new(8);
    let verified = |charge: u64| {
        let charge = run.params.credits(charge).unwrap();
        let (spend, _) = run.token().spend(&run.params, charge, &mut rand::rng()).unwrap();
        let expected = farebox_act::Expected { charge, context: context() };
        run.key.verify(&run.params, spend, &expected, |_| false).unwrap()
    };
    let refund = |verified: VerifiedSpend, returned: u64| -> Refund {
        let returned = run.params.credits(returned).unwrap();
        verified.refund(&run.params, &run.key, returned, &mut Constant::new()).unwrap()
    };
    let first = refund(run.verified(), 20);
    assert_eq!(first.to_bytes(), refund(run.verified(), 20).to_bytes());
    let others =
        [refund(run.verified(), 19), refund(verified(30), 20), refund(verified(31), 20), refund(verified(30), 20)];
    let mut all: Vec<_> = others.iter().chain([&first]).map(|refund| refund.to_bytes()[32..64].to_vec()).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 5);
}

/// With a stuck generator two tokens get different next nullifiers and blindings: they are hedged with the token's secrets.
/// The first request has no secret to hedge with, so its nullifier needs a good generator.
#[test]
fn a_stuck_generator_repeats_no_spend_randomness() {
    let run = Run::new(8);
    let next = |token: CreditToken| {
        let (spend, state) = token.spend(&run.params, run.charge, &mut Constant::new()).unwrap();
        (spend.to_bytes(), state.into_bytes()[18..82].to_vec())
    };
    let other = common::token_of(&run.params, &run.key, 100);
    let (first, again, other) = (next(run.token()), next(run.token()), next(other));
    assert_eq!(first, again);
    assert_ne!(first.1[..32], other.1[..32], "kstar");
    assert_ne!(first.1[32..], other.1[32..], "rstar");
    // A', B_bar and every commitment differ as well.
    for place in (96..160 + 8 * 32).step_by(32) {
        assert_ne!(first.0[place..place + 32], other.0[place..place + 32], "byte {place}");
    }

    let request = || PreIssuance::request(&run.params, &mut Constant::new()).unwrap().1.to_bytes();
    assert_eq!(request(), request());
    let elsewhere = PreIssuance::request(&params(10), &mut Constant::new()).unwrap().1.to_bytes();
    assert_ne!(request()[..32], elsewhere[..32]);
}

// ---- zero spends

#[test]
fn a_window_admits_as_many_as_it_says() {
    let mut window = ZeroSpendWindow::new(2, 60);
    assert_eq!([1000, 1001, 1002, 1059].map(|now| window.admit(now)), [true, true, false, false]);
    assert_eq!([1060, 1061, 1119].map(|now| window.admit(now)), [true, true, false]);
    assert_eq!([1120, 1120, 1120].map(|now| window.admit(now)), [true, true, false]);
    // A clock that runs backwards opens no window.
    assert!(!window.admit(0));
    assert!(window.admit(u64::MAX));
    let mut none = ZeroSpendWindow::new(0, 60);
    assert!(!none.admit(0) && !none.admit(u64::MAX));
}
