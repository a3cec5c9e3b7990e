//! What is reported of many samples.

/// Order statistics of samples.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub(crate) struct Summary {
    pub(crate) min: f64,
    pub(crate) median: f64,
    /// A tenth of the samples is below.
    pub(crate) p10: f64,
    /// A tenth of the samples is above.
    pub(crate) p90: f64,
}

impl Summary {
    /// # Panics
    /// Where there is no sample.
    pub(crate) fn of(mut samples: Vec<f64>) -> Self {
        assert!(!samples.is_empty(), "at least one round is measured");
        samples.sort_by(f64::total_cmp);
        let at = |q: f64| quantile(&samples, q);
        Self { min: samples[0], median: at(0.5), p10: at(0.1), p90: at(0.9) }
    }
}

/// The quantile of sorted samples, linear between neighbours.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let position = q * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[position.floor() as usize], sorted[position.ceil() as usize]);
    low + (high - low) * position.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_of_a_known_set() {
        let samples = (0..=10).rev().map(f64::from).collect();
        assert_eq!(Summary::of(samples), Summary { min: 0.0, median: 5.0, p10: 1.0, p90: 9.0 });
        assert_eq!(Summary::of(vec![2.0, 4.0]).median, 3.0);
        assert_eq!(Summary::of(vec![7.0]), Summary { min: 7.0, median: 7.0, p10: 7.0, p90: 7.0 });
    }
}
