//! The writer: one thread that takes every decision, in the order in which calls came.
//!
//! There is one for the whole store. The engine has one journal, so a second writer would wait for the same disk; and a request
//! with several serials needs all of them decided at one place.

use std::sync::mpsc::SyncSender;
use std::sync::{Arc, PoisonError, RwLock};

use farebox_ledger::{Completion, Verdict};
use fjall::PersistMode;

use crate::Options;
use crate::group::{Group, Reply};
use crate::keyed::Name;
use crate::queue::Queue;
use crate::stats::Counters;
use crate::tables::{Fault, Frozen, Shape, Tables};

pub(crate) enum Command {
    Reserve {
        epoch: u64,
        serials: Vec<Name>,
        request: Name,
        reply: Reply<Verdict>,
    },
    Complete {
        epoch: u64,
        request: Name,
        response: Vec<u8>,
        reply: Reply<Completion>,
    },
    Trim {
        before: u64,
        reply: Reply<u64>,
    },
    Forget {
        before: u64,
        reply: Reply<u64>,
    },
    /// The store at one moment, for a copy.
    Freeze {
        reply: SyncSender<Frozen>,
    },
}

/// Which tables there are, as of the newest durable group.
pub(crate) type Shared = Arc<RwLock<Arc<Shape>>>;

pub(crate) struct Writer {
    pub(crate) tables: Tables,
    pub(crate) shape: Shared,
    pub(crate) queue: Arc<Queue<Command>>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) options: Options,
}

impl Writer {
    /// Works until the queue is closed and empty, then makes all durable.
    pub(crate) fn run(mut self) -> Result<(), Fault> {
        let mut target = 1;
        loop {
            let commands = self.queue.group(target, self.options.group_size, self.options.group_delay);
            if commands.is_empty() {
                return Ok(self.tables.engine.db.persist(PersistMode::SyncAll)?);
            }
            // Callers that were answered together come back together.
            target = commands.len();
            self.counters.group(commands.len());
            self.group(commands)?;
        }
    }

    fn group(&mut self, commands: Vec<Command>) -> Result<(), Fault> {
        let mut group = Group::new(&self.tables);
        for command in commands {
            match command {
                Command::Reserve { epoch, serials, request, reply } => {
                    let verdict = group.reserve(&mut self.tables, self.options.epochs, (epoch, &serials, request))?;
                    group.later(reply, verdict);
                }
                Command::Complete { epoch, request, response, reply } => {
                    let completion = group.complete(&mut self.tables, epoch, request, &response)?;
                    group.later(reply, Ok(completion));
                }
                upkeep => {
                    self.commit(core::mem::replace(&mut group, Group::new(&self.tables)))?;
                    self.upkeep(upkeep)?;
                    continue;
                }
            }
            // A new table is not left without a durable write behind it. See `Tables::step_over`.
            if group.is_large() || self.tables.changed {
                self.commit(core::mem::replace(&mut group, Group::new(&self.tables)))?;
            }
        }
        self.commit(group)
    }

    fn commit(&mut self, group: Group) -> Result<(), Fault> {
        // New tables are seen before what is in them: a reader that saw an answer's mark and not its table would call it trimmed.
        self.publish();
        let replies = group.commit(&mut self.tables, &self.counters)?;
        self.publish();
        replies.into_iter().for_each(|send| send());
        Ok(())
    }

    /// Comes before the replies: who was told of a write finds it when looking.
    fn publish(&mut self) {
        self.counters.epochs.set(self.tables.epochs.len() as u64);
        if let Some(shape) = self.tables.shape() {
            *self.shape.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shape);
        }
    }

    fn upkeep(&mut self, command: Command) -> Result<(), Fault> {
        match command {
            Command::Trim { before, reply } => {
                let count = self.tables.trim(before)?;
                self.publish();
                drop(reply.send(Ok(count)));
            }
            Command::Forget { before, reply } => {
                let count = self.tables.forget(before)?;
                self.publish();
                drop(reply.send(Ok(count)));
            }
            Command::Freeze { reply } => drop(reply.send(self.tables.freeze())),
            Command::Reserve { .. } | Command::Complete { .. } => {}
        }
        Ok(())
    }
}
