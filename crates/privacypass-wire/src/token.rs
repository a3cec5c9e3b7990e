//! Token: what a client redeems (RFC 9577, section 2.2; ARC and ACT have layouts of their own).

use alloc::vec::Vec;
use core::fmt;

use crate::any::{Message, sealed};
use crate::codec::{Reader, Writer};
use crate::{ChallengeDigest, Fault, KeyId, Malformed, Misuse, TokenType, lengths};

/// A token of any known type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// `0x0001`, `0x0002` and `0x0005`: good once.
    SingleUse(SingleUseToken),
    /// ARC: one presentation of a credential.
    Arc(ArcToken),
    /// ACT: a spend.
    Act(ActToken),
}

impl Token {
    /// Reads a token of a known type.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        match Reader::new(bytes).token_type()? {
            TokenType::ARC => ArcToken::from_bytes(bytes).map(Self::Arc),
            TokenType::ACT => ActToken::from_bytes(bytes).map(Self::Act),
            _ => SingleUseToken::from_bytes(bytes).map(Self::SingleUse),
        }
    }

    /// The token.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::SingleUse(token) => token.to_bytes(),
            Self::Arc(token) => token.to_bytes(),
            Self::Act(token) => token.to_bytes(),
        }
    }

    /// The token type.
    pub fn token_type(&self) -> TokenType {
        match self {
            Self::SingleUse(token) => token.input.token_type,
            Self::Arc(_) => TokenType::ARC,
            Self::Act(_) => TokenType::ACT,
        }
    }

    /// The digest of the challenge that it answers.
    pub fn challenge_digest(&self) -> &ChallengeDigest {
        match self {
            Self::SingleUse(token) => &token.input.challenge_digest,
            Self::Arc(token) => &token.challenge_digest,
            Self::Act(token) => &token.challenge_digest,
        }
    }

    /// The key of the issuer.
    pub fn key_id(&self) -> &KeyId {
        match self {
            Self::SingleUse(token) => &token.input.key_id,
            Self::Arc(token) => &token.issuer_key_id,
            Self::Act(token) => &token.issuer_key_id,
        }
    }
}

impl sealed::Sealed for Token {}

impl Message for Token {
    fn token_type(&self) -> TokenType {
        self.token_type()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        Self::from_bytes(bytes)
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.to_bytes()
    }
}

/// What the authenticator of a single-use token is over: its first 98 bytes,
/// `token_type | nonce[32] | challenge_digest[32] | token_key_id[32]`.
#[derive(Clone, PartialEq, Eq)]
#[doc(alias = "token_input")]
#[doc(alias = "token_authenticator_input")]
pub struct AuthenticatorInput {
    /// The token type.
    pub token_type: TokenType,
    /// The client's 32 random bytes. An origin takes each once.
    pub nonce: [u8; 32],
    /// The digest of the challenge.
    pub challenge_digest: ChallengeDigest,
    /// The key of the issuer.
    #[doc(alias = "token_key_id")]
    pub key_id: KeyId,
}

impl AuthenticatorInput {
    /// Bytes of the input.
    pub const LEN: usize = 98;

    /// The input, 98 bytes.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        let fields = self.token_type.code().to_be_bytes().into_iter().chain(self.nonce);
        let fields = fields.chain(*self.challenge_digest.as_bytes()).chain(*self.key_id.as_bytes());
        bytes.iter_mut().zip(fields).for_each(|(to, from)| *to = from);
        bytes
    }
}

/// A token that is good once: `token_type | nonce[32] | challenge_digest[32] | token_key_id[32] | authenticator[Nk]`, of 146
/// (`0x0001`), 354 (`0x0002`) or 162 (`0x0005`) bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct SingleUseToken {
    input: AuthenticatorInput,
    authenticator: Vec<u8>,
}

impl SingleUseToken {
    /// Puts a token together.
    ///
    /// # Errors
    /// [`Misuse`] if the type has no such token, or an authenticator of another length.
    pub fn new(input: AuthenticatorInput, authenticator: &[u8]) -> Result<Self, Misuse> {
        check_authenticator(input.token_type, authenticator)?;
        Ok(Self { input, authenticator: authenticator.to_vec() })
    }

