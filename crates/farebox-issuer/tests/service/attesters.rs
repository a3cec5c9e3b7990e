//! Proof of work, and several attesters at once.

use std::time::Duration;

use farebox_issuer::attest::{AnyOf, ProofOfWork, SharedSecret};
use farebox_issuer::pow::{self, Challenge};

use crate::site::{Answer, Site, config};
use crate::world::{NOW, batch, cheap, issuer};

const LIFETIME: Duration = Duration::from_secs(120);
const MOST: u64 = 1 << 24;

async fn site(attester: ProofOfWork) -> Site {
    Site::new(issuer(), config(), attester).await
}

async fn challenge(site: &Site) -> Challenge {
    let answer = site.send("GET", pow::PATH, &[], b"").await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    Challenge::parse(std::str::from_utf8(&answer.body).unwrap()).unwrap()
}

async fn post(site: &Site, (media_type, body): &(&str, Vec<u8>), solution: &str) -> Answer {
    site.post(media_type, body, &[("Farebox-Attestation", solution)]).await
}

#[tokio::test]
async fn work_admits_its_own_request_once() {
    let site = site(ProofOfWork::new(10, LIFETIME)).await;
    let request = cheap();
    let refused = site.post(request.0, &request.1, &[]).await;
    refused.assert_refused(401);
    // The same challenge both ways.
    let told = pow::challenge_in(refused.header("www-authenticate").unwrap()).unwrap();
    assert_eq!(told, challenge(&site).await);

    let solution = pow::solve(&told, &request.1, 1, MOST).unwrap();
    // For another body it holds by chance only; so many do not all.
    let others: Vec<_> = (0..4).map(|_| cheap()).collect();
    let mut passed = 0;
    for other in &others {
        passed += usize::from(post(&site, other, &solution).await.status != 403);
    }
    assert!(passed < others.len());
    assert_eq!(post(&site, &request, &solution).await.status, 200);
    let again = post(&site, &request, &solution).await;
    again.assert_refused(401);
    assert!(again.header("www-authenticate").is_some());

    // After a lost response: other work for the same request.
    site.set_time(NOW + 60);
    let solution = pow::solve(&challenge(&site).await, &request.1, 1, MOST).unwrap();
    assert_eq!(post(&site, &request, &solution).await.status, 200);
}

#[tokio::test]
async fn work_has_its_time_and_its_issuer() {
    let site = site(ProofOfWork::new(4, LIFETIME)).await;
    let request = cheap();
    let now = challenge(&site).await;
    let solution = pow::solve(&now, &request.1, 1, MOST).unwrap();
    site.set_time(now.expires());
    post(&site, &request, &solution).await.assert_refused(401);
    site.set_time(now.expires() - 1);
    assert_eq!(post(&site, &request, &solution).await.status, 200);

    let other = self::site(ProofOfWork::new(4, LIFETIME)).await;
    let foreign = pow::solve(&challenge(&other).await, &request.1, 1, MOST).unwrap();
    post(&site, &request, &foreign).await.assert_refused(401);
    // An easier one of the client's own making.
    let mut easy = now.to_hex();
    easy.replace_range(2..4, "00");
    let easy = pow::solve(&Challenge::parse(&easy).unwrap(), &request.1, 1, MOST).unwrap();
    post(&site, &request, &easy).await.assert_refused(401);

    for bad in ["pow", "pow ", "pow x", "pow x.1", "other 1", ""] {
        let status = post(&site, &request, bad).await.status;
        assert!(matches!(status, 401 | 403), "{bad}: {status}");
    }
    let hex = challenge(&site).await.to_hex();
    for counter in ["", "-1", "+1", "1.5", "99999999999999999999", "0x1"] {
        post(&site, &request, &format!("pow {hex}.{counter}")).await.assert_refused(403);
    }
    let twice = [("Farebox-Attestation", solution.as_str()), ("Farebox-Attestation", solution.as_str())];
    site.post(request.0, &request.1, &twice).await.assert_refused(400);
}

#[tokio::test]
async fn a_batch_is_more_work() {
    let site = site(ProofOfWork::new(6, LIFETIME)).await;
    let request = batch(64);
    let challenge = challenge(&site).await;
    // The least counter that does for one token does not for 64, but by a chance of one in 64 for each of eight requests.
    let mut refused = 0;
    for _ in 0..8 {
        let request = batch(64);
        let solution = pow::solve(&challenge, &request.1, 1, MOST).unwrap();
        refused += usize::from(post(&site, &request, &solution).await.status == 403);
    }
    assert!(refused > 0);
    let solution = pow::solve(&challenge, &request.1, 64, MOST).unwrap();
    assert_eq!(post(&site, &request, &solution).await.status, 200);
}

#[tokio::test]
async fn where_no_room_is_left_nobody_is_admitted() {
    let site = site(ProofOfWork::new(1, LIFETIME).with_room(2)).await;
    for expected in [200, 200, 503] {
        let request = cheap();
        let solution = pow::solve(&challenge(&site).await, &request.1, 1, MOST).unwrap();
        assert_eq!(post(&site, &request, &solution).await.status, expected);
    }
    site.set_time(challenge(&site).await.expires());
    let request = cheap();
    let solution = pow::solve(&challenge(&site).await, &request.1, 1, MOST).unwrap();
    assert_eq!(post(&site, &request, &solution).await.status, 200);
}

#[tokio::test]
async fn one_of_several_is_enough() {
    let secret = SharedSecret::new(["a secret that is long enough"]).unwrap();
    let either = AnyOf::new(vec![Box::new(secret), Box::new(ProofOfWork::new(4, LIFETIME))]);
    let site = Site::new(issuer(), config(), either).await;
    let request = cheap();
    let answer = site.post(request.0, &request.1, &[]).await;
    answer.assert_refused(401);
    assert_eq!(answer.headers.get_all("www-authenticate").iter().count(), 2);

    let right = ("Authorization", "Bearer a secret that is long enough");
    assert_eq!(site.post(request.0, &request.1, &[right]).await.status, 200);
    let solution = pow::solve(&challenge(&site).await, &request.1, 1, MOST).unwrap();
    assert_eq!(post(&site, &request, &solution).await.status, 200);
    // Who brings a wrong secret is refused for it.
    site.post(request.0, &request.1, &[("Authorization", "Bearer wrong")]).await.assert_refused(403);

    let site = Site::new(issuer(), config(), AnyOf::new(Vec::new())).await;
    site.post(request.0, &request.1, &[right]).await.assert_refused(401);
}
