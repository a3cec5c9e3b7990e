//! Offers that cannot be made, windows of time, and what is printed.

use farebox_arc::Limit;
use farebox_tokens::origin::{ContextWindow, Demand, Offer, Offers, Terms};
use farebox_tokens::{Error, Misuse};
use privacypass_wire::TokenType;

use crate::common::flow::verified;
use crate::common::{terms, world};

fn refused(terms: &Terms, demand: Demand) -> Error {
    Offer::new(terms, demand).unwrap_err()
}

#[test]
fn a_key_of_another_type_is_refused() {
    let limit = Limit::new(2).unwrap();
    for token_type in TokenType::KNOWN {
        let key = world().key(token_type);
        let terms = terms(token_type);
        let mut wrong = Vec::new();
        if token_type.is_credential() {
            wrong.push(Demand::Once(key.clone()));
        }
        if token_type != TokenType::ARC {
            wrong.push(Demand::Arc(key.clone(), limit));
        }
        if token_type != TokenType::ACT {
            wrong.push(Demand::Act(key.clone(), 1));
        }
        for demand in wrong {
            assert_eq!(refused(&terms, demand), Misuse::TokenType.into());
        }
    }
}

#[test]
fn a_cost_that_l_does_not_hold_is_refused() {
    let act = |cost| Demand::Act(world().key(TokenType::ACT), cost);
    for cost in [256, u64::MAX] {
        assert_eq!(refused(&terms(TokenType::ACT), act(cost)), Misuse::Parameter.into());
    }
    assert!(Offer::new(&terms(TokenType::ACT), act(255)).is_ok());
}

#[test]
fn terms_that_no_challenge_has_are_refused() {
    let once = || world().demand(TokenType::VOPRF_RISTRETTO255);
    let good = terms(TokenType::VOPRF_RISTRETTO255);
    for bad in [
        Terms { issuer_name: String::new(), ..good.clone() },
        Terms { issuer_name: "issuér.example".into(), ..good.clone() },
        Terms { origin_info: "a.example, b.example".into(), ..good.clone() },
        // Only ARC and ACT have one.
        Terms { credential_context: Some([1; 32]), ..good.clone() },
    ] {
        assert_eq!(refused(&bad, once()), Misuse::Message.into(), "{bad:?}");
    }
}

/// An origin that keeps nothing makes this window's offers again, and the last one's.
#[test]
fn windows_are_computed_again() {
    let window = ContextWindow::new([7; 32], 60);
    let now = 600_030;
    assert_eq!((window.number(now), window.left(now)), (10_000, 30));
    assert_eq!((window.left(600_000), window.left(600_059)), (60, 1));
    let contexts = window.contexts(b"/search", now);
    assert_eq!(contexts, [window.context(b"/search", 10_000), window.context(b"/search", 9_999)]);
    assert_ne!(contexts[0], contexts[1]);
    assert_ne!(contexts, window.contexts(b"/other", now));
    assert_ne!(contexts, ContextWindow::new([8; 32], 60).contexts(b"/search", now));
    assert_eq!(contexts[0], window.contexts(b"/search", now + 30)[1]);

    let offers = |now| {
        let make = |context| {
            let terms = Terms { redemption_context: Some(context), ..terms(TokenType::ARC) };
            Offer::new(&terms, world().demand(TokenType::ARC)).unwrap()
        };
        window.contexts(b"/search", now).map(make)
    };
    let token = world().token(&offers(now)[0]);
    for (later, good) in [(now, true), (now + 30, true), (now + 89, true), (now + 90, false)] {
        assert_eq!(verified(&Offers::new(offers(later)), &token).is_ok(), good, "{later}");
    }
    // Spans of no length are spans of one second, and time begins somewhere.
    let window = ContextWindow::new([7; 32], 0);
    assert_eq!((window.number(5), window.left(5)), (5, 1));
    assert_eq!(window.contexts(b"", 0)[0], window.contexts(b"", 0)[1]);
}

#[test]
fn of_two_offers_of_one_challenge_the_later_counts() {
    let act = |cost| Offer::new(&terms(TokenType::ACT), Demand::Act(world().key(TokenType::ACT), cost)).unwrap();
    let mut offers = Offers::new([act(1), act(2)]);
    let token = world().token(&act(2));
    assert_eq!(verified(&offers, &token).unwrap().charge(), Some(2));
    offers.insert(act(3));
    assert!(verified(&offers, &token).is_err());
    assert_eq!(offers.iter().count(), 1);
}

#[test]
fn nothing_secret_is_printed() {
    let window = format!("{:?}", ContextWindow::new([0xab; 32], 60));
    assert_eq!(window, "ContextWindow { seconds: 60, .. }");
    for token_type in TokenType::KNOWN {
        let key = world().key(token_type);
        let printed = format!("{:?}", Demand::Once(key));
        assert!(printed.len() < 400, "{printed}");
    }
}

/// Serials of a context that ends early go with it; a nullifier goes with its key alone.
#[test]
fn an_epoch_of_a_context_needs_one_that_bounds_serials() {
    use farebox_ledger::Epoch;
    let epoch = Some(Epoch(3));
    for token_type in TokenType::KNOWN {
        let key = world().key(token_type);
        let demand = || match token_type {
            TokenType::ARC => Demand::Arc(key.clone(), Limit::new(2).unwrap()),
            TokenType::ACT => Demand::Act(key.clone(), 1),
            _ => Demand::Once(key.clone()),
        };
        let made = Offer::new(&Terms { context_epoch: epoch, ..terms(token_type) }, demand());
        assert_eq!(made.is_ok(), token_type != TokenType::ACT, "{token_type}");
        let without = Terms { context_epoch: epoch, redemption_context: None, ..terms(token_type) };
        assert_eq!(refused(&without, demand()), Misuse::Validity.into());
    }
}
