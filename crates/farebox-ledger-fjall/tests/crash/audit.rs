//! What the killed processes were told, and whether the store still says so.

use std::collections::{HashMap, HashSet};

use farebox_ledger::{Epoch, RequestDigest, Store as _, Verdict};
use farebox_ledger_fjall::FjallStore;
use futures_executor::block_on;

use crate::child::{digest, epoch, serial_numbers, serials};

#[derive(Default)]
pub(crate) struct Audit {
    /// Requests by a serial of an epoch that the store gave them.
    owners: HashMap<(Epoch, u64), u64>,
    /// Requests that were told that they have their serials.
    reserved: HashSet<u64>,
    /// The answer that a request was told, by whomever.
    answers: HashMap<u64, String>,
    /// Bounds that were asked for, and those that were acknowledged.
    trims: Bounds,
    forgets: Bounds,
}

#[derive(Default)]
struct Bounds {
    asked: u64,
    acknowledged: u64,
}

impl Audit {
    /// Takes a line of a child.
    pub(crate) fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["?", "trim", before] => self.trims.asked = self.trims.asked.max(number(before)),
            ["?", "forget", before] => self.forgets.asked = self.forgets.asked.max(number(before)),
            ["=", "trim", before] => self.trims.acknowledged = self.trims.acknowledged.max(number(before)),
            ["=", "forget", before] => self.forgets.acknowledged = self.forgets.acknowledged.max(number(before)),
            ["=", "reserve", request, "fresh" | "inflight"] => self.owned(number(request)),
            ["=", "reserve", request, "replay", answer] => self.answered(number(request), answer),
            ["=", "reserve", request, "trimmed"] | ["=", "complete", request, "trimmed"] => {
                self.owned(number(request));
                assert!(epoch(number(request)).0 < self.trims.asked, "trimmed, though nobody asked for it");
            }
            ["=", "complete", request, "stored" | "before", answer] => self.answered(number(request), answer),
            ["=", "complete", request, "unknown"] | ["=", "reserve", request, "expired"] => {
                assert!(epoch(number(request)).0 < self.forgets.asked, "forgotten, though nobody asked for it");
            }
            // Intents, conflicts, and what the test harness says.
            _ => {}
        }
    }

    fn owned(&mut self, request: u64) {
        self.reserved.insert(request);
        for serial in serial_numbers(request) {
            let owner = *self.owners.entry((epoch(request), serial)).or_insert(request);
            assert_eq!(owner, request, "a serial was given to two requests");
        }
    }

    fn answered(&mut self, request: u64, answer: &str) {
        self.owned(request);
        let first = self.answers.entry(request).or_insert_with(|| answer.to_owned());
        assert_eq!(first, answer, "a request was given two answers");
    }

    /// Compares the store with all that was acknowledged.
    pub(crate) fn check(&mut self, store: &FjallStore) {
        // Of what is long gone, a sample is enough.
        let recent = |request: &u64| epoch(*request).0 + 4 >= self.forgets.acknowledged || request.is_multiple_of(64);
        let requests: Vec<u64> = self.reserved.iter().copied().filter(recent).collect();
        for request in requests {
            self.check_request(store, request);
        }
    }

    fn check_request(&mut self, store: &FjallStore, request: u64) {
        let (at, ids) = (epoch(request), serials(request));
        let verdict = block_on(store.peek(at, &ids, &digest(request))).unwrap();
        let other = block_on(store.peek(at, &ids, &RequestDigest::new(&[b"other"]))).unwrap();
        if at.0 < self.forgets.acknowledged {
            assert_eq!([verdict, other], [Verdict::Expired, Verdict::Expired], "a forgotten epoch is back");
            return;
        }
        if at.0 < self.forgets.asked && verdict == Verdict::Expired {
            return;
        }
        assert_eq!(other, Verdict::Conflict, "a reserved serial is free again");
        match (verdict, self.answers.get(&request)) {
            (Verdict::Replay(answer), Some(told)) => {
                assert_eq!(answer, told.as_bytes(), "another answer than was told")
            }
            // It was stored, and the kill came before anyone was told.
            (Verdict::Replay(answer), None) => self.answered(request, &String::from_utf8(answer).unwrap()),
            (Verdict::InFlight, None) => {}
            (Verdict::Trimmed, _) if at.0 < self.trims.asked => {}
            (verdict, told) => panic!("request {request} was told {told:?}, and the store says {verdict:?}"),
        }
    }
}

fn number(word: &str) -> u64 {
    word.parse().unwrap()
}
