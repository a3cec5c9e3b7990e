//! Honest runs keep the books, and one change of a step is refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use std::collections::HashSet;

use common::{Run, context, copy, params, token, token_of};
use farebox_act::{
    Context, CreditToken, Error, Expected, Fault, Invalid, IssuanceRequest, IssuanceResponse, Malformed, Params,
    PreIssuance, Refund, SecretKey, SpendProof,
};
use farebox_group::{ByteOrder, Group as _, Ristretto255, Scalar as _, ristretto255::Scalar};
use proptest::prelude::*;

/// Parts of 2^64 of an amount: 0 gives 0, the largest number gives `most`.
fn part(most: u64, share: u64) -> u64 {
    ((u128::from(most) * u128::from(share) + u128::from(u64::MAX) / 2) / u128::from(u64::MAX)) as u64
}

/// One step of the client and the issuer, all messages through bytes and all states saved between.
fn spend(params: &Params, key: &SecretKey, token: CreditToken, charge: u64, returned: u64) -> (CreditToken, [u8; 32]) {
    let rng = &mut rand::rng();
    let (charge, returned) = (params.credits(charge).unwrap(), params.credits(returned).unwrap());
    let token = CreditToken::from_bytes(params, &token.into_bytes()).unwrap();
    let before = token.balance();
    let (message, state) = token.spend(params, charge, rng).unwrap();
    assert_eq!(message.to_bytes().len(), SpendProof::len(params));
    assert_eq!(state.remaining().get(), before.get() - charge.get());
    assert_eq!(state.charge(), charge);
    let state = farebox_act::PreRefund::from_bytes(params, &state.into_bytes()).unwrap();
    let message = SpendProof::from_bytes(params, &message.to_bytes()).unwrap();
    assert_eq!((message.charge(), message.context()), (charge, context()));
    let verified = key.verify(params, message, &Expected { charge, context: context() }, |_| true).unwrap();
    assert_eq!((verified.charge(), verified.context()), (charge, context()));
    let nullifier = verified.nullifier();
    let refund = verified.refund(params, key, returned, rng).unwrap();
    assert_eq!(refund.returned(), returned);
    let refund = Refund::from_bytes(params, &refund.to_bytes()).unwrap();
    let token = state.finish(params, key.public_key(), &refund).unwrap();
    assert_eq!(token.balance().get(), before.get() - charge.get() + returned.get());
    (token, nullifier)
}

#[derive(Clone, Copy, Debug)]
enum Tweak {
    Key,
    Context,
    Credits,
    Charge,
    SpendScalar(usize),
    SpendElement(usize),
    RefundScalar(usize),
    OtherRefund,
}

fn tweaks() -> impl Strategy<Value = Tweak> {
    prop_oneof![
        Just(Tweak::Key),
        Just(Tweak::Context),
        Just(Tweak::Credits),
        Just(Tweak::Charge),
        any::<usize>().prop_map(Tweak::SpendScalar),
        any::<usize>().prop_map(Tweak::SpendElement),
        any::<usize>().prop_map(Tweak::RefundScalar),
        Just(Tweak::OtherRefund),
    ]
}

/// Adds 1 to the scalar at `at`.
fn bump(bytes: &[u8], at: usize) -> Vec<u8> {
    let scalar = Scalar::from_bytes(&bytes[at..at + 32], ByteOrder::Little).unwrap() + Scalar::ONE;
    common::put(bytes, at, &scalar.to_bytes(ByteOrder::Little))
}

