//! The issuer's keys.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use farebox_group::{Element as _, Scalar as _};
use farebox_sigma::{Fresh, Hedge, Shake128, Xof as _};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::codec::{Kind, Reader, Writer, element_len, scalar_len};
use crate::suite::base;
use crate::{BaseSet, Fault, Malformed, Point, Scalar, Suite};

/// The issuer's secret scalars x0, x1, x2 and xb.
#[doc(alias = "ServerPrivateKey")]
pub struct SecretKey<S: Suite> {
    pub(crate) x0: Scalar<S>,
    pub(crate) x1: Scalar<S>,
    pub(crate) x2: Scalar<S>,
    pub(crate) xb: Scalar<S>,
    pub(crate) public: PublicKey<S>,
}

impl<S: Suite> SecretKey<S> {
    /// Bytes of the peers' form.
    pub const SCALARS_LEN: usize = 4 * scalar_len::<S>();

    /// A new key (arc-crypto-01, "SetupServer"). Draws 32 bytes. Builds tables: some milliseconds.
    #[doc(alias = "SetupServer")]
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let context = S::CONTEXT_STRING.as_bytes();
        let mut hedge = Hedge::new::<Scalar<S>>(b"farebox-arc key v1", &Fresh::draw(rng), &[], &[context]);
        loop {
            let [x0, x1, x2, xb] = core::array::from_fn(|_| hedge.nonzero_scalar());
            if let Ok(key) = Self::new(x0, x1, x2, xb) {
                return key;
            }
        }
    }

    /// The form that other implementations save: `x0 | x1 | x2 | xb`, in the suite's byte order.
    ///
    /// # Errors
    /// [`Malformed`], also for a scalar of 0.
    pub fn from_scalar_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        Self::read(Reader::new("secret key", bytes, Self::SCALARS_LEN)?)
    }

    fn read(mut reader: Reader<'_, S>) -> Result<Self, Malformed> {
        let [x0, x1] = [reader.scalar("x0")?, reader.scalar("x1")?];
        let [x2, xb] = [reader.scalar("x2")?, reader.scalar("xb")?];
        Self::new(x0, x1, x2, xb)
    }

    fn new(x0: Scalar<S>, x1: Scalar<S>, x2: Scalar<S>, xb: Scalar<S>) -> Result<Self, Malformed> {
        for (field, scalar) in [("x0", x0), ("x1", x1), ("x2", x2), ("xb", xb)] {
            if scalar.is_zero().into() {
                return Err(Malformed { field, fault: Fault::Zero });
            }
        }
        let bases = S::bases();
        // X0 = x0*G + xb*H, X1 = x1*H, X2 = x2*H
        let big_x0 = bases.mul(base::G, &x0) + bases.mul(base::H, &xb);
        let [big_x1, big_x2] = [x1, x2].map(|x| bases.mul(base::H, &x));
        let point = |element| Point::<S>::encode(element).map_err(|_| Malformed { field: "X0", fault: Fault::Zero });
        let public = PublicKey::new(point(big_x0)?, point(big_x1)?, point(big_x2)?)?;
        Ok(Self { x0, x1, x2, xb, public })
    }

    /// The public key.
    pub fn public_key(&self) -> &PublicKey<S> {
        &self.public
    }

    /// The saved form: version, kind, suite, `x0 | x1 | x2 | xb`; 131 bytes.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let writer = Writer::<S>::state(Kind::SecretKey, Self::SCALARS_LEN).scalar(&self.x0).scalar(&self.x1);
        Zeroizing::new(writer.scalar(&self.x2).scalar(&self.xb).finish())
    }

    /// Reads the saved form. Builds tables: some milliseconds.
    ///
    /// # Errors
    /// [`Malformed`], also for a key of another suite.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        Self::read(Reader::state(Kind::SecretKey, "secret key", bytes, Self::SCALARS_LEN)?)
    }
}

