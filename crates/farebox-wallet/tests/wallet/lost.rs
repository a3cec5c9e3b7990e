//! Requests and answers that are lost.

use farebox_wallet::{Amount, Config, Error, Recovered, Stage};
use http::StatusCode;

use super::common::*;

fn audit(server: &Server, wallet: &TestWallet) {
    let counts = server.counts();
    assert_eq!(counts.issued_credits, counts.spent_credits + held_credits(wallet));
    assert_eq!(counts.issued_tokens, counts.redeemed_tokens + held_tokens(wallet));
    assert_eq!(counts.double_spends, 0);
    assert!(counts.runs.values().all(|runs| *runs == 1), "{:?}", counts.runs);
}

#[tokio::test]
async fn a_lost_request_is_sent_again() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    for (i, route) in ["/once", "/arc", "/act", "/paired"].into_iter().enumerate() {
        for (j, fault) in
            [Fault::LoseRequest, Fault::Status(503), Fault::Status(425), Fault::Busy].into_iter().enumerate()
        {
            server.fault(&[fault]);
            let response = wallet.fetch(server.get(&format!("{route}?r={i}.{j}"))).await.unwrap();
            assert_eq!((response.status(), &response.body()[..]), (StatusCode::OK, &b"served"[..]));
        }
    }
    assert_eq!(server.counts().replays, 0);
    // A pair's companion is a token that was issued and is in no count of tokens.
    let wallet_credits = held_credits(&wallet);
    assert_eq!(server.counts().issued_credits, server.counts().spent_credits + wallet_credits);
}

#[tokio::test]
async fn a_lost_answer_settles_the_credential() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    for (i, route) in ["/once", "/arc", "/act"].into_iter().enumerate() {
        server.fault(&[Fault::LoseAnswer]);
        let lost = wallet.fetch(server.get(&format!("{route}?r={i}"))).await.unwrap_err();
        assert!(matches!(lost, Error::AnswerLost));
        assert!(wallet.holdings().iter().all(|holding| holding.stage == Stage::Idle));
        assert_eq!(server.counts().replays, i as u64 + 1);
        audit(&server, &wallet);
    }
}

#[tokio::test]
async fn what_stays_unanswered_is_recovered_after_a_restart() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    for (i, route) in ["/once", "/arc", "/act", "/paired"].into_iter().enumerate() {
        for (j, faults) in [
            [Fault::LoseAnswer, Fault::LoseRequest, Fault::LoseRequest],
            [Fault::LoseRequest; 3],
            [Fault::LoseAnswer, Fault::Busy, Fault::Busy],
        ]
        .into_iter()
        .enumerate()
        {
            let wallet = wallet(&server, &folder);
            server.fault(&faults);
            let path = format!("{route}?r={i}.{j}");
            let lost = wallet.fetch(server.get(&path)).await.unwrap_err();
            let Error::Unanswered { id } = lost else { panic!("{lost:?}") };
            assert_eq!(wallet.holdings().iter().filter(|holding| holding.stage == Stage::InFlight).count(), 1);
            drop(wallet);
            let wallet = self::wallet(&server, &folder);
            let recovered = wallet.recover().await;
            let [(found, Recovered::Settled(response))] = &recovered[..] else { panic!("{recovered:?}") };
            let expected = if j == 1 { StatusCode::OK } else { StatusCode::CONFLICT };
            assert_eq!((*found, response.status()), (id, expected));
            assert!(wallet.recover().await.is_empty());
            if route != "/paired" {
                audit(&server, &wallet);
            }
        }
    }
}

