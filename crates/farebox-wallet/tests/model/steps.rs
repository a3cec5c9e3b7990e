//! What can happen next.

use super::world::{
    CHARGE, CREDITS, Client, DEFAULT_RETURN, Entry, Memory, Message, RETURNS, Row, Rule, Stage, Task, World,
};

/// Every next state, with the name of the step.
pub(crate) fn steps(world: &World, rule: Rule) -> Vec<(String, World)> {
    let mut all = Vec::new();
    for client in 0..world.clients.len() as u8 {
        wallet(world, rule, client, &mut all);
    }
    for message in &world.net {
        let lost = with(world, |next| {
            next.net.remove(message);
        });
        all.push((format!("lost: {message:?}"), lost));
        for (name, next) in arrival(world, rule, *message) {
            all.push((format!("{name}: {message:?}"), next));
        }
    }
    for task in &world.server.tasks {
        work(world, rule, *task, &mut all);
    }
    if !world.server.tasks.is_empty() {
        all.push(("the server crashes".into(), with(world, |next| next.server.tasks.clear())));
    }
    all
}

fn with(world: &World, change: impl FnOnce(&mut World)) -> World {
    let mut next = world.clone();
    change(&mut next);
    next
}

fn at(world: &mut World, client: u8) -> &mut Client {
    &mut world.clients[usize::from(client)]
}

/// What a state has to send.
fn sends(client: u8, entry: Entry) -> Option<Message> {
    match entry {
        Entry::Asked { request } => Some(Message::Ask { client, request }),
        Entry::InFlight { serial, digest, .. } => Some(Message::Spend { client, serial, digest }),
        _ => None,
    }
}

/// Whether a state is sent before it is written.
fn is_early(rule: Rule, entry: Entry) -> bool {
    match entry {
        Entry::Asked { .. } => rule == Rule::AskBeforeJournal,
        Entry::InFlight { .. } => rule == Rule::SendBeforeJournal,
        _ => false,
    }
}

fn wallet(world: &World, rule: Rule, client: u8, all: &mut Vec<(String, World)>) {
    let state = &world.clients[usize::from(client)];
    let mut step =
        |name: &str, change: &dyn Fn(&mut World)| all.push((format!("wallet {client} {name}"), with(world, change)));
    match state.memory {
        Memory::Down => step("starts again", &|next| at(next, client).memory = Memory::Written),
        Memory::Unwritten(entry) => {
            if let Some(message) = sends(client, entry).filter(|_| is_early(rule, entry)) {
                step("sends what is not written", &|next| {
                    next.net.insert(message);
                });
            }
            step("writes", &|next| {
                let state = at(next, client);
                (state.before, state.disk, state.memory) = (state.disk, entry, Memory::Written);
            });
        }
        Memory::Written => {
            if let Some(message) = sends(client, state.disk) {
                step("sends", &|next| {
                    next.net.insert(message);
                });
            }
            if let Some(next_entry) = begins(state, rule) {
                step("begins", &|next| {
                    let state = at(next, client);
                    match next_entry {
                        Entry::Asked { .. } => state.requests -= 1,
                        _ => state.digests -= 1,
                    }
                    state.memory = Memory::Unwritten(next_entry);
                });
            }
        }
    }
    if state.memory != Memory::Down {
        step("crashes", &|next| {
            let state = at(next, client);
            state.memory = Memory::Down;
            if rule == Rule::OldStateComesBack {
                state.disk = state.before;
            }
        });
    }
}

/// The next thing that a wallet begins.
fn begins(state: &Client, rule: Rule) -> Option<Entry> {
    match state.disk {
        Entry::Nothing if state.requests > 0 => Some(Entry::Asked { request: state.requests }),
        Entry::Idle { serial, balance } if serial < state.spends && balance >= CHARGE && state.digests > 0 => {
            Some(Entry::InFlight { serial, digest: state.digests, remaining: balance - CHARGE })
        }
        Entry::InFlight { serial, remaining, .. } if rule == Rule::NewTokenForARetry && state.digests > 0 => {
            Some(Entry::InFlight { serial, digest: state.digests, remaining })
        }
        _ => None,
    }
}