impl<S: Suite> Drop for SecretKey<S> {
    fn drop(&mut self) {
        [&mut self.x0, &mut self.x1, &mut self.x2, &mut self.xb].into_iter().for_each(Zeroize::zeroize);
    }
}

impl<S: Suite> ZeroizeOnDrop for SecretKey<S> {}

impl<S: Suite> fmt::Debug for SecretKey<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("public", &self.public).finish_non_exhaustive()
    }
}

/// `X0 | X1 | X2`, none of them the identity, with the tables of G, H and X1 (about 120 kB). A copy shares them.
#[derive(Clone)]
#[doc(alias = "ServerPublicKey")]
pub struct PublicKey<S: Suite>(Arc<Inner<S>>);

struct Inner<S: Suite> {
    x0: Point<S>,
    x2: Point<S>,
    /// G, H and X1.
    bases: BaseSet<S>,
    id: KeyId,
}

/// Names a key within saved states: 16 bytes, never on the wire.
pub(crate) type KeyId = [u8; 16];

impl<S: Suite> PublicKey<S> {
    /// Bytes of the encoding: 99 on P-256, 96 on ristretto255.
    pub const LEN: usize = 3 * element_len::<S>();

    /// Reads `X0 | X1 | X2`. Builds tables: some milliseconds.
    ///
    /// # Errors
    /// [`Malformed`], also for the identity.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::<S>::new("public key", bytes, Self::LEN)?;
        let (x0, x1, x2) = (reader.point("X0")?, reader.point("X1")?, reader.point("X2")?);
        Self::new(x0, x1, x2)
    }

    fn new(x0: Point<S>, x1: Point<S>, x2: Point<S>) -> Result<Self, Malformed> {
        let others: Vec<_> = S::bases().points().iter().skip(base::H).chain([&x1]).map(Point::<S>::element).collect();
        let bases = BaseSet::<S>::new(&others).map_err(|_| Malformed { field: "X1", fault: Fault::Zero })?;
        let mut hash = Shake128::default();
        let parts: [&[u8]; 5] =
            [b"farebox-arc key v1", S::CONTEXT_STRING.as_bytes(), x0.bytes(), x1.bytes(), x2.bytes()];
        parts.into_iter().for_each(|part| hash.absorb(part));
        Ok(Self(Arc::new(Inner { x0, x2, bases, id: hash.squeeze() })))
    }

    /// `X0 | X1 | X2`, whose SHA-256 is the issuer key id of the Privacy Pass binding.
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::<S>::new(Self::LEN).points([&self.x0(), &self.x1(), &self.x2()]).finish()
    }

    pub(crate) fn id(&self) -> KeyId {
        self.0.id
    }

    pub(crate) fn x0(&self) -> Point<S> {
        self.0.x0
    }

    pub(crate) fn x1(&self) -> Point<S> {
        self.point(base::X1)
    }

    pub(crate) fn x2(&self) -> Point<S> {
        self.0.x2
    }

    pub(crate) fn bases(&self) -> &BaseSet<S> {
        &self.0.bases
    }

    /// The point of a base of this key's set.
    pub(crate) fn point(&self, base: usize) -> Point<S> {
        #[allow(clippy::indexing_slicing, reason = "called with the constants of `base` only")]
        self.0.bases.points()[base]
    }
}

impl<S: Suite> PartialEq for PublicKey<S> {
    fn eq(&self, other: &Self) -> bool {
        self.to_bytes() == other.to_bytes()
    }
}

impl<S: Suite> Eq for PublicKey<S> {}

impl<S: Suite> fmt::Debug for PublicKey<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        self.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// Whether one of the points is the identity. Decoding refused it; operations refuse it again, because a credential or a
/// presentation with it needs no key.
pub(crate) fn any_identity<'p, S: Suite>(points: impl IntoIterator<Item = &'p Point<S>>) -> bool {
    points.into_iter().any(|point| point.element().is_identity().into())
}
