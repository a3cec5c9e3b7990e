//! All states, breadth first, and the shortest way to one that must not be.

use std::collections::{HashMap, VecDeque};

use super::steps::steps;
use super::world::{Rule, World};

/// What was found.
pub(crate) struct Report {
    pub(crate) states: usize,
    pub(crate) settled: usize,
    /// What does not hold, and the steps that lead there.
    pub(crate) violation: Option<(String, Vec<String>)>,
}

struct Node {
    /// The state before, and the step.
    from: Option<(usize, String)>,
    /// States with a step to this one.
    back: Vec<usize>,
    settled: bool,
}

/// More would not be a small model.
const MOST: usize = 3_000_000;

/// Explores all that can happen.
pub(crate) fn explore(start: &World, rule: Rule) -> Report {
    let mut index = HashMap::from([(start.clone(), 0)]);
    let mut nodes = vec![Node { from: None, back: Vec::new(), settled: start.is_settled() }];
    let mut queue = VecDeque::from([(0, start.clone())]);
    while let Some((at, world)) = queue.pop_front() {
        for (step, next) in steps(&world, rule) {
            if let Some(known) = index.get(&next) {
                nodes[*known].back.push(at);
                continue;
            }
            let id = nodes.len();
            assert!(id < MOST, "too many states");
            nodes.push(Node { from: Some((at, step)), back: vec![at], settled: next.is_settled() });
            if let Some(what) = next.violation() {
                return report(&nodes, Some((what.to_owned(), id)));
            }
            index.insert(next.clone(), id);
            queue.push_back((id, next));
        }
    }
    // From where a settled state cannot be reached, somebody has lost something.
    let mut reaches: Vec<bool> = nodes.iter().map(|node| node.settled).collect();
    let mut queue: VecDeque<usize> = (0..nodes.len()).filter(|id| reaches[*id]).collect();
    while let Some(id) = queue.pop_front() {
        for before in &nodes[id].back {
            if !reaches[*before] {
                reaches[*before] = true;
                queue.push_back(*before);
            }
        }
    }
    let stuck = reaches.iter().position(|reaches| !reaches);
    report(&nodes, stuck.map(|id| ("it cannot be settled".to_owned(), id)))
}

fn report(nodes: &[Node], found: Option<(String, usize)>) -> Report {
    let settled = nodes.iter().filter(|node| node.settled).count();
    let violation = found.map(|(what, id)| (what, trace(nodes, id)));
    Report { states: nodes.len(), settled, violation }
}

fn trace(nodes: &[Node], mut id: usize) -> Vec<String> {
    let mut all = Vec::new();
    while let Some((before, step)) = &nodes[id].from {
        all.push(step.clone());
        id = *before;
    }
    all.reverse();
    all
}
