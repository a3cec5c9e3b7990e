//! Looks into the ledger before a proof is verified.

use farebox_tokens::origin::{Decision, Demand, Offer, Offers, Seen};
use futures_executor::block_on;
use privacypass_wire::TokenType;

use crate::common::flow::{Memory, answered, granted, ledger, redeem, verified};
use crate::common::{NOW, terms, world};

fn seen(offers: &Offers, token: &[u8], ledger: &Memory) -> Option<Seen> {
    block_on(offers.bind(token, None, NOW).unwrap().seen(ledger, None)).unwrap()
}

#[test]
fn what_is_claimed_is_what_is_verified() {
    for token_type in TokenType::KNOWN {
        let offer = world().offer(token_type);
        let offers = Offers::new([offer.clone()]);
        let token = world().token(&offer);
        let claimed = offers.bind(&token, None, NOW).unwrap().claimed().unwrap();
        assert_eq!(claimed, verified(&offers, &token).unwrap().serials(), "{token_type}");
    }
}

#[test]
fn a_look_follows_the_request() {
    for token_type in TokenType::KNOWN {
        let offer = world().offer(token_type);
        let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
        let token = world().token(&offer);
        assert!(seen(&offers, &token, &ledger).is_none(), "{token_type}");
        assert!(ledger.store().is_empty(), "a look writes nothing");
        let grant = granted(redeem(&offers, &token, &ledger));
        assert!(matches!(seen(&offers, &token, &ledger), Some(Seen::InFlight)));
        let served = answered(grant, Decision::Nothing, &ledger);
        assert!(matches!(seen(&offers, &token, &ledger), Some(Seen::Answered(again)) if again == served));
        // The last byte is of the proof: the serial is the same, and the bytes are others.
        let mut other = token.clone();
        *other.last_mut().unwrap() ^= 1;
        assert!(matches!(seen(&offers, &other, &ledger), Some(Seen::DoubleSpend)));
    }
}

/// A zero spend that is sent again is answered without asking whether it is admitted: it counted once.
#[test]
fn a_zero_spend_counts_once_against_its_window() {
    let key = world().key(TokenType::ACT);
    let offer = Offer::new(&terms(TokenType::ACT), Demand::Act(key, 0)).unwrap();
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let token = world().token(&offer);
    let asked = std::cell::Cell::new(0);
    let admit = |_: &farebox_act::SpendProof| {
        asked.set(asked.get() + 1);
        true
    };
    let verified = offers.bind(&token, None, NOW).unwrap().verify(admit).unwrap();
    let served = answered(granted(block_on(verified.reserve(&ledger, None)).unwrap()), Decision::Nothing, &ledger);
    for _ in 0..3 {
        let bound = offers.bind(&token, None, NOW).unwrap();
        let seen = block_on(bound.seen(&ledger, None)).unwrap();
        assert!(matches!(seen, Some(Seen::Answered(again)) if again == served));
    }
    assert_eq!(asked.get(), 1);
}
