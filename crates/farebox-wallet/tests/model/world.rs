//! Wallets, a server, and what is on its way between them.

use std::collections::{BTreeMap, BTreeSet};

/// Credits of a new credential, and of a spend.
pub(crate) const CREDITS: u8 = 4;
pub(crate) const CHARGE: u8 = 2;
/// What comes back of a spend, as the handler says.
pub(crate) const RETURNS: [u8; 2] = [0, 1];
/// What the policy returns for a request that was cut off.
pub(crate) const DEFAULT_RETURN: u8 = 1;

/// The protocol, or the one rule of it that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Kept,
    /// The wallet asks the issuer, then writes that down.
    AskBeforeJournal,
    /// The wallet sends the token, then writes that down.
    SendBeforeJournal,
    /// The wallet takes a refused token for one that did not count.
    BelieveARefusal,
    /// A crash brings the entry back that was replaced last.
    OldStateComesBack,
    /// The wallet makes another token for a retry, of the same balance.
    NewTokenForARetry,
    /// The server runs the handler, then reserves the serial.
    RunBeforeReserve,
    /// The server takes a retry after a crash for a new request.
    RunAgainAfterACrash,
    /// The server lets the answer out, then stores it.
    AnswerBeforeComplete,
    /// The server lets out the answer that it made, and not the one that was stored first.
    OwnAnswer,
    /// The server does not answer a retry whose handler was cut off.
    NeverRecover,
}

/// What is in a wallet's journal. A serial counts the spends of a credential; a digest names one token's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Entry {
    Nothing,
    Asked { request: u8 },
    Idle { serial: u8, balance: u8 },
    InFlight { serial: u8, digest: u8, remaining: u8 },
}

/// What a wallet's process knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Memory {
    /// It does not run.
    Down,
    /// What is on the disk.
    Written,
    /// A next state that is not on the disk yet.
    Unwritten(Entry),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Client {
    pub(crate) disk: Entry,
    /// For the broken rule: what was replaced.
    pub(crate) before: Entry,
    pub(crate) memory: Memory,
    /// Random values that can still be drawn: for requests to the issuer, and for tokens.
    pub(crate) requests: u8,
    pub(crate) digests: u8,
    pub(crate) spends: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Message {
    Ask { client: u8, request: u8 },
    Issued { client: u8, request: u8 },
    Spend { client: u8, serial: u8, digest: u8 },
    Refund { client: u8, serial: u8, digest: u8, returned: u8 },
    Refused { client: u8, serial: u8, digest: u8 },
}

/// What the ledger has for a serial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    pub(crate) digest: u8,
    pub(crate) answer: Option<u8>,
}

/// A request that the server works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Stage {
    /// It may run the handler.
    Granted,
    /// The handler is done, and has decided.
    Ran { returned: u8 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Task {
    pub(crate) client: u8,
    pub(crate) serial: u8,
    pub(crate) digest: u8,
    pub(crate) stage: Stage,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Server {
    /// Durable.
    pub(crate) issued: BTreeSet<(u8, u8)>,
    /// Durable.
    pub(crate) ledger: BTreeMap<(u8, u8), Row>,
    /// Gone with a crash.
    pub(crate) tasks: BTreeSet<Task>,
    /// For the books: runs of the handler by serial.
    pub(crate) runs: BTreeMap<(u8, u8), u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) clients: Vec<Client>,
    pub(crate) server: Server,
    /// A message stays until it is lost, so it comes any number of times.
    pub(crate) net: BTreeSet<Message>,
}

impl World {
    /// So many wallets, each of which spends so often.
    pub(crate) fn new(clients: usize, spends: u8) -> Self {
        let client = Client {
            disk: Entry::Nothing,
            before: Entry::Nothing,
            memory: Memory::Written,
            requests: 2,
            digests: spends + 1,
            spends,
        };
        Self { clients: vec![client; clients], server: Server::default(), net: BTreeSet::new() }
    }

    /// With so many requests to the issuer that a wallet can make.
    pub(crate) fn with_requests(mut self, requests: u8) -> Self {
        self.clients.iter_mut().for_each(|client| client.requests = requests);
        self
    }

    /// From where every wallet has its credential, and can make one token.
    pub(crate) fn issued(mut self) -> Self {
        for (i, client) in self.clients.iter_mut().enumerate() {
            client.disk = Entry::Idle { serial: 0, balance: CREDITS };
            (client.requests, client.digests) = (0, 1);
            self.server.issued.insert((i as u8, 1));
        }
        self
    }

    /// Nothing is under way, and every wallet knows what it has.
    pub(crate) fn is_settled(&self) -> bool {
        let is_idle = |client: &Client| {
            client.memory == Memory::Written && matches!(client.disk, Entry::Idle { .. } | Entry::Nothing)
        };
        self.clients.iter().all(is_idle) && self.server.tasks.is_empty() && self.violation().is_none()
    }

    /// What does not hold.
    pub(crate) fn violation(&self) -> Option<&'static str> {
        if self.server.runs.values().any(|runs| *runs > 1) {
            return Some("a handler ran twice");
        }
        let is_stored = |message: &Message| match message {
            Message::Refund { client, serial, digest, returned } => {
                self.server.ledger.get(&(*client, *serial)) == Some(&Row { digest: *digest, answer: Some(*returned) })
            }
            _ => true,
        };
        if !self.net.iter().all(is_stored) {
            return Some("an answer left that is not the stored one");
        }
        let balanced = |(client, state): (usize, &Client)| self.is_balanced(client as u8, state.disk);
        if !self.clients.iter().enumerate().all(balanced) {
            return Some("credits are lost or gained");
        }
        None
    }

    /// `issued = held + spent`. Of a spend that is in flight in the wallet, the charge is the wallet's to get back or not.
    fn is_balanced(&self, client: u8, entry: Entry) -> bool {
        let issued = self.server.issued.iter().filter(|(by, _)| *by == client).count() as u8 * CREDITS;
        let spent_before = |end: u8| -> u8 {
            let rows = self.server.ledger.iter().filter(|((by, serial), _)| *by == client && *serial < end);
            rows.map(|(_, row)| CHARGE - row.answer.unwrap_or(0)).sum()
        };
        match entry {
            Entry::Nothing => issued == 0,
            // Whether it was issued is not known here. It was not issued twice.
            Entry::Asked { .. } => issued <= CREDITS && spent_before(u8::MAX) == 0,
            // Nothing was spent that the wallet does not know of.
            Entry::Idle { balance, .. } => issued == balance + spent_before(u8::MAX),
            Entry::InFlight { serial, remaining, .. } => {
                let later = self.server.ledger.keys().any(|(by, other)| *by == client && *other > serial);
                !later && issued == remaining + CHARGE + spent_before(serial)
            }
        }
    }
}
