//! Each type from 401 to 200.

use farebox_arc::Limit;
use farebox_edge::{Ask, Policy, VerdictHeader};
use hyper::StatusCode;
use privacypass_wire::TokenType;

use crate::client::{get, show, token};
use crate::site::{act, once, site};

fn policies() -> Vec<(TokenType, Policy)> {
    vec![
        (TokenType::VOPRF_P384, once(TokenType::VOPRF_P384)),
        (TokenType::BLIND_RSA, once(TokenType::BLIND_RSA)),
        (TokenType::VOPRF_RISTRETTO255, once(TokenType::VOPRF_RISTRETTO255)),
        (TokenType::ARC, Policy::new("arc").ask(Ask::arc(Limit::new(10).unwrap()))),
        (TokenType::ACT, act()),
    ]
}

#[tokio::test]
async fn all_types_from_401_to_200_and_to_409() {
    for (token_type, policy) in policies() {
        let site = site(policy.verdict_header(VerdictHeader::Forward)).await;
        let challenged = get(site.address, "/ok").await;
        assert_eq!(challenged.status, StatusCode::UNAUTHORIZED);
        assert_eq!(challenged.header("cache-control"), Some("no-store"));
        assert_eq!(challenged.header("vary"), Some("Authorization"));
        assert_eq!(challenged.offers()[0].token_type(), token_type);
        assert!(challenged.body.is_empty());

        let token = token(&site, "/ok").await;
        assert_eq!(site.runs(), 0);
        let served = show(site.address, "/ok", &token).await;
        assert_eq!(served.status, StatusCode::OK, "{token_type}");
        assert_eq!(served.header("cache-control"), Some("no-store"));
        assert_eq!(served.header("vary"), Some("Authorization"));
        assert_eq!(served.reverse().is_some(), token_type == TokenType::ACT);
        let charge = (token_type == TokenType::ACT).then_some(30);
        let verdict = format!("redeemed; type=0x{:04X}", token_type.code());
        let verdict = charge.map_or(verdict.clone(), |charge| format!("{verdict}; charge={charge}"));
        let seen = format!("{token_type} {charge:?}");
        let expected =
            format!("redeemed={:?} unmetered=false verdict={verdict:?} authorization=\"\" reverse=\"\"", Some(seen));
        assert_eq!(served.body, expected);

        let again = show(site.address, "/ok", &token).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{token_type}");
        assert_eq!((again.reverse(), again.header("retry-after")), (served.reverse(), None));
        assert_eq!((site.runs(), site.gate.running()), (1, 0));
    }
}

#[tokio::test]
async fn several_kinds_stand_in_one_challenge_in_order() {
    let policy = Policy::new("all")
        .ask(Ask::arc(Limit::new(10).unwrap()))
        .ask(Ask::act())
        .ask(Ask::single_use(TokenType::BLIND_RSA));
    let site = site(policy).await;
    let challenged = get(site.address, "/ok").await;
    assert_eq!(challenged.headers.get_all("www-authenticate").iter().count(), 1);
    let types: Vec<_> = challenged.offers().iter().map(farebox_tokens::client::Offer::token_type).collect();
    assert_eq!(types, [TokenType::ARC, TokenType::ACT, TokenType::BLIND_RSA]);
    let token = token(&site, "/ok").await;
    assert_eq!(show(site.address, "/ok", &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_presentation_travels_with_its_companion_while_it_is_renewed() {
    use farebox_edge::{Companion, Return};
    use farebox_tokens::client::{Offer, paired};
    use privacypass_wire::Limits;
    use privacypass_wire::http::{Reading, Style, WwwAuthenticate, reverse};

    use crate::client::{held, holder, send};
    use crate::site::ORIGIN;

    let ask = Ask::arc(Limit::new(10).unwrap()).with_companion(Companion(TokenType::VOPRF_RISTRETTO255));
    let policy = Policy::new("paired").ask(ask).return_by(|request, _| match request.uri.path() {
        "/ok" => Return::All,
        _ => Return::Nothing,
    });
    let site = site(policy).await;
    let challenged = get(site.address, "/ok").await;
    let fields: Vec<_> = challenged.headers.get_all("www-authenticate").iter().map(|it| it.as_bytes()).collect();
    let received = WwwAuthenticate::parse(&fields, Reading::Strict, &Limits::DEFAULT).unwrap().challenges.remove(0);
    let offer = Offer::new(&received, ORIGIN, None).unwrap();
    let beside = offer.companion(&received, ORIGIN, None).unwrap().unwrap();
    let issuer = site.issuer();
    let (holder, companion) = (holder(&offer, &issuer, site.now()), held(&beside, &issuer, site.now()));
    let mut pair = paired::Pair { holder, companion };
    for path in ["/ok", "/ok", "/suspicious"] {
        let shown = pair.present(&offer, &beside, &mut rand::rng()).unwrap().written();
        let authorization = shown.authorization().unwrap().to_header_value(Style::Quoted).unwrap();
        let asked = reverse::to_header_value(shown.reverse(), Style::Quoted);
        let headers = [("Authorization", authorization.as_str()), ("PrivacyPass-Reverse", asked.as_str())];
        let alone = send(site.address, hyper::Method::GET, path, &headers[..1]).await;
        assert_eq!(alone.status, StatusCode::BAD_REQUEST, "a companion has to be asked for");
        let served = send(site.address, hyper::Method::GET, path, &headers).await;
        if path == "/suspicious" {
            assert_eq!((served.status, served.reverse()), (StatusCode::NOT_FOUND, None));
            return;
        }
        assert_eq!(served.status, StatusCode::OK);
        pair = shown.finish_header(served.reverse().unwrap().as_bytes()).unwrap().written();
    }
}
