//! Arithmetic of integers as long as the modulus. What stands outside of this module sees big-endian bytes only.

mod crt;
mod primes;
mod ring;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crypto_bigint::{U1024, U1536, U2048, U3072, U4096, Uint};
use zeroize::Zeroizing;

use crate::Fault;

pub(crate) use primes::random_primes;

/// A public modulus n.
pub(crate) trait Modulus: Send + Sync {
    /// Whether `bytes` are as many as n has and stand for an integer below n.
    fn contains(&self, bytes: &[u8]) -> bool;

    /// x^e mod n. The time depends on e only.
    fn power(&self, x: &[u8], e: u64) -> Vec<u8>;

    /// Blinds m, which is not 0, with r, which is not 0: z and r^-1.
    fn blind(&self, m: &[u8], r: &[u8], e: u64) -> Result<Blinded, NoUnit>;

    /// x * y mod n.
    fn multiply(&self, x: &[u8], y: &[u8]) -> Zeroizing<Vec<u8>>;

    /// x^-1 mod n.
    #[cfg(feature = "hazmat")]
    fn invert(&self, x: &[u8]) -> Option<Zeroizing<Vec<u8>>>;
}

/// z = m * r^e mod n, and inv = r^-1 mod n.
pub(crate) struct Blinded {
    pub(crate) z: Vec<u8>,
    pub(crate) inv: Zeroizing<Vec<u8>>,
}

/// Which integer has a factor in common with n.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoUnit {
    Message,
    Factor,
}

/// r^e and r^-1 mod n, in the form in which [`Private::raise`] wants them.
#[derive(Clone)]
pub(crate) struct Pair {
    factor: Zeroizing<Vec<u8>>,
    inverse: Zeroizing<Vec<u8>>,
}

#[cfg(test)]
impl Pair {
    pub(crate) fn factor(&self) -> &[u8] {
        &self.factor
    }

    /// Turns a bit, as a fault in memory would.
    pub(crate) fn break_it(&mut self) {
        self.factor.iter_mut().last().into_iter().for_each(|byte| *byte ^= 1);
    }
}

/// A secret key's numbers: the primes and what follows from them.
pub(crate) trait Private: Send + Sync {
    /// m^d mod n, where m is below n, under the blinding of the pair. Not checked.
    fn raise(&self, m: &[u8], pair: &Pair) -> Zeroizing<Vec<u8>>;

    /// A pair from r, if r is a unit.
    fn pair(&self, r: &[u8]) -> Option<Pair>;

    /// The pair of r^2.
    fn square(&self, pair: &Pair) -> Pair;

    /// Whether d is what the key's e asks for: any integer that is right modulo p - 1 and modulo q - 1.
    fn is_exponent(&self, d: &[u8]) -> bool;

    /// All numbers of RSAPrivateKey, each as long as its modulus.
    fn numbers(&self) -> Numbers;

    /// Turns a bit of d mod (q - 1), as a fault in memory would.
    #[cfg(test)]
    fn break_it(&mut self);
}

/// The numbers of RSAPrivateKey.
pub(crate) struct Numbers {
    pub(crate) n: Vec<u8>,
    pub(crate) e: Vec<u8>,
    /// e^-1 mod (p - 1)(q - 1)
    pub(crate) d: Zeroizing<Vec<u8>>,
    pub(crate) p: Zeroizing<Vec<u8>>,
    pub(crate) q: Zeroizing<Vec<u8>>,
    pub(crate) dp: Zeroizing<Vec<u8>>,
    pub(crate) dq: Zeroizing<Vec<u8>>,
    pub(crate) qinv: Zeroizing<Vec<u8>>,
}

/// n without leading zeros: odd, and of one of the three sizes.
pub(crate) fn modulus(n: &[u8]) -> Result<Box<dyn Modulus>, Fault> {
    let modulus = match n.len() {
        256 => ring::Ring::<{ U2048::LIMBS }>::boxed(n),
        384 => ring::Ring::<{ U3072::LIMBS }>::boxed(n),
        512 => ring::Ring::<{ U4096::LIMBS }>::boxed(n),
        _ => None,
    };
    modulus.ok_or(Fault::Modulus)
}

/// p and q without leading zeros: of one length, with a product of twice as many bits, units for e, and distinct.
pub(crate) fn private(p: &[u8], q: &[u8], e: u64) -> Result<Box<dyn Private>, Fault> {
    if p.len() != q.len() {
        return Err(Fault::Modulus);
    }
    match p.len() {
        128 => crt::Crt::<{ U2048::LIMBS }, { U1024::LIMBS }>::boxed(p, q, e),
        192 => crt::Crt::<{ U3072::LIMBS }, { U1536::LIMBS }>::boxed(p, q, e),
        256 => crt::Crt::<{ U4096::LIMBS }, { U2048::LIMBS }>::boxed(p, q, e),
        _ => Err(Fault::Modulus),
    }
}

/// e of RSAPublicKey: odd, at least 3, at most 33 bits. A longer one would let a key's author choose the cost of its use.
pub(crate) fn exponent(e: &[u8]) -> Result<u64, Fault> {
    let value = match e.len() {
        1..=5 => e.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)),
        _ => return Err(Fault::Exponent),
    };
    if value & 1 == 1 && (3..1 << 33).contains(&value) { Ok(value) } else { Err(Fault::Exponent) }
}

/// An integer of exactly as many bytes as the type has.
fn read<const N: usize>(bytes: &[u8]) -> Option<Uint<N>> {
    (bytes.len() * 8 == Uint::<N>::BITS as usize).then(|| Uint::from_be_slice(bytes))
}

/// An integer below the type's bound; others, which our own code does not pass, as 0.
fn own<const N: usize>(bytes: &[u8]) -> Uint<N> {
    read(bytes).unwrap_or(Uint::ZERO)
}

fn write<const N: usize>(integer: &Uint<N>) -> Vec<u8> {
    integer.to_be_bytes().as_ref().to_vec()
}

fn write_secret<const N: usize>(integer: &Uint<N>) -> Zeroizing<Vec<u8>> {
    let bytes = Zeroizing::new(integer.to_be_bytes());
    Zeroizing::new(bytes.as_ref().to_vec())
}
