//! Random histories, with the store closed and opened in between: it says what the store in memory says.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;

use farebox_ledger::{Epoch, MemoryStore, RequestDigest, Serial, Store as _};
use farebox_ledger_fjall::{FjallStore, Options};
use futures_executor::block_on;
use proptest::prelude::*;
use tempfile::tempdir;

#[derive(Clone, Debug)]
enum Call {
    Reserve {
        epoch: u64,
        serials: Vec<u8>,
        request: u8,
    },
    Complete {
        epoch: u64,
        request: u8,
        response: Vec<u8>,
    },
    Trim {
        before: u64,
    },
    Forget {
        before: u64,
    },
    /// Calls that are made at once and so fall into one group. Their requests differ in serials and epoch.
    Together {
        epoch: u64,
        requests: BTreeSet<u8>,
    },
    Reopen,
}

fn call() -> impl Strategy<Value = Call> {
    let epoch = 0..4u64;
    prop_oneof![
        8 => (epoch.clone(), prop::collection::vec(0..6u8, 0..4), 0..5u8)
            .prop_map(|(epoch, serials, request)| Call::Reserve { epoch, serials, request }),
        4 => (epoch.clone(), 0..5u8, prop::collection::vec(any::<u8>(), 0..20))
            .prop_map(|(epoch, request, response)| Call::Complete { epoch, request, response }),
        2 => (epoch.clone(), prop::collection::btree_set(0..30u8, 1..8))
            .prop_map(|(epoch, requests)| Call::Together { epoch, requests }),
        1 => epoch.clone().prop_map(|before| Call::Trim { before }),
        1 => epoch.prop_map(|before| Call::Forget { before }),
        1 => Just(Call::Reopen),
    ]
}

fn digest(request: u8) -> RequestDigest {
    RequestDigest::new(&[&[request]])
}

fn serials(ids: &[u8]) -> Vec<Serial> {
    ids.iter().map(|id| Serial::new(b"model", &[], &[*id])).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn as_in_memory(calls in prop::collection::vec(call(), 1..50)) {
        let folder = tempdir().unwrap();
        let model = MemoryStore::new(10_000);
        // A journal that is moved into tables often, and groups of two at most.
        let options = || Options::default().journal_bound(1).group_size(2);
        let mut store = FjallStore::open(folder.path(), options()).unwrap();
        for call in calls {
            match call {
                Call::Reserve { epoch, serials: ids, request } => {
                    let (epoch, ids, digest) = (Epoch(epoch), serials(&ids), digest(request));
                    let expected = block_on(model.reserve(epoch, &ids, &digest)).unwrap();
                    prop_assert_eq!(&block_on(store.peek(epoch, &ids, &digest)).unwrap(), &expected);
                    prop_assert_eq!(block_on(store.reserve(epoch, &ids, &digest)).unwrap(), expected);
                    let again = block_on(model.peek(epoch, &ids, &digest)).unwrap();
                    prop_assert_eq!(block_on(store.peek(epoch, &ids, &digest)).unwrap(), again);
                }
                Call::Complete { epoch, request, response } => {
                    let expected = block_on(model.complete(Epoch(epoch), &digest(request), &response)).unwrap();
                    let completion = block_on(store.complete(Epoch(epoch), &digest(request), &response)).unwrap();
                    prop_assert_eq!(completion, expected);
                }
                Call::Together { epoch, requests } => {
                    let verdicts: Vec<_> = std::thread::scope(|scope| {
                        let race = |id: u8| {
                            let store = &store;
                            move || block_on(store.reserve(Epoch(epoch), &serials(&[100 + id]), &digest(100 + id))).unwrap()
                        };
                        let threads: Vec<_> = requests.iter().map(|id| scope.spawn(race(*id))).collect();
                        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
                    });
                    for (id, verdict) in requests.into_iter().zip(verdicts) {
                        let expected = block_on(model.reserve(Epoch(epoch), &serials(&[100 + id]), &digest(100 + id)));
                        prop_assert_eq!(verdict, expected.unwrap());
                    }
                }
                Call::Trim { before } => {
                    let expected = block_on(model.trim(Epoch(before))).unwrap();
                    prop_assert_eq!(block_on(store.trim(Epoch(before))).unwrap(), expected);
                }
                Call::Forget { before } => {
                    let expected = block_on(model.forget(Epoch(before))).unwrap();
                    prop_assert_eq!(block_on(store.forget(Epoch(before))).unwrap(), expected);
                }
                Call::Reopen => {
                    drop(store);
                    store = FjallStore::open(folder.path(), options()).unwrap();
                }
            }
        }
    }
}
