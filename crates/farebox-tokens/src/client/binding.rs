//! What an ARC credential or an ACT balance is bound to.

use privacypass_wire::{KeyId, TokenType};

use super::Offer;
use super::journal::{Reader, Writer};
use crate::Misuse;

/// Type, issuer, origins, credential context and key: a challenge with another of these asks for another credential. The
/// redemption context is not in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Binding {
    /// The token type.
    pub token_type: TokenType,
    /// The issuer.
    pub issuer_name: String,
    /// The origins, joined with commas, as in the challenge; empty for any.
    pub origin_info: String,
    /// The credential context.
    pub credential_context: Option<[u8; 32]>,
    /// The key.
    pub key_id: KeyId,
}

impl Binding {
    /// What a credential for this offer is bound to.
    pub fn of(offer: &Offer) -> Self {
        let challenge = offer.challenge();
        Self {
            token_type: challenge.token_type(),
            issuer_name: challenge.issuer_name().to_owned(),
            origin_info: challenge.origin_info().to_owned(),
            credential_context: challenge.credential_context().copied(),
            key_id: offer.key_id(),
        }
    }

    /// Whether what is bound to this answers the offer.
    pub fn fits(&self, offer: &Offer) -> bool {
        *self == Self::of(offer)
    }

    pub(crate) fn write(&self, writer: Writer) -> Writer {
        let writer = writer.raw(&self.token_type.code().to_be_bytes()).bytes(self.issuer_name.as_bytes());
        let writer = writer.bytes(self.origin_info.as_bytes());
        writer.bytes(self.credential_context.as_ref().map_or(&[], |context| context.as_slice()))
    }

    /// Reads all but the key, which stands beside it.
    pub(crate) fn read(reader: &mut Reader<'_>, token_type: TokenType, key: &[u8]) -> Result<Self, Misuse> {
        if TokenType::new(u16::from_be_bytes(reader.array()?)) != token_type {
            return Err(Misuse::Journal);
        }
        Ok(Self {
            token_type,
            issuer_name: reader.text()?.to_owned(),
            origin_info: reader.text()?.to_owned(),
            credential_context: reader.context()?,
            key_id: KeyId::of_public_key(key),
        })
    }
}
