//! Montgomery's trick: many inversions for one.

use alloc::vec::Vec;

use zeroize::Zeroize;

use crate::Scalar;

/// Replaces every scalar by its inverse; 0 stays 0.
pub(crate) fn invert<S: Scalar>(scalars: &mut [S]) {
    // prefix[i] = product of all nonzero scalars before i
    let mut prefix = Vec::with_capacity(scalars.len());
    let mut product = S::ONE;
    for scalar in scalars.iter() {
        prefix.push(product);
        product *= S::conditional_select(scalar, &S::ONE, scalar.ct_eq(&S::ZERO));
    }
    let mut inverse = product.invert();
    for (scalar, before) in scalars.iter_mut().zip(&prefix).rev() {
        let zero = scalar.ct_eq(&S::ZERO);
        let value = S::conditional_select(scalar, &S::ONE, zero);
        *scalar = S::conditional_select(&(inverse * *before), &S::ZERO, zero);
        inverse *= value;
    }
    prefix.zeroize();
    product.zeroize();
    inverse.zeroize();
}
