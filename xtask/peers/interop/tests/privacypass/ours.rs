//! Our issuer, our origin, and our client's way from a header field to an offer.

use std::sync::OnceLock;

use farebox_blind_rsa::{ModulusSize, SharedSigner};
use farebox_ledger::{Ledger, MemoryStore};
use farebox_tokens::client::{self, single::Held};
use farebox_tokens::issuer::Issuer;
use farebox_tokens::origin::{Decision, Demand, Offer, Offers, Outcome, Terms};
use farebox_tokens::{Error, IssuerKey, KeyRing, Validity};
use http::HeaderValue;
use privacypass_wire::http::{Authorization, Reading, Style, WwwAuthenticate};
use privacypass_wire::{Limits, TokenType};

use crate::{ISSUER, ORIGIN};

pub(crate) const SINGLE_USE: [TokenType; 3] =
    [TokenType::VOPRF_P384, TokenType::BLIND_RSA, TokenType::VOPRF_RISTRETTO255];
const NOW: u64 = 1_800_000_000;

/// An issuer with a key of each type, and an origin that asks for tokens of them.
pub(crate) struct Ours {
    issuer: Issuer,
    offers: Offers,
    ledger: Ledger<MemoryStore>,
}

/// One for all tests, since making an RSA key is slow.
pub(crate) fn ours() -> &'static Ours {
    static OURS: OnceLock<Ours> = OnceLock::new();
    OURS.get_or_init(Ours::new)
}

fn key(token_type: TokenType) -> IssuerKey {
    let rng = &mut rand::rng();
    match token_type {
        TokenType::VOPRF_P384 => IssuerKey::VoprfP384(farebox_voprf::SecretKey::generate(rng)),
        TokenType::BLIND_RSA => {
            let secret = farebox_blind_rsa::SecretKey::generate(ModulusSize::Bits2048, rng);
            IssuerKey::BlindRsa(SharedSigner::new(secret))
        }
        TokenType::VOPRF_RISTRETTO255 => IssuerKey::VoprfRistretto255(farebox_voprf::SecretKey::generate(rng)),
        other => panic!("{other} is not single-use"),
    }
}

impl Ours {
    fn new() -> Self {
        let mut keys = KeyRing::default();
        for token_type in SINGLE_USE {
            keys.register(key(token_type), Validity::ALWAYS).unwrap();
        }
        let terms = Terms {
            issuer_name: ISSUER.into(),
            origin_info: ORIGIN.into(),
            redemption_context: Some([1; 32]),
            max_age: Some(60),
            ..Terms::default()
        };
        let offers = keys.iter().map(|key| Offer::new(&terms, Demand::Once(key.clone())).unwrap()).collect::<Vec<_>>();
        Self {
            issuer: Issuer::new(ISSUER, keys),
            offers: Offers::new(offers),
            ledger: Ledger::new(MemoryStore::new(1000)),
        }
    }

    /// The field `WWW-Authenticate` of the origin, as readers without quotes want it.
    pub(crate) fn www_authenticate(&self, token_type: TokenType) -> HeaderValue {
        let offer = self.offers.iter().find(|offer| offer.challenge().token_type() == token_type).unwrap();
        HeaderValue::from_str(&offer.to_wire().to_header_value(Style::Unquoted).unwrap()).unwrap()
    }

    /// What the issuer answers to a POST: status and body.
    pub(crate) fn answer(&self, media_type: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let answer = self.issuer.answer(media_type, body, NOW, &mut rand::rng());
        (answer.status, answer.body)
    }

    /// Takes the field `Authorization` of a request: once, and not a second time.
    pub(crate) async fn redeem(&self, authorization: &HeaderValue) -> Result<(), Error> {
        let read = Authorization::parse(authorization.as_bytes(), Reading::Lenient, &Limits::DEFAULT)?;
        let token = read.unwrap().token;
        let mut altered = token.clone();
        *altered.last_mut().unwrap() ^= 1;
        assert!(self.offers.bind(&altered, None, NOW)?.verify(|_| false).is_err());

        let verified = self.offers.bind(&token, None, NOW)?.verify(|_| false)?;
        let outcome = verified.reserve(&self.ledger, None).await.unwrap();
        let Outcome::Granted(grant) = outcome else { panic!("it came before: {outcome:?}") };
        let ready = grant.decide(Decision::Nothing, &mut rand::rng()).unwrap();
        ready.store(&self.ledger).await.unwrap();
        let again = self.offers.bind(&token, None, NOW)?.verify(|_| false)?;
        assert!(matches!(again.reserve(&self.ledger, None).await.unwrap(), Outcome::Replayed(_)));
        Ok(())
    }
}

/// What our client makes of a field `WWW-Authenticate`.
pub(crate) fn read_offer(www_authenticate: &HeaderValue) -> client::Offer {
    let read = WwwAuthenticate::parse([www_authenticate.as_bytes()], Reading::Lenient, &Limits::DEFAULT).unwrap();
    assert!(read.refused.is_empty());
    let [challenge] = read.challenges.as_slice() else { panic!("one challenge was sent") };
    assert_eq!(challenge.max_age, Some(60));
    client::Offer::new(challenge, ORIGIN, None).unwrap()
}

/// The field `Authorization` with which our client shows a token.
pub(crate) fn authorization(held: Held, offer: &client::Offer) -> HeaderValue {
    let redeeming = held.redeem(offer).unwrap().written();
    let value = Authorization::new(&redeeming.token().unwrap()).to_header_value(Style::Unquoted).unwrap();
    HeaderValue::from_str(&value).unwrap()
}
