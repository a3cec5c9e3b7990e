//! One experiment: inputs of two classes, mixed, timed and compared.

use std::hint::black_box;
use std::time::Instant;

use rand::RngExt as _;

use crate::report::Report;
use crate::welch::{Moments, welch_t};

/// The generator that experiments hand to their inputs.
pub type Rng = rand::rngs::StdRng;

/// Which kind of input to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The secret is the same in every sample.
    Fixed,
    /// The secret is drawn afresh for every sample.
    Random,
}

/// How long to look.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Timed samples, both classes together.
    pub samples: usize,
    /// Calls in one timed sample, all on the same input: enough that the clock's own cost and step are small beside them.
    pub calls: u32,
}

/// Inputs that exist at the same time.
const CHUNK: usize = 1_000;
/// Shares of the samples that are kept, the fastest first. The slow tail is mostly the machine's noise, and hides small
/// differences; so each cut is tested as well as the whole.
const KEEP: [f64; 9] = [1.0, 0.99, 0.97, 0.95, 0.9, 0.8, 0.7, 0.5, 0.3];
/// A cut with fewer samples than this in a class says nothing.
const MIN_PER_CLASS: u64 = 200;

/// Times `run` on the inputs that `prepare` makes, and compares the classes.
///
/// `prepare` should do the same work for both classes (draw the random value first, then choose), and inputs should have
/// the same layout. A first chunk warms up and sets the cuts; it is not among the samples.
pub fn run<Input, Output>(
    config: Config,
    mut prepare: impl FnMut(Class, &mut Rng) -> Input,
    mut run: impl FnMut(&Input) -> Output,
) -> Report {
    let mut rng: Rng = rand::make_rng();
    let mut chunk = |len: usize| -> Vec<(Class, f64)> {
        let inputs: Vec<(Class, Input)> = (0..len)
            .map(|_| {
                let class = if rng.random() { Class::Fixed } else { Class::Random };
                (class, prepare(class, &mut rng))
            })
            .collect();
        inputs.iter().map(|(class, input)| (*class, time(config.calls, input, &mut run))).collect()
    };

    let mut cuts =
        KEEP.map(|keep| Cut { keep, limit: f64::INFINITY, fixed: Moments::default(), random: Moments::default() });
    let mut warm: Vec<f64> = chunk(CHUNK.min(config.samples)).into_iter().map(|(_, ns)| ns).collect();
    warm.sort_by(f64::total_cmp);
    for cut in cuts.iter_mut().filter(|cut| cut.keep < 1.0) {
        cut.limit = warm.get((warm.len() as f64 * cut.keep) as usize).copied().unwrap_or(f64::INFINITY);
    }

    let mut done = 0;
    while done < config.samples {
        let len = CHUNK.min(config.samples - done);
        for (class, ns) in chunk(len) {
            cuts.iter_mut().for_each(|cut| cut.push(class, ns));
        }
        done += len;
    }
    judge(&cuts, done)
}

/// Nanoseconds of one call.
fn time<Input, Output>(calls: u32, input: &Input, run: &mut impl FnMut(&Input) -> Output) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        black_box(run(black_box(input)));
    }
    start.elapsed().as_nanos() as f64 / f64::from(calls.max(1))
}

/// The samples that took no longer than `limit`.
struct Cut {
    keep: f64,
    limit: f64,
    fixed: Moments,
    random: Moments,
}

impl Cut {
    fn push(&mut self, class: Class, ns: f64) {
        if ns <= self.limit {
            match class {
                Class::Fixed => self.fixed.push(ns),
                Class::Random => self.random.push(ns),
            }
        }
    }

    /// A cut that keeps much of one class and little of the other has found a difference that its own t cannot show;
    /// the wider cuts do.
    fn counts(&self) -> bool {
        self.fixed.count().min(self.random.count()) >= MIN_PER_CLASS
    }
}

fn judge(cuts: &[Cut], samples: usize) -> Report {
    let mut report = Report { max_t: 0.0, keep: 1.0, samples, fixed_ns: 0.0, random_ns: 0.0 };
    for cut in cuts.iter().filter(|cut| cut.counts()) {
        let t = welch_t(&cut.fixed, &cut.random).abs();
        if t >= report.max_t {
            report =
                Report { max_t: t, keep: cut.keep, samples, fixed_ns: cut.fixed.mean(), random_ns: cut.random.mean() };
        }
    }
    report
}
