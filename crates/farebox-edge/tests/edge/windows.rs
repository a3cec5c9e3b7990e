//! Contexts that change with time.

use farebox_arc::Limit;
use farebox_edge::{Ask, Policy, PolicyError, Window};
use hyper::StatusCode;
use privacypass_wire::TokenType;

use crate::client::{holder, offer, show, token};
use crate::site::{NOW, act, site};

const HOUR: u64 = 3600;
const WINDOW: Window = Window { seconds: HOUR, late: 2 };

#[tokio::test]
async fn a_span_and_the_next_and_no_longer() {
    assert_eq!(NOW % HOUR, 0, "the tests begin with a span");
    let arc = Policy::new("arc").ask(Ask::arc(Limit::new(10).unwrap()).windowed(WINDOW));
    let once = Policy::new("once").ask(Ask::single_use(TokenType::BLIND_RSA).windowed(WINDOW));
    let act = Policy::new("act").ask(Ask::act().windowed(WINDOW));
    for policy in [arc, once, act] {
        let site = site(policy).await;
        let first = offer(&site, "/ok").await;
        let tokens = [token(&site, "/ok").await, token(&site, "/ok").await, token(&site, "/ok").await];
        site.pass(HOUR - 1);
        assert_eq!(show(site.address, "/ok", &tokens[0]).await.status, StatusCode::OK);
        assert_eq!(offer(&site, "/ok").await.challenge(), first.challenge());
        site.pass(1);
        assert_ne!(offer(&site, "/ok").await.challenge(), first.challenge());
        site.pass(HOUR - 1);
        assert_eq!(show(site.address, "/ok", &tokens[1]).await.status, StatusCode::OK);
        site.pass(1);
        let refused = show(site.address, "/ok", &tokens[2]).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", first.token_type());
        // What was redeemed in time is answered for two spans more.
        site.pass(2 * HOUR - 1);
        assert_eq!(show(site.address, "/ok", &tokens[1]).await.status, StatusCode::CONFLICT);
        assert_eq!(show(site.address, "/ok", &tokens[2]).await.status, StatusCode::UNAUTHORIZED);
        site.pass(1);
        assert_eq!(show(site.address, "/ok", &tokens[1]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!((site.runs(), site.store.memory.len()), (2, 2));
    }
}

#[tokio::test]
async fn presentations_count_per_span() {
    let site = site(Policy::new("arc").ask(Ask::arc(Limit::new(2).unwrap()).windowed(WINDOW))).await;
    let first = offer(&site, "/ok").await;
    let mut holder = holder(&first, &site.issuer(), site.now());
    for span in 0..2 {
        let offer = offer(&site, "/ok").await;
        for _ in 0..2 {
            let presented = holder.present(&offer, &mut rand::rng()).unwrap().written();
            let status = show(site.address, "/ok", presented.token_bytes()).await.status;
            assert_eq!(status, StatusCode::OK, "span {span}");
            holder = presented.into_holder();
        }
        let (back, _) = holder.present(&offer, &mut rand::rng()).unwrap_err().into_parts();
        holder = back;
        site.pass(HOUR);
    }
}

#[tokio::test]
async fn another_shape_of_window_is_another_context() {
    let policy = |window| Policy::new("arc").ask(Ask::arc(Limit::new(2).unwrap()).windowed(window));
    let mut contexts = Vec::new();
    for window in [WINDOW, Window { late: 3, ..WINDOW }, Window { seconds: 2 * HOUR, ..WINDOW }] {
        let site = site(policy(window)).await;
        contexts.push(offer(&site, "/ok").await.challenge().redemption_context().copied().unwrap());
    }
    contexts.sort_unstable();
    contexts.dedup();
    assert_eq!(contexts.len(), 3);
}

#[test]
fn policies_that_cannot_be_kept() {
    use farebox_edge::{Companion, GateLayer};
    let gate = crate::site::Builder::new().gate(&crate::store::Shaky::new(), &std::sync::Arc::new(NOW.into()));
    let arc = || Ask::arc(Limit::new(2).unwrap());
    let refused = |policy| GateLayer::new(&gate, policy).unwrap_err();
    assert_eq!(refused(Policy::new("none")), PolicyError::Empty);
    for ask in [
        Ask::single_use(TokenType::ARC),
        Ask::single_use(TokenType::new(0x1234)),
        Ask::act().with_companion(Companion(TokenType::VOPRF_P384)),
        arc().with_companion(Companion(TokenType::ACT)),
    ] {
        assert_eq!(refused(Policy::new("type").ask(ask)), PolicyError::TokenType);
    }
    for ask in [
        arc().windowed(Window { seconds: 0, late: 0 }),
        arc().windowed(Window { seconds: 1, late: 17 }),
        arc().windowed(WINDOW).with_companion(Companion(TokenType::VOPRF_P384)),
    ] {
        assert_eq!(refused(Policy::new("window").ask(ask)), PolicyError::Window);
    }
    assert!(GateLayer::new(&gate, act()).is_ok());
}
