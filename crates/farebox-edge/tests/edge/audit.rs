//! Clients that ask until they are answered, with a store that fails now and then and two processes in front of it: nobody gains a
//! credit, nobody loses one that the policy returns, and no request is served twice.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use farebox_edge::Return;
use hyper::StatusCode;
use rand::RngExt as _;

use crate::client::{balance, offer, refunded, show, spend};
use crate::site::{Builder, INITIAL, Site, act};

const CLIENTS: usize = 6;
const SPENDS: usize = 8;
const USED: u64 = 3;

async fn one(sites: &[Site; 2]) -> u64 {
    let first = offer(&sites[0], "/used/3").await;
    let mut idle = balance(&first, &sites[0].issuer(), sites[0].now());
    for _ in 0..SPENDS {
        let spent = spend(idle, &first);
        let before = spent.remaining().get() + spent.charge().get();
        let mut answer = None;
        for _ in 0..200 {
            let (site, fault) = (&sites[rand::rng().random_range(0..2)], rand::rng().random_range(0..8));
            let faults = &site.store.faults;
            let kinds = [&faults.reserve, &faults.reserve_unheard, &faults.peek, &faults.complete];
            if let Some(kind) = kinds.get(fault) {
                kind.store(1, SeqCst);
            }
            let told = show(site.address, "/used/3", spent.token_bytes()).await;
            match told.status {
                StatusCode::OK => answer = Some(told),
                StatusCode::CONFLICT if told.reverse().is_some() => answer = Some(told),
                StatusCode::CONFLICT | StatusCode::SERVICE_UNAVAILABLE => {}
                status => panic!("{status}"),
            }
            if answer.is_some() {
                break;
            }
            tokio::task::yield_now().await;
        }
        idle = refunded(spent, &answer.expect("an answer"));
        let paid = before - idle.balance().get();
        assert!(paid == 0 || paid == USED, "{paid}");
    }
    idle.balance().get()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credits_are_conserved() {
    let policy = act().on_failure(Return::All);
    let start = Builder::new().config(|config| config.store_patience = std::time::Duration::ZERO);
    let first = start.build(policy.clone()).await;
    let other = Builder::new().config(|config| config.store_patience = std::time::Duration::ZERO);
    let second = other.start(first.store.clone(), Arc::clone(&first.time), policy).await;
    let sites = Arc::new([first, second]);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let sites = Arc::clone(&sites);
            tokio::spawn(async move { one(&sites).await })
        })
        .collect();
    let mut held = 0;
    for client in clients {
        held += client.await.unwrap();
    }
    let runs = (sites[0].runs() + sites[1].runs()) as u64;
    let spent = CLIENTS as u64 * INITIAL - held;
    assert_eq!(spent % USED, 0);
    assert!(spent / USED <= runs, "who paid was served: {spent} credits, {runs} runs");
    assert!(runs <= (CLIENTS * SPENDS) as u64, "no request was served twice");
    assert_eq!(sites[0].store.memory.len(), CLIENTS * SPENDS);
}
