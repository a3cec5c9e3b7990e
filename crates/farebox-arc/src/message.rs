//! The three messages. A decoded message has canonical elements, none of them the identity; its proof is not looked into.

use alloc::vec::Vec;
use core::fmt;

use crate::codec::{Reader, Writer, element_len, scalar_len};
use crate::{Arc01, Limit, Malformed, Point, Suite};

/// The client's commitments to its secret and its request context: 226 bytes on P-256, 224 on ristretto255;
/// `m1Enc | m2Enc | proof[5 Ns]`.
#[derive(Clone, Debug)]
pub struct CredentialRequest<S: Suite> {
    pub(crate) m1_enc: Point<S>,
    pub(crate) m2_enc: Point<S>,
    pub(crate) proof: Vec<u8>,
}

impl<S: Suite> CredentialRequest<S> {
    /// Bytes of the message.
    pub const LEN: usize = 2 * element_len::<S>() + 5 * scalar_len::<S>();

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::<S>::new(Self::LEN).points([&self.m1_enc, &self.m2_enc]).raw(&self.proof).finish()
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::<S>::new("credential request", bytes, Self::LEN)?;
        let (m1_enc, m2_enc) = (reader.point("m1Enc")?, reader.point("m2Enc")?);
        Ok(Self { m1_enc, m2_enc, proof: reader.rest().to_vec() })
    }
}

/// The issuer's blinded MAC: 454 bytes on P-256, 448 on ristretto255;
/// `U | encU' | X0Aux | X1Aux | X2Aux | HAux | proof[8 Ns]`.
#[derive(Clone, Debug)]
pub struct CredentialResponse<S: Suite> {
    pub(crate) u: Point<S>,
    pub(crate) enc_u_prime: Point<S>,
    pub(crate) x0_aux: Point<S>,
    pub(crate) x1_aux: Point<S>,
    pub(crate) x2_aux: Point<S>,
    pub(crate) h_aux: Point<S>,
    pub(crate) proof: Vec<u8>,
}

impl<S: Suite> CredentialResponse<S> {
    /// Bytes of the message.
    pub const LEN: usize = 6 * element_len::<S>() + 8 * scalar_len::<S>();

    pub(crate) fn points(&self) -> [&Point<S>; 6] {
        [&self.u, &self.enc_u_prime, &self.x0_aux, &self.x1_aux, &self.x2_aux, &self.h_aux]
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::<S>::new(Self::LEN).points(self.points()).raw(&self.proof).finish()
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::<S>::new("credential response", bytes, Self::LEN)?;
        let (u, enc_u_prime) = (reader.point("U")?, reader.point("encU'")?);
        let (x0_aux, x1_aux) = (reader.point("X0Aux")?, reader.point("X1Aux")?);
        let (x2_aux, h_aux) = (reader.point("X2Aux")?, reader.point("HAux")?);
        Ok(Self { u, enc_u_prime, x0_aux, x1_aux, x2_aux, h_aux, proof: reader.rest().to_vec() })
    }
}

/// One use of a credential, `5 Ne + k Ne + (6 + 3k) Ns` bytes with k = ceil(log2 N):
/// `U | U'Commit | m1Commit | tag | nonceCommit | D[k] | proof`. 357 + 129k bytes on P-256, 352 + 128k on ristretto255.
#[derive(Clone, Debug)]
pub struct Presentation<S: Arc01> {
    pub(crate) u: Point<S>,
    pub(crate) u_prime_commit: Point<S>,
    pub(crate) m1_commit: Point<S>,
    pub(crate) tag: Point<S>,
    pub(crate) nonce_commit: Point<S>,
    pub(crate) d: Vec<Point<S>>,
    pub(crate) proof: Vec<u8>,
}

impl<S: Arc01> Presentation<S> {
    /// Bytes of the message under a limit.
    pub const fn len(limit: Limit) -> usize {
        (5 + limit.bits()) * element_len::<S>() + (6 + 3 * limit.bits()) * scalar_len::<S>()
    }

    /// The tag, which the verifier records; whoever checks it before the proof does so only as a filter.
    pub fn tag(&self) -> Tag<S> {
        Tag(self.tag)
    }

    /// The tag's encoding in the bytes of a message, of which nothing else is read: for a look at the ledger before costly work.
    pub fn tag_in(bytes: &[u8]) -> Option<&[u8]> {
        bytes.get(3 * element_len::<S>()..4 * element_len::<S>())
    }

    pub(crate) fn points(&self) -> impl Iterator<Item = &Point<S>> {
        [&self.u, &self.u_prime_commit, &self.m1_commit, &self.tag, &self.nonce_commit].into_iter().chain(&self.d)
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        let capacity = (5 + self.d.len()) * element_len::<S>() + self.proof.len();
        Writer::<S>::new(capacity).points(self.points()).raw(&self.proof).finish()
    }

    /// Reads a message. The limit is the verifier's own.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(limit: Limit, bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::<S>::new("presentation", bytes, Self::len(limit))?;
        let (u, u_prime_commit) = (reader.point("U")?, reader.point("U'Commit")?);
        let (m1_commit, tag) = (reader.point("m1Commit")?, reader.point("tag")?);
        let nonce_commit = reader.point("nonceCommit")?;
        let d = (0..limit.bits()).map(|_| reader.point("D")).collect::<Result<_, _>>()?;
        Ok(Self { u, u_prime_commit, m1_commit, tag, nonce_commit, d, proof: reader.rest().to_vec() })
    }
}

/// A presentation's tag: the same for the same credential, context and nonce, and different for any other. The ledger of a
/// context takes each once. Compared, ordered and hashed as its canonical bytes; 33 on P-256, 32 on ristretto255.
#[derive(Clone, Copy)]
pub struct Tag<S: Suite>(pub(crate) Point<S>);

impl<S: Suite> Tag<S> {
    /// The canonical encoding.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.bytes()
    }
}

impl<S: Suite> AsRef<[u8]> for Tag<S> {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl<S: Suite> PartialEq for Tag<S> {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<S: Suite> Eq for Tag<S> {}

impl<S: Suite> PartialOrd for Tag<S> {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<S: Suite> Ord for Tag<S> {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl<S: Suite> core::hash::Hash for Tag<S> {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl<S: Suite> fmt::Debug for Tag<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag(")?;
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}
