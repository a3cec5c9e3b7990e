//! The directory: tags, HEAD, how long it may be kept, and rotation as a client sees it.

use std::time::Duration;

use farebox_issuer::IssuerConfig;
use farebox_issuer::attest::Open;
use farebox_issuer::keystore::{KeySpec, KeyStore, Schedule};
use farebox_tokens::client::single;
use farebox_tokens::{KeyRing, Validity};
use privacypass_wire::directory::IssuerDirectory;
use privacypass_wire::{KeyId, Limits, TokenType};

use crate::site::{Answer, DIRECTORY, Site, config};
use crate::world::{NOW, issuer, key, offer_of, with_keys};

const TYPE: TokenType = TokenType::VOPRF_RISTRETTO255;

fn read(answer: &Answer) -> IssuerDirectory {
    assert_eq!(answer.status, 200);
    IssuerDirectory::from_json(&answer.body, &Limits::DEFAULT).unwrap()
}

fn max_age(answer: &Answer) -> u64 {
    answer.header("cache-control").unwrap().strip_prefix("public, max-age=").unwrap().parse().unwrap()
}

#[tokio::test]
async fn tags_and_head() {
    let site = Site::new(issuer(), config(), Open).await;
    let first = site.send("GET", DIRECTORY, &[], b"").await;
    assert_eq!(first.header("content-type"), Some("application/private-token-issuer-directory"));
    assert_eq!(read(&first).request_uri, "/token-request");
    assert_eq!(read(&first).token_keys.len(), 5);
    let tag = first.header("etag").unwrap();
    assert!(tag.starts_with('"') && tag.ends_with('"'));

    let head = site.send("HEAD", DIRECTORY, &[], b"").await;
    assert_eq!((head.status, head.body.len(), head.header("etag")), (200, 0, Some(tag)));
    assert_eq!(head.header("content-length"), Some(first.body.len().to_string().as_str()));
    assert_eq!(head.header("content-type"), first.header("content-type"));

    for known in [tag.to_owned(), format!("W/{tag}"), "*".into(), format!("\"other\", {tag}")] {
        for method in ["GET", "HEAD"] {
            let answer = site.send(method, DIRECTORY, &[("If-None-Match", &known)], b"").await;
            assert_eq!((answer.status, answer.body.len(), answer.header("etag")), (304, 0, Some(tag)), "{known}");
            assert_eq!(answer.header("cache-control"), first.header("cache-control"));
        }
    }
    for other in ["\"other\"", "", "W/", tag.trim_matches('"')] {
        assert_eq!(site.send("GET", DIRECTORY, &[("If-None-Match", other)], b"").await.body, first.body, "{other}");
    }

    // Other keys have another tag.
    let mut keys = issuer().keys().clone();
    keys.register(key(TokenType::ACT), Validity { not_before: NOW + 5, ..Validity::ALWAYS }).ok();
    keys.register(key(TokenType::ARC), Validity { not_before: NOW + 5, ..Validity::ALWAYS }).ok();
    site.service.replace(with_keys(keys));
    let answer = site.send("GET", DIRECTORY, &[("If-None-Match", tag)], b"").await;
    assert_ne!(read(&answer), read(&first));
    assert_ne!(answer.header("etag"), Some(tag));
}

#[tokio::test]
async fn copies_end_before_keys_do() {
    let capped = IssuerConfig { directory_max_age: Duration::from_secs(600), ..config() };
    let times = |not_before, issue_until| Validity { not_before, issue_until, ..Validity::ALWAYS };
    // One key alone, for ever; one that ends soon; two that overlap; one that begins soon.
    let cases = [
        (vec![Validity::ALWAYS], 600),
        (vec![times(0, NOW + 100)], 100),
        (vec![times(0, NOW + 1)], 1),
        (vec![times(0, NOW + 1000), times(NOW - 1000, NOW + 100_000)], 600),
        (vec![times(0, NOW + 2000), times(NOW + 1000, NOW + 100_000)], 500),
        (vec![times(0, NOW + 100_000), times(NOW + 30, NOW + 200_000)], 30),
        (vec![times(0, NOW - 1), times(0, u64::MAX)], 600),
    ];
    for (validities, expected) in cases {
        let mut keys = KeyRing::default();
        for validity in &validities {
            while keys.register(key(TYPE), *validity).is_err() {}
        }
        let site = Site::new(with_keys(keys), capped.clone(), Open).await;
        assert_eq!(max_age(&site.send("GET", DIRECTORY, &[], b"").await), expected, "{validities:?}");
    }
}

/// A client that keeps each copy for as long as it may, and asks all the time.
#[tokio::test]
async fn rotation_leaves_no_client_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = KeyStore::create(folder.path().join("keys")).unwrap();
    let schedule = Schedule { overlap: 1000, issue_lifetime: 20_000, accept_lifetime: 5000 };
    let rng = &mut rand::rng();
    store.generate(&KeySpec::VoprfRistretto255, schedule.validity(NOW).unwrap(), rng).unwrap();
    let seconds = Duration::from_secs;
    let config = IssuerConfig { key_overlap: seconds(1000), directory_max_age: seconds(999), ..config() };
    let site = Site::new(with_keys(store.ring().unwrap()), config, Open).await;

    let (mut copy, mut fresh_until, mut seen) = (None, 0, Vec::<KeyId>::new());
    for now in (NOW..NOW + 40_000).step_by(97) {
        site.set_time(now);
        if (now - NOW).is_multiple_of(9700) {
            store.rotate(TYPE, now, &schedule, rng).unwrap();
            store.retire(now).unwrap();
            site.service.replace(with_keys(store.ring().unwrap()));
        }
        if now >= fresh_until {
            let answer = site.send("GET", DIRECTORY, &[], b"").await;
            assert!(max_age(&answer) < schedule.overlap);
            (fresh_until, copy) = (now + max_age(&answer), Some(read(&answer)));
        }
        let known = copy.as_ref().unwrap().key_for(TYPE, now).unwrap();
        let ring = site.service.issuer();
        let registered = ring.keys().iter().find(|key| key.id() == known.id()).unwrap();
        let pending = single::request(&offer_of(registered), rng).unwrap().written();
        let answer = site.issue(pending.outgoing()).await;
        drop(pending.finish(&answer).unwrap().written());
        if seen.last() != Some(&known.id()) {
            seen.push(known.id());
        }
    }
    // Each key in its turn, and none again.
    assert!((4..=6).contains(&seen.len()), "{}", seen.len());
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len());
}