/// Adds G to the element at `at`.
fn shift(bytes: &[u8], at: usize) -> Vec<u8> {
    let element = Ristretto255::decode(&bytes[at..at + 32]).unwrap().0 + Ristretto255::generator();
    common::put(bytes, at, &Ristretto255::encode(&element).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_books_are_exact(
        bits in 1u8..=64,
        share in any::<u64>(),
        steps in prop::collection::vec((any::<u64>(), any::<u64>()), 1..4),
    ) {
        let params = params(bits);
        let mut balance = part(params.bits().max(), share);
        let (key, mut token) = token(&params, balance);
        let mut spent: u128 = 0;
        let issued = u128::from(balance);
        let mut nullifiers = HashSet::new();
        for (charge, returned) in steps {
            let charge = part(balance, charge);
            let returned = part(charge, returned);
            let (next, nullifier) = spend(&params, &key, token, charge, returned);
            prop_assert!(nullifiers.insert(nullifier));
            token = next;
            spent += u128::from(charge - returned);
            balance = balance - charge + returned;
            prop_assert_eq!(token.balance().get(), balance);
            prop_assert_eq!(issued, spent + u128::from(balance));
        }
    }

    #[test]
    fn one_tweak_is_refused(bits in 1u8..=16, share in any::<u64>(), charge in any::<u64>(), tweak in tweaks()) {
        let params = params(bits);
        let balance = part(params.bits().max() - 1, share) + 1;
        let charge = part(balance - 1, charge) + 1;
        let run = Run::with(params, balance, charge, charge - 1);
        let refused = refuse(&run, tweak);
        prop_assert!(refused.is_some(), "{:?} was accepted", tweak);
    }
}

/// Runs the step that a tweak belongs to. `None` if it is accepted.
fn refuse(run: &Run, tweak: Tweak) -> Option<Error> {
    let rng = &mut rand::rng();
    let verify = |bytes: &[u8]| match SpendProof::from_bytes(&run.params, bytes) {
        Err(malformed) => Some(Error::from(malformed)),
        Ok(spend) => run.key.verify(&run.params, spend, &run.expected(), |_| true).err().map(|refused| refused.error),
    };
    let finish = |bytes: &[u8]| match Refund::from_bytes(&run.params, bytes) {
        Err(malformed) => Some(Error::from(malformed)),
        Ok(refund) => run.pre_refund().finish(&run.params, run.key.public_key(), &refund).err().map(|r| r.error),
    };
    match tweak {
        Tweak::Key => {
            let key = SecretKey::generate(&run.params, rng);
            key.verify(&run.params, run.spend(), &run.expected(), |_| true).err().map(|refused| refused.error)
        }
        Tweak::Context => {
            let request = IssuanceRequest::from_bytes(&run.request).unwrap();
            let other = Context::from_hash(&[8; 64]);
            let response = run.key.issue(&run.params, &request, run.balance, other, rng).unwrap();
            let key = run.key.public_key();
            run.pre_issuance().finish(&run.params, key, context(), run.balance, &response).err().map(|r| r.error)
        }
        Tweak::Credits => {
            let response = IssuanceResponse::from_bytes(&run.params, &bump(&run.response, 64));
            let Ok(response) = response else { return response.err().map(Error::from) };
            let (key, credits) = (run.key.public_key(), response.credits());
            run.pre_issuance().finish(&run.params, key, context(), credits, &response).err().map(|r| r.error)
        }
        Tweak::Charge => {
            let less = run.params.credits(run.charge.get() - 1).unwrap();
            let expected = Expected { charge: less, ..run.expected() };
            run.key.verify(&run.params, run.spend(), &expected, |_| true).err().map(|refused| refused.error)
        }
        Tweak::SpendScalar(i) => {
            let bits = run.params.bits().get();
            let proof = 160 + 32 * bits + 2;
            let place = [0, 32, 64].into_iter().chain((0..3 * bits + 8).map(|j| proof + 32 * j));
            let places: Vec<usize> = place.collect();
            verify(&bump(&run.spend, places[i % places.len()]))
        }
        Tweak::SpendElement(i) => verify(&shift(&run.spend, 96 + 32 * (i % (2 + run.params.bits().get())))),
        Tweak::RefundScalar(i) => finish(&bump(&run.refund, [32, 64, 98, 130][i % 4])),
        Tweak::OtherRefund => {
            let request = IssuanceRequest::from_bytes(&run.request).unwrap();
            let response = run.key.issue(&run.params, &request, run.returned, context(), rng).unwrap();
            finish(&response.to_bytes())
        }
    }
}

#[test]
fn a_chain_of_many_spends() {
    let params = params(8);
    let (key, mut token) = token(&params, 255);
    let mut nullifiers = HashSet::new();
    let mut balance = 255;
    for step in 0..50u64 {
        let charge = (step * 7) % (balance + 1);
        let returned = if step % 3 == 0 { charge } else { charge / 2 };
        let (next, nullifier) = spend(&params, &key, token, charge, returned);
        assert!(nullifiers.insert(nullifier), "step {step}");
        token = next;
        balance = balance - charge + returned;
        assert_eq!(token.balance().get(), balance);
    }
    // The rest at once, and a token of nothing still refreshes.
    let (token, _) = spend(&params, &key, token, balance, 0);
    let (token, _) = spend(&params, &key, token, 0, 0);
    assert_eq!(token.balance().get(), 0);
}

#[test]
fn the_largest_amounts_of_every_l() {
    for bits in [1, 2, 31, 32, 33, 63, 64] {
        let params = params(bits);
        let most = params.bits().max();
        let (key, token) = token(&params, most);
        let (token, _) = spend(&params, &key, token, most, most);
        let (token, _) = spend(&params, &key, token, most, most - 1);
        let (token, _) = spend(&params, &key, token, 0, 0);
        assert_eq!(token.balance().get(), most - 1);
    }
}

/// The same token twice, from a saved form that was kept: the nullifier is the same, which is what the ledger sees.
#[test]
fn a_token_that_is_spent_twice_shows_one_nullifier() {
    let (params, rng) = (params(8), &mut rand::rng());
    let (_, token) = token(&params, 100);
    let (one, two) = copy(&params, token);
    let (one, _) = one.spend(&params, params.credits(1).unwrap(), rng).unwrap();
    let (two, _) = two.spend(&params, params.credits(2).unwrap(), rng).unwrap();
    assert_eq!(one.nullifier(), two.nullifier());
}

/// Issuance of nothing is allowed by the draft: the token refreshes and spends no credit.
#[test]
fn nothing_is_issued() {
    let params = params(8);
    let (key, token) = token(&params, 0);
    let (token, _) = spend(&params, &key, token, 0, 0);
    assert_eq!(token.balance().get(), 0);
}

// ---- the batchable form

fn batch(params: &Params, key: &SecretKey, count: u64) -> Vec<(SpendProof, Expected)> {
    let rng = &mut rand::rng();
    let member = |i| {
        let charge = params.credits(i % 4).unwrap();
        let (spend, _) = token_of(params, key, 100).spend_batchable(params, charge, rng).unwrap();
        let bytes = spend.to_bytes();
        assert_eq!(bytes.len(), 162 + 32 * 8 + 32 * (5 * 8 + 10));
        (SpendProof::from_bytes_batchable(params, &bytes).unwrap(), Expected { charge, context: context() })
    };
    (0..count).map(member).collect()
}

#[test]
fn honest_batches() {
    let params = params(8);
    let key = SecretKey::generate(&params, &mut rand::rng());
    for count in [0, 1, 16] {
        let batch = batch(&params, &key, count);
        let verified = key.verify_batch(&params, &batch, |_| true).unwrap();
        let nullifiers = |spends: &mut dyn Iterator<Item = [u8; 32]>| spends.collect::<Vec<_>>();
        assert_eq!(
            nullifiers(&mut verified.iter().map(|spend| spend.nullifier())),
            nullifiers(&mut batch.iter().map(|(spend, _)| spend.nullifier())),
        );
        for (spend, expected) in batch {
            let verified = key.verify(&params, spend, &expected, |_| true).unwrap();
            let _ = verified.refund(&params, &key, expected.charge, &mut rand::rng()).unwrap();
        }
    }
}

/// A batchable spend is refunded like any other.
#[test]
fn a_batchable_spend_is_refunded() {
    let (params, rng) = (params(8), &mut rand::rng());
    let (key, token) = token(&params, 100);
    let charge = params.credits(30).unwrap();
    let (spend, state) = token.spend_batchable(&params, charge, rng).unwrap();
    let expected = Expected { charge, context: context() };
    let verified = key.verify_batch(&params, &[(spend, expected)], |_| false).unwrap().pop().unwrap();
    let refund = verified.refund(&params, &key, params.credits(10).unwrap(), rng).unwrap();
    assert_eq!(state.finish(&params, key.public_key(), &refund).unwrap().balance().get(), 80);
}

#[test]
fn a_bad_member_is_named() {
    let params = params(8);
    let key = SecretKey::generate(&params, &mut rand::rng());
    let good = batch(&params, &key, 4);
    for index in [0, 1, 3] {
        // A false response, another charge, another context, the other form, a zero spend.
        let mut bad = good.clone();
        let bytes = bad[index].0.to_bytes();
        bad[index].0 = SpendProof::from_bytes_batchable(&params, &bump(&bytes, bytes.len() - 32)).unwrap();
        assert_eq!(key.verify_batch(&params, &bad, |_| true).unwrap_err(), (index, Invalid::Proof.into()));

        let mut bad = good.clone();
        bad[index].1.charge = params.credits(7).unwrap();
        assert_eq!(key.verify_batch(&params, &bad, |_| true).unwrap_err(), (index, Invalid::Charge.into()));

        let mut bad = good.clone();
        bad[index].1.context = Context::from_hash(&[8; 64]);
        assert_eq!(key.verify_batch(&params, &bad, |_| true).unwrap_err(), (index, Invalid::Context.into()));

        let mut bad = good.clone();
        let charge = bad[index].1.charge;
        bad[index].0 = token_of(&params, &key, 100).spend(&params, charge, &mut rand::rng()).unwrap().0;
        assert_eq!(key.verify_batch(&params, &bad, |_| true).unwrap_err(), (index, Invalid::Proof.into()));
    }
    assert_eq!(key.verify_batch(&params, &good, |_| false).unwrap_err(), (0, Invalid::ZeroSpend.into()));
    // Nothing was consumed.
    assert_eq!(key.verify_batch(&params, &good, |_| true).unwrap().len(), 4);
}

#[test]
fn a_batch_with_two_bad_members_names_the_first() {
    let params = params(8);
    let key = SecretKey::generate(&params, &mut rand::rng());
    let mut bad = batch(&params, &key, 5);
    for index in [4, 2] {
        let bytes = bad[index].0.to_bytes();
        bad[index].0 = SpendProof::from_bytes_batchable(&params, &bump(&bytes, bytes.len() - 32)).unwrap();
    }
    assert_eq!(key.verify_batch(&params, &bad, |_| true).unwrap_err(), (2, Invalid::Proof.into()));
}

/// Two false members whose errors would cancel out under equal weights.
#[test]
fn errors_of_two_members_do_not_cancel_out() {
    let params = params(2);
    let key = SecretKey::generate(&params, &mut rand::rng());
    let rng = &mut rand::rng();
    let charge = params.credits(1).unwrap();
    let mut one = token_of(&params, &key, 3).spend_batchable(&params, charge, rng).unwrap().0.to_bytes();
    let mut two = token_of(&params, &key, 3).spend_batchable(&params, charge, rng).unwrap().0.to_bytes();
    let last = one.len() - 32;
    one = bump(&one, last);
    let scalar = Scalar::from_bytes(&two[last..], ByteOrder::Little).unwrap() - Scalar::ONE;
    two = common::put(&two, last, &scalar.to_bytes(ByteOrder::Little));
    let expected = Expected { charge, context: context() };
    let read = |bytes: &[u8]| (SpendProof::from_bytes_batchable(&params, bytes).unwrap(), expected);
    assert!(key.verify_batch(&params, &[read(&one), read(&two)], |_| true).is_err());
}

#[test]
fn each_form_is_refused_by_the_decoder_of_the_other() {
    let run = Run::new(8);
    let (compact, batchable) = (32 * (3 * 8 + 8), 32 * (5 * 8 + 10));
    let length = |expected, actual| Malformed { field: "pok", fault: Fault::Length { expected, actual } };
    let refused = SpendProof::from_bytes_batchable(&run.params, &run.spend).unwrap_err();
    assert_eq!(refused, length(batchable, compact));
    let refused = SpendProof::from_bytes(&run.params, &run.batchable).unwrap_err();
    assert_eq!(refused, length(compact, batchable));
}

/// The batchable form has a session of its own. The challenge of a batchable proof and its responses are a compact proof
/// under that session, so with one session for both forms the two would be re-encodings of each other.
#[test]
fn a_batchable_transcript_is_no_compact_proof() {
    use farebox_act::relation::Act02;
    use farebox_act::relation::spend::{Spend, SpendPublics};
    use farebox_sigma::{BaseSet, F2, Flavor, Point, Profile, Statement, Transcript, Xof as _};

    let run = Run::new(2);
    let (bits, message) = (run.params.bits(), &run.batchable);
    let h: Vec<_> = run.params.generators().map(|bytes| Ristretto255::decode(&bytes).unwrap().0).collect();
    let bases = BaseSet::<Ristretto255>::new(&h).unwrap();
    let base = |i: usize| bases.points()[i];
    let point = |element| Point::encode(element).unwrap();
    let scalar = |bytes: &[u8]| Scalar::from_bytes(bytes, ByteOrder::Little).unwrap();
    let element = |i: usize| Point::<Ristretto255>::decode(&message[96 + 32 * i..][..32]).unwrap();
    let (k, s, ctx) = (scalar(&message[..32]), scalar(&message[32..64]), scalar(&message[64..96]));
    let sk = scalar(&run.key.to_bytes()[18..]);
    let com = vec![element(2), element(3)];
    let publics = SpendPublics {
        neg_a_prime: point(-element(0).element()),
        b_bar: element(1),
        a_bar: point(element(0).element() * &sk),
        neg_h1: bases.multiple(1, -Scalar::ONE).unwrap(),
        neg_h3: bases.multiple(3, -Scalar::ONE).unwrap(),
        h1_prime: point(base(0).element() + h[1] * &k + h[3] * &ctx),
        h1: base(1),
        h2: base(2),
        h3: base(3),
        com_total: point(h[0] * &s + com[0].element() + com[1].element() + com[1].element()),
        com,
        h1_total: base(1),
        h2_total: base(2),
        h3_powers: [1u64, 2].map(|power| bases.multiple(3, Scalar::from(power)).unwrap()).to_vec(),
    };
    let statement = Statement::new(&Spend { bits }, &bases, &publics).unwrap();
    let session = [run.params.domain_separator().as_bytes(), b"spend", &message[..32], &message[64..96]].concat();
    let own = [session.as_slice(), b"batchable"].concat();
    let argument = Transcript::<F2<Act02>>::new().session(own.clone()).statement(statement.clone()).unwrap();

    let (commitments, responses) = message[160 + 64 + 2..].split_at(32 * (2 * 2 + 3));
    let mut sponge = <F2<Act02> as Profile<Ristretto255>>::begin(&own, Flavor::Batchable, argument.label());
    sponge.absorb(commitments);
    let challenge = <F2<Act02> as Profile<Ristretto255>>::challenge(&sponge).to_bytes(ByteOrder::Little);
    let compact = [challenge.as_slice(), responses].concat();
    argument.verify(Flavor::Compact, &compact).unwrap();

    let argument = Transcript::<F2<Act02>>::new().session(session).statement(statement).unwrap();
    assert_eq!(argument.verify(Flavor::Compact, &compact), Err(farebox_sigma::Error::Invalid));
    let message = [&message[..160 + 64], &(compact.len() as u16).to_be_bytes(), &compact].concat();
    let spend = SpendProof::from_bytes(&run.params, &message).unwrap();
    let refused = run.key.verify(&run.params, spend, &run.expected(), |_| true).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
}

#[test]
fn a_request_can_be_answered_by_one_issuer_and_finished_with_its_key_only() {
    let (params, rng) = (params(4), &mut rand::rng());
    let [one, two] = [SecretKey::generate(&params, rng), SecretKey::generate(&params, rng)];
    let credits = params.credits(9).unwrap();
    let (state, request) = PreIssuance::request(&params, rng).unwrap();
    let response = one.issue(&params, &request, credits, context(), rng).unwrap();
    let refused = state.finish(&params, two.public_key(), context(), credits, &response).unwrap_err();
    let _ = refused.state.finish(&params, one.public_key(), context(), credits, &response).unwrap();
}
