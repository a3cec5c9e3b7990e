//! The private operation by the Chinese remainder theorem (RFC 8017, section 5.1.2), in constant time.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{CtEq as _, CtLt as _, NonZero, Odd, Uint};
use zeroize::{Zeroize, Zeroizing};

use super::ring::{Ring, power};
use super::{Numbers, Pair, Private, own, read, write, write_secret};
use crate::Fault;

/// One prime, with the exponent for it.
struct Half<const H: usize> {
    params: FixedMontyParams<H>,
    /// R in Montgomery's form, where R = 2^(64 H).
    radix: FixedMontyForm<H>,
    /// d mod (p - 1)
    d: Uint<H>,
}

/// n in N limbs, p and q in half as many.
pub(super) struct Crt<const N: usize, const H: usize> {
    ring: Ring<N>,
    p: Half<H>,
    q: Half<H>,
    /// q^-1 mod p, in Montgomery's form.
    qinv: FixedMontyForm<H>,
    e: u64,
}

impl<const H: usize> Half<H> {
    /// `None` where p is even or has not all its bits, or where e is no unit modulo p - 1.
    fn new(p: &Uint<H>, e: u64) -> Option<Self> {
        let odd = Odd::new(*p).into_option().filter(|_| p.bits() == Uint::<H>::BITS)?;
        let params = FixedMontyParams::new(odd);
        let radix = FixedMontyForm::new(FixedMontyForm::one(&params).as_montgomery(), &params);
        // d mod (p - 1) = e^-1 mod (p - 1)
        let order = Zeroizing::new(p.wrapping_sub(&Uint::ONE));
        let order = NonZero::new(*order).into_option()?;
        let d = Uint::from_u64(e).invert_mod(&order).into_option()?;
        Some(Self { params, radix, d })
    }

    fn modulus(&self) -> &Uint<H> {
        self.params.modulus().as_ref()
    }

    /// x = high * R + low mod p, for any two halves: both products are below R * p, so they reduce.
    fn reduce(&self, low: &Uint<H>, high: &Uint<H>) -> FixedMontyForm<H> {
        let high = Zeroizing::new(FixedMontyForm::new(high, &self.params));
        let low = Zeroizing::new(FixedMontyForm::new(low, &self.params));
        low.add(&Zeroizing::new(high.mul(&self.radix)))
    }
}

impl<const H: usize> Drop for Half<H> {
    fn drop(&mut self) {
        self.params.zeroize();
        self.radix.zeroize();
        self.d.zeroize();
    }
}

impl<const N: usize, const H: usize> Crt<N, H> {
    pub(super) fn boxed(p: &[u8], q: &[u8], e: u64) -> Result<Box<dyn Private>, Fault> {
        let (p, q) = (read::<H>(p).ok_or(Fault::Modulus)?, read::<H>(q).ok_or(Fault::Modulus)?);
        let (p, q) = (Zeroizing::new(p), Zeroizing::new(q));
        let ring = Ring::new(&product(&p, &q)).ok_or(Fault::Modulus)?;
        let half = |prime: &Uint<H>| Half::new(prime, e).ok_or(Fault::Inconsistent);
        let (p, q) = (half(&p)?, half(&q)?);
        // No inverse where q is p, or they have a factor in common.
        let qinv = FixedMontyForm::new(q.modulus(), &p.params).invert().into_option().ok_or(Fault::Inconsistent)?;
        Ok(Box::new(Self { ring, p, q, qinv, e }))
    }

    /// x^d mod n, where x is below n.
    fn power(&self, x: &Uint<N>) -> Uint<N> {
        let (low, high): (Uint<H>, Uint<H>) = x.split_resize();
        let (low, high) = (Zeroizing::new(low), Zeroizing::new(high));
        // s1 = x^dp mod p, s2 = x^dq mod q
        let s1 = Zeroizing::new(Zeroizing::new(self.p.reduce(&low, &high)).pow_amm(&self.p.d));
        let s2 = Zeroizing::new(Zeroizing::new(self.q.reduce(&low, &high)).pow_amm(&self.q.d));
        // h = (s1 - s2) * qinv mod p
        let s2 = Zeroizing::new(s2.retrieve());
        let s2_mod_p = Zeroizing::new(FixedMontyForm::new(&s2, &self.p.params));
        let difference = Zeroizing::new(s1.sub(&s2_mod_p));
        let h = Zeroizing::new(Zeroizing::new(difference.mul(&self.qinv)).retrieve());
        // s = s2 + q * h
        s2.resize::<N>().wrapping_add(&Zeroizing::new(product::<N, H>(self.q.modulus(), &h)))
    }

