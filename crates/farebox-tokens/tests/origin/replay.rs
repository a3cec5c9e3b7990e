//! Tokens that come twice.

use std::sync::Arc;

use farebox_arc::{Limit, PresentationContext, PresentationState};
use farebox_ledger::{Epoch, Store as _};
use farebox_tokens::Invalid;
use farebox_tokens::origin::{Decision, Demand, Offer, Offers, Outcome, Terms};
use futures_executor::block_on;
use privacypass_wire::TokenType;

use crate::common::client::{show, spend};
use crate::common::flow::{answered, granted, ledger, redeem, signed_again, verified};
use crate::common::{COST, LIMIT, terms, world};

/// Two spends of one ACT token, which only its saved form makes possible.
fn act_twice(offer: &Offer) -> [Vec<u8>; 2] {
    let params = &world().params;
    let saved = world().held(offer.challenge()).act().into_bytes();
    [(); 2].map(|()| {
        let token = farebox_act::CreditToken::from_bytes(params, &saved).unwrap();
        spend(token, params, offer, offer.to_wire().cost.unwrap()).0
    })
}

/// Two presentations with one nonce.
fn arc_twice(offer: &Offer) -> [Vec<u8>; 2] {
    let key_id = world().key_id(TokenType::ARC);
    let mut credential = world().held(offer.challenge()).arc();
    let context = PresentationContext::new(&offer.challenge().arc_presentation_context(&key_id).unwrap()).unwrap();
    let key = credential.key().clone();
    let saved = credential.open(context, Limit::new(LIMIT).unwrap()).unwrap().into_bytes();
    [(); 2].map(|()| show(PresentationState::from_bytes(&key, &saved).unwrap(), offer, key_id).0)
}

#[test]
fn other_bytes_with_the_same_serial_are_a_double_spend() {
    for (token_type, twice) in
        [(TokenType::ACT, act_twice as fn(&Offer) -> [Vec<u8>; 2]), (TokenType::ARC, arc_twice as _)]
    {
        let offer = world().offer(token_type);
        let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
        let [first, second] = twice(&offer);
        assert_ne!(first, second);
        let serials = |token: &[u8]| verified(&offers, token).unwrap().serials().to_vec();
        assert_eq!(serials(&first), serials(&second));
        let grant = granted(redeem(&offers, &first, &ledger));
        // While the first is in flight, and after it.
        assert!(matches!(redeem(&offers, &second, &ledger), Outcome::DoubleSpend));
        let served = answered(grant, Decision::Nothing, &ledger);
        assert!(matches!(redeem(&offers, &second, &ledger), Outcome::DoubleSpend));
        assert!(matches!(redeem(&offers, &first, &ledger), Outcome::Replayed(again) if again == served));
        assert_eq!(ledger.store().len(), 1);
    }
}

/// Whoever copies a nonce cannot make the honest token look spent.
#[test]
fn a_copied_nonce_does_not_reach_the_ledger() {
    for token_type in [TokenType::VOPRF_P384, TokenType::BLIND_RSA, TokenType::VOPRF_RISTRETTO255] {
        let offer = world().offer(token_type);
        let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
        let (token, other) = (world().token(&offer), world().token(&offer));
        let copied = [&token[..98], &other[98..]].concat();
        assert_eq!(verified(&offers, &copied).unwrap_err(), Invalid::Scheme.into());
        assert!(ledger.store().is_empty());
        let _grant = granted(redeem(&offers, &token, &ledger));
        let _grant = granted(redeem(&offers, &other, &ledger));
    }
}

