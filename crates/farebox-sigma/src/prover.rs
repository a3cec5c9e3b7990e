//! The commitments `T = map(nonces)`, in constant time.
//!
//! What is cheap here comes from the statement itself. Terms on one element are added up before they are multiplied; on a
//! fixed base they meet its table. An element that an equation opens over fixed bases, `C = b*X + s*Y`, is never
//! multiplied: `k*C` is `(k*b)*X + (k*s)*Y`. Where the same scalar multiplies an element and stands in its opening,
//! `C = b*C + u*Y`, the two equations say b*b = b, so the product `(k*b)*X` is `k*X` or nothing, selected in constant time.
//! A product that two equations share is computed once. The schedule depends on the equations alone.
//!
//! All of this takes for granted that the witness fits. With one that does not, the commitments are not `map(nonces)` and
//! the proof does not verify.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use farebox_group::{Element as _, Group, Scalar as _};
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::Zeroize;

use crate::point::Multiple;
use crate::{LinearEquation, Statement};

/// One commitment for each equation, computed from [halved](Group::halve) scalars, ready for one batch encoding.
pub(crate) fn commitments<G: Group>(
    statement: &Statement<'_, G>,
    witness: &[G::Scalar],
    nonces: &[G::Scalar],
) -> Vec<G::Element> {
    let mut prover = Prover { statement, witness, nonces, openings: openings(statement), products: BTreeMap::new() };
    let commitments = statement.equations.iter().map(|equation| prover.commitment(equation)).collect();
    prover.products.values_mut().for_each(Zeroize::zeroize);
    commitments
}

struct Prover<'a, 'b, G: Group> {
    statement: &'a Statement<'b, G>,
    witness: &'a [G::Scalar],
    nonces: &'a [G::Scalar],
    /// For each element the equation that opens it over fixed bases.
    openings: Vec<Option<usize>>,
    /// `(scalar, base) -> (nonce / 2) * base`.
    products: BTreeMap<(usize, usize), G::Element>,
}

/// What a commitment takes from one fixed base.
struct Share<S> {
    base: usize,
    /// Terms `coefficient * nonce`.
    plain: Vec<(usize, S)>,
    /// The sum of terms `coefficient * nonce * witness`.
    opened: Option<S>,
    /// Terms `nonce * bit`.
    bits: Vec<usize>,
}

fn openings<G: Group>(statement: &Statement<'_, G>) -> Vec<Option<usize>> {
    let mut openings = vec![None; statement.points.len()];
    for (i, equation) in statement.equations.iter().enumerate() {
        let [(image, one)] = equation.image.as_slice() else { continue };
        let is_fixed = |element: usize| statement.points.get(element).is_some_and(|point| point.base.is_some());
        if *one == G::Scalar::ONE
            && equation.terms.iter().all(|term| is_fixed(term.1))
            && let Some(slot @ None) = openings.get_mut(*image)
        {
            *slot = Some(i);
        }
    }
    openings
}

impl<G: Group> Prover<'_, '_, G> {
    fn commitment(&mut self, equation: &LinearEquation<G::Scalar>) -> G::Element {
        // A vector that grows leaves copies of its secrets behind.
        let mut shares: Vec<Share<G::Scalar>> = Vec::with_capacity(self.statement.bases.points().len());
        let mut dynamic: Vec<(usize, G::Scalar, G::Element)> = Vec::with_capacity(equation.terms.len());
        for &(scalar, element, coefficient) in &equation.terms {
            let Some(point) = self.statement.points.get(element) else { continue };
            let opening = self.openings.get(element).copied().flatten();
            if let Some(multiple) = &point.base {
                share(&mut shares, multiple.base).plain.push((scalar, coefficient * multiple.coefficient));
            } else if let Some(opening) = opening.and_then(|i| self.statement.equations.get(i)) {
                for inner in &opening.terms {
                    let Some(multiple) = self.base(inner.1) else { continue };
                    let share = share(&mut shares, multiple.base);
                    if self.makes_a_bit(scalar, element, equation, opening, inner) {
                        share.bits.push(scalar);
                    } else if let (Some(nonce), Some(witness)) = (self.nonces.get(scalar), self.witness.get(inner.0)) {
                        // coefficient * nonce * C, of which this is the share on one base
                        let public = coefficient * inner.2 * multiple.coefficient;
                        *share.opened.get_or_insert(G::Scalar::ZERO) += public * *nonce * *witness;
                    }
                }
            } else if let Some(nonce) = self.nonces.get(scalar) {
                let part = G::halve(&(coefficient * *nonce));
                match dynamic.iter_mut().find(|term| term.0 == element) {
                    Some((_, sum, _)) => *sum += part,
                    None => dynamic.push((element, part, point.element)),
                }
            }
        }
        let mut terms: Vec<_> = dynamic.iter().map(|(_, scalar, element)| (*scalar, *element)).collect();
        let mut sum = if terms.is_empty() { G::Element::identity() } else { G::multi_mul(&terms) };
        terms.iter_mut().for_each(|(scalar, _)| scalar.zeroize());
        dynamic.iter_mut().for_each(|(_, scalar, _)| scalar.zeroize());
        for share in &mut shares {
            sum += self.evaluate(share);
            share.opened.zeroize();
        }
        sum
    }

