//! The four messages (draft, "Protocol Messages and Wire Format"). A decoded message has canonical elements, none of them the identity, and amounts below 2^L.

use alloc::vec::Vec;

use farebox_group::{ByteOrder, Ristretto255, Scalar as _};
use farebox_sigma::{Flavor, Point};

use crate::codec::{self, Reader, Writer};
use crate::{Context, Credits, Malformed, Params, Scalar};

/// Bytes of REQ's proof: a challenge and two responses.
const REQUEST_PROOF: usize = 96;
/// Bytes of DLEQ's proof: a challenge and a response.
const DLEQ_PROOF: usize = 64;

/// The client's commitment to nullifier and blinding: 130 bytes, `K | pok<96>`.
#[derive(Clone, Debug)]
#[doc(alias = "IssuanceRequestMsg")]
pub struct IssuanceRequest {
    pub(crate) commitment: Point<Ristretto255>,
    pub(crate) pok: Vec<u8>,
}

impl IssuanceRequest {
    /// Bytes of the message.
    pub const LEN: usize = 130;

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::new(Self::LEN).point(&self.commitment).proof(&self.pok).finish()
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        let message = Self { commitment: reader.point("K")?, pok: reader.proof(REQUEST_PROOF)? };
        reader.end()?;
        Ok(message)
    }
}

/// The issuer's signature over the commitment and the credits: 162 bytes, `A | e | c | pok<64>`.
#[derive(Clone, Debug)]
#[doc(alias = "IssuanceResponseMsg")]
pub struct IssuanceResponse {
    pub(crate) a: Point<Ristretto255>,
    pub(crate) e: Scalar,
    pub(crate) credits: Credits,
    pub(crate) pok: Vec<u8>,
}

impl IssuanceResponse {
    /// Bytes of the message.
    pub const LEN: usize = 162;

    /// The credits that were issued, as the message says. The client's own wish is compared with it when it finishes.
    pub fn credits(&self) -> Credits {
        self.credits
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::new(Self::LEN).point(&self.a).scalar(&self.e).credits(self.credits).proof(&self.pok).finish()
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(params: &Params, bytes: &[u8]) -> Result<Self, Malformed> {
        Self::read(params, bytes, |_| Ok(()))
    }

    /// Reads the form that other implementations send: 194 bytes, with the context between `c` and `pok`. It must be the
    /// context that the client computed.
    ///
    /// # Errors
    /// [`Malformed`], with the field; `ctx` with [`Fault::Parameters`](crate::Fault::Parameters) for another context.
    #[cfg(feature = "compat-194")]
    pub fn from_bytes_194(params: &Params, context: Context, bytes: &[u8]) -> Result<Self, Malformed> {
        Self::read(params, bytes, |reader| {
            let field = "ctx";
            let same = reader.context(field)? == context;
            if same { Ok(()) } else { Err(Malformed { field, fault: crate::Fault::Parameters }) }
        })
    }

    fn read(
        params: &Params,
        bytes: &[u8],
        context: impl FnOnce(&mut Reader<'_>) -> Result<(), Malformed>,
    ) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        let (a, e, credits) = (reader.point("A")?, reader.scalar("e")?, reader.credits("c", params.bits())?);
        context(&mut reader)?;
        let pok = reader.proof(DLEQ_PROOF)?;
        reader.end()?;
        Ok(Self { a, e, credits, pok })
    }
}

/// A spend: `k | s | ctx | A' | B_bar | Com[L] | pok`, 128L + 418 bytes (1698 at L = 10).
#[derive(Clone, Debug)]
#[doc(alias = "SpendProofMsg")]
pub struct SpendProof {
    pub(crate) nullifier: Scalar,
    pub(crate) charge: Credits,
    pub(crate) context: Context,
    pub(crate) a_prime: Point<Ristretto255>,
    pub(crate) b_bar: Point<Ristretto255>,
    pub(crate) com: Vec<Point<Ristretto255>>,
    pub(crate) pok: Vec<u8>,
    pub(crate) flavor: Flavor,
}

impl SpendProof {
    /// Bytes of the message for the parameters' L: 128L + 418. The batchable form is longer by 64L + 64.
    pub fn len(params: &Params) -> usize {
        162 + 32 * params.bits().get() + params.spend_proof_len(Flavor::Compact)
    }

