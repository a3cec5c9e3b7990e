//! More than the gate takes.

use hyper::StatusCode;

use crate::client::{get, send, show, token};
use crate::site::{Builder, act};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_is_told_before_a_token_is_read() {
    let builder = Builder::new().config(|config| (config.workers, config.queue) = (1, 0));
    let site = builder.build(act()).await;
    let mut tokens = Vec::new();
    for _ in 0..24 {
        tokens.push(token(&site, "/ok").await);
    }
    let shown = tokens.iter().cloned().map(|token| {
        let address = site.address;
        tokio::spawn(async move { show(address, "/ok", &token).await })
    });
    let shown: Vec<_> = shown.collect();
    let (mut served, mut shed) = (0, Vec::new());
    for (shown, token) in shown.into_iter().zip(&tokens) {
        let answer = shown.await.unwrap();
        match answer.status {
            StatusCode::OK => served += 1,
            StatusCode::SERVICE_UNAVAILABLE => {
                assert_eq!((answer.header("retry-after"), answer.reverse()), (Some("1"), None));
                shed.push(token.clone());
            }
            status => panic!("{status}"),
        }
    }
    assert!(served >= 1);
    assert_eq!(site.store.memory.len(), served, "who was turned away lost nothing");
    for token in shed {
        assert_eq!(show(site.address, "/ok", &token).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn as_many_run_as_may() {
    let builder = Builder::new().config(|config| config.max_running = 2);
    let site = builder.build(act()).await;
    let mut running = Vec::new();
    for _ in 0..2 {
        let (token, address) = (token(&site, "/hold").await, site.address);
        running.push(tokio::spawn(async move { show(address, "/hold", &token).await }));
        site.stage.started.notified().await;
    }
    assert_eq!(site.gate.running(), 2);
    let one_more = token(&site, "/hold").await;
    for _ in 0..50 {
        assert_eq!(show(site.address, "/hold", &one_more).await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!((site.store.memory.len(), site.gate.running()), (2, 2));
    // Who brings nothing is answered all the same.
    assert_eq!(get(site.address, "/hold").await.status, StatusCode::UNAUTHORIZED);
    site.stage.release.notify_one();
    site.stage.release.notify_waiters();
    for task in running {
        // Both are released, one after the other.
        site.stage.release.notify_one();
        assert_eq!(task.await.unwrap().status, StatusCode::OK);
    }
    assert_eq!(site.gate.running(), 0);
    assert_eq!(show(site.address, "/ok", &one_more).await.status, StatusCode::OK);
}

#[tokio::test]
async fn forged_tokens_leave_nothing_behind() {
    let site = Builder::new().config(|config| config.max_running = 8).build(act()).await;
    let good = token(&site, "/ok").await;
    for i in 0..100u8 {
        let mut forged = good.clone();
        let at = forged.len() - 1 - usize::from(i);
        forged[at] ^= 1;
        // Other nullifiers, too.
        forged[100 + usize::from(i % 2)] ^= i;
        let answer = show(site.address, "/ok", &forged).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!((site.gate.running(), site.store.memory.len(), site.runs()), (0, 0, 0));
    let long = "x".repeat(17 << 10);
    let headers = [("Authorization", format!("PrivateToken token={long}"))];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(send(site.address, hyper::Method::GET, "/ok", &headers).await.status.as_u16(), 431);
    assert_eq!(show(site.address, "/ok", &good).await.status, StatusCode::OK);
}