#[tokio::test]
async fn a_lost_issuance_is_asked_for_again() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    for route in ["/once", "/arc", "/act"] {
        let wallet = wallet(&server, &folder);
        server.state().issuer_faults.extend([Fault::LoseAnswer, Fault::LoseRequest, Fault::Status(503)]);
        assert!(wallet.fetch(server.get(&format!("{route}?r={route}.1"))).await.is_err());
        assert_eq!(wallet.holdings().iter().filter(|holding| holding.stage == Stage::Asked).count(), 1);
        drop(wallet);
        let wallet = self::wallet(&server, &folder);
        // By recovering, or by the next fetch that needs it.
        if route == "/arc" {
            assert!(matches!(wallet.recover().await[..], [(_, Recovered::Issued)]));
        }
        wallet.fetch(server.get(&format!("{route}?r={route}.2"))).await.unwrap();
        audit(&server, &wallet);
    }
    // The same request each time: for each type one credential was issued.
    assert_eq!((server.counts().issued_tokens, server.counts().issued_credits), (2, 100));
}

#[tokio::test]
async fn a_refund_that_does_not_hold_changes_nothing() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    for (i, fault) in [Fault::NoReverse, Fault::BadReverse, Fault::HugeReverse].into_iter().enumerate() {
        server.fault(&[fault]);
        // What the origin served is the caller's; the credential waits for its refund.
        let response = wallet.fetch(server.get(&format!("/act?r={i}"))).await.unwrap();
        assert_eq!((&response.body()[..], paid(&response).settled), (&b"served"[..], false));
        let holdings = wallet.holdings();
        let flight = holdings.iter().find(|holding| holding.stage == Stage::InFlight).unwrap();
        let Amount::Credits { balance, charge: 30 } = flight.amount else { panic!("{:?}", flight.amount) };
        assert_eq!(balance, 100 - 10 * i as u64 - 30);
        // Another spoiled refund, then a good one.
        server.fault(&[Fault::BadReverse]);
        assert!(matches!(wallet.recover().await[..], [(_, Recovered::Kept(_))]));
        assert!(matches!(wallet.recover().await[..], [(_, Recovered::Settled(_))]));
        audit(&server, &wallet);
    }
}

#[tokio::test]
async fn a_refused_spend_stays_until_it_is_given_up() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    server.fault(&[Fault::Status(401)]);
    let error = wallet.fetch(server.get("/act?r=1")).await.unwrap_err();
    let Error::RefusedInFlight { id } = error else { panic!("{error:?}") };
    // It counts for nobody else: another fetch uses another credential.
    wallet.fetch(server.get("/act?r=2")).await.unwrap();
    assert_eq!(server.counts().asked, 2);
    server.fault(&[Fault::Status(401)]);
    assert!(matches!(wallet.recover().await[..], [(_, Recovered::Kept(_))]));
    let lost = wallet.abandon(id).await.unwrap();
    assert_eq!(lost.amount, Amount::Credits { balance: 70, charge: 30 });
    assert!(matches!(wallet.abandon(id).await, Err(Error::Unknown(_))));
    assert_eq!(held_credits(&wallet), 90);
    // Tokens and presentations are used up by a refusal.
    for route in ["/once", "/arc"] {
        server.fault(&[Fault::Status(401)]);
        assert!(matches!(wallet.fetch(server.get(route)).await, Err(Error::Refused)));
    }
    let arc = wallet.holdings().into_iter().find(|holding| matches!(holding.amount, Amount::Presentations { .. }));
    assert_eq!(arc.unwrap().amount, Amount::Presentations { used: 1, limit: 1000 });
}

#[tokio::test]
async fn a_presentation_in_flight_does_not_block_the_next() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    server.fault(&[Fault::LoseRequest; 3]);
    assert!(wallet.fetch(server.get("/arc")).await.is_err());
    wallet.fetch(server.get("/arc")).await.unwrap();
    assert_eq!(wallet.holdings()[0].amount, Amount::Presentations { used: 2, limit: 1000 });
    assert_eq!((server.counts().presentations, server.counts().asked), (1, 1));
}

