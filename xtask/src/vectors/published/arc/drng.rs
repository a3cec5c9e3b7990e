//! The generator of the arc-crypto-01 files: SHAKE128 over a padded label and the seed, 48 bytes a scalar, big-endian.

use farebox_arc::Suite;
use farebox_group::{ByteOrder, Scalar as _};
use farebox_sigma::{Coins, Shake128, Xof};
use sha3::digest::XofReader as _;

use super::Scalar;

/// How the files' programs reduce what they draw for the protocol. Nonces of proofs are reduced modulo the order in both.
#[derive(Clone, Copy)]
pub(super) enum Draw {
    /// Modulo the order less one.
    LessOne,
    /// Modulo the order.
    Order,
}

pub(super) struct Drng {
    reader: <Shake128 as Xof>::Reader,
    draw: Draw,
}

impl Drng {
    pub(super) fn new(draw: Draw) -> Self {
        let mut xof = Shake128::domain(b"sigma-proofs/TestDRNG/SHAKE128");
        xof.absorb(b"test vector seed");
        xof.absorb_zeros(16);
        Self { reader: xof.reader(), draw }
    }

    fn take(&mut self) -> [u8; 48] {
        let mut wide = [0; 48];
        self.reader.read(&mut wide);
        wide
    }

    pub(super) fn scalar<S: Suite>(&mut self) -> Scalar<S> {
        let wide = self.take();
        match self.draw {
            Draw::Order => Scalar::<S>::reduce(&wide, ByteOrder::Big),
            Draw::LessOne => {
                let less_one = (-Scalar::<S>::ONE).to_bytes(ByteOrder::Big);
                let reduced = remainder(&wide, less_one.as_ref());
                Scalar::<S>::reduce(&reduced, ByteOrder::Big)
            }
        }
    }

    pub(super) fn scalars<S: Suite, const N: usize>(&mut self) -> [Scalar<S>; N] {
        std::array::from_fn(|_| self.scalar::<S>())
    }

    pub(super) fn nonces<S: Suite>(&mut self, count: usize) -> Coins<Scalar<S>> {
        Coins::from_nonces((0..count).map(|_| Scalar::<S>::reduce(&self.take(), ByteOrder::Big)).collect())
    }
}

/// What is left of an integer after division, bit by bit; both big-endian.
fn remainder(number: &[u8], modulus: &[u8]) -> Vec<u8> {
    let modulus = [&[0], modulus].concat();
    let mut rest = vec![0u8; modulus.len()];
    for bit in number.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1)) {
        let mut carry = bit;
        rest.iter_mut().rev().for_each(|digit| (carry, *digit) = (*digit >> 7, *digit << 1 | carry));
        if rest >= modulus {
            let mut borrow = false;
            for (digit, m) in rest.iter_mut().zip(&modulus).rev() {
                let (difference, under) = digit.overflowing_sub(*m);
                let (difference, again) = difference.overflowing_sub(u8::from(borrow));
                (*digit, borrow) = (difference, under || again);
            }
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::remainder;

    #[test]
    fn remainders() {
        let of = |number: u32, modulus: u16| {
            let rest = remainder(&number.to_be_bytes(), &modulus.to_be_bytes());
            rest.iter().fold(0, |value, digit| value << 8 | u32::from(*digit))
        };
        for number in [0, 1, 255, 256, 65535, 65536, 1_000_000_007, u32::MAX] {
            for modulus in [1, 2, 255, 256, 257, 40_000, u16::MAX] {
                assert_eq!(of(number, modulus), number % u32::from(modulus), "{number} mod {modulus}");
            }
        }
    }
}