    /// Reads a token.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let token_type = reader.token_type()?;
        authenticator_len(token_type)?;
        let nonce = reader.array("nonce")?;
        let challenge_digest = ChallengeDigest::new(reader.array("challenge_digest")?);
        let key_id = KeyId::new(reader.array("token_key_id")?);
        let authenticator = reader.rest();
        check_authenticator(token_type, authenticator)?;
        let input = AuthenticatorInput { token_type, nonce, challenge_digest, key_id };
        Ok(Self { input, authenticator: authenticator.to_vec() })
    }

    /// The token.
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::new(AuthenticatorInput::LEN + self.authenticator.len());
        writer.raw(&self.input.to_bytes()).raw(&self.authenticator).finish()
    }

    /// What the authenticator is over.
    pub fn input(&self) -> &AuthenticatorInput {
        &self.input
    }

    /// The output of the VOPRF, or the signature.
    pub fn authenticator(&self) -> &[u8] {
        &self.authenticator
    }
}

fn authenticator_len(token_type: TokenType) -> Result<usize, Malformed> {
    let fault = if token_type.is_known() { Fault::OtherType } else { Fault::UnknownType };
    token_type.authenticator_len().ok_or(Malformed::new("token_type", fault))
}

fn check_authenticator(token_type: TokenType, authenticator: &[u8]) -> Result<(), Malformed> {
    match (authenticator_len(token_type)?, authenticator.len()) {
        (expected, actual) if expected == actual => Ok(()),
        (expected, actual) => Err(Malformed::new("authenticator", Fault::Length { expected, actual })),
    }
}

/// An ARC presentation: `0xE5AC | presentation_nonce u32 | challenge_digest[32] | issuer_key_id[32] | presentation`.
///
/// The draft has a nonce in front; sending the true one would link a client's presentations. Tokens made here have 0, and a
/// verifier ignores it.
#[derive(Clone, PartialEq, Eq)]
pub struct ArcToken {
    presentation_nonce: u32,
    challenge_digest: ChallengeDigest,
    issuer_key_id: KeyId,
    presentation: Vec<u8>,
}

impl ArcToken {
    /// Puts a token together, with the nonce 0.
    ///
    /// # Errors
    /// [`Misuse`] if the presentation is empty or longer than any.
    pub fn new(challenge_digest: ChallengeDigest, issuer_key_id: KeyId, presentation: &[u8]) -> Result<Self, Misuse> {
        check_presentation(presentation)?;
        Ok(Self { presentation_nonce: 0, challenge_digest, issuer_key_id, presentation: presentation.to_vec() })
    }

    /// Reads a token. The presentation has no length of its own; which one is right depends on the limit, see
    /// [`presentation_for`](Self::presentation_for).
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = of_type(bytes, TokenType::ARC)?;
        let presentation_nonce = reader.u32("presentation_nonce")?;
        let challenge_digest = ChallengeDigest::new(reader.array("challenge_digest")?);
        let issuer_key_id = KeyId::new(reader.array("issuer_key_id")?);
        let presentation = reader.rest();
        check_presentation(presentation)?;
        Ok(Self { presentation_nonce, challenge_digest, issuer_key_id, presentation: presentation.to_vec() })
    }

    /// The token.
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::new(70 + self.presentation.len()).token_type(TokenType::ARC);
        let writer = writer.raw(&self.presentation_nonce.to_be_bytes()).raw(self.challenge_digest.as_bytes());
        writer.raw(self.issuer_key_id.as_bytes()).raw(&self.presentation).finish()
    }

    /// What the client put into the field `presentation_nonce`. It means nothing.
    pub fn presentation_nonce(&self) -> u32 {
        self.presentation_nonce
    }

    /// The digest of the challenge.
    pub fn challenge_digest(&self) -> &ChallengeDigest {
        &self.challenge_digest
    }

    /// The key of the issuer.
    pub fn issuer_key_id(&self) -> &KeyId {
        &self.issuer_key_id
    }

    /// The presentation, of whatever length.
    pub fn presentation(&self) -> &[u8] {
        &self.presentation
    }

    /// The presentation, if it is as long as one for this limit is.
    ///
    /// # Errors
    /// [`Malformed`] if it is not, or if there is none for the limit.
    pub fn presentation_for(&self, limit: u64) -> Result<&[u8], Malformed> {
        exactly("presentation", &self.presentation, lengths::arc_presentation(limit))
    }
}

fn check_presentation(presentation: &[u8]) -> Result<(), Malformed> {
    match presentation.len() {
        0 => Err(Malformed::new("presentation", Fault::Empty)),
        1..=lengths::ARC_PRESENTATION_MAX => Ok(()),
        _ => Err(Malformed::new("presentation", Fault::Limit(lengths::ARC_PRESENTATION_MAX))),
    }
}

