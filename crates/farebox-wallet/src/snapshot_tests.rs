//! Every crash of the file's steps, also one that takes what was not made durable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;

/// What survives a power cut, and what does not.
#[derive(Clone, Default)]
struct World {
    /// Contents: what a program reads, and whether that is durable.
    files: Vec<(Vec<u8>, bool)>,
    names: BTreeMap<String, usize>,
    durable: BTreeMap<String, usize>,
    /// Names as they were after each change that is not durable yet. A file system writes them in order.
    pending: Vec<BTreeMap<String, usize>>,
    /// Calls until the crash.
    left: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Lies {
    None,
    Sync,
    SyncFolder,
}

#[derive(Clone)]
struct Simulated(Arc<Mutex<World>>, Lies);

impl Simulated {
    fn call<T>(&self, act: impl FnOnce(&mut World) -> T) -> io::Result<T> {
        let mut world = self.0.lock().unwrap();
        world.left = world.left.checked_sub(1).ok_or_else(|| io::Error::other("crash"))?;
        Ok(act(&mut world))
    }
}

impl Disk for Simulated {
    type File = usize;

    fn read(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let world = self.0.lock().unwrap();
        Ok(world.names.get(name).map(|file| Zeroizing::new(world.files[*file].0.clone())))
    }

    fn create(&self, name: &str) -> io::Result<usize> {
        self.call(|world| {
            world.files.push((Vec::new(), false));
            world.names.insert(name.into(), world.files.len() - 1);
            world.pending.push(world.names.clone());
            world.files.len() - 1
        })
    }

    fn write(&self, file: &mut usize, bytes: &[u8]) -> io::Result<()> {
        let (first, second) = bytes.split_at(bytes.len() / 2);
        self.call(|world| world.files[*file].0.extend_from_slice(first))?;
        self.call(|world| world.files[*file].0.extend_from_slice(second))
    }

    fn sync(&self, file: &usize) -> io::Result<()> {
        self.call(|world| world.files[*file].1 = self.1 != Lies::Sync)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.call(|world| {
            let file = world.names.remove(from).unwrap();
            world.names.insert(to.into(), file);
            world.pending.push(world.names.clone());
        })
    }

    fn sync_folder(&self) -> io::Result<()> {
        self.call(|world| {
            if self.1 != Lies::SyncFolder {
                world.durable = world.names.clone();
                world.pending.clear();
            }
        })
    }
}

impl World {
    /// All that a power cut can leave: names up to some change, and of contents that are not durable nothing, a half, or all.
    fn after_power_cut(&self) -> Vec<World> {
        let names = [&self.durable].into_iter().chain(&self.pending);
        let mut all = Vec::new();
        for names in names {
            for part in 0..3 {
                let keep = |(bytes, durable): &(Vec<u8>, bool)| {
                    let len = if *durable { bytes.len() } else { bytes.len() * part / 2 };
                    (bytes[..len].to_vec(), true)
                };
                let files = self.files.iter().map(keep).collect();
                all.push(World {
                    files,
                    names: names.clone(),
                    durable: names.clone(),
                    pending: Vec::new(),
                    left: usize::MAX,
                });
            }
        }
        all
    }

    /// What a crash of the process alone leaves.
    fn after_kill(&self) -> World {
        World { left: usize::MAX, ..self.clone() }
    }
}

fn state<D: Disk>(journal: &Snapshot<D>) -> BTreeMap<u64, Vec<u8>> {
    journal.load().unwrap().entries.into_iter().map(|(id, bytes)| (id.0, bytes.to_vec())).collect()
}

fn steps() -> Vec<Vec<Change>> {
    let put = |id: u64, byte: u8| Change::Put(Id(id), Zeroizing::new(vec![byte; 40]));
    vec![
        vec![put(0, 1)],
        vec![put(0, 2), put(1, 3)],
        vec![Change::Remove(Id(0)), put(2, 4), put(1, 5)],
        vec![Change::Remove(Id(1)), Change::Remove(Id(2))],
    ]
}

/// Crashes after every number of calls; gives the faults that were found.
fn explore(lies: Lies) -> BTreeSet<&'static str> {
    let mut faults = BTreeSet::new();
    for calls in 0.. {
        let world = Arc::new(Mutex::new(World { left: calls, ..World::default() }));
        let disk = Simulated(world.clone(), lies);
        // The states that were acknowledged, and the one that was on its way.
        let (mut acknowledged, mut on_its_way) = (BTreeMap::new(), None);
        let mut is_done = false;
        if let Ok(journal) = Snapshot::open(disk) {
            is_done = true;
            let mut model = All::default();
            for step in steps() {
                model.apply(&step);
                let next: BTreeMap<u64, Vec<u8>> =
                    model.entries.iter().map(|(id, bytes)| (id.0, bytes.to_vec())).collect();
                if journal.commit(&step).is_err() {
                    assert!(matches!(journal.commit(&[]), Err(JournalError::Broken)), "it does not go on by itself");
                    on_its_way = Some(next);
                    is_done = false;
                    break;
                }
                acknowledged = next;
            }
        }
        let world = world.lock().unwrap();
        for left in world.after_power_cut().into_iter().chain([world.after_kill()]) {
            match Snapshot::open(Simulated(Arc::new(Mutex::new(left)), Lies::None)) {
                Err(_) => {
                    faults.insert("does not read");
                }
                Ok(journal) => {
                    let found = state(&journal);
                    if found != acknowledged && Some(&found) != on_its_way.as_ref() {
                        faults.insert("an older state came back");
                    }
                }
            }
        }
        if is_done {
            assert!(calls > 20, "{calls} calls were too few to be all");
            return faults;
        }
    }
    faults
}

#[test]
fn no_crash_brings_an_older_state_back() {
    assert_eq!(explore(Lies::None), BTreeSet::new());
}

#[test]
fn a_disk_that_does_not_sync_is_found_out() {
    assert!(explore(Lies::Sync).contains("does not read"));
    assert!(explore(Lies::SyncFolder).contains("an older state came back"));
}

#[test]
fn every_changed_byte_is_noticed() {
    let mut all = All::default();
    all.apply(&steps()[1]);
    let bytes = all.to_bytes();
    assert!(All::parse(&bytes).is_ok());
    for i in 0..bytes.len() {
        let mut spoiled = bytes.clone();
        spoiled[i] ^= 1;
        assert!(All::parse(&spoiled).is_err(), "byte {i}");
        assert!(All::parse(&bytes[..i]).is_err(), "cut at {i}");
    }
    let mut other = bytes.clone();
    other[MAGIC.len() + 1] = 9;
    assert!(matches!(All::parse(&other), Err(JournalError::Version { found: 9, expected: 1 })));
}

#[test]
fn a_full_journal_changes_nothing() {
    let world = Arc::new(Mutex::new(World { left: usize::MAX, ..World::default() }));
    let journal = Snapshot::open(Simulated(world, Lies::None)).unwrap();
    journal.commit(&[Change::Put(Id(4), Zeroizing::new(vec![7]))]).unwrap();
    let large = [Change::Put(Id(5), Zeroizing::new(vec![0; MAX_LEN]))];
    assert!(matches!(journal.commit(&large), Err(JournalError::Full)));
    assert_eq!(state(&journal), [(4, vec![7])].into());
    journal.commit(&[Change::Remove(Id(4))]).unwrap();
    assert_eq!(journal.load().unwrap().next, Id(5));
}
