//! The Privacy Pass files, run: a client with the published coins, and issuer and origin of `farebox-tokens`. The nonces of proofs
//! are not published: a published proof is verified, and the issuer here makes another for the same evaluated elements.

use farebox_blind_rsa::{Factor, PreparedMessage, PssDeterministic, SharedSigner};
use farebox_group::{Group as _, Scalar as _};
use farebox_tokens::issuer::{Answer, Issuer};
use farebox_tokens::origin::{Demand, Offer, Offers, Terms};
use farebox_tokens::{Error, Invalid, IssuerKey, KeyRing, Misuse, Registered, Validity};
use farebox_voprf::{BlindCoins, ClientState, Evaluation, P384Sha384, PublicKey, Ristretto255Sha512, Suite, Voprf};
use privacypass_wire::{
    AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, AuthenticatorInput, GenericBatchTokenRequest,
    GenericBatchTokenResponse, KeyId, Limits, SingleUseToken, TokenChallenge, TokenRequest, TokenResponse, TokenType,
    http,
};
use serde_json::Value;

use super::Report;
use super::blind_rsa::pem;
use super::json::{at, bytes, list, same};
use super::wire::{Checked, each, either, error, hexes, that};
use crate::vectors::blind_rsa::Fixed;

const LIMITS: &Limits = &Limits::DEFAULT;

/// The salt of a request whose salt is not published. The signature takes its own from the answer.
const NO_SALT: [u8; 48] = [0; 48];

/// Tokens of one key and one challenge: one, or those of an amortized batch.
struct Batch {
    token_type: TokenType,
    challenge: TokenChallenge,
    secret: Vec<u8>,
    public: Vec<u8>,
    nonces: Vec<Vec<u8>>,
    blinds: Vec<Vec<u8>>,
    salt: Option<Vec<u8>>,
    tokens: Vec<Vec<u8>>,
}

/// What a client sends, and what makes authenticators of the answer.
struct Client {
    blinded: Vec<Vec<u8>>,
    finish: Finish,
}

type Finish = Box<dyn FnOnce(&[u8]) -> Result<Vec<Vec<u8>>, String>>;

/// Requests, answers and tokens, each of one key.
pub(super) fn single(file: &Value, report: &mut Report) -> Checked {
    each(file, report, |record| {
        let batch = Batch::single(record)?;
        let (asked, answered) = (bytes(record, "token_request")?, bytes(record, "token_response")?);
        same("token_request", &batch.request()?.to_bytes(), &asked)?;
        let read = |answer: &[u8]| TokenResponse::from_bytes(batch.token_type, answer).map_err(error);
        let published = read(&answered)?;
        batch.finish(published.message())?;
        let ours = answer(&[&batch], http::TOKEN_REQUEST, http::TOKEN_RESPONSE, &asked)?;
        let ours = read(&ours)?;
        same("token_response", ours.evaluated(), published.evaluated())?;
        batch.finish(ours.message())?;
        batch.redeem()
    })
}

/// One key and one proof for many tokens.
pub(super) fn amortized(file: &Value, report: &mut Report) -> Checked {
    each(file, report, |record| {
        let batch = Batch::amortized(record)?;
        let (asked, answered) = (bytes(record, "token_request")?, bytes(record, "token_response")?);
        let request = AmortizedBatchTokenRequest::new(batch.token_type, &batch.key_id(), &batch.client()?.blinded);
        same("token_request", &request.map_err(error)?.to_bytes(), &asked)?;
        let split = |answer: &[u8]| -> Result<(Vec<u8>, Vec<u8>), String> {
            let read = AmortizedBatchTokenResponse::from_bytes(batch.token_type, answer, LIMITS).map_err(error)?;
            Ok((read.evaluated_messages().collect::<Vec<_>>().concat(), read.proof().to_vec()))
        };
        let (evaluated, proof) = split(&answered)?;
        batch.finish(&[&evaluated[..], &proof].concat())?;
        let ours = answer(&[&batch], http::AMORTIZED_BATCH_REQUEST, http::AMORTIZED_BATCH_RESPONSE, &asked)?;
        let (ours, proof) = split(&ours)?;
        same("token_response", &ours, &evaluated)?;
        batch.finish(&[&ours[..], &proof].concat())?;
        batch.redeem()
    })
}