    /// An integer as the Montgomery form of another one: such a product has lost the factor R that the other brings in.
    fn plain(&self, integer: &Uint<N>) -> FixedMontyForm<N> {
        FixedMontyForm::from_montgomery(*integer, &self.ring.params)
    }
}

/// x * y in twice the limbs.
fn product<const N: usize, const H: usize>(x: &Uint<H>, y: &Uint<H>) -> Uint<N> {
    let (low, high) = x.widening_mul(y);
    low.concat_resize(&high)
}

impl<const N: usize, const H: usize> Private for Crt<N, H> {
    fn raise(&self, m: &[u8], pair: &Pair) -> Zeroizing<Vec<u8>> {
        let (factor, inverse) = (Zeroizing::new(own(&pair.factor)), Zeroizing::new(own(&pair.inverse)));
        // s = (m * r^e)^d * r^-1
        let blinded = Zeroizing::new(self.plain(&own(m)).mul(&Zeroizing::new(self.plain(&factor))));
        let power = Zeroizing::new(self.power(blinded.as_montgomery()));
        let s = Zeroizing::new(self.plain(&power).mul(&Zeroizing::new(self.plain(&inverse))));
        write_secret(s.as_montgomery())
    }

    fn pair(&self, r: &[u8]) -> Option<Pair> {
        let r = Zeroizing::new(FixedMontyForm::new(&own(r), &self.ring.params));
        let inverse = Zeroizing::new(r.invert().into_option()?);
        let factor = Zeroizing::new(power(&r, self.e));
        Some(Pair { factor: write_secret(factor.as_montgomery()), inverse: write_secret(inverse.as_montgomery()) })
    }

    fn square(&self, pair: &Pair) -> Pair {
        let square = |bytes: &[u8]| {
            let form = Zeroizing::new(self.plain(&own(bytes)));
            write_secret(Zeroizing::new(form.square()).as_montgomery())
        };
        Pair { factor: square(&pair.factor), inverse: square(&pair.inverse) }
    }

    fn is_exponent(&self, d: &[u8]) -> bool {
        let Some(zeros) = (Uint::<N>::BITS as usize / 8).checked_sub(d.len()) else { return false };
        let padded = Zeroizing::new([&alloc::vec![0; zeros], d].concat());
        let d = Zeroizing::new(own::<N>(&padded));
        let fits = |half: &Half<H>| {
            let order = NonZero::new(half.modulus().wrapping_sub(&Uint::ONE)).into_option().map(Zeroizing::new);
            order.is_some_and(|order| Zeroizing::new(d.rem(&order)).ct_eq(&half.d).to_bool())
        };
        fits(&self.p) && fits(&self.q)
    }

    fn numbers(&self) -> Numbers {
        let (p, q) = (self.p.modulus(), self.q.modulus());
        let order = |prime: &Uint<H>| Zeroizing::new(prime.wrapping_sub(&Uint::ONE));
        let phi = Zeroizing::new(product::<N, H>(&order(p), &order(q)));
        // There is an inverse, since there is one modulo p - 1 and one modulo q - 1.
        let phi = NonZero::new(*phi).into_option().unwrap_or(NonZero::ONE);
        let d = Zeroizing::new(Uint::<N>::from_u64(self.e).invert_mod(&phi).into_option().unwrap_or(Uint::ZERO));
        Numbers {
            n: write(self.ring.params.modulus().as_ref()),
            e: self.e.to_be_bytes().to_vec(),
            d: write_secret(&d),
            p: write_secret(p),
            q: write_secret(q),
            dp: write_secret(&self.p.d),
            dq: write_secret(&self.q.d),
            qinv: write_secret(&Zeroizing::new(self.qinv.retrieve())),
        }
    }

    #[cfg(test)]
    fn break_it(&mut self) {
        self.q.d = self.q.d.wrapping_add(&Uint::from_u64(1 << 40));
    }
}

impl<const N: usize, const H: usize> Drop for Crt<N, H> {
    fn drop(&mut self) {
        self.qinv.zeroize();
    }
}

/// Whether the two are more than 2^(bits - 100) apart (FIPS 186-5, A.1.3), so that n is not next to a square.
pub(super) fn far_apart<const H: usize>(p: &Uint<H>, q: &Uint<H>) -> bool {
    let smaller = p.ct_lt(q).to_bool();
    let difference = Zeroizing::new(if smaller { q.wrapping_sub(p) } else { p.wrapping_sub(q) });
    difference.bits() > Uint::<H>::BITS - 100
}