    /// The nullifier k, 32 bytes: what a ledger records.
    pub fn nullifier(&self) -> [u8; 32] {
        self.nullifier.to_bytes(ByteOrder::Little)
    }

    /// The nullifier in the bytes of a message, of which nothing else is read: for a look at the ledger before costly work.
    pub fn nullifier_in(bytes: &[u8]) -> Option<[u8; 32]> {
        bytes.first_chunk().copied()
    }

    /// The charge that the bytes of a message claim, of which nothing else is read.
    pub fn charge_in(bytes: &[u8]) -> Option<u64> {
        let (low, high) = bytes.get(32..64)?.split_first_chunk()?;
        high.iter().all(|byte| *byte == 0).then(|| u64::from_le_bytes(*low))
    }

    /// The credits that are spent, as the message says; not verified yet.
    pub fn charge(&self) -> Credits {
        self.charge
    }

    /// The context, as the message says; not verified yet.
    pub fn context(&self) -> Context {
        self.context
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::new(162 + 32 * self.com.len() + self.pok.len());
        let writer = writer.scalar(&self.nullifier).credits(self.charge).scalar(&self.context.0);
        let writer = writer.point(&self.a_prime).point(&self.b_bar);
        self.com.iter().fold(writer, Writer::point).proof(&self.pok).finish()
    }

    /// Reads a message; its length follows from the parameters' L.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(params: &Params, bytes: &[u8]) -> Result<Self, Malformed> {
        Self::read(params, bytes, Flavor::Compact)
    }

    /// Reads the experimental batchable form: the same fields, with a proof of 32(5L + 10) bytes.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    #[cfg(feature = "batchable")]
    pub fn from_bytes_batchable(params: &Params, bytes: &[u8]) -> Result<Self, Malformed> {
        Self::read(params, bytes, Flavor::Batchable)
    }

    fn read(params: &Params, bytes: &[u8], flavor: Flavor) -> Result<Self, Malformed> {
        // The whole layout first: a message of a wrong length costs no decompression.
        let bits = params.bits();
        let mut reader = Reader(bytes);
        let [k, s, ctx] = [reader.array("k")?, reader.array("s")?, reader.array("ctx")?];
        let [a_prime, b_bar] = [reader.array("A'")?, reader.array("B_bar")?];
        let com = (0..bits.get()).map(|_| reader.array("Com")).collect::<Result<Vec<_>, _>>()?;
        let pok = reader.proof(params.spend_proof_len(flavor))?;
        reader.end()?;

        let (nullifier, charge) = (codec::scalar("k", &k)?, codec::credits("s", &s, bits)?);
        let context = Context(codec::scalar("ctx", &ctx)?);
        let (a_prime, b_bar) = (codec::point("A'", &a_prime)?, codec::point("B_bar", &b_bar)?);
        let com = com.iter().map(|bytes| codec::point("Com", bytes)).collect::<Result<_, _>>()?;
        Ok(Self { nullifier, charge, context, a_prime, b_bar, com, pok, flavor })
    }
}

/// The change: a signature over the next token, 162 bytes, `A* | e* | t | pok<64>`.
#[derive(Clone, Debug)]
#[doc(alias = "RefundMsg")]
pub struct Refund {
    pub(crate) a: Point<Ristretto255>,
    pub(crate) e: Scalar,
    pub(crate) returned: Credits,
    pub(crate) pok: Vec<u8>,
}

impl Refund {
    /// Bytes of the message.
    pub const LEN: usize = 162;

    /// The part of the charge that comes back, as the message says.
    pub fn returned(&self) -> Credits {
        self.returned
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::new(Self::LEN).point(&self.a).scalar(&self.e).credits(self.returned).proof(&self.pok).finish()
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(params: &Params, bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        let (a, e, returned) = (reader.point("A*")?, reader.scalar("e*")?, reader.credits("t", params.bits())?);
        let message = Self { a, e, returned, pok: reader.proof(DLEQ_PROOF)? };
        reader.end()?;
        Ok(message)
    }
}
