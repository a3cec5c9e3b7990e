//! Requests without a token, and requests that claim to have shown one.

use farebox_edge::{Fallback, VerdictHeader};
use hyper::{Method, StatusCode};

use crate::client::{get, send, show, spent};
use crate::site::{act, site};

const FORGED: [(&str, &str); 4] = [
    ("Farebox-Verdict", "redeemed; type=0xE5AD; charge=30"),
    ("farebox_verdict", "redeemed"),
    ("X-Other", "kept"),
    ("PrivacyPass-Reverse", "AAAA"),
];

#[tokio::test]
async fn without_a_token_the_policy_decides() {
    let policy = |fallback| act().fallback(fallback).verdict_header(VerdictHeader::Forward);
    let site_of = async |fallback| site(policy(fallback)).await;

    let site = site_of(Fallback::Deny).await;
    assert_eq!(send(site.address, Method::GET, "/ok", &FORGED).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(site.runs(), 0);

    let site = site_of(Fallback::AllowUnmetered).await;
    let answer = send(site.address, Method::GET, "/ok", &FORGED).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("vary"), Some("Authorization"));
    let expected = "redeemed=None unmetered=true verdict=\"unmetered\" authorization=\"\" reverse=\"\"";
    assert_eq!(answer.body, expected);

    let site = site_of(Fallback::HandOn).await;
    let answer = send(site.address, Method::GET, "/ok", &[("Authorization", "Bearer abc")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    let expected = "redeemed=None unmetered=false verdict=\"\" authorization=\"Bearer abc\" reverse=\"\"";
    assert_eq!(answer.body, expected);
}

#[tokio::test]
async fn a_handler_that_wants_a_token_gets_the_challenges_sent() {
    for fallback in [Fallback::AllowUnmetered, Fallback::HandOn] {
        let site = site(act().fallback(fallback)).await;
        let refused = get(site.address, "/redeemed").await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert_eq!(refused.offers().len(), 1);
        let spent = spent(&site, "/redeemed").await;
        let served = show(site.address, "/redeemed", spent.token_bytes()).await;
        assert_eq!((served.status, served.body.as_str()), (StatusCode::OK, "act"));
    }
}

#[tokio::test]
async fn a_bad_token_is_not_let_in_by_a_fallback() {
    for fallback in [Fallback::AllowUnmetered, Fallback::HandOn] {
        let site = site(act().fallback(fallback)).await;
        let spent = spent(&site, "/redeemed").await;
        let mut token = spent.token_bytes().to_vec();
        *token.last_mut().unwrap() ^= 1;
        assert_eq!(show(site.address, "/ok", &token).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(site.runs(), 0);
    }
}

#[tokio::test]
async fn forged_verdicts_do_not_reach_a_handler_that_is_told_by_extension() {
    let site = site(act()).await;
    let spent = spent(&site, "/ok").await;
    let authorization = crate::client::field(spent.token_bytes());
    let mut headers = FORGED[..3].to_vec();
    headers.push(("Authorization", &authorization));
    let answer = send(site.address, Method::GET, "/ok", &headers).await;
    assert!(answer.body.contains("verdict=\"\" authorization=\"\""), "{}", answer.body);
}