/// Requests of any keys and types.
pub(super) fn generic(file: &Value, report: &mut Report) -> Checked {
    each(file, report, |record| {
        let members = list(at(record, "issuance")?)?.iter().map(Batch::single).collect::<Result<Vec<_>, _>>()?;
        let members: Vec<&Batch> = members.iter().collect();
        let (asked, answered) = (bytes(record, "token_request")?, bytes(record, "token_response")?);
        let published = GenericBatchTokenRequest::from_bytes(&asked, LIMITS).map_err(error)?;
        that(published.requests.len() == members.len(), "the number of requests")?;
        for (member, published) in members.iter().zip(&published.requests) {
            let ours = member.request()?;
            if member.is_determined() {
                same("token_request", &ours.to_bytes(), &published.to_bytes())?;
            }
            that(ours.token_type() == published.token_type(), "token_type")?;
            that(ours.truncated_key_id() == published.truncated_key_id(), "truncated_token_key_id")?;
        }
        let read = |answer: &[u8]| GenericBatchTokenResponse::from_bytes(answer, LIMITS).map_err(error);
        let ours = answer(&members, http::GENERIC_BATCH_REQUEST, http::GENERIC_BATCH_RESPONSE, &asked)?;
        let (published, ours) = (read(&answered)?.responses, read(&ours)?.responses);
        that([published.len(), ours.len()] == [members.len(); 2], "the number of answers")?;
        for ((member, published), ours) in members.iter().zip(&published).zip(&ours) {
            let (Some(published), Some(ours)) = (published, ours) else { return Err("an answer is missing".into()) };
            same("token_response", ours.evaluated(), published.evaluated())?;
            member.finish(published.message())?;
            member.finish(ours.message())?;
            member.redeem()?;
        }
        Ok(())
    })
}

/// What an issuer with the keys of these batches answers to a request of this media type.
fn answer(batches: &[&Batch], asked: &str, answered: &str, body: &[u8]) -> Result<Vec<u8>, String> {
    let mut keys = KeyRing::default();
    for batch in batches {
        match keys.register(batch.key()?, Validity::ALWAYS) {
            Ok(id) => same("token_key_id", id.as_bytes(), batch.key_id().as_bytes())?,
            Err(refused) if refused.error == Misuse::SameKey.into() => {}
            Err(refused) => return Err(error(refused.error)),
        }
    }
    let Answer { status, media_type, body, error } =
        Issuer::new("issuer.example", keys).answer(asked, body, 0, &mut Fixed(0));
    match (status, error) {
        (200, None) if media_type == Some(answered) => Ok(body),
        (status, error) => Err(format!("our issuer answers {status} {media_type:?}: {error:?}")),
    }
}

impl Batch {
    fn single(record: &Value) -> Result<Self, String> {
        let one = |name: &str| bytes(record, name).map(|bytes| vec![bytes]);
        let salt = record.get("salt").filter(|salt| !salt.is_null()).map(|_| bytes(record, "salt")).transpose()?;
        Self::new(record, [one("nonce")?, one("blind")?, one("token")?], salt)
    }

    fn amortized(record: &Value) -> Result<Self, String> {
        Self::new(record, [hexes(record, "nonces")?, hexes(record, "blinds")?, hexes(record, "tokens")?], None)
    }

    fn new(record: &Value, lists: [Vec<Vec<u8>>; 3], salt: Option<Vec<u8>>) -> Result<Self, String> {
        let [nonces, blinds, tokens] = lists;
        that(nonces.len() == blinds.len() && nonces.len() == tokens.len(), "the number of nonces, blinds and tokens")?;
        let challenge = TokenChallenge::from_bytes(&bytes(record, "token_challenge")?).map_err(error)?;
        let token_type = challenge.token_type();
        let secret = bytes(record, either(record, ["skS", "sk_s"]))?;
        let public = bytes(record, either(record, ["pkS", "pk_s"]))?;
        Ok(Self { token_type, challenge, secret, public, nonces, blinds, salt, tokens })
    }

    fn key_id(&self) -> KeyId {
        KeyId::of_public_key(&self.public)
    }

    /// The secret key, whose public key is the published one.
    fn key(&self) -> Result<IssuerKey, String> {
        let key = match self.token_type {
            TokenType::VOPRF_P384 => IssuerKey::VoprfP384(voprf_key(&self.secret)?),
            TokenType::VOPRF_RISTRETTO255 => IssuerKey::VoprfRistretto255(voprf_key(&self.secret)?),
            TokenType::BLIND_RSA => {
                let secret = farebox_blind_rsa::SecretKey::from_pkcs8(&pem(&self.secret)).map_err(error)?;
                IssuerKey::BlindRsa(SharedSigner::new(secret))
            }
            other => return Err(format!("no key of type {other}")),
        };
        same("pkS", &key.public_key(), &self.public)?;
        Ok(key)
    }

