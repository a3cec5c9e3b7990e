//! A bounded pool of checked connections, over hosts that take turns.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult, TimeoutType};
use tokio::time::timeout;
use tokio_postgres::Config;

use crate::session::{Dial, Session, check};
use crate::{Error, OpenError, Options, Refused};

/// Makes the sessions of a pool.
pub(crate) struct Sessions {
    hosts: Vec<Config>,
    dial: Box<dyn Dial>,
    options: Options,
    /// The host that took the last session.
    last: AtomicUsize,
    /// Why there was none, to say it once.
    refused: Mutex<Option<Refused>>,
}

impl Sessions {
    /// Asks each host, from the one that was good last, until one is good.
    async fn any(&self) -> Result<Session, Refused> {
        let (count, last) = (self.hosts.len(), self.last.load(Ordering::Relaxed));
        let mut reasons = Vec::new();
        for i in (0..count).map(|i| (last + i) % count.max(1)) {
            let Some(config) = self.hosts.get(i) else { continue };
            match timeout(self.options.connect, self.one(config)).await {
                Ok(Ok(session)) => {
                    self.last.store(i, Ordering::Relaxed);
                    return Ok(session);
                }
                Ok(Err(refused)) => reasons.push(refused),
                Err(_) => reasons.push(Refused::Silent),
            }
        }
        Err(telling(reasons))
    }

    async fn one(&self, config: &Config) -> Result<Session, Refused> {
        let session = self.dial.dial(config).await?;
        check(&session, &self.options).await?;
        Ok(session)
    }

    /// Says in the log what changed, not each time.
    fn note(&self, now: Option<&Refused>) {
        let mut refused = self.refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if refused.as_ref() != now {
            match now {
                Some(reason) => tracing::warn!(%reason, "no ledger server can be used"),
                None => tracing::info!("a ledger server can be used again"),
            }
            *refused = now.cloned();
        }
    }
}

/// Of several reasons, the one that says most: a server that was reached tells more than one that was not.
fn telling(reasons: Vec<Refused>) -> Refused {
    let weight = |refused: &Refused| match refused {
        Refused::Silent => 0,
        Refused::Unreachable(_) => 1,
        Refused::InRecovery => 2,
        _ => 3,
    };
    reasons.into_iter().max_by_key(weight).unwrap_or(Refused::Silent)
}

impl Manager for Sessions {
    type Type = Session;
    type Error = Refused;

    async fn create(&self) -> Result<Session, Refused> {
        let session = self.any().await;
        self.note(session.as_ref().err());
        session
    }

    async fn recycle(&self, session: &mut Session, metrics: &Metrics) -> RecycleResult<Refused> {
        if session.is_good() && metrics.created.elapsed() < self.options.age {
            return Ok(());
        }
        Err(RecycleError::message("worn out"))
    }
}

/// The pool of a store.
#[derive(Clone)]
pub(crate) struct Connections(Pool<Sessions>);

impl Connections {
    pub(crate) fn new(hosts: Vec<Config>, dial: Box<dyn Dial>, options: Options) -> Result<Self, OpenError> {
        let sessions = Sessions { hosts, dial, options, last: AtomicUsize::new(0), refused: Mutex::new(None) };
        let pool = Pool::builder(sessions)
            .max_size(options.connections)
            .wait_timeout(Some(options.wait))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|_| OpenError::Option("connections"))?;
        Ok(Self(pool))
    }

    /// A connection for one attempt.
    pub(crate) async fn lease(&self) -> Result<Lease, Error> {
        match self.0.get().await {
            Ok(object) => Ok(Lease(Some(object))),
            Err(PoolError::Backend(refused)) => Err(Error::Refused(refused)),
            Err(PoolError::Timeout(TimeoutType::Wait)) => Err(Error::Busy),
            Err(_) => Err(Error::Late),
        }
    }

    /// Closes what is idle: after a host fell silent, every other connection to it would have to find out for itself.
    pub(crate) fn purge(&self) {
        self.0.retain(|_, _| false);
    }
}

/// A connection that is closed unless its attempt ended well: nobody gets one with an open transaction or an answer under way.
pub(crate) struct Lease(Option<Object<Sessions>>);

impl Lease {
    pub(crate) fn session(&self) -> Result<&Session, Error> {
        self.0.as_deref().ok_or(Error::Lost)
    }

    /// Back to the pool.
    pub(crate) fn keep(mut self) {
        self.0.take();
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}
