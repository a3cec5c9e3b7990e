//! What comes back of a spend.

use std::fmt;
use std::time::Duration;

use farebox_tokens::origin::Decision;
use http::{Method, Uri};
use privacypass_wire::TokenType;

/// How much of the spent credits the client gets back, decided after the handler ran. A handler puts one into the extensions of its
/// response, which counts more than the route's hook. Of a token without credits nothing can come back, but a companion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Return {
    /// Nothing. The rest of the balance can be spent further; a fresh companion is withheld.
    Nothing,
    /// Everything, and a fresh companion.
    All,
    /// So many credits, at most what was spent.
    Credits(u64),
    /// What was spent less what was used: hold N, return N - used.
    Used(u64),
}

impl Return {
    /// The decision for a token: `charge` for ACT, `paired` for an ARC presentation with a companion.
    pub(crate) fn decide(self, charge: Option<u64>, paired: bool) -> Decision {
        match (charge, self) {
            (Some(_), Self::Nothing) => Decision::Nothing,
            (Some(_), Self::All) => Decision::ReturnAll,
            (Some(charge), Self::Credits(credits)) => Decision::Return(credits.min(charge)),
            (Some(charge), Self::Used(used)) => Decision::Return(charge.saturating_sub(used)),
            (None, Self::Nothing) => Decision::Nothing,
            (None, _) if paired => Decision::Renew,
            (None, _) => Decision::Nothing,
        }
    }
}

/// What a return hook is told of a request. Nothing in it names the client.
#[derive(Clone)]
pub struct RequestSummary {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub uri: Uri,
    /// The token's type.
    pub token_type: TokenType,
    /// The credits that were spent, for ACT.
    pub charge: Option<u64>,
    /// How long the handler took, up to the head of its response.
    pub elapsed: Duration,
}

impl fmt::Debug for RequestSummary {
    /// The query may hold what is no one's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestSummary").field("method", &self.method).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_comes_back_than_was_spent() {
        for (returned, decision) in [
            (Return::Nothing, Decision::Nothing),
            (Return::All, Decision::ReturnAll),
            (Return::Credits(9), Decision::Return(9)),
            (Return::Credits(31), Decision::Return(30)),
            (Return::Used(0), Decision::Return(30)),
            (Return::Used(12), Decision::Return(18)),
            (Return::Used(u64::MAX), Decision::Return(0)),
        ] {
            assert_eq!(returned.decide(Some(30), false), decision, "{returned:?}");
            assert_eq!(returned.decide(None, false), Decision::Nothing, "{returned:?}");
        }
        assert_eq!(Return::All.decide(None, true), Decision::Renew);
        assert_eq!(Return::Nothing.decide(None, true), Decision::Nothing);
    }
}
