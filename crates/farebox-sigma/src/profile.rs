//! Fiat-Shamir profiles: the incompatible formats in use, each a type.
//!
//! A profile says how the sponge starts, how the statement is serialised, how the challenge is read, and the byte order of
//! scalars in proofs. The algebra is shared.

mod f1b;
mod f2;
mod f3;
#[cfg(feature = "experimental")]
mod f4;

use alloc::vec::Vec;
use core::fmt::Debug;

use farebox_group::{ByteOrder, Group};

use crate::{BaseSet, Error, Statement, Xof};

pub use crate::codec::v1::Numbering;
pub use f1b::F1b;
#[cfg(feature = "p256")]
pub use f2::P256Draft02;
pub use f2::{F2, Legacy};
pub use f3::{Ciphersuite, F3, P256Shake128, Ristretto255Shake128};
#[cfg(feature = "experimental")]
pub use f4::F4;

/// What a proof string holds beside the responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    /// The challenge, then the responses. Short; verified one by one.
    Compact,
    /// The commitments, then the responses. Many are verified at once.
    Batchable,
}

/// A Fiat-Shamir format for the group `G`.
pub trait Profile<G: Group>: Copy + Debug + Default + Send + Sync + 'static {
    /// The hash.
    type Xof: Xof;
    /// The byte order of scalars in proofs.
    const SCALAR_ORDER: ByteOrder;

    /// The statement as it is hashed.
    ///
    /// # Errors
    /// Where the profile cannot express the statement, or refuses it.
    fn label(statement: &Statement<'_, G>) -> Result<Vec<u8>, Error>;

    /// Reads a serialised statement; the generator's table is used where it stands.
    ///
    /// # Errors
    /// [`Error::Malformed`] or [`Error::Statement`].
    fn parse<'b>(bases: &'b BaseSet<G>, bytes: &[u8]) -> Result<Statement<'b, G>, Error>;

    /// The sponge after session and statement, before the commitments.
    fn begin(session: &[u8], flavor: Flavor, label: &[u8]) -> Self::Xof;

    /// Absorbs one commitment, behind the others.
    fn commit(sponge: &mut Self::Xof, commitment: &[u8]) {
        sponge.absorb(commitment);
    }

    /// The challenge, when the commitments are absorbed as well.
    fn challenge(sponge: &Self::Xof) -> G::Scalar;

    /// What a challenge multiplies the witness with: `response = nonce + factor * secret`. The drafts of sigma-protocols
    /// take the challenge itself; formats with `response = nonce - challenge * secret` take its negation.
    fn factor(challenge: G::Scalar) -> G::Scalar {
        challenge
    }

    /// A sponge for the weights of a batch: it is fed [`begin`](Self::begin)'s input and the proof for each member.
    /// The draft fixes this for F3 only; for the others it is local and never on the wire.
    fn batch_sponge() -> Self::Xof {
        Self::Xof::domain(b"farebox-sigma batch weights v1")
    }

    /// Absorbs one member of a batch.
    fn absorb_member(sponge: &mut Self::Xof, session: &[u8], label: &[u8], proof: &[u8]) {
        for part in [session, label, proof] {
            sponge.absorb(&(part.len() as u64).to_le_bytes());
            sponge.absorb(part);
        }
    }
}
