//! Looks for running time that depends on secrets, with Welch's t-test (the dudect method).
//!
//! An experiment has two [classes](Class) of inputs: one where the secret is always the same, one where it is random.
//! Inputs are made beforehand and the classes are mixed at random, so that caches, clock speed and other programs meet
//! both alike. Then the two sets of times are compared. A large |t| says that time depends on the class; a small one
//! says only that this many samples did not show it.
//!
//! ```
//! use farebox_timing::{Class, Config, Verdict, run};
//! use rand::RngExt as _;
//!
//! let report = run(
//!     Config { samples: 2_000, calls: 8 },
//!     |class, rng| {
//!         let random: u64 = rng.random();
//!         if class == Class::Fixed { 0 } else { random }
//!     },
//!     |input| input.wrapping_mul(3),
//! );
//! println!("{report}");
//! assert_eq!(report.samples, 2_000);
//! assert!(matches!(report.verdict(), Verdict::Quiet | Verdict::Suspicious | Verdict::Leak));
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod experiment;
mod report;
mod suite;
mod welch;

pub use experiment::{Class, Config, Rng, run};
pub use report::{LEAK, Report, SUSPICIOUS, Verdict};
pub use suite::{Suite, retry};
pub use welch::{Moments, welch_t};
