//! Errors, sorted by blame.

use farebox_group::DecodeError;

/// A proof or statement that cannot be read. Safe to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The proof is shorter or longer than the statement asks for.
    #[error("the proof has {actual} bytes instead of {expected}")]
    ProofLength {
        /// Bytes that the statement and flavour determine.
        expected: usize,
        /// Bytes that came.
        actual: usize,
    },
    /// A scalar of the proof is not below the group order.
    #[error("scalar {index} of the proof: {source}")]
    Scalar {
        /// The position among the proof's scalars; in a compact proof 0 is the challenge.
        index: usize,
        /// What the group found.
        source: DecodeError,
    },
    /// A commitment of a batchable proof is not a group element.
    #[error("commitment {index}: {source}")]
    Commitment {
        /// The equation that it belongs to, from 0.
        index: usize,
        /// What the group found.
        source: DecodeError,
    },
    /// A serialised statement ends early, has bytes left, or has an element that does not decode.
    #[error("statement: {0}")]
    Statement(&'static str),
}

/// Why a statement is refused before anything is proved or verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStatement {
    /// Check 1: no equation.
    #[error("the statement has no equation")]
    Empty,
    /// Check 2: an equation without image or without terms.
    #[error("equation {0} has an empty side")]
    EmptySide(usize),
    /// Check 3: a count or an index does not fit 32 bits.
    #[error("a count or an index does not fit 32 bits")]
    TooLarge,
    /// Check 4: an equation names an element that the statement does not have.
    #[error("equation {0} names an element that does not exist")]
    UnknownElement(usize),
    /// Check 5: an element that no equation uses.
    #[error("element {0} is used by no equation")]
    UnusedElement(usize),
    /// Check 6: a scalar that no equation uses, so that its response would be free.
    #[error("scalar {0} is used by no equation")]
    UnusedScalar(usize),
    /// Check 7: the first element is not the group's generator.
    #[error("element 0 is not the generator")]
    Generator,
    /// Check 8: an element is the identity.
    #[error("element {0} is the identity")]
    IdentityElement(usize),
    /// Check 9: an image is the identity, which anyone can prove.
    #[error("the image of equation {0} is the identity")]
    IdentityImage(usize),
    /// Check 10: all coefficients of a scalar are the identity, so that its response would be free.
    #[error("scalar {0} has only the identity as coefficient")]
    IdentityColumn(usize),
}

/// A mistake of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misuse {
    /// The witness has another number of scalars than the statement.
    #[error("the witness has {actual} scalars instead of {expected}")]
    WitnessLength {
        /// Scalars of the statement.
        expected: usize,
        /// Scalars that were given.
        actual: usize,
    },
    /// As many coins are needed as the statement has scalars.
    #[error("{actual} coins instead of {expected}")]
    CoinsLength {
        /// Scalars of the statement.
        expected: usize,
        /// Coins that were given.
        actual: usize,
    },
    /// A list of the public values has another length than the relation's shape.
    #[error("the public values do not have the shape of the relation")]
    Shape,
    /// A point was made from another set of bases.
    #[error("a point belongs to another set of bases")]
    ForeignBases,
    /// A value that has to be encoded is the identity.
    #[error("a public value is the identity")]
    Identity,
    /// The profile's statement codec has no coefficients, and no sums as images.
    #[error("the profile cannot express a coefficient or a sum of images")]
    Inexpressible,
    /// A batch of 2^32 proofs or more.
    #[error("a batch has fewer than 2^32 proofs")]
    BatchLength,
}

/// Why something was not proved or not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are wrong.
    #[error("malformed: {0}")]
    Malformed(#[from] Malformed),
    /// The statement does not pass the profile's checks.
    #[error("invalid statement: {0}")]
    Statement(#[from] InvalidStatement),
    /// The proof does not hold.
    #[error("the proof is invalid")]
    Invalid,
    /// The caller's mistake.
    #[error("misuse: {0}")]
    Misuse(#[from] Misuse),
}
