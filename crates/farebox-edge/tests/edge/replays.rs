//! Tokens that come twice.

use farebox_tokens::client::{Cache, Restored};
use hyper::StatusCode;

use crate::client::{balance, offer, show, spend, spent, token};
use crate::site::{act, once, site};

#[tokio::test]
async fn a_double_spend_is_told_what_would_be_good() {
    for prefilter in [farebox_edge::Prefilter::Look, farebox_edge::Prefilter::Skip] {
        let site = site(act().prefilter(prefilter)).await;
        let offer = offer(&site, "/ok").await;
        let idle = balance(&offer, &site.issuer(), site.now());
        let stolen = Restored::from_entry(idle.entry().as_bytes(), &mut Cache::default()).unwrap();
        let Restored::ActIdle(stolen) = stolen else { panic!("not a balance") };
        let (first, second) = (spend(idle, &offer), spend(stolen, &offer));
        assert_eq!(show(site.address, "/ok", first.token_bytes()).await.status, StatusCode::OK);
        let refused = show(site.address, "/ok", second.token_bytes()).await;
        assert_eq!((refused.status, refused.reverse()), (StatusCode::UNAUTHORIZED, None));
        assert_eq!(refused.offers().len(), 1);
        assert_eq!(site.runs(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_racers_with_one_token_run_one_handler() {
    for policy in [act(), once(privacypass_wire::TokenType::VOPRF_RISTRETTO255)] {
        let site = site(policy.prefilter(farebox_edge::Prefilter::Skip)).await;
        let token = token(&site, "/ok").await;
        let racers: Vec<_> = (0..64)
            .map(|_| {
                let (address, token) = (site.address, token.clone());
                tokio::spawn(async move { show(address, "/ok", &token).await })
            })
            .collect();
        let (mut served, mut told) = (0, Vec::new());
        for racer in racers {
            let answer = racer.await.unwrap();
            match (answer.status, answer.header("retry-after")) {
                (StatusCode::OK, None) => {
                    served += 1;
                    told.push(answer.reverse().map(str::to_owned));
                }
                (StatusCode::CONFLICT, None) => told.push(answer.reverse().map(str::to_owned)),
                (StatusCode::CONFLICT, Some("1")) => assert_eq!(answer.reverse(), None),
                (status, _) => panic!("{status}"),
            }
        }
        told.dedup();
        assert_eq!((served, told.len(), site.runs()), (1, 1, 1));
        assert_eq!((site.gate.running(), site.store.memory.len()), (0, 1));
    }
}

#[tokio::test]
async fn the_same_token_elsewhere_is_the_same_request() {
    let site = site(act()).await;
    let spent = spent(&site, "/ok").await;
    let first = show(site.address, "/ok", spent.token_bytes()).await;
    let other = show(site.address, "/error", spent.token_bytes()).await;
    assert_eq!((other.status, other.reverse()), (StatusCode::CONFLICT, first.reverse()));
    assert_eq!(site.runs(), 1);
}