fn arrival(world: &World, rule: Rule, message: Message) -> Vec<(String, World)> {
    match message {
        Message::Ask { client, request } => {
            let issued = with(world, |next| {
                next.server.issued.insert((client, request));
                next.net.insert(Message::Issued { client, request });
            });
            vec![("issued".into(), issued)]
        }
        Message::Issued { client, request } => {
            let new = Entry::Idle { serial: 0, balance: CREDITS };
            taken(world, client, Entry::Asked { request }, new)
        }
        Message::Refund { client, serial, digest, returned } => match world.clients[usize::from(client)].disk {
            disk @ Entry::InFlight { serial: own, digest: sent, remaining } if (own, sent) == (serial, digest) => {
                taken(world, client, disk, Entry::Idle { serial: serial + 1, balance: remaining + returned })
            }
            _ => Vec::new(),
        },
        Message::Refused { client, serial, digest } => match world.clients[usize::from(client)].disk {
            disk @ Entry::InFlight { serial: own, digest: sent, remaining }
                if rule == Rule::BelieveARefusal && (own, sent) == (serial, digest) =>
            {
                taken(world, client, disk, Entry::Idle { serial, balance: remaining + CHARGE })
            }
            _ => Vec::new(),
        },
        Message::Spend { client, serial, digest } => spend(world, rule, (client, serial), digest),
    }
}

/// The wallet takes an answer that it waits for.
fn taken(world: &World, client: u8, waiting: Entry, new: Entry) -> Vec<(String, World)> {
    let state = &world.clients[usize::from(client)];
    if state.disk != waiting || state.memory != Memory::Written {
        return Vec::new();
    }
    vec![("taken".into(), with(world, |next| at(next, client).memory = Memory::Unwritten(new)))]
}

fn spend(world: &World, rule: Rule, serial: (u8, u8), digest: u8) -> Vec<(String, World)> {
    let (client, number) = serial;
    let granted = Task { client, serial: number, digest, stage: Stage::Granted };
    let refused = Message::Refused { client, serial: number, digest };
    let is_running = |world: &World| {
        world.server.tasks.iter().any(|task| (task.client, task.serial, task.digest) == (client, number, digest))
    };
    let refusal = || {
        with(world, |next| {
            next.net.insert(refused);
        })
    };
    match world.server.ledger.get(&serial).copied() {
        // Whoever does not look may refuse anything: a store that is away, a window that is over.
        None if rule == Rule::RunBeforeReserve && is_running(world) => Vec::new(),
        None => {
            let granted = with(world, |next| {
                if rule != Rule::RunBeforeReserve {
                    next.server.ledger.insert(serial, Row { digest, answer: None });
                }
                next.server.tasks.insert(granted);
            });
            vec![("granted".into(), granted), ("refused".into(), refusal())]
        }
        Some(row) if row.digest != digest => vec![("a double spend".into(), refusal())],
        Some(Row { answer: Some(returned), .. }) => {
            let replay = Message::Refund { client, serial: number, digest, returned };
            vec![
                (
                    "replayed".into(),
                    with(world, |next| {
                        next.net.insert(replay);
                    }),
                ),
                ("refused".into(), refusal()),
            ]
        }
        // The handler was cut off, or still runs: the policy's answer, if it is the first to be stored.
        Some(Row { answer: None, .. }) => match rule {
            Rule::NeverRecover => Vec::new(),
            Rule::RunAgainAfterACrash if !is_running(world) => {
                vec![(
                    "granted again".into(),
                    with(world, |next| {
                        next.server.tasks.insert(granted);
                    }),
                )]
            }
            _ => {
                let recovered = with(world, |next| {
                    next.server.ledger.insert(serial, Row { digest, answer: Some(DEFAULT_RETURN) });
                });
                vec![("recovered".into(), recovered)]
            }
        },
    }
}

fn work(world: &World, rule: Rule, task: Task, all: &mut Vec<(String, World)>) {
    let Task { client, serial, digest, stage } = task;
    let key = (client, serial);
    match stage {
        Stage::Granted => {
            for returned in RETURNS {
                let ran = with(world, |next| {
                    next.server.tasks.remove(&task);
                    next.server.tasks.insert(Task { stage: Stage::Ran { returned }, ..task });
                    *next.server.runs.entry(key).or_default() += 1;
                });
                all.push((format!("the handler runs for {key:?} and returns {returned}"), ran));
            }
        }
        Stage::Ran { returned } => {
            let own = Message::Refund { client, serial, digest, returned };
            if rule == Rule::AnswerBeforeComplete {
                all.push((
                    format!("answered before it is stored: {own:?}"),
                    with(world, |next| {
                        next.net.insert(own);
                    }),
                ));
            }
            let completed = with(world, |next| {
                next.server.tasks.remove(&task);
                let row = next.server.ledger.entry(key).or_insert(Row { digest, answer: None });
                // The first answer that is stored counts.
                let first = *row.answer.get_or_insert(returned);
                let answer = if rule == Rule::OwnAnswer { returned } else { first };
                if row.digest == digest {
                    next.net.insert(Message::Refund { client, serial, digest, returned: answer });
                }
            });
            all.push((format!("completed: {key:?}"), completed));
        }
    }
}
