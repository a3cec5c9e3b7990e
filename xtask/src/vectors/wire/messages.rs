//! Messages: read, and written again.

use privacypass_wire::{
    AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, Any, GenericBatchTokenRequest, GenericBatchTokenResponse,
    KeyId, Limits, Refund, Token, TokenChallenge, TokenRequest, TokenResponse, TokenType,
};

use super::{insert, numbered, token_type, type_text};
use crate::vectors::inputs::Inputs;
use crate::vectors::outcome::{Failure, Outcome, fields};
use crate::vectors::schema::Fields;

const LIMITS: &Limits = &Limits::DEFAULT;

/// A challenge of an unknown type has bytes and a digest.
pub(super) fn challenge(inputs: &Inputs<'_>) -> Outcome {
    let bytes = inputs.input.bytes("bytes")?;
    match Any::<TokenChallenge>::from_bytes(&bytes, LIMITS)? {
        Any::Known(challenge) => Ok(challenge_fields(&challenge)),
        Any::Unknown(message) => Ok(fields([
            ("bytes", hex::encode(message.as_bytes())),
            ("digest", privacypass_wire::ChallengeDigest::of_challenge(message.as_bytes()).to_string()),
            ("token_type", type_text(message.token_type())),
        ])),
    }
}

fn challenge_fields(challenge: &TokenChallenge) -> Fields {
    let mut out = fields([
        ("bytes", hex::encode(challenge.as_bytes())),
        ("digest", challenge.digest().to_string()),
        ("token_type", type_text(challenge.token_type())),
        ("issuer_name", challenge.issuer_name().to_owned()),
        ("origin_info", challenge.origin_info().to_owned()),
        ("redemption_context", challenge.redemption_context().map(hex::encode).unwrap_or_default()),
    ]);
    if challenge.token_type().is_credential() {
        let context = challenge.credential_context().map(hex::encode).unwrap_or_default();
        out.insert("credential_context".into(), context);
    }
    out
}

pub(super) fn build_challenge(inputs: &Inputs<'_>) -> Outcome {
    let input = inputs.input;
    let mut builder = TokenChallenge::builder(token_type(input)?, input.text("issuer_name")?);
    if let Some(origins) = input.optional_text("origin_info") {
        builder = builder.origin_info(origins);
    }
    let context = |name| -> Result<Option<[u8; 32]>, Failure> {
        let context = input.optional(name)?.map(TryInto::try_into).transpose();
        context.map_err(|_| Failure::Case(format!("in.{name}: not 32 bytes")))
    };
    if let Some(context) = context("redemption_context")? {
        builder = builder.redemption_context(context);
    }
    if let Some(context) = context("credential_context")? {
        builder = builder.credential_context(context);
    }
    Ok(challenge_fields(&builder.build()?))
}

/// What ARC and ACT bind a credential to.
pub(super) fn contexts(inputs: &Inputs<'_>) -> Outcome {
    let challenge = TokenChallenge::from_bytes(&inputs.input.bytes("challenge")?)?;
    let key = KeyId::of_public_key(&inputs.input.bytes("public_key")?);
    let mut out = fields([("key_id", key.to_string()), ("truncated_key_id", hex::encode([key.truncated()]))]);
    if challenge.token_type() == TokenType::ACT {
        insert(&mut out, "context_input", challenge.act_context_input(&key)?);
    } else {
        insert(&mut out, "request_context", challenge.arc_request_context(&key)?);
        insert(&mut out, "presentation_context", challenge.arc_presentation_context(&key)?);
    }
    Ok(out)
}