    fn inputs(&self) -> Result<Vec<AuthenticatorInput>, String> {
        let input = |nonce: &Vec<u8>| {
            Ok(AuthenticatorInput {
                token_type: self.token_type,
                nonce: nonce.as_slice().try_into().map_err(error)?,
                challenge_digest: self.challenge.digest(),
                key_id: self.key_id(),
            })
        };
        self.nonces.iter().map(input).collect()
    }

    /// Whether the file has all that the request is made of.
    fn is_determined(&self) -> bool {
        self.salt.is_some() || self.token_type != TokenType::BLIND_RSA
    }

    /// A client with the published coins.
    fn client(&self) -> Result<Client, String> {
        let inputs: Vec<[u8; 98]> = self.inputs()?.iter().map(AuthenticatorInput::to_bytes).collect();
        match self.token_type {
            TokenType::VOPRF_P384 => voprf::<P384Sha384>(&self.public, &inputs, &self.blinds),
            TokenType::VOPRF_RISTRETTO255 => voprf::<Ristretto255Sha512>(&self.public, &inputs, &self.blinds),
            _ => blind_rsa(&self.public, &inputs, &self.blinds, self.salt.as_deref().unwrap_or(&NO_SALT)),
        }
    }

    fn request(&self) -> Result<TokenRequest, String> {
        TokenRequest::new(self.token_type, &self.key_id(), &self.client()?.blinded.concat()).map_err(error)
    }

    /// The tokens that the client makes of an answer are the published ones. It verifies proofs and signatures on the way.
    fn finish(&self, answer: &[u8]) -> Checked {
        let authenticators = (self.client()?.finish)(answer)?;
        that(authenticators.len() == self.tokens.len(), "the number of tokens")?;
        for ((input, authenticator), published) in self.inputs()?.into_iter().zip(&authenticators).zip(&self.tokens) {
            let token = SingleUseToken::new(input, authenticator).map_err(error)?;
            same("token", &token.to_bytes(), published)?;
        }
        Ok(())
    }

    /// The origin takes the published tokens, and refuses each with another authenticator.
    fn redeem(&self) -> Checked {
        let terms = Terms {
            issuer_name: self.challenge.issuer_name().to_owned(),
            origin_info: self.challenge.origin_info().to_owned(),
            redemption_context: self.challenge.redemption_context().copied(),
            ..Terms::default()
        };
        // For Blind RSA the public key does.
        let demand = match self.key()? {
            IssuerKey::BlindRsa(signer) => Demand::BlindRsa(signer.public_key().clone(), Validity::ALWAYS),
            key => Demand::Once(Registered::new(key, Validity::ALWAYS)),
        };
        let offer = match Offer::new(&terms, demand) {
            Err(Error::Misuse(Misuse::Message)) if terms.issuer_name.contains(' ') => return self.redeem_unoffered(),
            offer => offer.map_err(error)?,
        };
        same("token_challenge", offer.challenge().as_bytes(), self.challenge.as_bytes())?;
        let offers = Offers::new([offer]);
        let redeem = |token: &[u8]| offers.bind(token, None, 0).and_then(|bound| bound.verify(|_| false));
        for token in &self.tokens {
            let verified = redeem(token).map_err(error)?;
            that(verified.serials().len() == 1, "the number of serials")?;
            let refused = redeem(&changed(token)).err();
            that(refused == Some(Invalid::Scheme.into()), "the refusal of another authenticator")?;
        }
        Ok(())
    }

    /// An issuer's name with a space is no host, so that no origin here writes such a challenge. The tokens still hold.
    fn redeem_unoffered(&self) -> Checked {
        let key = self.key()?;
        for token in &self.tokens {
            verify(&key, token)?;
            that(verify(&key, &changed(token)).is_err(), "the refusal of another authenticator")?;
        }
        Ok(())
    }
}

/// A token whose last bit is another.
fn changed(token: &[u8]) -> Vec<u8> {
    let mut changed = token.to_vec();
    changed.last_mut().into_iter().for_each(|byte| *byte ^= 1);
    changed
}

fn verify(key: &IssuerKey, token: &[u8]) -> Checked {
    let token = SingleUseToken::from_bytes(token).map_err(error)?;
    let input = token.input().to_bytes();
    match key {
        IssuerKey::VoprfP384(key) => key.verify(&input, token.authenticator()).map_err(error),
        IssuerKey::VoprfRistretto255(key) => key.verify(&input, token.authenticator()).map_err(error),
        IssuerKey::BlindRsa(signer) => {
            let message = PreparedMessage::from_bytes(&input).map_err(error)?;
            signer.public_key().verify(&message, token.authenticator()).map_err(error)
        }
        _ => Err("not a single-use token".to_owned()),
    }
}

