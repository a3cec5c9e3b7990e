//! Coins from a seed: `SHAKE128(seed)` as one stream, 64 bytes a scalar, little-endian, modulo the group order.

use farebox_group::{ByteOrder, Group, Scalar as _};
use farebox_sigma::{Coins, Shake128, Xof};
use sha3::digest::XofReader as _;

use super::outcome::Failure;

/// Scalars in the order in which an operation draws them.
pub(crate) struct Stream(Source);

enum Source {
    Seed(Box<<Shake128 as Xof>::Reader>),
    /// Encoded as the group encodes scalars, one behind the other.
    Scalars(std::vec::IntoIter<u8>),
}

impl Stream {
    pub(crate) fn from_seed(seed: &[u8]) -> Self {
        let mut xof = Shake128::default();
        xof.absorb(seed);
        Self(Source::Seed(Box::new(xof.reader())))
    }

    pub(crate) fn from_scalars(scalars: Vec<u8>) -> Self {
        Self(Source::Scalars(scalars.into_iter()))
    }

    /// The next scalar.
    pub(crate) fn scalar<G: Group>(&mut self) -> Result<G::Scalar, Failure> {
        match &mut self.0 {
            Source::Seed(reader) => {
                let mut wide = [0; 64];
                reader.read(&mut wide);
                Ok(G::Scalar::reduce(&wide, ByteOrder::Little))
            }
            Source::Scalars(bytes) => {
                let scalar: Vec<u8> = bytes.take(G::SCALAR_LEN).collect();
                let decoded = G::Scalar::from_bytes(&scalar, G::SCALAR_ORDER);
                decoded.map_err(|error| Failure::Case(format!("coins.scalars: {error}")))
            }
        }
    }

    /// The next scalars.
    pub(crate) fn scalars<G: Group>(&mut self, count: usize) -> Result<Vec<G::Scalar>, Failure> {
        (0..count).map(|_| self.scalar::<G>()).collect()
    }

    /// The last scalars: no other may follow.
    pub(crate) fn last<G: Group>(mut self, count: usize) -> Result<Vec<G::Scalar>, Failure> {
        let scalars = self.scalars::<G>(count)?;
        match self.0 {
            Source::Scalars(rest) if rest.len() > 0 => {
                Err(Failure::Case("coins.scalars has more than are drawn".into()))
            }
            _ => Ok(scalars),
        }
    }

    /// The last scalars, as the nonces of a proof.
    pub(crate) fn nonces<G: Group>(self, count: usize) -> Result<Coins<G::Scalar>, Failure> {
        self.last::<G>(count).map(Coins::from_nonces)
    }
}