/// A token of an unknown type has bytes and a type.
pub(super) fn token(inputs: &Inputs<'_>) -> Outcome {
    let token = Any::<Token>::from_bytes(&inputs.input.bytes("bytes")?, LIMITS)?;
    let mut out = fields([("bytes", hex::encode(token.to_bytes())), ("token_type", type_text(token.token_type()))]);
    if let Any::Known(token) = token {
        insert(&mut out, "challenge_digest", token.challenge_digest().as_bytes());
        insert(&mut out, "key_id", token.key_id().as_bytes());
        match &token {
            Token::SingleUse(token) => {
                insert(&mut out, "input", token.input().to_bytes());
                insert(&mut out, "proof", token.authenticator());
            }
            Token::Arc(token) => insert(&mut out, "proof", token.presentation()),
            Token::Act(token) => insert(&mut out, "proof", token.spend_proof()),
        }
    }
    Ok(out)
}

pub(super) fn request(inputs: &Inputs<'_>) -> Outcome {
    let request = TokenRequest::from_bytes(&inputs.input.bytes("bytes")?)?;
    Ok(fields([
        ("bytes", hex::encode(request.to_bytes())),
        ("token_type", type_text(request.token_type())),
        ("truncated_key_id", hex::encode([request.truncated_key_id()])),
        ("message", hex::encode(request.message())),
    ]))
}

pub(super) fn response(inputs: &Inputs<'_>) -> Outcome {
    let (token_type, bytes) = (token_type(inputs.input)?, inputs.input.bytes("bytes")?);
    let response = match inputs.input.optional_text("form") {
        None => TokenResponse::from_bytes(token_type, &bytes)?,
        Some("196") if token_type == TokenType::ACT => TokenResponse::from_bytes_196(&bytes)?,
        Some(other) => return Err(Failure::Case(format!("in.form: {other:?} is not a form of this type"))),
    };
    Ok(fields([
        ("bytes", hex::encode(response.to_bytes())),
        ("evaluated", hex::encode(response.evaluated())),
        ("proof", hex::encode(response.proof())),
    ]))
}

pub(super) fn refund(inputs: &Inputs<'_>) -> Outcome {
    let refund = Refund::from_bytes(&inputs.input.bytes("bytes")?)?;
    Ok(fields([("bytes", hex::encode(refund.to_bytes())), ("message", hex::encode(refund.message()))]))
}

pub(super) fn amortized_request(inputs: &Inputs<'_>) -> Outcome {
    let request = AmortizedBatchTokenRequest::from_bytes(&inputs.input.bytes("bytes")?, LIMITS)?;
    let mut out = fields([
        ("bytes", hex::encode(request.to_bytes())),
        ("token_type", type_text(request.token_type())),
        ("truncated_key_id", hex::encode([request.truncated_key_id()])),
    ]);
    numbered(&mut out, "message", request.blinded_messages());
    Ok(out)
}

pub(super) fn amortized_response(inputs: &Inputs<'_>) -> Outcome {
    let (token_type, bytes) = (token_type(inputs.input)?, inputs.input.bytes("bytes")?);
    let response = AmortizedBatchTokenResponse::from_bytes(token_type, &bytes, LIMITS)?;
    let proof = hex::encode(response.proof());
    let mut out = fields([("bytes", hex::encode(response.to_bytes())), ("proof", proof)]);
    numbered(&mut out, "message", response.evaluated_messages());
    Ok(out)
}

pub(super) fn generic_request(inputs: &Inputs<'_>) -> Outcome {
    let batch = GenericBatchTokenRequest::from_bytes(&inputs.input.bytes("bytes")?, LIMITS)?;
    let mut out = fields([("bytes", hex::encode(batch.to_bytes()))]);
    numbered(&mut out, "message", batch.requests.iter().map(TokenRequest::to_bytes));
    Ok(out)
}

/// A request without an answer has an empty message.
pub(super) fn generic_response(inputs: &Inputs<'_>) -> Outcome {
    let batch = GenericBatchTokenResponse::from_bytes(&inputs.input.bytes("bytes")?, LIMITS)?;
    let mut out = fields([("bytes", hex::encode(batch.to_bytes())), ("status", batch.status().to_string())]);
    let answers = batch.responses.iter().map(|answer| answer.as_ref().map(TokenResponse::to_bytes).unwrap_or_default());
    numbered(&mut out, "message", answers);
    Ok(out)
}
