//! Issuer keys of all types, and rings of them: which key issues, and which are accepted, at a time.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use farebox_act::Credits;
use farebox_arc::P256;
use farebox_blind_rsa::{PssDeterministic, SharedSigner};
use farebox_ledger::Epoch;
use farebox_voprf::{P384Sha384, Ristretto255Sha512, Voprf};
use privacypass_wire::directory::{ActParameters, TokenKey};
use privacypass_wire::{KeyId, TokenType};

use crate::{Misuse, Refused};

/// A secret key, with what its type needs beside it.
pub enum IssuerKey {
    /// `0x0001`.
    VoprfP384(farebox_voprf::SecretKey<P384Sha384, Voprf>),
    /// `0x0002`, 2048 bits.
    BlindRsa(SharedSigner<PssDeterministic>),
    /// `0x0005`.
    VoprfRistretto255(farebox_voprf::SecretKey<Ristretto255Sha512, Voprf>),
    /// `0xE5AC`.
    Arc(Box<farebox_arc::SecretKey<P256>>),
    /// `0xE5AD`.
    Act(Box<ActIssuer>),
}

/// An ACT key with its parameters, and what a new token holds.
#[derive(Debug)]
pub struct ActIssuer {
    /// Domain separator and L.
    pub params: Arc<farebox_act::Params>,
    /// The key.
    pub key: farebox_act::SecretKey,
    /// The credits of a new token.
    pub initial: Credits,
}

impl IssuerKey {
    /// The token type.
    pub fn token_type(&self) -> TokenType {
        match self {
            Self::VoprfP384(_) => TokenType::VOPRF_P384,
            Self::BlindRsa(_) => TokenType::BLIND_RSA,
            Self::VoprfRistretto255(_) => TokenType::VOPRF_RISTRETTO255,
            Self::Arc(_) => TokenType::ARC,
            Self::Act(_) => TokenType::ACT,
        }
    }

    /// The public key as it stands on the wire: in `token-key`, in the directory, and under the hash of the key id.
    pub fn public_key(&self) -> Vec<u8> {
        match self {
            Self::VoprfP384(key) => key.public_key().as_bytes().to_vec(),
            Self::BlindRsa(signer) => signer.public_key().as_spki().to_vec(),
            Self::VoprfRistretto255(key) => key.public_key().as_bytes().to_vec(),
            Self::Arc(key) => key.public_key().to_bytes(),
            Self::Act(act) => act.key.public_key().as_bytes().to_vec(),
        }
    }

    /// Token type `0x0002` is for moduli of 2048 bits. Every other type has one size.
    fn has_its_size(&self) -> bool {
        match self {
            Self::BlindRsa(signer) => signer.public_key().modulus_len() == 256,
            _ => true,
        }
    }

    /// The entry for the issuer's directory, without `not-before`.
    pub fn directory_entry(&self) -> TokenKey {
        let mut entry = TokenKey::new(self.token_type(), &self.public_key());
        if let Self::Act(act) = self {
            entry.act = Some(ActParameters {
                domain_separator: act.params.domain_separator().to_string(),
                bit_length: act.params.bits().get() as u8,
                initial_credits: act.initial.get(),
            });
        }
        entry
    }
}

impl fmt::Debug for IssuerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuerKey({})", self.token_type())
    }
}

/// When a key is used, in seconds of Unix time. Times overlap from one key to the next: a token that was issued in the last
/// second of `issue_until` is still good until `accept_until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// From then on clients ask for tokens of this key.
    pub not_before: u64,
    /// The end of issuing.
    pub issue_until: u64,
    /// The end of redeeming. Later the key and its serials can be dropped.
    pub accept_until: u64,
    /// The epoch of the ledger for serials that live as long as the key: the day, say, after which no token of it is good. It is
    /// fixed with the key, and kept with it. A serial counts once within its epoch, so a key whose epoch moved would take its
    /// tokens twice.
    pub epoch: Epoch,
}

impl Validity {
    /// For ever, in one epoch.
    pub const ALWAYS: Self =
        Self { not_before: 0, issue_until: u64::MAX, accept_until: u64::MAX, epoch: Epoch(u64::MAX) };

