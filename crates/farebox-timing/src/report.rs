//! What an experiment found.

use core::fmt;

/// |t| above which a result is worth a longer run.
pub const SUSPICIOUS: f64 = 4.5;
/// |t| above which time depends on the class.
pub const LEAK: f64 = 10.0;

/// What |t| says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// At most [`SUSPICIOUS`]: these samples show no difference.
    Quiet,
    /// Above [`SUSPICIOUS`]: run it longer. A real difference grows with the samples, noise does not.
    Suspicious,
    /// Above [`LEAK`].
    Leak,
}

/// The largest |t| over all cuts of the samples, and where it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// The largest |t|. It has no meaning with fewer than some thousand samples.
    pub max_t: f64,
    /// The share of samples, the fastest first, that it was found in: 1 is all of them.
    pub keep: f64,
    /// Samples taken, both classes together.
    pub samples: usize,
    /// Mean nanoseconds of a call in that share, fixed class.
    pub fixed_ns: f64,
    /// Mean nanoseconds of a call in that share, random class.
    pub random_ns: f64,
}

impl Report {
    /// What |t| says.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.max_t > LEAK {
            Verdict::Leak
        } else if self.max_t > SUSPICIOUS {
            Verdict::Suspicious
        } else {
            Verdict::Quiet
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Quiet => "quiet",
            Self::Suspicious => "suspicious",
            Self::Leak => "LEAK",
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "max |t| {:.2} (fastest {:.0}% of {} samples: fixed {:.1} ns, random {:.1} ns): {}",
            self.max_t,
            self.keep * 100.0,
            self.samples,
            self.fixed_ns,
            self.random_ns,
            self.verdict()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds() {
        let at = |max_t| Report { max_t, keep: 0.9, samples: 1000, fixed_ns: 1.0, random_ns: 2.0 };
        assert_eq!(at(4.5).verdict(), Verdict::Quiet);
        assert_eq!(at(4.6).verdict(), Verdict::Suspicious);
        assert_eq!(at(10.0).verdict(), Verdict::Suspicious);
        assert_eq!(at(f64::INFINITY).verdict(), Verdict::Leak);
        assert_eq!(
            at(12.345).to_string(),
            "max |t| 12.35 (fastest 90% of 1000 samples: fixed 1.0 ns, random 2.0 ns): LEAK"
        );
    }
}
