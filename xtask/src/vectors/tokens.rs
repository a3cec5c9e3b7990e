//! Vectors of `farebox-tokens`: what an issuer answers, and what an origin takes.

mod cases;
mod keys;

use farebox_arc::Limit;
use farebox_tokens::issuer::{Answer, Issuer};
use farebox_tokens::origin::{Demand, Offer, Offers, Terms};
use farebox_tokens::{Error, IssuerKey, KeyRing, Registered, Validity};
use privacypass_wire::{
    AmortizedBatchTokenResponse, GenericBatchTokenResponse, Limits, TokenResponse, TokenType, http,
};

use super::blind_rsa::Fixed;
use super::inputs::Inputs;
use super::outcome::{Failure, Outcome, fields};
use super::runner::Operation;
use super::schema::Fields;

pub(crate) use cases::write;

const SPEC: &str = "farebox-tokens";
const ISSUER: &str = "issuer";
const ORIGIN: &str = "origin";

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        spec: SPEC,
        suites: &[ISSUER],
        name: "issue",
        params: &["issuer_name", "origin_info", "credential_context", "domain_separator", "L", "credits"],
        keys: keys::NAMES,
        coins: &[],
        input: &["media_type", "body"],
        output: &["status", "media_type", "body", "evaluated"],
        run: issue,
    },
    Operation {
        spec: SPEC,
        suites: &[ORIGIN],
        name: "bind-verify",
        params: &[
            "token_type",
            "issuer_name",
            "origin_info",
            "redemption_context",
            "credential_context",
            "limit",
            "cost",
            "companion_type",
            "domain_separator",
            "L",
            "credits",
        ],
        keys: keys::NAMES,
        coins: &[],
        input: &["token", "companion", "zero_spends"],
        output: &["serial_N", "charge"],
        run: bind_verify,
    },
];

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Malformed(error) => Self::malformed(error),
            Error::Invalid(error) => Self::invalid(error),
            Error::Misuse(error) => Self::misuse(error),
        }
    }
}

/// Params and keys are well formed, or the case says nothing.
fn case(error: impl ToString) -> Failure {
    Failure::Case(error.to_string())
}

fn context(inputs: &Inputs<'_>, name: &str) -> Result<Option<[u8; 32]>, Failure> {
    let bytes = inputs.params.optional(name)?;
    bytes
        .map(|bytes| bytes.as_slice().try_into())
        .transpose()
        .map_err(|_| case(format!("params.{name} has not 32 bytes")))
}

/// The status always; where no randomness shows in it the body, and of VOPRF the evaluated elements.
fn issue(inputs: &Inputs<'_>) -> Outcome {
    let mut ring = KeyRing::default();
    for token_type in TokenType::KNOWN {
        let Some(key) = keys::key(inputs, token_type)? else { continue };
        ring.register(key, Validity::ALWAYS).map_err(|refused| case(refused.error))?;
    }
    let mut issuer = Issuer::new(inputs.params.text("issuer_name")?, ring);
    inputs.params.optional_text("origin_info").unwrap_or_default().clone_into(&mut issuer.act_origin_info);
    issuer.act_credential_context = context(inputs, "credential_context")?;
    let asked = inputs.input.bytes("body")?;
    let answer = issuer.answer(inputs.input.text("media_type")?, &asked, 0, &mut Fixed(0));
    let mut out = fields([("status", answer.status.to_string())]);
    if let Some(error) = answer.error {
        return Err(match Failure::from(error) {
            Failure::Refused(layer, reason, _) => Failure::Refused(layer, reason, out),
            other => other,
        });
    }
    out.extend(answer.media_type.map(|media_type| ("media_type".to_owned(), media_type.to_owned())));
    determined(&answer, &asked, &mut out)?;
    Ok(out)
}

/// What of an answer the request and the key determine.
fn determined(answer: &Answer, asked: &[u8], out: &mut Fields) -> Result<(), Failure> {
    let body = &answer.body;
    let token_type = match asked {
        [high, low, ..] => TokenType::new(u16::from_be_bytes([*high, *low])),
        _ => TokenType::new(0),
    };
    let voprf = [TokenType::VOPRF_P384, TokenType::VOPRF_RISTRETTO255].contains(&token_type);
    let limits = &Limits::DEFAULT;
    let (whole, evaluated) = match answer.media_type {
        Some(http::GENERIC_BATCH_RESPONSE) => {
            let responses = GenericBatchTokenResponse::from_bytes(body, limits)?.responses;
            (responses.iter().flatten().all(|response| response.token_type() == TokenType::BLIND_RSA), None)
        }
        Some(http::AMORTIZED_BATCH_RESPONSE) => {
            let response = AmortizedBatchTokenResponse::from_bytes(token_type, body, limits)?;
            (false, Some(response.evaluated_messages().flatten().copied().collect()))
        }
        _ if voprf => (false, Some(TokenResponse::from_bytes(token_type, body)?.evaluated().to_vec())),
        _ => (token_type == TokenType::BLIND_RSA, None),
    };
    out.extend(whole.then(|| ("body".to_owned(), hex::encode(body))));
    out.extend(evaluated.map(|evaluated: Vec<u8>| ("evaluated".to_owned(), hex::encode(evaluated))));
    Ok(())
}

/// The serials of a token that holds, and for ACT what was spent.
fn bind_verify(inputs: &Inputs<'_>) -> Outcome {
    let offers = Offers::new([offer(inputs)?]);
    let admit = match inputs.input.optional_text("zero_spends") {
        None | Some("admitted") => true,
        Some("refused") => false,
        Some(_) => return Err(case("in.zero_spends: neither admitted nor refused")),
    };
    let (token, companion) = (inputs.input.bytes("token")?, inputs.input.optional("companion")?);
    let verified = offers.bind(&token, companion.as_deref(), 0)?.verify(|_| admit)?;
    let serials = verified.serials().iter().enumerate();
    let mut out: Fields = serials.map(|(i, serial)| (format!("serial_{i}"), hex::encode(serial.as_bytes()))).collect();
    out.extend(verified.charge().map(|charge| ("charge".to_owned(), charge.to_string())));
    Ok(out)
}

fn offer(inputs: &Inputs<'_>) -> Result<Offer, Failure> {
    let terms = Terms {
        issuer_name: inputs.params.text("issuer_name")?.to_owned(),
        origin_info: inputs.params.optional_text("origin_info").unwrap_or_default().to_owned(),
        redemption_context: context(inputs, "redemption_context")?,
        credential_context: context(inputs, "credential_context")?,
        ..Terms::default()
    };
    let token_type = keys::token_type(inputs.params.text("token_type")?)?;
    let key = keys::needed(inputs, token_type)?;
    let always = |key| Registered::new(key, Validity::ALWAYS);
    let demand = match &key {
        IssuerKey::BlindRsa(signer) => Demand::BlindRsa(signer.public_key().clone(), Validity::ALWAYS),
        IssuerKey::Arc(_) => Demand::Arc(always(key), Limit::new(inputs.params.number("limit")?).map_err(case)?),
        IssuerKey::Act(_) => Demand::Act(always(key), inputs.params.number("cost")?),
        _ => Demand::Once(always(key)),
    };
    let offer = Offer::new(&terms, demand).map_err(case)?;
    let Some(companion) = inputs.params.optional_text("companion_type") else { return Ok(offer) };
    let key = always(keys::needed(inputs, keys::token_type(companion)?)?);
    let terms = Terms { credential_context: None, ..terms };
    offer.with_companion(Offer::new(&terms, Demand::Once(key)).map_err(case)?).map_err(case)
}
