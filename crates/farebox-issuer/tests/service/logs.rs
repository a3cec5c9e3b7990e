//! What is logged of a request: nothing that says who, with what, or for what.

use std::io;
use std::sync::{Arc, Mutex};

use farebox_issuer::IssuerConfig;
use farebox_issuer::attest::SharedSecret;

use crate::site::{Site, config};
use crate::world::{cheap, issuer};

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_secret_no_message_no_address() {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // The runtime of this test has one thread.
    let _guard = tracing::subscriber::set_default(subscriber);

    let secret = "a secret that nobody may log";
    let attester = SharedSecret::new([secret]).unwrap();
    let site = Site::new(issuer(), IssuerConfig { body_limit: 100, ..config() }, attester).await;
    let (media_type, body) = cheap();
    let right = format!("Bearer {secret}");
    assert_eq!(site.post(media_type, &body, &[("Authorization", &right)]).await.status, 200);
    site.post(media_type, &body[1..], &[("Authorization", &right)]).await.assert_refused(422);
    site.post(media_type, &[7; 200], &[("Authorization", &right)]).await.assert_refused(413);
    site.post(media_type, &body, &[("Authorization", "Bearer a guess of sixteen")]).await.assert_refused(403);

    let log = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    let ours: Vec<&str> = log.lines().filter(|line| line.contains("farebox")).collect();
    assert!(ours.iter().any(|line| line.contains("status=422")), "{log}");
    assert!(ours.iter().any(|line| line.contains("status=403")), "{log}");
    for line in ours {
        for hidden in ["secret", "guess", "127.0.0.1", "Bearer", &hex::encode(&body[3..9])] {
            assert!(!line.contains(hidden), "{line}");
        }
    }
}
