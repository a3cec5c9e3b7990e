//! The public keys of the three single-use types: blinding token inputs, and unblinding what comes back.

use farebox_blind_rsa::{PreSignature, PreparedMessage, PssDeterministic};
use farebox_voprf::{BlindedElements, ClientState, Evaluation, P384Sha384, Ristretto255Sha512, Suite, Voprf};
use privacypass_wire::{AuthenticatorInput, ChallengeDigest, KeyId, TokenType};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{Error, Invalid, Misuse};

/// A key of `0x0001`, `0x0002` or `0x0005`.
pub(crate) enum SingleKey {
    VoprfP384(farebox_voprf::PublicKey<P384Sha384, Voprf>),
    BlindRsa(farebox_blind_rsa::PublicKey<PssDeterministic>),
    VoprfRistretto255(farebox_voprf::PublicKey<Ristretto255Sha512, Voprf>),
}

/// What is kept for the answer, and the blinded messages, one behind the other.
pub(crate) struct Blinded {
    pub(crate) state: Zeroizing<Vec<u8>>,
    pub(crate) messages: Vec<u8>,
}

impl SingleKey {
    /// Bytes of the modulus of `0x0002`.
    const RSA_LEN: usize = 256;

    pub(crate) fn read(token_type: TokenType, bytes: &[u8]) -> Result<Self, Error> {
        let key = match token_type {
            TokenType::VOPRF_P384 => farebox_voprf::PublicKey::from_bytes(bytes).ok().map(Self::VoprfP384),
            TokenType::VOPRF_RISTRETTO255 => {
                farebox_voprf::PublicKey::from_bytes(bytes).ok().map(Self::VoprfRistretto255)
            }
            TokenType::BLIND_RSA => {
                let key = farebox_blind_rsa::PublicKey::from_spki(bytes).ok();
                key.filter(|key| key.modulus_len() == Self::RSA_LEN).map(Self::BlindRsa)
            }
            _ => return Err(Misuse::TokenType.into()),
        };
        key.ok_or(Invalid::Key.into())
    }

    pub(crate) fn token_type(&self) -> TokenType {
        match self {
            Self::VoprfP384(_) => TokenType::VOPRF_P384,
            Self::BlindRsa(_) => TokenType::BLIND_RSA,
            Self::VoprfRistretto255(_) => TokenType::VOPRF_RISTRETTO255,
        }
    }

    /// The key as it came: its hash is the key id.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::VoprfP384(key) => key.as_bytes(),
            Self::BlindRsa(key) => key.as_spki(),
            Self::VoprfRistretto255(key) => key.as_bytes(),
        }
    }

    pub(crate) fn id(&self) -> KeyId {
        KeyId::of_public_key(self.as_bytes())
    }

    /// Bytes of a blinded message.
    pub(crate) fn message_len(&self) -> usize {
        match self {
            Self::VoprfP384(_) => 49,
            Self::BlindRsa(_) => Self::RSA_LEN,
            Self::VoprfRistretto255(_) => 32,
        }
    }

    /// `token_input = token_type | nonce | challenge_digest | token_key_id`
    pub(crate) fn input(&self, nonce: [u8; 32], challenge_digest: ChallengeDigest) -> AuthenticatorInput {
        AuthenticatorInput { token_type: self.token_type(), nonce, challenge_digest, key_id: self.id() }
    }

    /// Blinds the inputs: one for Blind RSA, any number for a VOPRF.
    pub(crate) fn blind<C: Coins>(&self, inputs: &[AuthenticatorInput], coins: &mut C) -> Result<Blinded, Error> {
        let inputs: Vec<_> = inputs.iter().map(AuthenticatorInput::to_bytes).collect();
        let inputs: Vec<&[u8]> = inputs.iter().map(<[u8; 98]>::as_slice).collect();
        match self {
            Self::VoprfP384(_) => blind_voprf::<P384Sha384, C>(&inputs, coins),
            Self::VoprfRistretto255(_) => blind_voprf::<Ristretto255Sha512, C>(&inputs, coins),
            Self::BlindRsa(key) => match inputs.as_slice() {
                [input] => {
                    let (state, messages) = coins.rsa(key, input)?;
                    Ok(Blinded { state: state.into_bytes(), messages })
                }
                _ => Err(Misuse::TokenType.into()),
            },
        }
    }

    /// Whether a kept state reads.
    pub(crate) fn check(&self, state: &[u8], count: usize) -> Result<(), Error> {
        let found = match self {
            Self::VoprfP384(_) => ClientState::<P384Sha384, Voprf>::from_bytes(state)?.len(),
            Self::VoprfRistretto255(_) => ClientState::<Ristretto255Sha512, Voprf>::from_bytes(state)?.len(),
            Self::BlindRsa(key) => PreSignature::from_bytes(key, state).map(|_| 1)?,
        };
        if found == count { Ok(()) } else { Err(Misuse::Journal.into()) }
    }

    /// The authenticators, if the answer holds: evaluated messages one behind the other, and for a VOPRF the proof.
    pub(crate) fn finish(&self, state: &[u8], answer: &[u8]) -> Result<Vec<Zeroizing<Vec<u8>>>, Error> {
        match self {
            Self::VoprfP384(key) => finish_voprf(key, state, answer),
            Self::VoprfRistretto255(key) => finish_voprf(key, state, answer),
            Self::BlindRsa(key) => {
                let signature = PreSignature::from_bytes(key, state)?.finalize(key, answer);
                Ok(vec![Zeroizing::new(signature.map_err(|refused| refused.error)?)])
            }
        }
    }
}

