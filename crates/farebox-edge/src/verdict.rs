//! The header by which an upstream learns what the gate found. Copies that come from outside are stripped.

use http::{HeaderMap, HeaderName, HeaderValue};
use privacypass_wire::TokenType;

use crate::Redeemed;

/// `Farebox-Verdict`: `redeemed; type=0xE5AD; charge=30`, or `unmetered`.
pub const VERDICT_HEADER: &str = "farebox-verdict";

/// `Farebox-Status`: the status that the client gets, for proxies that pass on 401 and 403 only.
pub const STATUS_HEADER: &str = "farebox-status";

pub(crate) const VERDICT: HeaderName = HeaderName::from_static(VERDICT_HEADER);
pub(crate) const STATUS: HeaderName = HeaderName::from_static(STATUS_HEADER);

/// Removes the header in every spelling: upstreams that read headers as variables take `_` for `-`.
pub(crate) fn strip(headers: &mut HeaderMap) {
    let is_ours = |name: &&HeaderName| name.as_str().replace('_', "-") == VERDICT_HEADER;
    let ours: Vec<HeaderName> = headers.keys().filter(is_ours).cloned().collect();
    for name in ours {
        headers.remove(name);
    }
}

pub(crate) fn redeemed(redeemed: &Redeemed) -> Option<HeaderValue> {
    let mut text = format!("redeemed; type=0x{:04X}", redeemed.token_type().code());
    if let Some(charge) = redeemed.charge() {
        text.push_str(&format!("; charge={charge}"));
    }
    HeaderValue::try_from(text).ok()
}

pub(crate) const fn unmetered() -> HeaderValue {
    HeaderValue::from_static("unmetered")
}

/// A type's name in metrics.
pub(crate) const fn label(token_type: TokenType) -> &'static str {
    match token_type {
        TokenType::VOPRF_P384 => "voprf_p384",
        TokenType::BLIND_RSA => "blind_rsa",
        TokenType::VOPRF_RISTRETTO255 => "voprf_ristretto255",
        TokenType::ARC => "arc",
        TokenType::ACT => "act",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_goes() {
        let mut headers = HeaderMap::new();
        for name in ["Farebox-Verdict", "farebox_verdict", "FAREBOX-VERDICT", "Farebox-Verdicts"] {
            headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_static("redeemed"));
        }
        strip(&mut headers);
        assert_eq!(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["farebox-verdicts"]);
    }
}
