//! Room: by client, by requests at once, by threads, and by time.

use std::sync::Arc;
use std::time::Duration;

use farebox_issuer::attest::{Admission, Attempt, Attester, Boxed, Open, Outcome, Refusal};
use farebox_issuer::{ClientKey, IssuerConfig, RateLimit};
use http::HeaderName;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::site::{PATH, Site, config};
use crate::world::{cheap, issuer};

/// Waits until the test lets it go on.
struct Slow {
    entered: Arc<Semaphore>,
    go: Arc<Semaphore>,
}

struct Nothing;

impl Admission for Nothing {
    fn settle(self: Box<Self>, _: Outcome) -> Boxed<'static, Result<(), Refusal>> {
        Box::pin(async { Ok(()) })
    }
}

impl Attester for Slow {
    fn attest<'a>(&'a self, _: Attempt<'a>) -> Boxed<'a, Result<Box<dyn Admission>, Refusal>> {
        Box::pin(async {
            self.entered.add_permits(1);
            self.go.acquire().await.unwrap().forget();
            Ok(Box::new(Nothing) as Box<dyn Admission>)
        })
    }
}

#[tokio::test]
async fn without_a_place_nothing_is_decoded() {
    let (entered, go) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let attester = Slow { entered: entered.clone(), go: go.clone() };
    let config = IssuerConfig { cpu_threads: 1, cpu_queue: 1, ..config() };
    let site = Arc::new(Site::new(issuer(), config, attester).await);
    let (media_type, body) = cheap();
    let post = |body: Vec<u8>| {
        let site = site.clone();
        tokio::spawn(async move { site.post(media_type, &body, &[]).await })
    };
    let held = [post(body.clone()), post(body.clone())];
    entered.acquire_many(2).await.unwrap().forget();
    // Bytes that nobody could decode are not looked at.
    for body in [b"garbage".to_vec(), body.clone()] {
        let answer = post(body).await.unwrap();
        answer.assert_refused(503);
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    go.add_permits(2);
    for held in held {
        assert_eq!(held.await.unwrap().status, 200);
    }
    post(b"garbage".to_vec()).await.unwrap().assert_refused(422);
    go.add_permits(1);
    assert_eq!(post(body).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_slow_body_is_cut_off() {
    let config = IssuerConfig { body_timeout: Duration::from_millis(50), ..config() };
    let site = Site::new(issuer(), config, Open).await;
    let (media_type, body) = cheap();
    let head = format!("POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: {media_type}\r\nContent-Length: 35\r\n\r\nab");
    let answer = site.raw(head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
    assert_eq!(site.post(media_type, &body, &[]).await.status, 200);
}

#[tokio::test]
async fn requests_at_once_are_few() {
    let config = IssuerConfig { concurrency: 1, body_timeout: Duration::from_secs(60), ..config() };
    let site = Site::new(issuer(), config, Open).await;
    let (media_type, body) = cheap();
    let mut slow = TcpStream::connect(site.address).await.unwrap();
    let head = format!("POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: {media_type}\r\nContent-Length: 35\r\n\r\nab");
    slow.write_all(head.as_bytes()).await.unwrap();
    // Until the server has seen the first.
    let until = async |status: u16| {
        for _ in 0..1000 {
            let answer = site.post(media_type, &body, &[]).await;
            if answer.status == status {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("no {status}");
    };
    let answer = until(503).await;
    answer.assert_refused(503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    // The directory is there all the same.
    assert_eq!(site.send("GET", crate::site::DIRECTORY, &[], b"").await.status, 200);
    // Whoever goes away gives the room back.
    drop(slow);
    until(200).await;
}

#[tokio::test]
async fn a_client_has_a_rate() {
    let rate = RateLimit { per_minute: 1, burst: 3, clients: 100 };
    let (media_type, body) = cheap();
    let limited = IssuerConfig { rate: Some(rate), ..config() };
    let site = Site::new(issuer(), limited.clone(), Open).await;
    for _ in 0..3 {
        assert_eq!(site.post(media_type, &body, &[]).await.status, 200);
    }
    let answer = site.post(media_type, &body, &[]).await;
    answer.assert_refused(429);
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(site.send("GET", crate::site::DIRECTORY, &[], b"").await.status, 200);

    // Behind a proxy. Without the header, or with two, one bucket for all.
    let client_key = ClientKey::Header(HeaderName::from_static("x-real-ip"));
    let site = Site::new(issuer(), IssuerConfig { client_key, ..limited }, Open).await;
    for client in ["192.0.2.1", "192.0.2.2", "2001:db8::1"] {
        for _ in 0..3 {
            assert_eq!(site.post(media_type, &body, &[("X-Real-IP", client)]).await.status, 200);
        }
        site.post(media_type, &body, &[("X-Real-IP", client)]).await.assert_refused(429);
    }
    assert_eq!(site.post(media_type, &body, &[("X-Real-IP", "nobody")]).await.status, 200);
    assert_eq!(site.post(media_type, &body, &[]).await.status, 200);
    let two = [("X-Real-IP", "192.0.2.9"), ("X-Real-IP", "192.0.2.8")];
    assert_eq!(site.post(media_type, &body, &two).await.status, 200);
    site.post(media_type, &body, &[]).await.assert_refused(429);
}

#[test]
fn a_configuration_that_cannot_serve_is_refused() {
    let broken = [
        IssuerConfig { request_path: String::new(), ..config() },
        IssuerConfig { request_path: "token-request".into(), ..config() },
        IssuerConfig { request_path: "/{any}".into(), ..config() },
        IssuerConfig { request_path: crate::site::DIRECTORY.into(), ..config() },
        IssuerConfig { request_path: "/attest/pow".into(), ..config() },
        IssuerConfig { directory_max_age: Duration::ZERO, ..config() },
        IssuerConfig { key_overlap: Duration::from_secs(3600), ..config() },
        IssuerConfig { body_limit: 0, ..config() },
        IssuerConfig { body_timeout: Duration::ZERO, ..config() },
        IssuerConfig { request_timeout: Duration::ZERO, ..config() },
        IssuerConfig { concurrency: 0, ..config() },
        IssuerConfig { cpu_threads: 0, ..config() },
        IssuerConfig { cpu_queue: usize::MAX, ..config() },
        IssuerConfig { rate: Some(RateLimit { burst: 0, ..RateLimit::default() }), ..config() },
        IssuerConfig { rate: Some(RateLimit { per_minute: 0, ..RateLimit::default() }), ..config() },
        IssuerConfig { rate: Some(RateLimit { clients: 0, ..RateLimit::default() }), ..config() },
    ];
    for config in broken {
        let refused = farebox_issuer::IssuerService::new(issuer(), config.clone(), Open).err();
        assert!(refused.is_some(), "{config:?}");
    }
}
