//! Random histories against a model of a few lines: every verdict and completion is the one that the model gives.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use farebox_ledger::*;
use futures_executor::block_on;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Call {
    Reserve { epoch: u64, serials: BTreeSet<u8>, request: u8 },
    Complete { epoch: u64, request: u8, response: u8 },
    Trim { before: u64 },
    Forget { before: u64 },
}

fn call() -> impl Strategy<Value = Call> {
    let epoch = 0..4u64;
    prop_oneof![
        8 => (epoch.clone(), prop::collection::btree_set(0..6u8, 0..4), 0..5u8)
            .prop_map(|(epoch, serials, request)| Call::Reserve { epoch, serials, request }),
        4 => (epoch.clone(), 0..5u8, any::<u8>())
            .prop_map(|(epoch, request, response)| Call::Complete { epoch, request, response }),
        1 => epoch.clone().prop_map(|before| Call::Trim { before }),
        1 => epoch.prop_map(|before| Call::Forget { before }),
    ]
}

/// Requests by epoch: their serials, and their answer; `Some(None)` is one that was trimmed.
type Requests = BTreeMap<(u64, u8), (BTreeSet<u8>, Option<Option<u8>>)>;

#[derive(Default)]
struct Model {
    requests: Requests,
    first: u64,
}

impl Model {
    fn reserve(&mut self, epoch: u64, serials: &BTreeSet<u8>, request: u8) -> Verdict {
        if epoch < self.first {
            return Verdict::Expired;
        }
        let taken =
            |(at, by): &(u64, u8), has: &BTreeSet<u8>| *at == epoch && *by != request && !has.is_disjoint(serials);
        match self.requests.get(&(epoch, request)) {
            _ if serials.is_empty() || self.requests.iter().any(|(key, (has, _))| taken(key, has)) => Verdict::Conflict,
            Some((has, _)) if has != serials => {
                // Fewer of one's own serials are still one's own.
                if has.is_superset(serials) { self.own(epoch, request) } else { Verdict::Conflict }
            }
            Some(_) => self.own(epoch, request),
            None => {
                self.requests.insert((epoch, request), (serials.clone(), None));
                Verdict::Fresh
            }
        }
    }

    fn own(&self, epoch: u64, request: u8) -> Verdict {
        match self.requests.get(&(epoch, request)).unwrap().1 {
            None => Verdict::InFlight,
            Some(Some(response)) => Verdict::Replay(vec![response]),
            Some(None) => Verdict::Trimmed,
        }
    }

    fn complete(&mut self, epoch: u64, request: u8, response: u8) -> Completion {
        match self.requests.get_mut(&(epoch, request)) {
            None => Completion::Unknown,
            Some((_, Some(before))) => Completion::Before(before.map(|byte| vec![byte])),
            Some((_, none)) => {
                *none = Some(Some(response));
                Completion::Stored
            }
        }
    }

    fn trim(&mut self, before: u64) -> u64 {
        let old = self.requests.iter_mut().filter(|((epoch, _), _)| *epoch < before);
        old.filter(|(_, (_, answer))| matches!(answer, Some(Some(_))))
            .map(|(_, (_, answer))| *answer = Some(None))
            .count() as u64
    }

    fn forget(&mut self, before: u64) -> u64 {
        let old = self.requests.iter().filter(|((epoch, _), _)| *epoch < before);
        let dropped = old.map(|(_, (serials, _))| serials.len() as u64).sum();
        self.requests.retain(|(epoch, _), _| *epoch >= before);
        self.first = self.first.max(before);
        dropped
    }
}

proptest! {
    #[test]
    fn as_the_model(calls in prop::collection::vec(call(), 1..60)) {
        let (store, mut model) = (MemoryStore::new(1000), Model::default());
        let digest = |request: u8| RequestDigest::new(&[&[request]]);
        for call in calls {
            match call {
                Call::Reserve { epoch, serials, request } => {
                    let ids: Vec<_> = serials.iter().map(|i| Serial::new(b"model", &[], &[*i])).collect();
                    let seen = block_on(store.peek(Epoch(epoch), &ids, &digest(request))).unwrap();
                    let verdict = block_on(store.reserve(Epoch(epoch), &ids, &digest(request))).unwrap();
                    prop_assert_eq!(&seen, &verdict);
                    prop_assert_eq!(verdict, model.reserve(epoch, &serials, request));
                }
                Call::Complete { epoch, request, response } => {
                    let completion = block_on(store.complete(Epoch(epoch), &digest(request), &[response])).unwrap();
                    prop_assert_eq!(completion, model.complete(epoch, request, response));
                }
                Call::Trim { before } => {
                    prop_assert_eq!(block_on(store.trim(Epoch(before))).unwrap(), model.trim(before));
                }
                Call::Forget { before } => {
                    prop_assert_eq!(block_on(store.forget(Epoch(before))).unwrap(), model.forget(before));
                }
            }
        }
    }
}
