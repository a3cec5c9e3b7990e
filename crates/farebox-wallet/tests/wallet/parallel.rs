//! Many fetches at once.

use std::sync::Arc;

use farebox_wallet::{Config, Error, Stage};

use super::common::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_tasks_share_three_credentials() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = Arc::new(open(&folder.path().join("wallet"), Config { batch: 4, ..config(&server) }));
    // Answers are lost on the way, here and there.
    server.fault(&[Fault::None, Fault::LoseAnswer, Fault::LoseRequest, Fault::None, Fault::Status(503)].repeat(6));
    let tasks: Vec<_> = (0..16u32)
        .map(|task| {
            let (wallet, server) = (wallet.clone(), server.clone());
            tokio::spawn(async move {
                let mut served = 0;
                for (i, route) in ["/act", "/act", "/once", "/arc", "/act"].into_iter().enumerate() {
                    match wallet.fetch(server.get(&format!("{route}?r={task}.{i}"))).await {
                        Ok(response) => served += u32::from(response.status() == 200),
                        Err(Error::AnswerLost | Error::Unanswered { .. }) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
                served
            })
        })
        .collect();
    let mut served = 0;
    for task in tasks {
        served += task.await.unwrap();
    }
    assert!(served > 40, "{served}");
    wallet.recover().await;
    let counts = server.counts();
    assert!(wallet.holdings().iter().all(|holding| holding.stage == Stage::Idle && !holding.in_use));
    assert_eq!(counts.issued_credits, counts.spent_credits + held_credits(&wallet));
    assert_eq!(counts.issued_tokens, counts.redeemed_tokens + held_tokens(&wallet));
    assert_eq!(counts.double_spends, 0);
    assert!(counts.runs.values().all(|runs| *runs == 1));
    assert_eq!(counts.runs.len(), 16 * 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_credential_of_a_limit_serves_all() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = Arc::new(wallet(&server, &folder));
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let (wallet, server) = (wallet.clone(), server.clone());
            tokio::spawn(async move { wallet.fetch(server.get("/arc-a")).await.unwrap().status() })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 200);
    }
    assert_eq!((server.counts().asked, server.counts().presentations), (1, 4));
}
