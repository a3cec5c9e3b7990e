//! The goals: how many times as fast as the peer a row must be.

use crate::harness::Measured;

/// A required ratio of medians, the peer's time over ours.
struct Goal {
    /// Number in the project's list of goals, or what it says where it has none.
    name: &'static str,
    row: &'static str,
    avx2: f64,
    avx512: f64,
}

/// "Within 1.25 times the floor".
const OF_THE_FLOOR: f64 = 0.8;

/// "Within 5%".
const NO_SLOWER: f64 = 0.95;

const GOALS: &[Goal] = &[
    Goal { name: "1", row: "act/verify+refund/L=10", avx2: 1.25, avx512: 2.1 },
    Goal { name: "2", row: "act/prove/L=10", avx2: 1.2, avx512: 1.3 },
    Goal { name: "4", row: "arc/ristretto255/verify/N=1000", avx2: OF_THE_FLOOR, avx512: OF_THE_FLOOR },
    Goal { name: "4", row: "arc/ristretto255/present/N=1000", avx2: OF_THE_FLOOR, avx512: OF_THE_FLOOR },
    Goal { name: "5", row: "arc/P256/verify/N=1000", avx2: 1.0, avx512: 1.0 },
    Goal { name: "6", row: "voprf/evaluate/n=1000", avx2: 1.4, avx512: 1.5 },
    Goal { name: "6", row: "voprf/finalize/n=1000", avx2: 2.1, avx512: 2.4 },
    Goal { name: "8", row: "sigma/verify-compact/n=10", avx2: 1.4, avx512: 1.3 },
    Goal { name: "no slower", row: "act/request/L=10", avx2: NO_SLOWER, avx512: NO_SLOWER },
    Goal { name: "no slower", row: "act/issue/L=10", avx2: NO_SLOWER, avx512: NO_SLOWER },
    Goal { name: "no slower", row: "act/finalize/L=10", avx2: NO_SLOWER, avx512: NO_SLOWER },
    Goal { name: "no slower", row: "act/construct/L=10", avx2: NO_SLOWER, avx512: NO_SLOWER },
    Goal { name: "no slower", row: "voprf/blind/n=1", avx2: NO_SLOWER, avx512: NO_SLOWER },
    Goal { name: "no slower", row: "voprf/evaluate/n=1", avx2: NO_SLOWER, avx512: NO_SLOWER },
    Goal { name: "no slower", row: "voprf/finalize/n=1", avx2: NO_SLOWER, avx512: NO_SLOWER },
    Goal { name: "no slower", row: "voprf/redeem/n=1", avx2: NO_SLOWER, avx512: NO_SLOWER },
    Goal { name: "7", row: "blind-rsa/blind_sign/2048", avx2: 1.15, avx512: 1.15 },
    #[cfg(feature = "openssl")]
    Goal { name: "7", row: "blind-rsa/blind_sign/2048/openssl", avx2: 6.0, avx512: 6.0 },
    Goal { name: "no slower", row: "blind-rsa/prepare+blind/2048", avx2: NO_SLOWER, avx512: NO_SLOWER },
    Goal { name: "no slower", row: "blind-rsa/finalize/2048", avx2: NO_SLOWER, avx512: NO_SLOWER },
    Goal { name: "no slower", row: "blind-rsa/verify/2048", avx2: NO_SLOWER, avx512: NO_SLOWER },
];

/// A goal beside what was measured.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Outcome {
    pub(crate) goal: &'static str,
    pub(crate) row: &'static str,
    /// The least ratio, for the backend in use.
    pub(crate) required: f64,
    /// The ratio of medians; absent where one side of the row is absent.
    pub(crate) measured: Option<f64>,
    pub(crate) met: Option<bool>,
}

/// The goals whose rows were measured. Backends without a column of their own are held to the AVX2 one.
pub(crate) fn outcomes(rows: &[Measured], backend_used: &str) -> Vec<Outcome> {
    GOALS
        .iter()
        .filter_map(|goal| {
            let row = rows.iter().find(|row| row.id == goal.row)?;
            let required = if backend_used == "avx512" { goal.avx512 } else { goal.avx2 };
            let measured = row.ratio_of_medians;
            let met = measured.map(|ratio| ratio >= required);
            Some(Outcome { goal: goal.name, row: goal.row, required, measured, met })
        })
        .collect()
}

impl Outcome {
    /// `met`, `missed`, or `-` where there is nothing to compare.
    pub(crate) fn verdict(&self) -> &'static str {
        match self.met {
            Some(true) => "met",
            Some(false) => "missed",
            None => "-",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_goal_names_a_row_that_exists() {
        let rows = crate::all_rows();
        for goal in GOALS {
            assert!(rows.iter().any(|row| row.id == goal.row), "no row {}", goal.row);
        }
    }

    #[test]
    fn the_backend_picks_the_column() {
        let row = |ratio| {
            let mut row = Measured::new("act/verify+refund/L=10".to_owned(), None, None);
            row.ratio_of_medians = ratio;
            [row]
        };
        assert_eq!(outcomes(&row(Some(1.5)), "avx2")[0].verdict(), "met");
        assert_eq!(outcomes(&row(Some(1.5)), "avx512")[0].verdict(), "missed");
        assert_eq!(outcomes(&row(None), "avx512")[0].verdict(), "-");
        assert!(outcomes(&[], "avx2").is_empty());
    }
}