    /// Whether `equation`, which is `C = b*C + ..`, and the term `b*X` of the opening of `C` say that b is 0 or 1.
    ///
    /// They do if nothing else in either equation touches X: the share of X is then b on the left and b*b on the right.
    fn makes_a_bit(
        &self,
        bit: usize,
        opened: usize,
        equation: &LinearEquation<G::Scalar>,
        opening: &LinearEquation<G::Scalar>,
        inner: &(usize, usize, G::Scalar),
    ) -> bool {
        let (one, Some(x)) = (G::Scalar::ONE, self.base(inner.1)) else { return false };
        let off_x = |element: usize| self.base(element).is_some_and(|other| other.base != x.base);
        let forced = inner.0 == bit
            && inner.2 * x.coefficient == one
            && equation.image == [(opened, one)]
            && opening.terms.iter().filter(|term| !off_x(term.1)).count() == 1
            && equation.terms.iter().filter(|term| !off_x(term.1)).eq([&(bit, opened, one)]);
        // That argument is good for bases without a known relation. With one, b can be another number; it is multiplied like
        // any other then. For bases as they should be, the test below is true for every witness that fits.
        forced && self.witness.get(bit).is_some_and(|b| (b.ct_eq(&G::Scalar::ZERO) | b.ct_eq(&one)).into())
    }

    fn base(&self, element: usize) -> Option<&Multiple<G::Scalar>> {
        self.statement.points.get(element).and_then(|point| point.base.as_ref())
    }

    fn evaluate(&mut self, share: &Share<G::Scalar>) -> G::Element {
        let mut sum = G::Element::identity();
        for scalar in &share.bits {
            let bit = self.witness.get(*scalar).map(|w| w.ct_eq(&G::Scalar::ONE)).unwrap_or(0.into());
            sum += G::Element::conditional_select(&G::Element::identity(), &self.product(*scalar, share.base), bit);
        }
        match (share.plain.as_slice(), &share.opened) {
            ([], None) => {}
            ([(scalar, c)], None) if *c == G::Scalar::ONE => sum += self.product(*scalar, share.base),
            ([(scalar, c)], None) if *c == -G::Scalar::ONE => sum -= self.product(*scalar, share.base),
            (plain, opened) => {
                let nonces = plain.iter().filter_map(|(scalar, c)| Some(*c * *self.nonces.get(*scalar)?));
                let mut total = nonces.fold(opened.unwrap_or_default(), |sum, term| sum + term);
                sum += self.statement.bases.mul(share.base, &G::halve(&total));
                total.zeroize();
            }
        }
        sum
    }

    fn product(&mut self, scalar: usize, base: usize) -> G::Element {
        let nonce = self.nonces.get(scalar).copied().unwrap_or_default();
        let bases = self.statement.bases;
        *self.products.entry((scalar, base)).or_insert_with(|| bases.mul(base, &G::halve(&nonce)))
    }
}

fn share<S>(shares: &mut Vec<Share<S>>, base: usize) -> &mut Share<S> {
    let at = shares.iter().position(|share| share.base == base).unwrap_or(shares.len());
    if at == shares.len() {
        shares.push(Share { base, plain: Vec::new(), opened: None, bits: Vec::new() });
    }
    #[allow(clippy::indexing_slicing, reason = "at is below the length, by the lines above")]
    &mut shares[at]
}
