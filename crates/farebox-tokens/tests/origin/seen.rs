//! Looks into the ledger before a proof is verified, and keys that share a challenge.

use farebox_tokens::origin::{Decision, Demand, Offer, Offers, Seen};
use farebox_tokens::{Error, Invalid, Registered, Validity};
use futures_executor::block_on;
use privacypass_wire::TokenType;

use crate::common::flow::{Memory, answered, granted, ledger, redeem, verified};
use crate::common::{demand, key, terms, world};

fn seen(offers: &Offers, token: &[u8], ledger: &Memory) -> Option<Seen> {
    block_on(offers.bind(token, None).unwrap().seen(ledger, None)).unwrap()
}

#[test]
fn what_is_claimed_is_what_is_verified() {
    for token_type in TokenType::KNOWN {
        let offer = world().offer(token_type);
        let offers = Offers::new([offer.clone()]);
        let token = world().token(&offer);
        let claimed = offers.bind(&token, None).unwrap().claimed().unwrap();
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

#[test]
fn keys_of_a_rotation_share_a_challenge() {
    for token_type in TokenType::KNOWN.into_iter().filter(|it| *it != TokenType::BLIND_RSA) {
        let old = world().key(token_type);
        let new = Registered::new(key(token_type), Validity::ALWAYS);
        let offer = |key: &Registered| Offer::new(&terms(token_type), demand(key.clone())).unwrap();
        let (first, second) = (offer(&old), offer(&new));
        assert_eq!(first.digest(), second.digest());
        let token = world().token(&first);
        for offers in [[&first, &second], [&second, &first]] {
            let offers = Offers::new(offers.map(Offer::clone));
            assert_eq!(offers.iter().count(), 2);
            assert!(verified(&offers, &token).is_ok(), "{token_type}");
        }
        let gone = Offers::new([second]).bind(&token, None);
        assert_eq!(gone.unwrap_err(), Error::Invalid(Invalid::Key), "{token_type}");
    }
}

#[test]
fn of_one_challenge_and_key_the_later_counts() {
    let offer = |cost| {
        let demand = Demand::Act(world().key(TokenType::ACT), cost);
        Offer::new(&terms(TokenType::ACT), demand).unwrap()
    };
    let offers = Offers::new([offer(1), offer(2)]);
    assert_eq!(offers.iter().map(|offer| offer.to_wire().cost).collect::<Vec<_>>(), [Some(2)]);
}
