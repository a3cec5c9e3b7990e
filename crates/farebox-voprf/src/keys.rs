//! The server's key pair.

use core::fmt;
use core::marker::PhantomData;

use alloc::vec::Vec;

use farebox_group::Group as _;
use farebox_sigma::{Fresh, Hedge};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::codec::{self, Reader, length};
use crate::domain::Domain;
use crate::{Group, MAX_INPUT, Malformed, Misuse, Mode, Point, Poprf, Scalar, Suite};

/// The server's secret scalar, for one suite and one mode.
pub struct SecretKey<S: Suite, M: Mode> {
    pub(crate) scalar: Scalar<S>,
    pub(crate) public: PublicKey<S, M>,
}

impl<S: Suite, M: Mode> SecretKey<S, M> {
    /// A new key (RFC 9497, Section 3.2). Draws 32 bytes.
    #[doc(alias = "GenerateKeyPair")]
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let context = Domain::<S, M>::tag("farebox-voprf key v1 ").concat();
        let mut hedge = Hedge::new::<Scalar<S>>(&context, &Fresh::draw(rng), &[], &[]);
        loop {
            if let Some(key) = Self::new(hedge.nonzero_scalar()) {
                return key;
            }
        }
    }

    /// The key that `seed` (Ns bytes, uniform and secret) and `info` (at most 65,535 bytes) determine (RFC 9497, Section
    /// 3.2.1). Another mode gives another key.
    ///
    /// # Errors
    /// [`Misuse::Seed`], [`Misuse::Info`], [`Misuse::Derivation`].
    #[doc(alias = "DeriveKeyPair")]
    pub fn derive(seed: &[u8], info: &[u8]) -> Result<Self, Misuse> {
        if seed.len() == Group::<S>::SCALAR_LEN { Self::derive_body(seed, info) } else { Err(Misuse::Seed) }
    }

    /// [`derive`](Self::derive) with a seed of any length, which some published vectors have.
    ///
    /// # Errors
    /// [`Misuse::Info`], [`Misuse::Derivation`].
    #[cfg(feature = "hazmat")]
    pub fn derive_from_any_seed(seed: &[u8], info: &[u8]) -> Result<Self, Misuse> {
        Self::derive_body(seed, info)
    }

    fn derive_body(seed: &[u8], info: &[u8]) -> Result<Self, Misuse> {
        if info.len() > MAX_INPUT {
            return Err(Misuse::Info);
        }
        // sk = HashToScalar(seed || I2OSP(len(info), 2) || info || I2OSP(counter, 1)), the first that is not 0
        let key = (0..=u8::MAX).find_map(|counter| {
            let parts: [&[u8]; 4] = [seed, &length(info), info, &[counter]];
            Self::new(Domain::<S, M>::hash_to_scalar("DeriveKeyPair", &parts))
        });
        key.ok_or(Misuse::Derivation)
    }

    /// `None` for 0.
    fn new(scalar: Scalar<S>) -> Option<Self> {
        // pk = sk * G
        let point = farebox_sigma::Point::encode(Group::<S>::mul_generator(&scalar)).ok()?;
        Some(Self { scalar, public: PublicKey { point, mode: PhantomData } })
    }

    /// The public key.
    pub fn public_key(&self) -> &PublicKey<S, M> {
        &self.public
    }

    /// The scalar: Ns bytes. Suite and mode are not in them.
    #[doc(alias = "skS")]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(Group::<S>::SCALAR_LEN));
        codec::write_scalar::<S>(&mut out, &self.scalar);
        out
    }

    /// Reads a scalar that is neither 0 nor at or above the group order.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        let scalar = reader.nonzero::<S>("skS")?;
        reader.end()?;
        Self::new(scalar).ok_or(Malformed { field: "skS", fault: crate::Fault::Zero })
    }
}

impl<S: Suite, M: Mode> Drop for SecretKey<S, M> {
    fn drop(&mut self) {
        self.scalar.zeroize();
    }
}

impl<S: Suite, M: Mode> ZeroizeOnDrop for SecretKey<S, M> {}

impl<S: Suite, M: Mode> fmt::Debug for SecretKey<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("public", &self.public).finish_non_exhaustive()
    }
}

/// The server's public key: an element other than the identity, Ne bytes.
#[derive(Clone, Copy)]
#[doc(alias = "pkS")]
pub struct PublicKey<S: Suite, M: Mode> {
    pub(crate) point: Point<S>,
    mode: PhantomData<M>,
}

impl<S: Suite, M: Mode> PublicKey<S, M> {
    /// Reads Ne bytes.
    ///
    /// # Errors
    /// [`Malformed`], also for the identity.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        Ok(Self { point: codec::point::<S>("pkS", bytes)?, mode: PhantomData })
    }

    /// The encoding: Ne bytes, whose SHA-256 is the token key id of Privacy Pass.
    pub fn as_bytes(&self) -> &[u8] {
        self.point.bytes()
    }
}

impl<S: Suite> PublicKey<S, Poprf> {
    /// tweakedKey = m*G + pkS
    pub(crate) fn tweaked(&self, info: &[u8]) -> Result<Point<S>, Misuse> {
        let m = Domain::<S, Poprf>::tweak(info)?;
        let tweaked = Group::<S>::mul_generator(&m) + self.point.element();
        farebox_sigma::Point::encode(tweaked).map_err(|_| Misuse::Tweak)
    }
}

impl<S: Suite, M: Mode> PartialEq for PublicKey<S, M> {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<S: Suite, M: Mode> Eq for PublicKey<S, M> {}

impl<S: Suite, M: Mode> fmt::Debug for PublicKey<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}
