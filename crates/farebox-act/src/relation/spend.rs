//! SPEND: the client holds a token with at least the credits that it spends.

use alloc::vec;
use alloc::vec::Vec;

use farebox_sigma::{ElementVar, Equation, Publics, Relation, ScalarVar, Secrets, Terms, eq, record};

use crate::BitLength;

/// A randomised signature over (c, k, r, ctx), and bits of m = c - s. 2L + 3 equations.
#[derive(Clone, Copy, Debug)]
pub struct Spend {
    /// L.
    pub bits: BitLength,
}

/// Public elements of [`Spend`]. The consistency equation has H1, H2 and the multiples of H3 as variables of its own, which
/// shows in the label.
#[derive(Clone, Debug)]
pub struct SpendPublics<T> {
    /// -A'.
    pub neg_a_prime: T,
    /// B_bar.
    pub b_bar: T,
    /// A_bar = sk * A'.
    pub a_bar: T,
    /// -H1.
    pub neg_h1: T,
    /// -H3.
    pub neg_h3: T,
    /// H1' = G + k * H2 + ctx * H4.
    pub h1_prime: T,
    /// H1.
    pub h1: T,
    /// H2.
    pub h2: T,
    /// H3.
    pub h3: T,
    /// Commitments to the bits of m, least significant first.
    pub com: Vec<T>,
    /// H1 of the consistency equation.
    pub h1_total: T,
    /// H2 of the consistency equation.
    pub h2_total: T,
    /// 2^j * H3.
    pub h3_powers: Vec<T>,
    /// Com_total = s * H1 + sum of 2^j * Com_j.
    pub com_total: T,
}
record!(SpendPublics {
    one neg_a_prime, one b_bar, one a_bar, one neg_h1, one neg_h3, one h1_prime, one h1, one h2, one h3, many com,
    one h1_total, one h2_total, many h3_powers, one com_total,
});

/// Secret scalars of [`Spend`], in the order of the responses: 3L + 7.
#[derive(Clone, Debug)]
pub struct SpendSecrets<T> {
    /// The signature's e.
    pub e: T,
    /// r2.
    pub r2: T,
    /// 1 / r1.
    pub r3: T,
    /// The balance.
    pub c: T,
    /// The token's blinding.
    pub r: T,
    /// The bits of m.
    pub b: Vec<T>,
    /// The blindings of the commitments.
    pub sigma: Vec<T>,
    /// (1 - b_j) * sigma_j.
    pub u: Vec<T>,
    /// The next token's nullifier.
    pub kstar: T,
    /// (1 - b_0) * kstar.
    pub k2: T,
}
record!(SpendSecrets {
    one e, one r2, one r3, one c, one r, many b, many sigma, many u, one kstar, one k2,
});

impl Relation for Spend {
    const NAME: &'static str = "SPEND";
    type Publics = SpendPublics<()>;
    type Secrets = SpendSecrets<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        let many = || vec![(); self.bits.get()];
        let publics = SpendPublics {
            neg_a_prime: (),
            b_bar: (),
            a_bar: (),
            neg_h1: (),
            neg_h3: (),
            h1_prime: (),
            h1: (),
            h2: (),
            h3: (),
            com: many(),
            h1_total: (),
            h2_total: (),
            h3_powers: many(),
            com_total: (),
        };
        let (b, sigma, u) = (many(), many(), many());
        (publics, SpendSecrets { e: (), r2: (), r3: (), c: (), r: (), b, sigma, u, kstar: (), k2: () })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        let mut all = vec![
            eq(p.a_bar, w.e * p.neg_a_prime + w.r2 * p.b_bar),
            eq(p.h1_prime, w.r3 * p.b_bar + w.c * p.neg_h1 + w.r * p.neg_h3),
        ];
        let bits = p.com.iter().zip(&w.b).zip(&w.sigma).zip(&w.u);
        for (j, (((com, b), sigma), u)) in bits.enumerate() {
            // Com_j commits to b_j, and b_j is a bit: b_j * b_j = b_j. Com_0 carries the next nullifier as well.
            if j == 0 {
                all.push(eq(*com, *b * p.h1 + w.kstar * p.h2 + *sigma * p.h3));
                all.push(eq(*com, *b * *com + w.k2 * p.h2 + *u * p.h3));
            } else {
                all.push(eq(*com, *b * p.h1 + *sigma * p.h3));
                all.push(eq(*com, *b * *com + *u * p.h3));
            }
        }
        // s + sum of 2^j * b_j = c
        let blindings: Terms = w.sigma.iter().zip(&p.h3_powers).map(|(sigma, power)| *sigma * *power).sum();
        all.push(eq(p.com_total, w.c * p.h1_total + w.kstar * p.h2_total + blindings));
        all
    }
}
