//! The tables of one epoch, and what is asked of them. Only numbers are written into a statement; the rest are parameters.

use farebox_ledger::Epoch;

use crate::Layout;

/// The states of a request: reserved, answered, answered and trimmed.
pub(crate) mod state {
    pub(crate) const IN_FLIGHT: i16 = 0;
    pub(crate) const ANSWERED: i16 = 1;
    pub(crate) const TRIMMED: i16 = 2;
}

/// The two tables of an epoch. They are there from its first reservation until it is forgotten: a reservation that finds them
/// needs no look at the bound.
#[derive(Clone, Copy)]
pub(crate) struct Tables(pub(crate) Epoch);

impl Tables {
    /// Writes the request, and its serials if it is new. `$1` digest, `$2` owner, `$3` serials in order.
    ///
    /// Gives two counts. The request's row comes first and serials come in order, so that two calls never wait for each other.
    pub(crate) fn reserve(self) -> String {
        let Self(Epoch(e)) = self;
        format!(
            "WITH request AS (INSERT INTO farebox_requests_{e} (epoch, digest, owner, state) VALUES ({e}, $1, $2, {}) \
             ON CONFLICT DO NOTHING RETURNING 1), \
             taken AS (INSERT INTO farebox_serials_{e} (epoch, serial, digest) \
             SELECT {e}, wanted.serial, $1 FROM unnest($3) AS wanted (serial) \
             WHERE EXISTS (SELECT 1 FROM request) ORDER BY wanted.serial \
             ON CONFLICT DO NOTHING RETURNING 1) \
             SELECT (SELECT count(*) FROM request), (SELECT count(*) FROM taken)",
            state::IN_FLIGHT
        )
    }

    /// A request that is there, held until the end of the transaction: owner, state, response and how many of the serials are
    /// its own. `$1` digest, `$2` serials.
    pub(crate) fn own(self) -> String {
        let Self(Epoch(e)) = self;
        format!(
            "SELECT owner, state, response, (SELECT count(*) FROM farebox_serials_{e} \
             WHERE epoch = {e} AND serial = ANY($2) AND digest = $1) \
             FROM farebox_requests_{e} WHERE epoch = {e} AND digest = $1 FOR SHARE"
        )
    }

    /// A look: state, and of the serials how many are anybody's and how many are the request's. `$1` digest, `$2` serials.
    pub(crate) fn peek(self) -> String {
        let Self(Epoch(e)) = self;
        format!(
            "SELECT (SELECT state FROM farebox_requests_{e} WHERE epoch = {e} AND digest = $1), \
             count(*), count(*) FILTER (WHERE digest = $1) \
             FROM farebox_serials_{e} WHERE epoch = {e} AND serial = ANY($2)"
        )
    }

    /// Stores an answer where there is none. `$1` digest, `$2` response.
    pub(crate) fn complete(self) -> String {
        let Self(Epoch(e)) = self;
        format!(
            "UPDATE farebox_requests_{e} SET state = {}, response = $2 \
             WHERE epoch = {e} AND digest = $1 AND state = {} RETURNING 1",
            state::ANSWERED,
            state::IN_FLIGHT
        )
    }

    /// State and response of a request. `$1` digest.
    ///
    /// The lock makes this a transaction that writes. Its commit waits for the disk and the standby, and so for whatever was
    /// read: an answer whose own commit was cut short does not leave before it is safe.
    pub(crate) fn answer(self) -> String {
        let Self(Epoch(e)) = self;
        format!("SELECT state, response FROM farebox_requests_{e} WHERE epoch = {e} AND digest = $1 FOR SHARE")
    }

    /// Drops answers of one page of requests: how many, and the last digest of the page. `$1` the digest before the page.
    pub(crate) fn trim(self, page: u32) -> String {
        let Self(Epoch(e)) = self;
        format!(
            "WITH page AS (SELECT digest FROM farebox_requests_{e} WHERE epoch = {e} AND digest > $1 \
             ORDER BY digest LIMIT {page}), \
             gone AS (UPDATE farebox_requests_{e} SET state = {}, response = NULL \
             WHERE epoch = {e} AND state = {} AND digest IN (SELECT digest FROM page) RETURNING 1) \
             SELECT (SELECT count(*) FROM gone), (SELECT digest FROM page ORDER BY digest DESC LIMIT 1)",
            state::TRIMMED,
            state::ANSWERED
        )
    }

    pub(crate) fn count(self) -> String {
        format!("SELECT count(*) FROM farebox_serials_{}", self.0.0)
    }

    /// Makes the tables. The caller holds the bound.
    pub(crate) fn create(self, layout: Layout) -> String {
        let Self(Epoch(e)) = self;
        match layout {
            Layout::Partitions => format!(
                "CREATE TABLE IF NOT EXISTS farebox_requests_{e} PARTITION OF farebox_requests FOR VALUES IN ({e}); \
                 CREATE TABLE IF NOT EXISTS farebox_serials_{e} PARTITION OF farebox_serials FOR VALUES IN ({e})"
            ),
            Layout::Tables => format!(
                "CREATE TABLE IF NOT EXISTS farebox_requests_{e} (epoch numeric(20) NOT NULL CHECK (epoch = {e}), \
                 digest bytea NOT NULL, owner bytea NOT NULL, state smallint NOT NULL, response bytea, \
                 PRIMARY KEY (epoch, digest)); \
                 CREATE TABLE IF NOT EXISTS farebox_serials_{e} (epoch numeric(20) NOT NULL CHECK (epoch = {e}), \
                 serial bytea NOT NULL, digest bytea NOT NULL, PRIMARY KEY (epoch, serial))"
            ),
        }
    }

    /// Lets nobody else at the tables. CockroachDB does not know the statement; there, transactions are serializable.
    pub(crate) fn lock(self, layout: Layout) -> Option<String> {
        let Self(Epoch(e)) = self;
        (layout == Layout::Partitions)
            .then(|| format!("LOCK TABLE farebox_requests_{e}, farebox_serials_{e} IN ACCESS EXCLUSIVE MODE"))
    }

    /// Drops the tables whole, and the epoch from the list.
    pub(crate) fn drop(self) -> String {
        let Self(Epoch(e)) = self;
        format!(
            "DROP TABLE farebox_requests_{e}; DROP TABLE farebox_serials_{e}; \
             DELETE FROM farebox_epochs WHERE epoch = {e}"
        )
    }
}
