//! Many experiments in a row, as the crates' `tests/timing.rs` run them.

use crate::experiment::{Class, Config, Rng, run};
use crate::report::{Report, Verdict};

/// What an experiment should show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    NoLeak,
    Leak,
}

/// The experiments of one crate, run one after the other: two at once would disturb each other.
///
/// It prints a row of a Markdown table for each.
#[derive(Debug)]
#[must_use = "`finish` says whether something leaks"]
pub struct Suite {
    config: Config,
    wrong: Vec<String>,
}

impl Suite {
    /// A suite if the environment has `FAREBOX_TIMING=long`. Otherwise it prints that `name` is skipped.
    pub fn long(name: &str, config: Config) -> Option<Self> {
        if std::env::var("FAREBOX_TIMING").is_ok_and(|mode| mode == "long") {
            println!(
                "\n{name}\n\n| experiment | samples | fixed ns | random ns | max abs t | result |\n|---|---|---|---|---|---|"
            );
            Some(Self { config, wrong: Vec::new() })
        } else {
            println!("{name}: timing experiments skipped; FAREBOX_TIMING=long runs them (docs/TIMING.md)");
            None
        }
    }

    /// Changes the configuration of the experiments that follow.
    pub fn configure(&mut self, config: Config) {
        self.config = config;
    }

    /// An operation that must not leak. One that seems to is run again, twice at most: noise does not repeat.
    pub fn constant<Input, Output>(
        &mut self,
        name: &str,
        prepare: impl FnMut(Class, &mut Rng) -> Input,
        operation: impl FnMut(&Input) -> Output,
    ) {
        self.experiment(Expected::NoLeak, name, prepare, operation);
    }

    /// An operation in variable time: a control, which shows that this machine and these samples find a leak.
    pub fn control<Input, Output>(
        &mut self,
        name: &str,
        prepare: impl FnMut(Class, &mut Rng) -> Input,
        operation: impl FnMut(&Input) -> Output,
    ) {
        self.experiment(Expected::Leak, name, prepare, operation);
    }

    fn experiment<Input, Output>(
        &mut self,
        expected: Expected,
        name: &str,
        mut prepare: impl FnMut(Class, &mut Rng) -> Input,
        mut operation: impl FnMut(&Input) -> Output,
    ) {
        let right = |report: &Report| (report.verdict() == Verdict::Leak) == (expected == Expected::Leak);
        let (report, attempts) = retry(3, || run(self.config, &mut prepare, &mut operation), right);
        let note = match (expected, attempts) {
            (Expected::Leak, _) => " (control)".to_owned(),
            (Expected::NoLeak, 1) => String::new(),
            (Expected::NoLeak, n) => format!(" (attempt {n})"),
        };
        println!(
            "| {name} | {} | {:.1} | {:.1} | {:.2} | {}{note} |",
            report.samples,
            report.fixed_ns,
            report.random_ns,
            report.max_t,
            report.verdict()
        );
        if !right(&report) {
            self.wrong.push(format!("{name}: {report}"));
        }
    }

    /// What was not as it should be.
    ///
    /// # Errors
    /// One line for each constant-time operation that leaked in every attempt, and for each control that did not.
    pub fn finish(self) -> Result<(), String> {
        if self.wrong.is_empty() { Ok(()) } else { Err(self.wrong.join("\n")) }
    }
}

/// Measures until `good`, `attempts` times at most. Gives the last report and how many measurements it took.
pub fn retry(attempts: u32, mut measure: impl FnMut() -> Report, good: impl Fn(&Report) -> bool) -> (Report, u32) {
    let mut taken = 1;
    loop {
        let report = measure();
        if good(&report) || taken >= attempts {
            return (report, taken);
        }
        taken += 1;
    }
}