#[tokio::test]
async fn a_long_body_is_given_again() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = open(&folder.path().join("wallet"), Config { kept_body: 4, ..config(&server) });
    let post = |body: &'static str, path: &str| {
        http::Request::post(server.url(path)).body(bytes::Bytes::from_static(body.as_bytes())).unwrap()
    };
    server.fault(&[Fault::LoseRequest; 3]);
    let error = wallet.fetch(post("longer", "/act?r=1")).await.unwrap_err();
    let Error::Unanswered { id } = error else { panic!("{error:?}") };
    assert!(matches!(wallet.recover().await[..], [(_, Recovered::NeedsRequest)]));
    assert!(matches!(wallet.resend(id, post("longer", "/act?r=2")).await, Err(Error::OtherRequest(_))));
    assert!(matches!(wallet.resend(id, post("longer", "/act?r=1")).await, Ok(Recovered::Settled(_))));
    assert!(matches!(wallet.resend(id, post("longer", "/act?r=1")).await, Err(Error::Unknown(_))));
    audit(&server, &wallet);
}

#[tokio::test]
async fn a_caller_that_goes_away_loses_nothing() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    wallet.fetch(server.get("/act?r=first")).await.unwrap();
    for i in 0..40u64 {
        let request = server.get(&format!("/act?r={i}"));
        let _ = tokio::time::timeout(std::time::Duration::from_micros(i * 700), wallet.fetch(request)).await;
    }
    for _ in 0..100 {
        wallet.recover().await;
        // A step that was on its way when its caller left may still run.
        if wallet.holdings().iter().all(|holding| holding.stage == Stage::Idle && !holding.in_use) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(wallet.holdings().iter().all(|holding| holding.stage == Stage::Idle));
    audit(&server, &wallet);
}

#[tokio::test]
async fn an_answer_with_a_refund_is_the_answer() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    // The application's own, also where such an answer without a refund would be another one's.
    for route in ["/act", "/paired"] {
        for status in [408, 425, 429, 502, 503, 504, 401] {
            let (name, shown) = (format!("{route}?r={route}.{status}"), server.counts().shown);
            server.fault(&[Fault::Served(status)]);
            let response = wallet.fetch(server.get(&name)).await.unwrap();
            assert_eq!((response.status().as_u16(), &response.body()[..]), (status, &b"served"[..]));
            assert!(paid(&response).settled);
            assert_eq!(server.counts().shown, shown + 1);
            assert!(wallet.holdings().iter().all(|holding| holding.stage == Stage::Idle));
        }
    }
    assert_eq!(server.counts().runs.len(), 14);
    assert!(server.counts().runs.values().all(|runs| *runs == 1));
    assert_eq!((server.counts().asked, held_credits(&wallet)), (3, 30));
    // What has no refund is refused by 401.
    for route in ["/once", "/arc"] {
        server.fault(&[Fault::Served(401)]);
        assert!(matches!(wallet.fetch(server.get(route)).await, Err(Error::Refused)));
    }
    // One that does not hold is none.
    server.fault(&[Fault::BadReverse]);
    assert!(!paid(&wallet.fetch(server.get("/act")).await.unwrap()).settled);
}

#[tokio::test]
async fn a_companion_is_not_given_up_for_an_answer_of_somebody_else() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    for status in [403, 413, 500] {
        server.fault(&[Fault::Status(status)]);
        let response = wallet.fetch(server.get(&format!("/paired?r={status}"))).await.unwrap();
        assert_eq!((response.status().as_u16(), paid(&response).settled), (status, false));
        assert_eq!(wallet.holdings().iter().filter(|holding| holding.stage == Stage::InFlight).count(), 1);
        assert!(matches!(wallet.recover().await[..], [(_, Recovered::Settled(_))]));
        assert!(wallet.holdings().iter().all(|holding| holding.stage == Stage::Idle));
    }
    // One credential and one companion all the time.
    wallet.fetch(server.get("/paired")).await.unwrap();
    assert_eq!((server.counts().asked, wallet.holdings().len()), (2, 1));
}
