//! The issuer's key pair.

use core::fmt;

use alloc::vec::Vec;

use farebox_group::{ByteOrder, Group as _, Ristretto255, Scalar as _};
use farebox_sigma::{Fresh, Hedge, Point};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::codec::{Kind, Reader, Writer};
use crate::params::ParamsId;
use crate::{Fault, Malformed, Misuse, Params, Scalar};

/// The issuer's secret scalar, for one set of parameters: a key is never used with another L.
#[doc(alias = "KeyGen")]
pub struct SecretKey {
    pub(crate) scalar: Scalar,
    pub(crate) public: PublicKey,
    params: ParamsId,
}

impl SecretKey {
    /// A new key (draft, "Key Generation"). Draws 32 bytes.
    pub fn generate<R: CryptoRng + ?Sized>(params: &Params, rng: &mut R) -> Self {
        let mut hedge = Hedge::new::<Scalar>(b"farebox-act key v1", &Fresh::draw(rng), &[], &[&params.id()]);
        loop {
            if let Some(key) = Self::new(params, hedge.nonzero_scalar()) {
                return key;
            }
        }
    }

    /// The draft's form of a secret key: 32 bytes, little-endian, neither 0 nor at or above the group order.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_scalar_bytes(params: &Params, bytes: &[u8]) -> Result<Self, Malformed> {
        let field = "sk";
        let scalar = Scalar::from_bytes(bytes, ByteOrder::Little);
        let scalar = scalar.map_err(|error| Malformed { field, fault: error.into() })?;
        Self::new(params, scalar).ok_or(Malformed { field, fault: Fault::Zero })
    }

    /// `None` for 0.
    fn new(params: &Params, scalar: Scalar) -> Option<Self> {
        // W = sk * G
        let point = Point::encode(Ristretto255::mul_generator(&scalar)).ok()?;
        Some(Self { scalar, public: PublicKey { point }, params: params.id() })
    }

    /// The public key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// The saved form: version, kind, parameters, scalar; 50 bytes.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(Writer::state(Kind::SecretKey, self.params, 32).scalar(&self.scalar).finish())
    }

    /// Reads the saved form.
    ///
    /// # Errors
    /// [`Malformed`], also for a key of other parameters.
    pub fn from_bytes(params: &Params, bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        reader.head(Kind::SecretKey, params)?;
        let scalar = reader.scalar("sk")?;
        reader.end()?;
        Self::new(params, scalar).ok_or(Malformed { field: "sk", fault: Fault::Zero })
    }

    pub(crate) fn check(&self, params: &Params) -> Result<(), Misuse> {
        if self.params == params.id() { Ok(()) } else { Err(Misuse::Parameters) }
    }
}

impl Drop for SecretKey {
    fn drop(&mut self) {
        self.scalar.zeroize();
    }
}

impl ZeroizeOnDrop for SecretKey {}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("public", &self.public).finish_non_exhaustive()
    }
}

/// W: an element other than the identity, 32 bytes.
#[derive(Clone, Copy)]
pub struct PublicKey {
    pub(crate) point: Point<Ristretto255>,
}

impl PublicKey {
    /// Reads 32 bytes.
    ///
    /// # Errors
    /// [`Malformed`], also for the identity.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let decoded = Point::decode(bytes);
        Ok(Self { point: decoded.map_err(|error| Malformed { field: "W", fault: error.into() })? })
    }

    /// The 32 bytes whose SHA-256 is the issuer key id of the Privacy Pass binding.
    pub fn as_bytes(&self) -> &[u8] {
        self.point.bytes()
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}
