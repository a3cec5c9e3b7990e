//! Tokens that an origin is shown.

use privacypass_wire::{AuthenticatorInput, SingleUseToken, TokenChallenge, TokenType};

use super::client::Keys;
use super::{World, act_params, cut_and_longer, flipped};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::wire::type_text;
use crate::vectors::writer::{ACCEPT, INVALID, MALFORMED, Want};

type Written = Result<(), String>;

/// Presentations of ARC in one context.
const LIMIT: u64 = 10;
/// Credits of ACT.
const COST: u64 = 3;

pub(super) fn write(world: &mut World<'_>) -> Written {
    for token_type in TokenType::KNOWN {
        of_type(world, token_type)?;
    }
    limits(world)?;
    costs(world)?;
    bindings(world)?;
    companions(world)
}

/// What a type's challenge says.
fn challenge(token_type: TokenType) -> Result<TokenChallenge, String> {
    let builder = TokenChallenge::builder(token_type, "issuer.example").origin_info("origin.example");
    let builder = builder.redemption_context([0xaa; 32]);
    let builder = if token_type.is_credential() { builder.credential_context([0xbb; 32]) } else { builder };
    builder.build().map_err(|error| error.to_string())
}

fn params(token_type: TokenType) -> Fields {
    let mut params = fields([
        ("token_type", type_text(token_type)),
        ("issuer_name", "issuer.example".into()),
        ("origin_info", "origin.example".into()),
        ("redemption_context", "aa".repeat(32)),
    ]);
    if token_type.is_credential() {
        params.insert("credential_context".into(), "bb".repeat(32));
    }
    match token_type {
        TokenType::ARC => params.extend(fields([("limit", LIMIT.to_string())])),
        TokenType::ACT => {
            params.extend(act_params());
            params.extend(fields([("cost", COST.to_string())]));
        }
        _ => {}
    }
    params
}

/// The params with another value of one.
fn with(mut params: Fields, name: &str, value: &str) -> Fields {
    params.insert(name.to_owned(), value.to_owned());
    params
}

fn honest(keys: &Keys, token_type: TokenType) -> Result<Vec<u8>, String> {
    let challenge = challenge(token_type)?;
    match token_type {
        TokenType::ARC => keys.arc(&challenge, LIMIT),
        TokenType::ACT => keys.act(&challenge, COST),
        _ => keys.once(&challenge),
    }
}

/// Where digest, key id and proof begin.
fn layout(token_type: TokenType) -> [usize; 3] {
    match token_type {
        TokenType::ARC => [6, 38, 70],
        TokenType::ACT => [2, 34, 68],
        _ => [34, 66, 98],
    }
}

