//! What comes back to the client, and that it is worth what was said.

use farebox_act::{CreditToken, PreRefund, PublicKey, Refund};
use farebox_tokens::origin::{Decision, Demand, Offer, Offers, Served};
use farebox_tokens::{Error, Invalid, Misuse};
use futures_executor::block_on;
use privacypass_wire::TokenType;

use crate::common::client::spend;
use crate::common::flow::{answered, granted, ledger, redeem, verified};
use crate::common::{COST, INITIAL, NOW, terms, world};

/// The token that a refund gives.
fn finish(state: PreRefund, served: &Served) -> CreditToken {
    let params = &world().params;
    let framed = privacypass_wire::Refund::from_bytes(served.reverse.as_ref().unwrap()).unwrap();
    let key = PublicKey::from_bytes(&world().key(TokenType::ACT).key().public_key()).unwrap();
    state.finish(params, &key, &Refund::from_bytes(params, framed.message()).unwrap()).unwrap()
}

fn free() -> Offer {
    Offer::new(&terms(TokenType::ACT), Demand::Act(world().key(TokenType::ACT), 0)).unwrap()
}

#[test]
fn a_refund_has_the_right_balance_and_spends_again() {
    let offer = world().offer(TokenType::ACT);
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let mut token = world().held(offer.challenge()).act();
    let mut balance = INITIAL;
    for (decision, returned) in [
        (Decision::Nothing, 0),
        (Decision::Return(12), 12),
        (Decision::Return(COST), COST),
        (Decision::ReturnAll, COST),
        (Decision::Return(0), 0),
    ] {
        let (sent, rest) = spend(token, &world().params, &offer, COST);
        let served = answered(granted(redeem(&offers, &sent, &ledger)), decision, &ledger);
        token = finish(rest.act(), &served);
        balance = balance - COST + returned;
        assert_eq!(token.balance().get(), balance, "{decision:?}");
    }
    // 100 - 5 * 30 + 12 + 30 + 30
    assert_eq!((balance, ledger.store().len()), (22, 5));
}

#[test]
fn more_than_the_charge_hands_the_grant_back() {
    let offer = world().offer(TokenType::ACT);
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let (token, rest) = world().held(offer.challenge()).token(&offer);
    let mut grant = granted(redeem(&offers, &token, &ledger));
    // Above the charge, not below 2^L, and a decision that is not for ACT.
    for (decision, misuse) in [
        (Decision::Return(COST + 1), Misuse::Parameter),
        (Decision::Return(256), Misuse::Parameter),
        (Decision::Return(u64::MAX), Misuse::Parameter),
        (Decision::Renew, Misuse::TokenType),
    ] {
        let (back, error) = grant.decide(decision, &mut rand::rng()).unwrap_err().into_parts();
        assert_eq!(error, Error::Misuse(misuse), "{decision:?}");
        assert_eq!(back.charge(), Some(COST));
        grant = back;
    }
    let served = answered(grant, Decision::Return(COST), &ledger);
    assert_eq!(finish(rest.act(), &served).balance().get(), INITIAL);
}

#[test]
fn other_types_have_nothing_to_return() {
    for token_type in TokenType::KNOWN.into_iter().filter(|token_type| *token_type != TokenType::ACT) {
        let offer = world().offer(token_type);
        let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
        let mut grant = granted(redeem(&offers, &world().token(&offer), &ledger));
        for decision in [Decision::Return(0), Decision::Return(1), Decision::ReturnAll, Decision::Renew] {
            let refused = grant.decide(decision, &mut rand::rng());
            let (back, error) = refused.unwrap_err().into_parts();
            assert_eq!(error, Misuse::TokenType.into());
            grant = back;
        }
        assert_eq!(answered(grant, Decision::Nothing, &ledger).reverse, None);
    }
}

/// A spend of nothing costs its client nothing and the ledger a row: the origin is asked.
#[test]
fn spends_of_nothing_are_asked_about() {
    let offer = free();
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let (token, rest) = world().held(offer.challenge()).token(&offer);
    assert_eq!(verified(&offers, &token).unwrap_err(), Invalid::Scheme.into());

    let mut asked = 0;
    let admitted = offers.bind(&token, None, NOW).unwrap().verify(|spend| {
        asked += 1;
        spend.charge().get() == 0
    });
    let admitted = admitted.unwrap();
    assert_eq!((asked, admitted.charge()), (1, Some(0)));
    let grant = granted(block_on(admitted.reserve(&ledger, None)).unwrap());
    let served = answered(grant, Decision::ReturnAll, &ledger);
    assert_eq!(finish(rest.act(), &served).balance().get(), INITIAL);
}

/// All that a token holds, down to nothing.
#[test]
fn the_last_credit_is_spent() {
    let offer = Offer::new(&terms(TokenType::ACT), Demand::Act(world().key(TokenType::ACT), INITIAL)).unwrap();
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let (token, rest) = world().held(offer.challenge()).token(&offer);
    let served = answered(granted(redeem(&offers, &token, &ledger)), Decision::Nothing, &ledger);
    let empty = finish(rest.act(), &served);
    assert_eq!(empty.balance().get(), 0);
    let params = &world().params;
    assert!(empty.spend(params, params.credits(1).unwrap(), &mut rand::rng()).is_err());
}