fn blind_voprf<S: Suite, C: Coins>(inputs: &[&[u8]], coins: &mut C) -> Result<Blinded, Error> {
    let (state, blinded) = coins.voprf::<S>(inputs)?;
    Ok(Blinded { state: state.into_bytes(), messages: blinded.to_bytes() })
}

fn finish_voprf<S: Suite>(
    key: &farebox_voprf::PublicKey<S, Voprf>,
    state: &[u8],
    answer: &[u8],
) -> Result<Vec<Zeroizing<Vec<u8>>>, Error> {
    let evaluation = Evaluation::from_bytes(answer)?;
    let outputs = ClientState::<S, Voprf>::from_bytes(state)?.finalize(key, &evaluation);
    let outputs = outputs.map_err(|refused| refused.error)?;
    Ok(outputs.iter().map(|output| Zeroizing::new(output.as_bytes().to_vec())).collect())
}

/// Where nonces and blinds come from.
pub(crate) trait Coins {
    fn nonce(&mut self) -> Result<[u8; 32], Error>;

    fn voprf<S: Suite>(&mut self, inputs: &[&[u8]]) -> Result<(ClientState<S, Voprf>, BlindedElements<S>), Error>;

    fn rsa(
        &mut self,
        key: &farebox_blind_rsa::PublicKey<PssDeterministic>,
        input: &[u8],
    ) -> Result<(PreSignature<PssDeterministic>, Vec<u8>), Error>;
}

/// Coins from a generator.
pub(crate) struct Drawn<'r, R: ?Sized>(pub(crate) &'r mut R);

impl<R: CryptoRng + ?Sized> Coins for Drawn<'_, R> {
    fn nonce(&mut self) -> Result<[u8; 32], Error> {
        let mut nonce = [0; 32];
        self.0.fill_bytes(&mut nonce);
        Ok(nonce)
    }

    fn voprf<S: Suite>(&mut self, inputs: &[&[u8]]) -> Result<(ClientState<S, Voprf>, BlindedElements<S>), Error> {
        Ok(ClientState::<S, Voprf>::blind(inputs, self.0)?)
    }

    fn rsa(
        &mut self,
        key: &farebox_blind_rsa::PublicKey<PssDeterministic>,
        input: &[u8],
    ) -> Result<(PreSignature<PssDeterministic>, Vec<u8>), Error> {
        Ok(key.blind(&PreparedMessage::prepare(input, self.0), self.0)?)
    }
}

#[cfg(feature = "hazmat")]
pub(crate) use given::Given;
#[cfg(feature = "hazmat")]
pub use given::TokenCoins;

#[cfg(feature = "hazmat")]
mod given {
    use farebox_blind_rsa::{BlindCoins as RsaCoins, Factor};
    use farebox_group::{Group, Scalar as _};
    use farebox_voprf::BlindCoins;

    use super::*;

    /// What the client draws for one token, given from outside for vectors and tests.
    pub struct TokenCoins {
        /// The token's nonce.
        pub nonce: [u8; 32],
        /// The blind: a scalar of the VOPRF's group as the suite writes it, or for Blind RSA r, 256 bytes, big-endian.
        pub blind: Zeroizing<Vec<u8>>,
        /// For Blind RSA, the 48 bytes of salt; not looked at for a VOPRF.
        pub salt: Vec<u8>,
    }

    crate::opaque::opaque!(TokenCoins => "TokenCoins");

    /// Coins from outside: nonces first, then all blinds.
    pub(crate) struct Given<'c> {
        pub(crate) coins: &'c [TokenCoins],
        pub(crate) nonces: usize,
    }

    impl Coins for Given<'_> {
        fn nonce(&mut self) -> Result<[u8; 32], Error> {
            let coins = self.coins.get(self.nonces).ok_or(Misuse::Parameter)?;
            self.nonces += 1;
            Ok(coins.nonce)
        }

        fn voprf<S: Suite>(&mut self, inputs: &[&[u8]]) -> Result<(ClientState<S, Voprf>, BlindedElements<S>), Error> {
            let scalar = |coins: &TokenCoins| {
                <S::Group as Group>::Scalar::from_bytes(&coins.blind, <S::Group as Group>::SCALAR_ORDER)
            };
            let blinds = self.coins.iter().map(scalar).collect::<Result<Vec<_>, _>>().map_err(|_| Misuse::Parameter)?;
            Ok(ClientState::<S, Voprf>::blind_with_coins(inputs, BlindCoins { blinds })?)
        }

        fn rsa(
            &mut self,
            key: &farebox_blind_rsa::PublicKey<PssDeterministic>,
            input: &[u8],
        ) -> Result<(PreSignature<PssDeterministic>, Vec<u8>), Error> {
            let [coins] = self.coins else { return Err(Misuse::Parameter.into()) };
            let message = PreparedMessage::prepare_with_prefix(input, &[])?;
            let factor = Factor::R(coins.blind.to_vec());
            Ok(key.blind_with_coins(&message, RsaCoins { salt: coins.salt.clone(), factor })?)
        }
    }
}
