//! The store.

use std::fmt;
use std::time::Duration;

use farebox_ledger::{Completion, Epoch, RequestDigest, Serial, Store, Verdict};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, NoTls, Socket};

use crate::operation::{Operation, run};
use crate::pool::Connections;
use crate::reserve::{Complete, Peek, Reserve};
use crate::schema::Migrate;
use crate::session::{Dial, With};
use crate::upkeep::{Before, DropEpoch, Raise, TrimPage};
use crate::{Error, Layout, OpenError, Options, hosts};

/// Serials in a PostgreSQL database, shared by any number of stores on any number of machines.
///
/// A clone shares the connections.
#[derive(Clone)]
pub struct PostgresStore {
    connections: Connections,
    layout: Layout,
    options: Options,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("layout", &self.layout)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Opens the store behind a connection string, in the form `host=.. user=.. dbname=..` or `postgres://..`, without TLS. It
    /// makes the tables if there are none.
    ///
    /// The string may name several hosts. Each new connection goes to the first that passes the checks, from the one that did
    /// last.
    ///
    /// # Errors
    /// [`OpenError`]: the string does not read, no server can be used, or it refuses a migration.
    pub async fn connect(config: &str, options: Options) -> Result<Self, OpenError> {
        Self::connect_tls(config, NoTls, options).await
    }

    /// As [`connect`](Self::connect), over TLS that the caller brings, as `sslmode` in the string asks for it: without
    /// `sslmode=require` a server that has no TLS is used without.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_tls<T>(config: &str, tls: T, options: Options) -> Result<Self, OpenError>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send + 'static,
        T::TlsConnect: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        Self::open(hosts::split(config, &options)?, Box::new(With(tls)), options).await
    }

    /// As [`connect`](Self::connect), over TLS alone. The server's certificate has to hold for the name or the address in the
    /// string.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    #[cfg(feature = "rustls")]
    pub async fn connect_rustls(
        config: &str,
        tls: std::sync::Arc<rustls::ClientConfig>,
        options: Options,
    ) -> Result<Self, OpenError> {
        let mut hosts = hosts::split(config, &options)?;
        for host in &mut hosts {
            host.ssl_mode(tokio_postgres::config::SslMode::Require);
        }
        Self::open(hosts, Box::new(With(crate::tls::Rustls(tls))), options).await
    }

    async fn open(hosts: Vec<Config>, dial: Box<dyn Dial>, options: Options) -> Result<Self, OpenError> {
        bounds(&options)?;
        let connections = Connections::new(hosts, dial, options)?;
        let mut migrate = Migrate { layout: options.layout, settings: patient(&options) };
        let layout = run(&connections, &mut migrate, options.upkeep).await?;
        Ok(Self { connections, layout, options })
    }

    async fn call<O: Operation>(&self, mut operation: O) -> Result<O::Output, Error> {
        run(&self.connections, &mut operation, self.options.limit).await
    }

    async fn upkeep<O: Operation>(&self, mut operation: O) -> Result<O::Output, Error> {
        run(&self.connections, &mut operation, self.options.upkeep).await
    }

    async fn trim_epoch(&self, epoch: Epoch) -> Result<u64, Error> {
        let (mut all, mut after) = (0, Vec::new());
        loop {
            let (trimmed, next) = self.upkeep(TrimPage { epoch, after }).await?;
            all += trimmed;
            match next {
                Some(next) => after = next,
                None => return Ok(all),
            }
        }
    }
}

/// Every limit of a server is in whole milliseconds, and none may be zero, which means without end.
fn bounds(options: &Options) -> Result<(), OpenError> {
    let least = Duration::from_millis(4);
    let most = Duration::from_secs(24 * 3600);
    let times =
        [("connect", options.connect), ("limit", options.limit), ("upkeep", options.upkeep), ("wait", options.wait)];
    for (name, time) in times {
        if time < least || time > most {
            return Err(OpenError::Option(name));
        }
    }
    if options.connections == 0 { Err(OpenError::Option("connections")) } else { Ok(()) }
}

/// For transactions that may take long.
fn patient(options: &Options) -> String {
    let limit = options.upkeep.as_millis();
    format!("SET LOCAL statement_timeout = {limit}; SET LOCAL lock_timeout = {}", options.limit.as_millis())
}

impl Store for PostgresStore {
    type Error = Error;

    async fn reserve(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Error> {
        if serials.is_empty() {
            // It can take nothing, so a look tells.
            return self.call(Peek::new(epoch, serials, digest)).await;
        }
        self.call(Reserve::new(epoch, self.layout, serials, digest)).await
    }

    async fn peek(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Error> {
        self.call(Peek::new(epoch, serials, digest)).await
    }

    async fn complete(&self, epoch: Epoch, digest: &RequestDigest, response: &[u8]) -> Result<Completion, Error> {
        self.call(Complete::new(epoch, digest, response)).await
    }

    /// One transaction for each page of requests. After an error the rest of them still has its answers; call it again.
    async fn trim(&self, before: Epoch) -> Result<u64, Error> {
        let mut all = 0;
        for epoch in self.call(Before(before)).await? {
            all += self.trim_epoch(epoch).await?;
        }
        Ok(all)
    }

    /// The bound first, then one transaction for each epoch. After an error the epochs that are left still take requests, with
    /// all their serials; call it again.
    async fn forget(&self, before: Epoch) -> Result<u64, Error> {
        self.call(Raise(before)).await?;
        let mut all = 0;
        for epoch in self.call(Before(before)).await? {
            let (layout, settings) = (self.layout, patient(&self.options));
            all += self.upkeep(DropEpoch { epoch, layout, settings, counted: 0 }).await?;
        }
        Ok(all)
    }
}
