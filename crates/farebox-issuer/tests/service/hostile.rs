//! Requests that nobody honest sends: never 500, never silence, and the service goes on.

use farebox_issuer::attest::Open;
use privacypass_wire::http;
use proptest::prelude::{Strategy as _, any};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::site::{DIRECTORY, PATH, Site, config};
use crate::world::{batch, cheap, issuer};

const MEDIA_TYPES: [&str; 4] =
    [http::TOKEN_REQUEST, http::CREDENTIAL_REQUEST, http::AMORTIZED_BATCH_REQUEST, http::GENERIC_BATCH_REQUEST];

/// Random bodies, and honest ones with a byte changed, cut, doubled or behind.
fn corpus() -> Vec<Vec<u8>> {
    let mut runner = TestRunner::deterministic();
    let bytes = proptest::collection::vec(any::<u8>(), 0..400);
    let mut draw = || bytes.new_tree(&mut runner).unwrap().current();
    let mut all: Vec<Vec<u8>> = (0..40).map(|_| draw()).collect();
    for honest in [cheap().1, batch(3).1] {
        for at in (0..honest.len()).step_by(9) {
            let mut changed = honest.clone();
            changed[at] ^= 0x80;
            all.extend([changed, honest[..at].to_vec(), [&honest[..], &honest[..at]].concat()]);
        }
    }
    // Types with the right lengths and elements that are none; lists that say more than they hold.
    for (code, len) in [(1u16, 49), (2, 256), (5, 32), (0xe5ac, 226), (0xe5ad, 132)] {
        let keys = issuer();
        let keys: Vec<u8> = keys.keys().iter().map(|key| key.id().truncated()).collect();
        for (key, fill) in keys.into_iter().zip([0, 0xff, 2, 3, 4]) {
            all.push([&code.to_be_bytes()[..], &[key], &vec![fill; len]].concat());
        }
    }
    all.extend([vec![0xff; 8], vec![0xc0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], vec![0x80, 0, 0, 0], vec![0; 3000]]);
    all
}

#[tokio::test]
async fn bodies() {
    let site = Site::new(issuer(), config(), Open).await;
    for body in corpus() {
        for media_type in MEDIA_TYPES {
            let answer = site.post(media_type, &body, &[]).await;
            assert!(matches!(answer.status, 200 | 206 | 400 | 415 | 422), "{media_type} {body:?}: {}", answer.status);
            if matches!(answer.status, 415 | 422) {
                answer.assert_refused(answer.status);
            }
        }
    }
    assert_eq!(site.post(cheap().0, &cheap().1, &[]).await.status, 200);
}

#[tokio::test]
async fn heads() {
    let site = Site::new(issuer(), config(), Open).await;
    let heads = [
        format!("POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"),
        format!("POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
        format!("POST {PATH} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"),
        format!("POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: \u{fe}\r\nContent-Length: 0\r\n\r\n"),
        format!("POST {PATH}%00 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
        format!("GET {DIRECTORY} HTTP/1.1\r\nHost: a\r\nIf-None-Match: \u{fe}\r\nConnection: close\r\n\r\n"),
        format!("GET {DIRECTORY}?{} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "q".repeat(5000)),
        "BREW / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_owned(),
        "\0\0\0\0\r\n\r\n".to_owned(),
    ];
    for head in heads {
        let answer = site.raw(head.as_bytes()).await;
        let status: u16 = answer.get(9..12).unwrap_or("0").parse().unwrap_or_default();
        assert!(matches!(status, 200 | 400 | 404 | 405 | 415), "{head:?}: {answer}");
    }
    // A chunk that breaks off in the middle of a good request.
    let media_type = cheap().0;
    let head =
        format!("POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: {media_type}\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert!(site.raw(format!("{head}5\r\nab\r\nzz").as_bytes()).await.starts_with("HTTP/1.1 400"));
    assert_eq!(site.post(media_type, &cheap().1, &[]).await.status, 200);
}