/// One ACT token under two offers of one context: the nullifier counts once, whatever it was spent for.
#[test]
fn two_offers_of_one_context_share_their_serials() {
    let one = world().offer(TokenType::ACT);
    let other = Terms { redemption_context: Some([2; 32]), ..terms(TokenType::ACT) };
    let other = Offer::new(&other, Demand::Act(world().key(TokenType::ACT), COST)).unwrap();
    let (offers, ledger) = (Offers::new([one.clone(), other.clone()]), ledger());
    let params = &world().params;
    let saved = world().held(one.challenge()).act().into_bytes();
    let [first, second] = [one, other].map(|offer| {
        let token = farebox_act::CreditToken::from_bytes(params, &saved).unwrap();
        spend(token, params, &offer, COST).0
    });
    let _grant = granted(redeem(&offers, &first, &ledger));
    assert!(matches!(redeem(&offers, &second, &ledger), Outcome::DoubleSpend));
    // So is the proof of the first under the digest of the second.
    let wrapped = [&second[..34], &first[34..]].concat();
    assert!(matches!(redeem(&offers, &wrapped, &ledger), Outcome::DoubleSpend));
}

#[test]
fn interrupted_then_recovered() {
    for token_type in TokenType::KNOWN {
        let offer = world().offer(token_type);
        let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
        let token = world().token(&offer);
        // The process stops here.
        drop(granted(redeem(&offers, &token, &ledger)));
        let interrupted = |outcome| match outcome {
            Outcome::Interrupted(interrupted) => interrupted,
            other => panic!("{other:?}"),
        };
        let first = interrupted(redeem(&offers, &token, &ledger));
        let second = interrupted(redeem(&offers, &token, &ledger));
        let decision = if token_type == TokenType::ACT { Decision::ReturnAll } else { Decision::Nothing };
        let served = answered(first.recover(), decision, &ledger);
        assert_eq!(served.reverse.is_some(), token_type == TokenType::ACT);
        // Whoever else recovers sends the answer that was stored first.
        assert_eq!(answered(second.recover(), Decision::Nothing, &ledger), served);
        assert!(matches!(redeem(&offers, &token, &ledger), Outcome::Replayed(again) if again == served));
    }
}

/// The handler was slow and not dead: it sends what the recovery stored.
#[test]
fn a_late_handler_sends_the_recovered_answer() {
    let offer = world().offer(TokenType::ACT);
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let token = world().token(&offer);
    let slow = granted(redeem(&offers, &token, &ledger));
    let Outcome::Interrupted(interrupted) = redeem(&offers, &token, &ledger) else { panic!() };
    let served = answered(interrupted.recover(), Decision::ReturnAll, &ledger);
    assert_eq!(answered(slow, Decision::Return(1), &ledger), served);
}

#[test]
fn epochs_end() {
    let offer = world().offer(TokenType::ACT);
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let [token, fresh] = [world().token(&offer), world().token(&offer)];
    answered(granted(redeem(&offers, &token, &ledger)), Decision::Nothing, &ledger);
    block_on(ledger.store().trim(Epoch(8))).unwrap();
    assert!(matches!(redeem(&offers, &token, &ledger), Outcome::Forgotten));
    block_on(ledger.store().forget(Epoch(8))).unwrap();
    assert!(matches!(redeem(&offers, &token, &ledger), Outcome::Expired));
    assert!(matches!(redeem(&offers, &fresh, &ledger), Outcome::Expired));
}

/// Many threads with one token: one of them runs the handler.
#[test]
fn one_of_many_is_granted() {
    let offer = world().offer(TokenType::ACT);
    let (offers, ledger) = (Arc::new(Offers::new([offer.clone()])), ledger());
    let tokens = act_twice(&offer);
    let granted = std::sync::atomic::AtomicU32::new(0);
    std::thread::scope(|scope| {
        for i in 0..8 {
            let (offers, ledger, token, granted) = (&offers, &ledger, &tokens[i % 2], &granted);
            scope.spawn(move || {
                if let Outcome::Granted(_) = redeem(offers, token, ledger) {
                    granted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(granted.into_inner(), 1);
}

/// A client can have one Blind RSA message signed twice, with two salts: other bytes that hold, and the same nonce.
#[test]
fn a_nonce_that_was_signed_twice_counts_once() {
    let offer = world().offer(TokenType::BLIND_RSA);
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let first = world().token(&offer);
    let second = signed_again(&first);
    let _grant = granted(redeem(&offers, &first, &ledger));
    assert!(matches!(redeem(&offers, &second, &ledger), Outcome::DoubleSpend));
}
