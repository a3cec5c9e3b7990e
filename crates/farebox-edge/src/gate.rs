//! The gate: ledger, keys and threads, shared by all routes.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use farebox_act::ZeroSpendWindow;
use farebox_ledger::{Epoch, Ledger, Store, Unavailable};
use farebox_tokens::KeyRing;

use crate::deadline::Timely;
use crate::foreign::{ForeignKey, ForeignKeys};
use crate::offers::DAY;
use crate::pool::Pool;
use crate::running::Running;
use crate::{Clock, Config};

/// What stands in front of an origin. A copy is the same gate.
pub struct Gate<S>(Arc<Inner<S>>);

pub(crate) struct Inner<S> {
    pub(crate) config: Config,
    /// For requests. A call that takes too long fails.
    pub(crate) ledger: Ledger<Timely<S>>,
    /// The same, for upkeep, which takes the time that it takes.
    given: Arc<Ledger<S>>,
    pub(crate) pool: Pool,
    pub(crate) running: Arc<Running>,
    pub(crate) started: u64,
    own: ArcSwap<KeyRing>,
    foreign: ArcSwap<ForeignKeys>,
    /// Changes with the keys.
    generation: AtomicU64,
    zero_spends: Mutex<ZeroSpendWindow>,
}

/// What was dropped from the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Upkeep {
    /// Answers.
    pub trimmed: u64,
    /// Serials.
    pub forgotten: u64,
}

impl<S> Clone for Gate<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> fmt::Debug for Gate<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("config", &self.0.config).finish_non_exhaustive()
    }
}

impl<S: Store> Gate<S> {
    /// A gate over this ledger, with the keys of the own issuer.
    pub fn new(config: Config, ledger: Ledger<S>, keys: KeyRing) -> Self {
        let given = Arc::new(ledger);
        Self(Arc::new(Inner {
            ledger: Ledger::new(Timely::new(Arc::clone(&given), config.store_timeout)),
            given,
            pool: Pool::new(config.workers, config.queue),
            running: Running::new(config.max_running),
            started: config.clock.now(),
            own: ArcSwap::from_pointee(keys),
            foreign: ArcSwap::default(),
            generation: AtomicU64::new(0),
            zero_spends: Mutex::new(ZeroSpendWindow::new(config.zero_spends, config.zero_spend_seconds)),
            config,
        }))
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger<S> {
        &self.0.given
    }

    /// Takes other keys of the own issuer, while requests run. What was verified with the old ones is answered with them.
    pub fn replace_keys(&self, keys: KeyRing) {
        self.0.own.store(Arc::new(keys));
        self.0.generation.fetch_add(1, Ordering::Release);
    }

    /// Takes the keys of another issuer, the preferred one first; none to forget it. [`Discovery`](crate::Discovery) calls this.
    pub fn replace_foreign(&self, issuer: &str, keys: Vec<ForeignKey>) {
        self.0.foreign.rcu(|all| {
            let mut all = ForeignKeys::clone(all);
            if keys.is_empty() {
                all.remove(issuer);
            } else {
                all.insert(issuer.to_owned(), keys.clone());
            }
            all
        });
        self.0.generation.fetch_add(1, Ordering::Release);
    }

    /// Requests between reservation and stored answer.
    pub fn running(&self) -> usize {
        self.0.running.len()
    }

    /// Waits until every request that was taken is answered and stored. Stop listening first; what comes in meanwhile is waited for.
    pub async fn drained(&self) {
        self.0.running.drained().await;
    }

    /// Drops what the ledger need not keep at `now`: the answers, then the serials, of epochs whose keys and contexts are over.
    /// Call it once in a while, say every hour, on one of the gates that share a ledger.
    ///
    /// Epochs are dropped whole, and nothing else is: no route, window or token has a time of its own after which its answers go. An
    /// answer is kept until [`Config::answer_retention`] behind the end of its epoch, which is that of its key or its window's
    /// context; with a key of a year that may be more than a year.
    ///
    /// It has no time limit, as dropping an epoch may take long. Whoever gives it up from outside may call it again.
    ///
    /// Nothing goes of an epoch that a key of the ring or a context of a window is in, whatever the clock says. All that share the
    /// ledger count epochs as here: the day (Unix time by 86400) in which a key or context ends.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn maintain(&self, now: u64) -> Result<Upkeep, Unavailable<S::Error>> {
        let (answers, serials) = (self.0.config.answer_retention, self.0.config.serial_retention);
        let store = self.0.given.store();
        let trimmed = store.trim(self.epoch_before(now, answers.min(serials))).await.map_err(Unavailable)?;
        let forgotten = self.forget_before(self.epoch_before(now, serials)).await?;
        Ok(Upkeep { trimmed, forgotten })
    }

    /// Drops all epochs before this one, but no epoch of a key in the ring. Gives the number of serials dropped. It has no time
    /// limit either.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn forget_before(&self, epoch: Epoch) -> Result<u64, Unavailable<S::Error>> {
        let now = self.0.config.clock.now();
        let before = epoch.min(self.epoch_before(now, 0));
        self.0.given.store().forget(before).await.map_err(Unavailable)
    }

    /// The first epoch that is not over for `retention` seconds, and no later one than that of any key in the ring: a clock that is
    /// wrong for a moment must not cost all balances.
    fn epoch_before(&self, now: u64, retention: u64) -> Epoch {
        let then = now.saturating_sub(retention);
        let own = self.0.own.load();
        own.iter().map(|key| key.validity.epoch).fold(Epoch(then / DAY), Epoch::min)
    }
}

impl<S> Gate<S> {
    pub(crate) fn inner(&self) -> &Inner<S> {
        &self.0
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.config.clock
    }
}

impl<S> Inner<S> {
    /// The keys, and a number that is another one when they are.
    pub(crate) fn keys(&self) -> (u64, Arc<KeyRing>, Arc<ForeignKeys>) {
        // Keys that change behind this line are seen under the old number, and once more under the new one.
        let generation = self.generation.load(Ordering::Acquire);
        (generation, self.own.load_full(), self.foreign.load_full())
    }

    pub(crate) fn admit_zero(&self, now: u64) -> bool {
        self.zero_spends.lock().unwrap_or_else(PoisonError::into_inner).admit(now)
    }
}
