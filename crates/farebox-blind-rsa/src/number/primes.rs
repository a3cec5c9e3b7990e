//! Primes for a new key (FIPS 186-5, appendix A.1.3, by the probable primes of Baillie and others).

use alloc::vec::Vec;

use crypto_bigint::{Limb, NonZero, RandomBits, RandomMod, U1024, U1536, U2048, Uint, UnsignedWithMontyForm};
use crypto_primes::hazmat::{SetBits, SmallFactorsSieveFactory};
use crypto_primes::{Flavor, is_prime, sieve_and_find};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::crt::far_apart;
use super::write_secret;
use crate::ModulusSize;

/// The exponent of new keys.
pub(crate) const F4: u32 = 65537;

/// Two primes, big-endian.
pub(crate) type Primes = [Zeroizing<Vec<u8>>; 2];

/// p and q of half the modulus' bits, both with the two highest bits set, and neither 1 modulo 65537. `None` if the generator
/// gives no prime in so many tries that it is broken.
pub(crate) fn random_primes<R: CryptoRng + ?Sized>(size: ModulusSize, rng: &mut R) -> Option<Primes> {
    match size {
        ModulusSize::Bits2048 => pair::<{ U1024::LIMBS }, R>(rng),
        ModulusSize::Bits3072 => pair::<{ U1536::LIMBS }, R>(rng),
        ModulusSize::Bits4096 => pair::<{ U2048::LIMBS }, R>(rng),
    }
}

fn pair<const H: usize, R: CryptoRng + ?Sized>(rng: &mut R) -> Option<Primes>
where
    Uint<H>: UnsignedWithMontyForm + RandomBits + RandomMod,
{
    let p = Zeroizing::new(prime::<H, R>(rng)?);
    for _ in 0..16 {
        let q = Zeroizing::new(prime::<H, R>(rng)?);
        if far_apart(&p, &q) {
            return Some([write_secret(&p), write_secret(&q)]);
        }
    }
    None
}

fn prime<const H: usize, R: CryptoRng + ?Sized>(rng: &mut R) -> Option<Uint<H>>
where
    Uint<H>: UnsignedWithMontyForm + RandomBits + RandomMod,
{
    let sieve = SmallFactorsSieveFactory::new(Flavor::Any, Uint::<H>::BITS, SetBits::TwoMsb).ok()?;
    let mut rng = rng;
    let e = NonZero::new(Limb::from_u32(F4)).into_option()?;
    // gcd(e, p - 1) = 1, since e is prime.
    let fits = |candidate: &Uint<H>| candidate.rem_limb(e) != Limb::ONE && is_prime(Flavor::Any, candidate);
    sieve_and_find(&mut rng, sieve, |_, candidate| fits(candidate)).ok()?
}
