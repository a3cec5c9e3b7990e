//! Integers modulo an odd n, with Montgomery's parameters kept.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{CtLt as _, Odd, Uint};
use zeroize::Zeroizing;

use super::{Blinded, Modulus, NoUnit, own, read, write, write_secret};

/// The integers modulo n.
pub(super) struct Ring<const N: usize> {
    pub(super) params: FixedMontyParams<N>,
}

impl<const N: usize> Ring<N> {
    /// `None` where n is even or its highest bit is clear.
    pub(super) fn new(n: &Uint<N>) -> Option<Self> {
        let odd = Odd::new(*n).into_option().filter(|_| n.bits_vartime() == Uint::<N>::BITS)?;
        Some(Self { params: FixedMontyParams::new_vartime(odd) })
    }

    pub(super) fn boxed(n: &[u8]) -> Option<Box<dyn Modulus>> {
        Some(Box::new(Self::new(&read(n)?)?))
    }

    fn form(&self, integer: &Uint<N>) -> FixedMontyForm<N> {
        FixedMontyForm::new(integer, &self.params)
    }
}

/// x^e, from the highest bit of e down. The time depends on e only, which is public.
pub(super) fn power<const N: usize>(x: &FixedMontyForm<N>, e: u64) -> FixedMontyForm<N> {
    let mut power = *x;
    let mut bits = 63 - e.leading_zeros().min(63);
    while bits > 0 {
        // The next run of zeros and the one after it, so that a run of squares is one call.
        let below = e & ((1 << bits) - 1);
        let next = if below == 0 { 0 } else { 63 - below.leading_zeros() };
        power = power.square_repeat_vartime(bits - next);
        bits = next;
        if below != 0 {
            power = power.mul(x);
        }
    }
    power
}

impl<const N: usize> Modulus for Ring<N> {
    fn contains(&self, bytes: &[u8]) -> bool {
        read::<N>(bytes).is_some_and(|integer| integer.ct_lt(self.params.modulus().as_ref()).to_bool())
    }

    fn power(&self, x: &[u8], e: u64) -> Vec<u8> {
        write(&power(&self.form(&own(x)), e).retrieve())
    }

    fn blind(&self, m: &[u8], r: &[u8], e: u64) -> Result<Blinded, NoUnit> {
        let (m, r) = (Zeroizing::new(self.form(&own(m))), Zeroizing::new(self.form(&own(r))));
        // z = m * r^e mod n
        let z = m.mul(&Zeroizing::new(power(&r, e))).retrieve();
        // inv = (m * r)^-1 * m, so that one inversion tells of both whether they are units.
        match Zeroizing::new(m.mul(&r)).invert().into_option().map(Zeroizing::new) {
            Some(inverse) => {
                let inv = Zeroizing::new(inverse.mul(&m).retrieve());
                Ok(Blinded { z: write(&z), inv: write_secret(&inv) })
            }
            None if r.invert().is_some().to_bool() => Err(NoUnit::Message),
            None => Err(NoUnit::Factor),
        }
    }

    fn multiply(&self, x: &[u8], y: &[u8]) -> Zeroizing<Vec<u8>> {
        let x = Zeroizing::new(self.form(&own(x)));
        // x is in Montgomery's form and y is not, so the product is not.
        let y = Zeroizing::new(FixedMontyForm::from_montgomery(own(y), &self.params));
        write_secret(x.mul(&y).as_montgomery())
    }

    #[cfg(feature = "hazmat")]
    fn invert(&self, x: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let inverse = Zeroizing::new(self.form(&own(x)).invert().into_option()?);
        Some(write_secret(&Zeroizing::new(inverse.retrieve())))
    }
}