/// A case of an offer that asks for one token.
fn show(
    world: &mut World<'_>,
    params: &Fields,
    (comment, flag): (&str, Option<&'static str>),
    token: &[u8],
    want: Want,
) -> Written {
    let types = types(params)?;
    world.add((params, &types), comment, flag, fields([("token", hex::encode(token))]), want)
}

/// The types whose keys the params need.
fn types(params: &Fields) -> Result<Vec<TokenType>, String> {
    let named = ["token_type", "companion_type"].into_iter().filter_map(|name| params.get(name));
    named.map(|name| super::keys::token_type(name).map_err(super::text)).collect()
}

fn of_type(world: &mut World<'_>, token_type: TokenType) -> Written {
    let (token, params) = (honest(world.keys, token_type)?, params(token_type));
    let name = |what: &str| format!("{token_type}, {what}");
    let [digest, key_id, proof] = layout(token_type);
    show(world, &params, (&name("a token"), None), &token, ACCEPT)?;
    for (what, bytes) in cut_and_longer(&token) {
        show(world, &params, (&name(what), Some("length")), &bytes, MALFORMED)?;
    }
    let other = flipped(&token, digest);
    show(world, &params, (&name("for another challenge"), Some("other-context")), &other, INVALID)?;
    let other = flipped(&token, key_id);
    show(world, &params, (&name("of another key"), Some("other-key")), &other, INVALID)?;
    for (what, at) in [("first byte of the proof", proof), ("last byte of the proof", token.len() - 1)] {
        show(world, &params, (&name(what), Some("bit-flip")), &flipped(&token, at), Want::Refused)?;
    }
    if !token_type.is_credential() {
        show(world, &params, (&name("another nonce"), Some("bit-flip")), &flipped(&token, 2), INVALID)?;
    }
    let unknown = [&[0x12, 0x34], token.get(2..).unwrap_or_default()].concat();
    show(world, &params, (&name("sent as an unknown type"), Some("token-type")), &unknown, MALFORMED)?;
    let other = other_type(world.keys, token_type)?;
    show(world, &params, (&name("a token of another type"), Some("token-type")), &other, INVALID)?;
    let elsewhere = with(params, "redemption_context", &"ab".repeat(32));
    show(world, &elsewhere, (&name("in another redemption context"), Some("other-context")), &token, INVALID)
}

/// A token of another type that names this type's challenge.
fn other_type(keys: &Keys, token_type: TokenType) -> Result<Vec<u8>, String> {
    let other = match token_type {
        TokenType::VOPRF_P384 => TokenType::VOPRF_RISTRETTO255,
        _ => TokenType::VOPRF_P384,
    };
    let input = AuthenticatorInput {
        token_type: other,
        nonce: [0x88; 32],
        challenge_digest: challenge(token_type)?.digest(),
        key_id: keys.id(token_type),
    };
    let length = other.authenticator_len().unwrap_or_default();
    Ok(SingleUseToken::new(input, &vec![0; length]).map_err(|error| error.to_string())?.to_bytes())
}

fn limits(world: &mut World<'_>) -> Written {
    let (token, params) = (honest(world.keys, TokenType::ARC)?, params(TokenType::ARC));
    // The limit is the origin's, and 9 has as many bits as 10.
    let nine = with(params.clone(), "limit", "9");
    show(world, &nine, ("0xE5AC, a presentation under another limit", Some("other-limit")), &token, INVALID)?;
    let hundred = with(params.clone(), "limit", "100");
    let comment = "0xE5AC, a presentation under another limit, of another length";
    show(world, &hundred, (comment, Some("other-limit")), &token, MALFORMED)?;
    // The nonce in front is not the presentation's, and not read.
    show(world, &params, ("0xE5AC, another nonce in front", Some("nonce")), &flipped(&token, 5), ACCEPT)
}

fn costs(world: &mut World<'_>) -> Written {
    let (token, params) = (honest(world.keys, TokenType::ACT)?, params(TokenType::ACT));
    let four = with(params.clone(), "cost", "4");
    show(world, &four, ("0xE5AD, a spend of less than the cost", Some("cost")), &token, INVALID)?;
    let two = with(params.clone(), "cost", "2");
    show(world, &two, ("0xE5AD, a spend of more than the cost", Some("cost")), &token, INVALID)?;
    let (zero, free) = (world.keys.act(&challenge(TokenType::ACT)?, 0)?, with(params, "cost", "0"));
    for (said, want) in [("admitted", ACCEPT), ("refused", INVALID)] {
        let input = fields([("token", hex::encode(&zero)), ("zero_spends", said.to_owned())]);
        let comment = format!("0xE5AD, a spend of 0 credits, {said}");
        world.add((&free, &[TokenType::ACT]), &comment, Some("zero-spend"), input, want)?;
    }
    Ok(())
}

/// Tokens that were made for other contexts, and name the challenge all the same: the proof is what stops them.
fn bindings(world: &mut World<'_>) -> Written {
    const FLAG: Option<&str> = Some("consistent-forgery");
    for token_type in [TokenType::ARC, TokenType::ACT] {
        let builder = TokenChallenge::builder(token_type, "issuer.example").redemption_context([0xaa; 32]);
        let here = builder.clone().origin_info("origin.example");
        for (what, other) in [
            ("another credential context", here.credential_context([0xbc; 32])),
            ("another origin", builder.origin_info("elsewhere.example").credential_context([0xbb; 32])),
        ] {
            let other = other.build().map_err(|error| error.to_string())?;
            let token = match token_type {
                TokenType::ARC => world.keys.arc(&other, LIMIT)?,
                _ => world.keys.act(&other, COST)?,
            };
            let [digest, key_id, _] = layout(token_type);
            let (head, rest) = (token.get(..digest), token.get(key_id..));
            let named = challenge(token_type)?.digest();
            let forged = [head.unwrap_or_default(), named.as_bytes(), rest.unwrap_or_default()].concat();
            let comment = format!("{token_type}, made for {what}, and the digest of this challenge");
            show(world, &params(token_type), (&comment, FLAG), &forged, INVALID)?;
        }
    }
    Ok(())
}

fn companions(world: &mut World<'_>) -> Written {
    const FLAG: Option<&str> = Some("companion");
    let companion_type = TokenType::VOPRF_RISTRETTO255;
    let (alone, token) = (params(TokenType::ARC), honest(world.keys, TokenType::ARC)?);
    let paired = with(alone.clone(), "companion_type", &type_text(companion_type));
    let companion = honest(world.keys, companion_type)?;
    let [digest, key_id, _] = layout(companion_type);
    let cut = companion.get(..companion.len() - 1).unwrap_or_default();
    show(world, &paired, ("0xE5AC without its companion", FLAG), &token, INVALID)?;
    for (params, comment, bytes, want) in [
        (&paired, "0xE5AC with its companion", &companion[..], ACCEPT),
        (&alone, "0xE5AC with a companion that was not asked for", &companion, INVALID),
        (&paired, "a companion that is cut", cut, MALFORMED),
        (&paired, "a companion for another challenge", &flipped(&companion, digest), INVALID),
        (&paired, "a companion of another key", &flipped(&companion, key_id), INVALID),
        (&paired, "a companion that does not hold", &flipped(&companion, companion.len() - 1), INVALID),
        (&paired, "a companion of another type", &honest(world.keys, TokenType::VOPRF_P384)?, INVALID),
        (&paired, "the presentation as its own companion", &token, INVALID),
    ] {
        let input = fields([("token", hex::encode(&token)), ("companion", hex::encode(bytes))]);
        let types = types(params)?;
        world.add((params, &types), comment, FLAG, input, want)?;
    }
    // The other way round there is no offer for it.
    let input = fields([("token", hex::encode(&companion)), ("companion", hex::encode(&token))]);
    let types = types(&paired)?;
    world.add((&paired, &types), "token and companion in each other's place", FLAG, input, INVALID)
}
