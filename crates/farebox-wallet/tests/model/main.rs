//! The protocol of reserving and completing, and the wallet's journal, as a small state model that is explored to its end.
//!
//! Wallet and server crash at any point, messages are lost and come twice and in any order. What has to hold in each state: credits
//! are neither lost nor gained, a handler runs at most once for a serial, an answer that left is the one that is stored, and there
//! is a way to a state where all is settled. Each rule of the protocol is broken once, to see that the search notices.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod search;
mod steps;
mod world;

use search::{Report, explore};
use world::{Rule, World};

fn violation(report: &Report) -> &str {
    let (what, trace) = report.violation.as_ref().expect("the search found nothing");
    println!("{what}, in {} states:\n  {}", report.states, trace.join("\n  "));
    what
}

#[test]
fn one_wallet_spends_twice() {
    let report = explore(&World::new(1, 2).with_requests(1), Rule::Kept);
    println!("{} states", report.states);
    assert!(report.violation.is_none(), "{:#?}", report.violation);
    assert!(report.states > 1000, "{}", report.states);
    assert!(report.settled > 5, "{}", report.settled);
}

#[test]
fn one_wallet_asks_twice() {
    let report = explore(&World::new(1, 1), Rule::Kept);
    println!("{} states", report.states);
    assert!(report.violation.is_none(), "{:#?}", report.violation);
}

#[test]
fn two_wallets_at_one_server() {
    let report = explore(&World::new(2, 1).issued(), Rule::Kept);
    println!("{} states", report.states);
    assert!(report.violation.is_none(), "{:#?}", report.violation);
    assert!(report.states > 10_000, "{}", report.states);
}

#[test]
fn each_broken_rule_is_noticed() {
    for (rule, expected) in [
        (Rule::AskBeforeJournal, "credits are lost or gained"),
        (Rule::SendBeforeJournal, "credits are lost or gained"),
        (Rule::BelieveARefusal, "credits are lost or gained"),
        (Rule::OldStateComesBack, "credits are lost or gained"),
        (Rule::NewTokenForARetry, "it cannot be settled"),
        (Rule::RunBeforeReserve, "a handler ran twice"),
        (Rule::RunAgainAfterACrash, "a handler ran twice"),
        (Rule::AnswerBeforeComplete, "an answer left that is not the stored one"),
        (Rule::OwnAnswer, "an answer left that is not the stored one"),
        (Rule::NeverRecover, "it cannot be settled"),
    ] {
        let report = explore(&World::new(1, 1), rule);
        assert_eq!(violation(&report), expected, "{rule:?}");
    }
}
