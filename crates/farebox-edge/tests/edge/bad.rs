//! Requests that are not as they should be, and what each of them is told. Never 500.

use std::io::{Read as _, Write as _};

use farebox_edge::Fallback;
use hyper::{Method, StatusCode};
use privacypass_wire::TokenType;
use proptest::prelude::*;

use crate::client::{Headers, field, get, send, show, token};
use crate::site::{act, once, site};

const A: &str = "Authorization";
const REVERSE: &str = "PrivacyPass-Reverse";

#[tokio::test]
async fn each_fault_has_its_status() {
    let site = site(act().max_body(10)).await;
    let good = token(&site, "/ok").await;
    let good_field = field(&good);
    let cut = field(&good[..good.len() - 1]);
    let extended = field(&[good.as_slice(), &[0]].concat());
    let short = field(&good[..1]);
    let unknown_type = field(&[&[0x12, 0x34], &good[2..]].concat());
    let long = format!("PrivateToken token=\"{}\"", "A".repeat(20 << 10));
    let parameters: String = (0..40).map(|i| format!(", p{i}=1")).collect();
    let many = format!("{good_field}{parameters}");
    let twice = format!("{good_field}, token=\"AAAA\"");
    let two = format!("{good_field}, Basic abc");
    let cases: &[(Headers<'_>, u16)] = &[
        (&[], 401),
        (&[(A, "")], 401),
        (&[(A, "Basic abc")], 401),
        (&[(A, "Basic abc, PrivateToken token=AAAA")], 401),
        (&[(A, "PrivateTokens token=AAAA")], 401),
        (&[(A, "PrivateToken")], 400),
        (&[(A, "PrivateToken AAAA")], 400),
        (&[(A, "PrivateToken token")], 400),
        (&[(A, "PrivateToken token=")], 400),
        (&[(A, "privatetoken token=\"")], 400),
        (&[(A, "PrivateToken token=\"%%%\"")], 400),
        (&[(A, "PrivateToken token=AAAA token=AAAA")], 400),
        (&[(A, "PrivateToken,token=AAAA")], 400),
        (&[(A, &short)], 400),
        (&[(A, &twice)], 400),
        (&[(A, &two)], 400),
        (&[(A, &many)], 400),
        (&[(A, &good_field), (A, &good_field)], 400),
        (&[(A, "Basic abc"), (A, &good_field)], 400),
        (&[(A, &cut)], 400),
        (&[(A, &extended)], 400),
        (&[(A, &unknown_type)], 400),
        (&[(A, &long)], 431),
        (&[(A, &good_field), (REVERSE, &long)], 431),
        (&[(A, &good_field), (REVERSE, "AAAA"), (REVERSE, "AAAA")], 400),
        (&[(A, &good_field), (REVERSE, "\"\"")], 400),
        (&[(A, &good_field), (REVERSE, "AAAA")], 400),
    ];
    for (headers, status) in cases {
        let answer = send(site.address, Method::POST, "/ok", headers).await;
        let shown: Vec<_> = headers.iter().map(|(name, value)| (name, value.get(..40).unwrap_or(value))).collect();
        assert_eq!(answer.status.as_u16(), *status, "{shown:?}");
        assert_eq!(answer.headers.contains_key("www-authenticate"), *status == 401);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.body.is_empty());
    }
    assert!(site.store.memory.is_empty());
    assert_eq!((site.runs(), site.gate.running()), (0, 0));
    // And the token was not harmed by any of that.
    assert_eq!(show(site.address, "/ok", &good).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_long_body_is_refused_before_it_is_paid_for() {
    let site = site(act().max_body(10)).await;
    let token = field(&token(&site, "/ok").await);
    for (length, status) in [("11", "413"), ("9223372036854775807", "413"), ("10", "200")] {
        let request = format!(
            "POST /ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n{A}: {token}\r\n\r\n0123456789"
        );
        let mut stream = std::net::TcpStream::connect(site.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let answer = tokio::task::spawn_blocking(move || {
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).unwrap();
            answer
        });
        let answer = answer.await.unwrap();
        assert_eq!(std::str::from_utf8(&answer[9..]).unwrap(), status);
        assert_eq!(site.runs(), usize::from(status == "200"));
    }
}

#[tokio::test]
async fn tokens_of_other_types_and_places_are_refused() {
    let types = [TokenType::VOPRF_P384, TokenType::BLIND_RSA, TokenType::VOPRF_RISTRETTO255];
    let sites = [site(once(types[0])).await, site(once(types[1])).await, site(once(types[2])).await, site(act()).await];
    for (i, from) in sites.iter().enumerate() {
        let token = token(from, "/ok").await;
        for (j, to) in sites.iter().enumerate().filter(|(j, _)| *j != i) {
            assert_eq!(show(to.address, "/ok", &token).await.status, StatusCode::UNAUTHORIZED, "{i} at {j}");
        }
        assert_eq!(show(from.address, "/ok", &token).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn every_byte_of_a_token_counts() {
    let site = site(act()).await;
    let good = token(&site, "/ok").await;
    for at in (0..good.len()).step_by(13).chain([0, 1, 2, 33, 34, 65, 66, 97, 98]) {
        let mut bad = good.clone();
        bad[at] ^= 0x80;
        let status = show(site.address, "/ok", &bad).await.status.as_u16();
        assert!(matches!(status, 400 | 401), "byte {at}: {status}");
    }
    assert!(site.store.memory.is_empty());
    assert_eq!(show(site.address, "/ok", &good).await.status, StatusCode::OK);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_stands_in_the_field(fields in prop::collection::vec("(PrivateToken|Basic)? ?[ -~]{0,60}", 0..3)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let site = site(act().fallback(Fallback::AllowUnmetered)).await;
            for fields in [fields.as_slice(), &fields[..fields.len().min(1)]] {
                let headers: Vec<_> = fields.iter().map(|field| (A, field.as_str())).collect();
                let status = send(site.address, Method::GET, "/ok", &headers).await.status.as_u16();
                assert!(matches!(status, 200 | 400 | 401), "{status}");
            }
            assert!(site.store.memory.is_empty());
            assert_eq!(get(site.address, "/ok").await.status, StatusCode::OK);
        });
    }
}
