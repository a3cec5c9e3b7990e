//! Pairs the steps of two implementations by name.

use crate::harness::{Row, Side, Step};

/// One implementation of a suite: the steps that it has.
pub(crate) struct Implementation {
    /// The crate; with its version where it is not ours.
    pub(crate) name: &'static str,
    pub(crate) steps: Vec<NamedStep>,
}

pub(crate) struct NamedStep {
    /// One of the suite's step names.
    pub(crate) name: &'static str,
    /// Bytes of the message that leaves, if one does.
    pub(crate) message_bytes: Option<usize>,
    pub(crate) step: Step,
}

impl Implementation {
    fn take(&mut self, step: &str) -> Option<Side> {
        let index = self.steps.iter().position(|candidate| candidate.name == step)?;
        let NamedStep { message_bytes, step, .. } = self.steps.swap_remove(index);
        Some(Side { name: self.name, message_bytes, step })
    }
}

/// One row for each of `steps` that at least one side has; `id` makes the row's id of the step's name.
///
/// # Panics
/// Where a side has a step that `steps` does not name.
pub(crate) fn pair(
    steps: &[&str],
    id: impl Fn(&str) -> String,
    mut ours: Option<Implementation>,
    mut peer: Option<Implementation>,
) -> Vec<Row> {
    let rows = steps
        .iter()
        .map(|step| Row {
            id: id(step),
            ours: ours.as_mut().and_then(|all| all.take(step)),
            peer: peer.as_mut().and_then(|all| all.take(step)),
        })
        .filter(|row| row.ours.is_some() || row.peer.is_some())
        .collect();
    let left: Vec<_> = [ours, peer].into_iter().flatten().flat_map(|all| all.steps).map(|step| step.name).collect();
    assert!(left.is_empty(), "steps that the suite does not name: {left:?}");
    rows
}
