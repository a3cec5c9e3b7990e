//! Running mean and variance, and Welch's t from two of them.

/// Count, mean and sum of squared deviations of a stream of numbers (Welford's method: no sums of large squares).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Takes one more number.
    pub fn push(&mut self, x: f64) {
        self.count += 1;
        let before = x - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (x - self.mean);
    }

    /// How many numbers were taken.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their mean; 0 of none.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Their sample variance, with `count - 1` below; 0 of fewer than two.
    #[must_use]
    pub fn variance(&self) -> f64 {
        if self.count < 2 { 0.0 } else { self.squares / (self.count - 1) as f64 }
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Self {
        let mut moments = Self::default();
        numbers.into_iter().for_each(|x| moments.push(x));
        moments
    }
}

/// Welch's t of two samples. 0 where one of them has fewer than two numbers; infinite where both have no variance and
/// their means differ.
#[must_use]
pub fn welch_t(a: &Moments, b: &Moments) -> f64 {
    if a.count < 2 || b.count < 2 {
        return 0.0;
    }
    // t = (mean_a - mean_b) / sqrt(var_a / n_a + var_b / n_b)
    let difference = a.mean - b.mean;
    let error = (a.variance() / a.count as f64 + b.variance() / b.count as f64).sqrt();
    if difference == 0.0 { 0.0 } else { difference / error }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[f64]) -> Moments {
        numbers.iter().copied().collect()
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn moments_by_hand() {
        // mean 40/8 = 5, squared deviations 9+1+1+1+0+0+4+16 = 32, variance 32/7
        let m = of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!(m.count(), 8);
        assert!(close(m.mean(), 5.0));
        assert!(close(m.variance(), 32.0 / 7.0));
        assert_eq!(of(&[]).variance(), 0.0);
        assert_eq!(of(&[3.0]).variance(), 0.0);
    }

    #[test]
    fn large_offsets_keep_the_variance() {
        let m = of(&[1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0]);
        assert!((m.variance() - 30.0).abs() < 1e-6);
    }

    #[test]
    fn t_by_hand() {
        // means 3 and 6, variances 5/2 and 10, n = 5 and 5: t = -3 / sqrt(1/2 + 2) = -3 / sqrt(5/2)
        let (a, b) = (of(&[1.0, 2.0, 3.0, 4.0, 5.0]), of(&[2.0, 4.0, 6.0, 8.0, 10.0]));
        assert!(close(welch_t(&a, &b), -3.0 / 2.5f64.sqrt()));
        assert!(close(welch_t(&b, &a), 3.0 / 2.5f64.sqrt()));
        // means 2 and 5, variances 1 and 20/3, n = 3 and 4: t = -3 / sqrt(1/3 + 5/3) = -3 / sqrt(2)
        let (a, b) = (of(&[1.0, 2.0, 3.0]), of(&[2.0, 4.0, 6.0, 8.0]));
        assert!(close(welch_t(&a, &b), -3.0 / 2.0f64.sqrt()));
    }

    #[test]
    fn t_at_the_edges() {
        assert_eq!(welch_t(&of(&[1.0]), &of(&[2.0, 3.0])), 0.0);
        assert_eq!(welch_t(&of(&[4.0, 4.0]), &of(&[4.0, 4.0])), 0.0);
        assert_eq!(welch_t(&of(&[4.0, 4.0]), &of(&[3.0, 3.0])), f64::INFINITY);
    }
}
