//! Competing steps, measured interleaved on one thread in thread CPU time.
//!
//! A batch is as many runs of a step as take about [`BATCH_NS`]; one round measures a batch of ours and one of the
//! peer's, in alternating order. So whatever the machine does besides (clock, neighbours) meets both alike.

use std::hint::black_box;

use rustix::time::{ClockId, clock_gettime};

use crate::stats::Summary;

/// The CPU time that a batch aims at, in nanoseconds.
const BATCH_NS: f64 = 2e6;
/// The most runs in a batch, which bounds the memory for prepared inputs.
const MAX_RUNS: usize = 20_000;

/// Runs a batch of so many runs and gives its CPU time in nanoseconds.
type Batch = dyn FnMut(usize) -> u64;

/// Something that can be run and timed.
pub(crate) struct Step {
    batch: Box<Batch>,
    /// What one run makes, such as tokens: times are for one of them.
    units: usize,
}

impl Step {
    /// A step that borrows what it needs from its closure. Returning the result keeps it from being optimised away.
    pub(crate) fn new<O>(mut run: impl FnMut() -> O + 'static) -> Self {
        Self::of(move |runs| {
            let start = thread_cpu_ns();
            for _ in 0..runs {
                black_box(run());
            }
            thread_cpu_ns() - start
        })
    }

    /// A step that consumes its input, such as a state: `prepare` makes a new one for each run and is not timed.
    pub(crate) fn consuming<I: 'static, O>(
        mut prepare: impl FnMut() -> I + 'static,
        mut run: impl FnMut(I) -> O + 'static,
    ) -> Self {
        Self::of(move |runs| {
            let inputs: Vec<I> = (0..runs).map(|_| prepare()).collect();
            let start = thread_cpu_ns();
            for input in inputs {
                black_box(run(input));
            }
            thread_cpu_ns() - start
        })
    }

    fn of(batch: impl FnMut(usize) -> u64 + 'static) -> Self {
        Self { batch: Box::new(batch), units: 1 }
    }

    /// Gives times for one of the `units` that a run makes.
    pub(crate) fn each(self, units: usize) -> Self {
        Self { units, ..self }
    }

    /// Runs once. Gives the CPU time in nanoseconds.
    #[cfg(test)]
    pub(crate) fn once(&mut self) -> u64 {
        (self.batch)(1)
    }

    /// How many runs make a batch. Warms up on the way.
    fn runs_per_batch(&mut self) -> usize {
        let mut runs = 1;
        loop {
            let ns = (self.batch)(runs).max(1) as f64;
            if ns >= BATCH_NS / 4.0 || runs >= MAX_RUNS {
                return ((runs as f64 * BATCH_NS / ns).round() as usize).clamp(1, MAX_RUNS);
            }
            runs = (runs * 2).min(MAX_RUNS);
        }
    }
}

/// One implementation of a row's step.
pub(crate) struct Side {
    /// The implementation, with its version where it is not ours.
    pub(crate) name: &'static str,
    /// Bytes of the message that the step produces, where it produces one.
    pub(crate) message_bytes: Option<usize>,
    pub(crate) step: Step,
}

/// Two implementations of the same step. A side that does not exist is absent.
pub(crate) struct Row {
    /// `suite/step` or `suite/step/parameter`, such as `act/verify+refund/L=10`.
    pub(crate) id: String,
    pub(crate) ours: Option<Side>,
    pub(crate) peer: Option<Side>,
}

/// What was measured of one side.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Timing {
    pub(crate) name: &'static str,
    pub(crate) message_bytes: Option<usize>,
    /// Nanoseconds of thread CPU time for one run, or for one of the units that a run makes.
    #[serde(flatten)]
    pub(crate) ns: Summary,
    pub(crate) runs_per_batch: usize,
}

/// What was measured of a row.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Measured {
    pub(crate) id: String,
    pub(crate) ours: Option<Timing>,
    pub(crate) peer: Option<Timing>,
    /// The peer's median time over ours: above 1, ours is faster.
    pub(crate) ratio_of_medians: Option<f64>,
    /// The peer's minimum over ours.
    pub(crate) ratio_of_minima: Option<f64>,
}

impl Row {
    /// Measures `rounds` batches of each side, interleaved.
    pub(crate) fn measure(self, rounds: u32) -> Measured {
        let (mut ours, mut peer) = (self.ours.map(Samples::new), self.peer.map(Samples::new));
        for round in 0..rounds {
            let order = if round % 2 == 0 { [&mut ours, &mut peer] } else { [&mut peer, &mut ours] };
            order.into_iter().flatten().for_each(Samples::sample);
        }
        let (ours, peer) = (ours.map(Samples::finish), peer.map(Samples::finish));
        Measured::new(self.id, ours, peer)
    }
}

impl Measured {
    pub(crate) fn new(id: String, ours: Option<Timing>, peer: Option<Timing>) -> Self {
        let ratio = |pick: fn(&Summary) -> f64| Some(pick(&peer.as_ref()?.ns) / pick(&ours.as_ref()?.ns));
        let (ratio_of_medians, ratio_of_minima) = (ratio(|ns| ns.median), ratio(|ns| ns.min));
        Self { id, ours, peer, ratio_of_medians, ratio_of_minima }
    }
}

/// A side while it is measured.
struct Samples {
    side: Side,
    runs: usize,
    /// Nanoseconds for one unit of a run, one value for each batch.
    ns: Vec<f64>,
}

impl Samples {
    fn new(mut side: Side) -> Self {
        let runs = side.step.runs_per_batch();
        Self { side, runs, ns: Vec::new() }
    }

    fn sample(&mut self) {
        let ns = (self.side.step.batch)(self.runs);
        self.ns.push(ns as f64 / (self.runs * self.side.step.units) as f64);
    }

    fn finish(self) -> Timing {
        let Side { name, message_bytes, .. } = self.side;
        Timing { name, message_bytes, ns: Summary::of(self.ns), runs_per_batch: self.runs }
    }
}

/// CPU time of the calling thread in nanoseconds.
fn thread_cpu_ns() -> u64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// Hands out its values in turn, so that no step meets the same input every time.
pub(crate) struct Cycle<T> {
    values: Vec<T>,
    next: usize,
}

impl<T> Cycle<T> {
    /// # Panics
    /// Where there is no value.
    pub(crate) fn new(values: Vec<T>) -> Self {
        assert!(!values.is_empty(), "a step has at least one input");
        Self { values, next: 0 }
    }

    pub(crate) fn next(&mut self) -> &T {
        self.next = (self.next + 1) % self.values.len();
        &self.values[self.next]
    }
}
