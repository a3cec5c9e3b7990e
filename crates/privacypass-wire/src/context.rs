//! What ARC and ACT hash to bind a credential: the issuer, the origins, a context and the key.

use alloc::vec::Vec;

use crate::codec::Writer;
use crate::{Fault, KeyId, Misuse, TokenChallenge, TokenType};

/// The contexts. All lengths in them have two bytes, while those of contexts in the challenge itself have one: an empty context is
/// `0000` here and `00` there.
impl TokenChallenge {
    /// ARC's request context: `u16 issuer_name | u16 origin_info | u16 credential_context | issuer_key_id`, where `u16` is
    /// the length of what follows, and the key id stands without one (draft-ietf-privacypass-arc-protocol-01).
    ///
    /// # Errors
    /// [`Misuse`] if the challenge is not for ARC.
    #[doc(alias = "request_context")]
    pub fn arc_request_context(&self, key: &KeyId) -> Result<Vec<u8>, Misuse> {
        let writer = self.names(TokenType::ARC, self.credential_context())?;
        Ok(writer.raw(key.as_bytes()).finish())
    }

    /// ARC's presentation context: as the request context, with the redemption context in the place of the credential context.
    ///
    /// # Errors
    /// [`Misuse`] if the challenge is not for ARC.
    #[doc(alias = "presentation_context")]
    pub fn arc_presentation_context(&self, key: &KeyId) -> Result<Vec<u8>, Misuse> {
        let writer = self.names(TokenType::ARC, self.redemption_context())?;
        Ok(writer.raw(key.as_bytes()).finish())
    }

    /// What ACT hashes to its request context, `ctx = SHAKE128(input)[0..64] mod q`:
    /// `u16 issuer_name | u16 origin_info | u16 credential_context | u16 issuer_key_id` (draft-schlesinger-privacypass-act).
    /// The redemption context is not in it. The hash is for the layer that knows the group.
    ///
    /// # Errors
    /// [`Misuse`] if the challenge is not for ACT.
    pub fn act_context_input(&self, key: &KeyId) -> Result<Vec<u8>, Misuse> {
        let writer = self.names(TokenType::ACT, self.credential_context())?;
        Ok(writer.opaque16(key.as_bytes()).finish())
    }

    fn names(&self, token_type: TokenType, context: Option<&[u8; 32]>) -> Result<Writer, Misuse> {
        if self.token_type() != token_type {
            return Err(Misuse::new("token_type", Fault::OtherType));
        }
        let writer = Writer::new(self.issuer_name().len() + self.origin_info().len() + 72);
        let writer = writer.opaque16(self.issuer_name().as_bytes()).opaque16(self.origin_info().as_bytes());
        Ok(writer.opaque16(context.map_or(&[], |context| context.as_slice())))
    }
}
