//! `WWW-Authenticate: PrivateToken`, the challenges of an origin (RFC 9577, section 2.1).

use alloc::string::String;
use alloc::vec::Vec;

use super::syntax::{AuthChallenge, Challenges};
use super::write::{Known, ParamWriter};
use super::{Param, Reading, SCHEME, Style};
use crate::{Any, Fault, Limits, Malformed, Misuse, TokenChallenge};

/// The parameters that are known here.
const KNOWN: [&str; 5] = ["challenge", "token-key", "max-age", "cost", "rate-limit"];

/// One challenge of the scheme: what an origin asks for, and what it says about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivateTokenChallenge {
    /// The TokenChallenge, as it came: its digest is over these bytes.
    pub challenge: Vec<u8>,
    /// The issuer's public key. An origin may leave it out if clients get keys from the directory.
    pub token_key: Option<Vec<u8>>,
    /// Seconds for which the challenge is good.
    pub max_age: Option<u64>,
    /// Credits that the request costs. ACT only.
    pub cost: Option<u64>,
    /// How many presentations of a credential an origin takes. ARC only; a client must not present without it.
    pub rate_limit: Option<u64>,
    /// Parameters that are not known here, such as `realm`.
    pub others: Vec<Param>,
}

impl PrivateTokenChallenge {
    /// A challenge with its key and nothing else. The fields take the rest.
    pub fn new(challenge: &TokenChallenge, token_key: &[u8]) -> Self {
        let challenge = challenge.as_bytes().to_vec();
        Self { challenge, token_key: Some(token_key.to_vec()), ..Self::default() }
    }

    /// The TokenChallenge, or one of an unknown type, which a client skips.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn decode(&self) -> Result<Any<TokenChallenge>, Malformed> {
        Any::from_bytes(&self.challenge, &Limits::DEFAULT)
    }

    /// The challenge as the value of a field.
    ///
    /// # Errors
    /// [`Misuse`] for a parameter among `others` that is one of those above or stands twice, whose name is not a token, or whose
    /// value is not printable ASCII.
    pub fn to_header_value(&self, style: Style) -> Result<String, Misuse> {
        let mut writer = ParamWriter::new(style);
        writer.bytes("challenge", &self.challenge);
        if let Some(key) = &self.token_key {
            writer.bytes("token-key", key);
        }
        writer.number("max-age", self.max_age);
        writer.number("cost", self.cost);
        writer.number("rate-limit", self.rate_limit);
        writer.others(&self.others, &KNOWN)?;
        Ok(writer.finish())
    }

    fn read(challenge: &AuthChallenge<'_>, reading: Reading, limits: &Limits) -> Result<Self, Malformed> {
        let known = Known::new(&challenge.params, &KNOWN, reading, limits)?;
        Ok(Self {
            challenge: known.bytes("challenge")?.ok_or(Malformed::new("challenge", Fault::Missing))?,
            token_key: known.bytes("token-key")?,
            max_age: known.number("max-age")?,
            cost: known.number("cost")?,
            rate_limit: known.number("rate-limit")?,
            others: known.others(&KNOWN),
        })
    }
}

/// The challenges of a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WwwAuthenticate {
    /// Those of the scheme `PrivateToken`, in their order. A client satisfies one of them.
    pub challenges: Vec<PrivateTokenChallenge>,
    /// Why others of the scheme were left out, in lenient reading. Where a field's grammar is broken, what stands before the
    /// fault is kept.
    pub refused: Vec<Malformed>,
    /// How many challenges of other schemes there were.
    pub other_schemes: usize,
}

impl WwwAuthenticate {
    /// Reads all `WWW-Authenticate` fields of a response, with the caps of `limits`.
    ///
    /// # Errors
    /// [`Malformed`] if there is more than the limits allow, and for any fault in strict reading.
    pub fn parse<F: AsRef<[u8]>>(
        fields: impl IntoIterator<Item = F>,
        reading: Reading,
        limits: &Limits,
    ) -> Result<Self, Malformed> {
        let mut all = Self::default();
        let (mut left, mut seen) = (limits.header, 0);
        for field in fields {
            let field = field.as_ref();
            left = left.checked_sub(field.len()).ok_or(Malformed::new("header", Fault::Limit(limits.header)))?;
            for challenge in Challenges::new(field, limits)? {
                seen += 1;
                if seen > limits.challenges {
                    return Err(Malformed::new("challenges", Fault::Limit(limits.challenges)));
                }
                all.add(challenge, reading, limits)?;
            }
        }
        Ok(all)
    }

    fn add(
        &mut self,
        challenge: Result<AuthChallenge<'_>, Malformed>,
        reading: Reading,
        limits: &Limits,
    ) -> Result<(), Malformed> {
        let read = match challenge {
            Ok(other) if !other.scheme.eq_ignore_ascii_case(SCHEME) => {
                self.other_schemes += 1;
                return Ok(());
            }
            Ok(ours) => PrivateTokenChallenge::read(&ours, reading, limits),
            Err(error) => Err(error),
        };
        match read {
            Ok(challenge) => self.challenges.push(challenge),
            Err(error) if reading == Reading::Strict => return Err(error),
            Err(error) => self.refused.push(error),
        }
        Ok(())
    }

    /// Several challenges as the value of one field.
    ///
    /// # Errors
    /// [`Misuse`] as for one of them.
    pub fn to_header_value(challenges: &[PrivateTokenChallenge], style: Style) -> Result<String, Misuse> {
        let all: Result<Vec<String>, Misuse> =
            challenges.iter().map(|challenge| challenge.to_header_value(style)).collect();
        Ok(all?.join(", "))
    }
}
