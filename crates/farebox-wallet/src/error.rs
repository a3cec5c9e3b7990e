//! Why a fetch was not paid for, or not answered. No error holds a token, a balance or a secret.

use privacypass_wire::TokenType;

use crate::attest::NotAttested;
use crate::journal::{Id, JournalError};
use crate::transport::TransportError;

/// Why a fetch has no response.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The URL is not absolute, not http(s), names a user, or is plain http where that is not taken.
    #[error("the URL is not one that is fetched: {0}")]
    Url(&'static str),
    /// The first request, without a token, brought no answer. Nothing was spent.
    #[error("{0}")]
    Transport(TransportError),
    /// The origin asks for a token, and none of its challenges is answered. Nothing was spent.
    #[error("none of the origin's challenges is answered: {}", Listed(.0))]
    Declined(Vec<Declined>),
    /// The request was sent with a token, and no answer came. The state is in the journal: [`recover`](crate::Wallet::recover) sends
    /// the same bytes again.
    #[error("the request was sent with credential {id}, and no answer came: it may have been served")]
    Unanswered {
        /// The credential in flight.
        id: Id,
    },
    /// The request was served, and its answer was lost: sent again, the same bytes brought what settles the credential and no answer.
    #[error("the request was served, and its answer was lost")]
    AnswerLost,
    /// The origin refused the token. A single-use token or presentation is used up.
    #[error("the origin refused the token")]
    Refused,
    /// The origin refused the token, and whether it counted is not known. The credential stays in flight:
    /// [`recover`](crate::Wallet::recover) asks again, and [`abandon`](crate::Wallet::abandon) gives it up.
    #[error("the origin refused the token of credential {id}, which stays in flight")]
    RefusedInFlight {
        /// The credential in flight.
        id: Id,
    },
    /// The journal does not serve. Where that happens behind an answer, the credential stays in flight.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// There is no such credential.
    #[error("there is no credential {0}")]
    Unknown(Id),
    /// The credential is in use by another call.
    #[error("credential {0} is in use")]
    InUse(Id),
    /// The request is not the one that the credential was sent with.
    #[error("credential {0} was sent with another request")]
    OtherRequest(Id),
    /// A task of this process was cut off.
    #[error("a task was cut off")]
    Cut,
}

/// A challenge that is not answered, and why.
#[derive(Debug)]
pub struct Declined {
    /// The token type, where it was read.
    pub token_type: Option<TokenType>,
    /// Why.
    pub reason: Reason,
}

/// Why a challenge is not answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// It does not read, is of other origins, names a broken key, or lacks what its type needs.
    #[error("{0}")]
    Challenge(#[from] farebox_tokens::Error),
    /// Another challenge of the same type and issuer stands before it.
    #[error("another challenge of the type and issuer stands before it")]
    NotFirst,
    /// This type is not used.
    #[error("the token type is not used")]
    Type,
    /// The issuer is not trusted, or is one that an origin elsewhere must not name.
    #[error("the issuer is not one that is asked")]
    Issuer,
    /// The origin names too many issuers.
    #[error("the origin names too many issuers")]
    ManyIssuers,
    /// The issuer did not answer.
    #[error("the issuer: {0}")]
    Away(TransportError),
    /// What the issuer answered does not read or does not hold.
    #[error("what the issuer answered does not hold")]
    IssuerInvalid,
    /// The issuer refuses to issue, with this status.
    #[error("the issuer refuses with status {0}")]
    IssuerRefused(u16),
    /// The key is not in the issuer's directory, or not for now.
    #[error("the key is not one that the issuer has in use")]
    Key,
    /// The issuer has more keys in use than it may.
    #[error("the issuer has too many keys in use")]
    ManyKeys,
    /// The issuer changed what belongs to a key.
    #[error("the issuer changed what belongs to a key that was seen before")]
    Pin,
    /// There is nothing to show to the issuer.
    #[error("{0}")]
    NotAttested(#[from] NotAttested),
    /// The cost is above the cap for a request, an origin, or in all.
    #[error("the cost is above the budget for {0}")]
    Budget(Cap),
    /// The cost is above what a new credential holds.
    #[error("the cost is above what a credential holds")]
    Cost,
    /// All presentations of this context were made.
    #[error("all presentations of this context were made")]
    UsedUp,
    /// There are as many credentials of this kind as there may be.
    #[error("there are too many credentials of this kind, some of them in flight")]
    ManyCredentials,
    /// The journal does not serve.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// A task of this process was cut off.
    #[error("a task was cut off")]
    Cut,
}

/// Which cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// [`Budget::request`](crate::Budget::request)
    Request,
    /// [`Budget::origin`](crate::Budget::origin)
    Origin,
    /// [`Budget::total`](crate::Budget::total)
    Total,
}

impl core::fmt::Display for Cap {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Request => "a request",
            Self::Origin => "an origin",
            Self::Total => "all",
        })
    }
}

struct Listed<'a>(&'a [Declined]);

impl core::fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (i, Declined { token_type, reason }) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { "; " };
            match token_type {
                Some(token_type) => write!(f, "{comma}{token_type}: {reason}")?,
                None => write!(f, "{comma}{reason}")?,
            }
        }
        Ok(())
    }
}
