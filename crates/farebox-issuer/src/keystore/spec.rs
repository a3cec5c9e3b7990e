//! What a key is made from, and its secret bytes.

use std::sync::Arc;

use farebox_act::{BitLength, DomainSeparator, Params};
use farebox_blind_rsa::{ModulusSize, SharedSigner};
use farebox_tokens::{ActIssuer, IssuerKey};
use privacypass_wire::TokenType;
use privacypass_wire::directory::ActParameters;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::KeyStoreError;

/// What to make a key for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySpec {
    /// `0x0001`.
    VoprfP384,
    /// `0x0002`, 2048 bits. Making one takes a second or more.
    BlindRsa,
    /// `0x0005`.
    VoprfRistretto255,
    /// `0xE5AC`.
    Arc,
    /// `0xE5AD`, with domain separator, L, and the credits of a new token. They stay with the key.
    Act(ActParameters),
}

impl KeySpec {
    /// The token type.
    pub fn token_type(&self) -> TokenType {
        match self {
            Self::VoprfP384 => TokenType::VOPRF_P384,
            Self::BlindRsa => TokenType::BLIND_RSA,
            Self::VoprfRistretto255 => TokenType::VOPRF_RISTRETTO255,
            Self::Arc => TokenType::ARC,
            Self::Act(_) => TokenType::ACT,
        }
    }

    /// The name in files: `voprf-p384`, `blind-rsa`, `voprf-ristretto255`, `arc`, `act`.
    pub fn name(&self) -> &'static str {
        name(self.token_type())
    }

    /// The spec of that name.
    pub(super) fn named(name: &str, act: Option<ActParameters>) -> Option<Self> {
        match (name, act) {
            ("voprf-p384", None) => Some(Self::VoprfP384),
            ("blind-rsa", None) => Some(Self::BlindRsa),
            ("voprf-ristretto255", None) => Some(Self::VoprfRistretto255),
            ("arc", None) => Some(Self::Arc),
            ("act", Some(act)) => Some(Self::Act(act)),
            _ => None,
        }
    }
}

/// The short name of a type, in files and in metrics.
pub(crate) fn name(token_type: TokenType) -> &'static str {
    match token_type {
        TokenType::VOPRF_P384 => "voprf-p384",
        TokenType::BLIND_RSA => "blind-rsa",
        TokenType::VOPRF_RISTRETTO255 => "voprf-ristretto255",
        TokenType::ARC => "arc",
        TokenType::ACT => "act",
        _ => "other",
    }
}

/// Turns specs and secrets into keys. Keys with the same ACT parameters share them, since their tables are large.
#[derive(Default)]
pub(super) struct Forge {
    params: Vec<Arc<Params>>,
}

impl Forge {
    /// New secret bytes.
    pub(super) fn secret<R: CryptoRng + ?Sized>(
        &mut self,
        spec: &KeySpec,
        rng: &mut R,
    ) -> Result<Zeroizing<Vec<u8>>, KeyStoreError> {
        use farebox_voprf::{P384Sha384, Ristretto255Sha512, SecretKey, Voprf};
        Ok(match spec {
            KeySpec::VoprfP384 => SecretKey::<P384Sha384, Voprf>::generate(rng).to_bytes(),
            KeySpec::VoprfRistretto255 => SecretKey::<Ristretto255Sha512, Voprf>::generate(rng).to_bytes(),
            KeySpec::Arc => farebox_arc::SecretKey::<farebox_arc::P256>::generate(rng).to_bytes(),
            KeySpec::Act(act) => {
                let params = self.params(act)?;
                farebox_act::SecretKey::generate(&params, rng).to_bytes()
            }
            KeySpec::BlindRsa => {
                type Rsa = farebox_blind_rsa::SecretKey<farebox_blind_rsa::PssDeterministic>;
                Rsa::generate(ModulusSize::Bits2048, rng).to_pkcs8()
            }
        })
    }

    /// The key of these secret bytes. Why bytes are refused is not said.
    pub(super) fn key(&mut self, spec: &KeySpec, secret: &[u8]) -> Result<IssuerKey, KeyStoreError> {
        const REFUSED: KeyStoreError = KeyStoreError::Parameters("the secret does not read");
        Ok(match spec {
            KeySpec::VoprfP384 => {
                IssuerKey::VoprfP384(farebox_voprf::SecretKey::from_bytes(secret).map_err(|_| REFUSED)?)
            }
            KeySpec::VoprfRistretto255 => {
                IssuerKey::VoprfRistretto255(farebox_voprf::SecretKey::from_bytes(secret).map_err(|_| REFUSED)?)
            }
            KeySpec::BlindRsa => {
                let key = farebox_blind_rsa::SecretKey::from_pkcs8(secret).map_err(|_| REFUSED)?;
                IssuerKey::BlindRsa(SharedSigner::new(key))
            }
            KeySpec::Arc => IssuerKey::Arc(Box::new(farebox_arc::SecretKey::from_bytes(secret).map_err(|_| REFUSED)?)),
            KeySpec::Act(act) => {
                let params = self.params(act)?;
                let key = farebox_act::SecretKey::from_bytes(&params, secret).map_err(|_| REFUSED)?;
                let initial = params.credits(act.initial_credits);
                let initial =
                    initial.map_err(|_| KeyStoreError::Parameters("the initial credits are not below 2^L"))?;
                IssuerKey::Act(Box::new(ActIssuer { params, key, initial }))
            }
        })
    }

    fn params(&mut self, act: &ActParameters) -> Result<Arc<Params>, KeyStoreError> {
        let separator = DomainSeparator::parse(&act.domain_separator);
        let separator = separator.map_err(|_| KeyStoreError::Parameters("the domain separator"))?;
        let bits = BitLength::new(act.bit_length).map_err(|_| KeyStoreError::Parameters("the bit length"))?;
        let same = |params: &&Arc<Params>| *params.domain_separator() == separator && params.bits() == bits;
        if let Some(params) = self.params.iter().find(same) {
            return Ok(params.clone());
        }
        let params = Params::new(separator, bits).map_err(|_| KeyStoreError::Parameters("the domain separator"))?;
        let params = Arc::new(params);
        // Before a key is made: one that could issue nothing would be found out later otherwise.
        params
            .credits(act.initial_credits)
            .map_err(|_| KeyStoreError::Parameters("the initial credits are not below 2^L"))?;
        self.params.push(params.clone());
        Ok(params)
    }
}