    pub(crate) fn issues(&self, now: u64) -> bool {
        (self.not_before..self.issue_until).contains(&now)
    }

    pub(crate) fn accepts(&self, now: u64) -> bool {
        now < self.accept_until
    }
}

/// A key with its times, as it stands in a ring and in a [`Demand`](crate::origin::Demand). A copy shares the key.
#[derive(Clone, Debug)]
pub struct Registered {
    pub(crate) key: Arc<IssuerKey>,
    pub(crate) id: KeyId,
    /// When it is used.
    pub validity: Validity,
}

impl Registered {
    /// A key outside of a ring.
    pub fn new(key: IssuerKey, validity: Validity) -> Self {
        let id = KeyId::of_public_key(&key.public_key());
        Self { key: Arc::new(key), id, validity }
    }

    /// The key.
    pub fn key(&self) -> &IssuerKey {
        &self.key
    }

    /// Its id.
    pub fn id(&self) -> KeyId {
        self.id
    }
}

/// The keys of an issuer. No two of one type have ids that end with the same byte, since a request names its key by that.
#[derive(Clone, Debug, Default)]
pub struct KeyRing {
    keys: BTreeMap<(TokenType, KeyId), Registered>,
}

impl KeyRing {
    /// Adds a key. Generate another one where its truncated id is taken; with 20 keys of a type that happens half of the time.
    ///
    /// # Errors
    /// The key comes back with [`Misuse::Validity`], [`Misuse::SameKey`], [`Misuse::TruncatedId`], or [`Misuse::Parameter`] for an
    /// RSA modulus that has not 2048 bits.
    pub fn register(&mut self, key: IssuerKey, validity: Validity) -> Result<KeyId, Refused<IssuerKey>> {
        let (token_type, id) = (key.token_type(), KeyId::of_public_key(&key.public_key()));
        let Validity { not_before, issue_until, accept_until, .. } = validity;
        let misuse = if not_before > issue_until || issue_until > accept_until {
            Some(Misuse::Validity)
        } else if !key.has_its_size() {
            Some(Misuse::Parameter)
        } else if self.keys.contains_key(&(token_type, id)) {
            Some(Misuse::SameKey)
        } else if self.of_type(token_type).any(|other| other.id.truncated() == id.truncated()) {
            Some(Misuse::TruncatedId)
        } else {
            None
        };
        match misuse {
            Some(misuse) => Err(Refused::new(key, misuse)),
            None => {
                self.keys.insert((token_type, id), Registered { key: Arc::new(key), id, validity });
                Ok(id)
            }
        }
    }

    /// Drops all keys whose time is over, and says which.
    pub fn retire(&mut self, now: u64) -> Vec<KeyId> {
        let retired = self.keys.values().filter(|key| !key.validity.accepts(now)).map(|key| key.id).collect();
        self.keys.retain(|_, key| key.validity.accepts(now));
        retired
    }

    /// All keys.
    pub fn iter(&self) -> impl Iterator<Item = &Registered> {
        self.keys.values()
    }

    fn of_type(&self, token_type: TokenType) -> impl Iterator<Item = &Registered> {
        self.keys.values().filter(move |key| key.key.token_type() == token_type)
    }

    /// The key that a new challenge asks for: of those that issue now, the one that began last, as in the issuer's directory.
    pub fn current(&self, token_type: TokenType, now: u64) -> Option<&Registered> {
        self.of_type(token_type)
            .filter(|key| key.validity.issues(now))
            .min_by_key(|key| Reverse(key.validity.not_before))
    }

    /// The key that a request means, if it issues now.
    pub fn issuing(&self, token_type: TokenType, truncated_id: u8, now: u64) -> Option<&Registered> {
        self.of_type(token_type).find(|key| key.id.truncated() == truncated_id && key.validity.issues(now))
    }

    /// The key that a token names, if tokens of it are still good.
    pub fn accepting(&self, token_type: TokenType, id: &KeyId, now: u64) -> Option<&Registered> {
        self.keys.get(&(token_type, *id)).filter(|key| key.validity.accepts(now))
    }
}