fn voprf_key<S: Suite>(secret: &[u8]) -> Result<farebox_voprf::SecretKey<S, Voprf>, String> {
    farebox_voprf::SecretKey::from_bytes(secret).map_err(error)
}

fn voprf<S: Suite>(public: &[u8], inputs: &[[u8; 98]], blinds: &[Vec<u8>]) -> Result<Client, String> {
    let public = PublicKey::<S, Voprf>::from_bytes(public).map_err(error)?;
    let scalar = |bytes: &Vec<u8>| {
        <S::Group as farebox_group::Group>::Scalar::from_bytes(bytes, S::Group::SCALAR_ORDER).map_err(error)
    };
    let coins = BlindCoins { blinds: blinds.iter().map(scalar).collect::<Result<_, _>>()? };
    let inputs: Vec<&[u8]> = inputs.iter().map(<[u8; 98]>::as_slice).collect();
    let (state, blinded) = ClientState::<S, Voprf>::blind_with_coins(&inputs, coins).map_err(error)?;
    let finish: Finish = Box::new(move |answer| {
        let outputs = state.finalize(&public, &Evaluation::from_bytes(answer).map_err(error)?).map_err(error)?;
        Ok(outputs.iter().map(|output| output.as_bytes().to_vec()).collect())
    });
    let blinded = blinded.to_bytes().chunks(S::Group::ELEMENT_LEN).map(<[u8]>::to_vec).collect();
    Ok(Client { blinded, finish })
}

fn blind_rsa(public: &[u8], inputs: &[[u8; 98]], blinds: &[Vec<u8>], salt: &[u8]) -> Result<Client, String> {
    let ([input], [blind]) = (inputs, blinds) else { return Err("Blind RSA has no amortized batch".into()) };
    let public = farebox_blind_rsa::PublicKey::<PssDeterministic>::from_spki(public).map_err(error)?;
    let message = PreparedMessage::from_bytes(input).map_err(error)?;
    let coins = farebox_blind_rsa::BlindCoins { salt: salt.to_vec(), factor: Factor::R(blind.clone()) };
    let (state, blinded) = public.blind_with_coins(&message, coins).map_err(error)?;
    let finish: Finish = Box::new(move |answer| Ok(vec![state.finalize(&public, answer).map_err(error)?]));
    Ok(Client { blinded: vec![blinded], finish })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    type Runner = fn(&Value, &mut Report) -> Checked;

    /// The first record of a file, with one hex digit of one value changed, in its middle.
    fn spoilt(record: &Value, pointer: &str) -> Value {
        let mut record = record.clone();
        let value = record.pointer_mut(pointer).unwrap();
        let mut digits = value.as_str().unwrap().to_owned();
        let at = digits.len() / 2;
        let other = if &digits[at..=at] == "0" { "1" } else { "0" };
        digits.replace_range(at..=at, other);
        *value = Value::String(digits);
        Value::Array(vec![record])
    }

    #[test]
    fn a_changed_value_fails() {
        let Some(folder) = super::super::tests::folder() else { return };
        let record = |file: &str, n: usize| -> Value {
            let file: Value = serde_json::from_slice(&std::fs::read(folder.join(file)).unwrap()).unwrap();
            file[n].clone()
        };
        const ONE: &[&str] =
            &["/nonce", "/blind", "/token", "/skS", "/pkS", "/token_challenge", "/token_request", "/token_response"];
        const MANY: &[&str] = &["/nonces/1", "/blinds/1", "/tokens/1", "/token_request", "/token_response"];
        // A record with a token of type 1 and one of type 2, whose salt is not published.
        const ANY: &[&str] =
            &["/issuance/1/blind", "/issuance/1/nonce", "/issuance/1/token", "/token_request", "/token_response"];
        let all: [(&str, usize, Runner, &[&str]); 4] = [
            ("batched/draft07-type5-single-ristretto255.json", 0, single, ONE),
            (
                "privacypass/interop-kats/pat-go-type2-issuance-test-vectors.json",
                0,
                single,
                &[ONE, &["/salt"]].concat(),
            ),
            ("batched/draft07-type5-amortized-ristretto255.json", 0, amortized, MANY),
            ("batched/draft07-generic-batch.json", 4, generic, ANY),
        ];
        for (file, n, run, pointers) in all {
            let record = record(file, n);
            for pointer in pointers {
                let mut report = Report::default();
                run(&spoilt(&record, pointer), &mut report).unwrap();
                assert_eq!((report.passed, report.failed.len()), (0, 1), "{file} {pointer}");
            }
        }
    }
}