/// An ACT spend: `0xE5AD | challenge_digest[32] | issuer_key_id[32] | spend_proof<1..2^16-1>`. It has no nonce: the nullifier in
/// the spend proof is one.
#[derive(Clone, PartialEq, Eq)]
pub struct ActToken {
    challenge_digest: ChallengeDigest,
    issuer_key_id: KeyId,
    spend_proof: Vec<u8>,
}

impl ActToken {
    /// Puts a token together.
    ///
    /// # Errors
    /// [`Misuse`] if the spend proof is empty or above 65535 bytes.
    pub fn new(challenge_digest: ChallengeDigest, issuer_key_id: KeyId, spend_proof: &[u8]) -> Result<Self, Misuse> {
        match spend_proof.len() {
            0 => Err(Misuse::new("encoded_spend_proof", Fault::Empty)),
            1..=0xffff => Ok(Self { challenge_digest, issuer_key_id, spend_proof: spend_proof.to_vec() }),
            _ => Err(Misuse::new("encoded_spend_proof", Fault::Limit(0xffff))),
        }
    }

    /// Reads a token. Which length of the spend proof is right depends on L, see
    /// [`spend_proof_for`](Self::spend_proof_for).
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = of_type(bytes, TokenType::ACT)?;
        let challenge_digest = ChallengeDigest::new(reader.array("challenge_digest")?);
        let issuer_key_id = KeyId::new(reader.array("issuer_key_id")?);
        let spend_proof = reader.opaque16("encoded_spend_proof")?;
        reader.end()?;
        if spend_proof.is_empty() {
            return Err(Malformed::new("encoded_spend_proof", Fault::Empty));
        }
        Ok(Self { challenge_digest, issuer_key_id, spend_proof: spend_proof.to_vec() })
    }

    /// The token.
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::new(68 + self.spend_proof.len()).token_type(TokenType::ACT);
        let writer = writer.raw(self.challenge_digest.as_bytes()).raw(self.issuer_key_id.as_bytes());
        writer.opaque16(&self.spend_proof).finish()
    }

    /// The digest of the challenge.
    pub fn challenge_digest(&self) -> &ChallengeDigest {
        &self.challenge_digest
    }

    /// The key of the issuer.
    pub fn issuer_key_id(&self) -> &KeyId {
        &self.issuer_key_id
    }

    /// ACT's own message, of whatever length.
    #[doc(alias = "SpendProofMsg")]
    #[doc(alias = "encoded_spend_proof")]
    pub fn spend_proof(&self) -> &[u8] {
        &self.spend_proof
    }

    /// ACT's own message, if it is as long as one for amounts below 2^L is.
    ///
    /// # Errors
    /// [`Malformed`] if it is not, or if L is not from 1 to 64.
    pub fn spend_proof_for(&self, bits: u8) -> Result<&[u8], Malformed> {
        exactly("encoded_spend_proof", &self.spend_proof, lengths::act_spend_proof(bits))
    }
}

fn exactly<'a>(field: &'static str, bytes: &'a [u8], expected: Option<usize>) -> Result<&'a [u8], Malformed> {
    match expected {
        Some(expected) if bytes.len() == expected => Ok(bytes),
        expected => {
            let fault = Fault::Length { expected: expected.unwrap_or(0), actual: bytes.len() };
            Err(Malformed::new(field, fault))
        }
    }
}

/// A reader behind the type.
fn of_type(bytes: &[u8], expected: TokenType) -> Result<Reader<'_>, Malformed> {
    let mut reader = Reader::new(bytes);
    match reader.token_type()? {
        token_type if token_type == expected => Ok(reader),
        token_type if token_type.is_known() => Err(Malformed::new("token_type", Fault::OtherType)),
        _ => Err(Malformed::new("token_type", Fault::UnknownType)),
    }
}

/// A token is good as money until it is redeemed: what proves it is not printed.
macro_rules! redacted {
    ($type:ident: $($field:ident),*) => {
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type))$(.field(stringify!($field), &self.$field))*.finish_non_exhaustive()
            }
        }
    };
}

redacted!(AuthenticatorInput: token_type, challenge_digest, key_id);
redacted!(SingleUseToken: input);
redacted!(ArcToken: challenge_digest, issuer_key_id);
redacted!(ActToken: challenge_digest, issuer_key_id);
