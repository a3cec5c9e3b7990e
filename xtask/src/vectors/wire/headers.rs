//! Headers and the issuer directory: read, and written in our own way.

use privacypass_wire::Limits;
use privacypass_wire::directory::IssuerDirectory;
use privacypass_wire::http::{Authorization, Style, WwwAuthenticate, reverse};

use super::{insert, reading, token_type};
use crate::vectors::inputs::{Inputs, Part};
use crate::vectors::outcome::{Failure, Outcome, fields};

const LIMITS: &Limits = &Limits::DEFAULT;

fn numbered_text<'a>(part: Part<'a>, name: &str) -> Result<Vec<&'a str>, Failure> {
    let all: Vec<&str> = (0..).map_while(|i| part.optional_text(&format!("{name}_{i}"))).collect();
    if all.is_empty() { Err(Failure::Case(format!("in.{name}_0: is missing"))) } else { Ok(all) }
}

pub(super) fn www_authenticate(inputs: &Inputs<'_>) -> Outcome {
    let all = WwwAuthenticate::parse(numbered_text(inputs.input, "field")?, reading(inputs.input)?, LIMITS)?;
    let mut out = fields([
        ("refused", all.refused.len().to_string()),
        ("other_schemes", all.other_schemes.to_string()),
        ("written", WwwAuthenticate::to_header_value(&all.challenges, Style::Quoted)?),
    ]);
    for (i, challenge) in all.challenges.iter().enumerate() {
        insert(&mut out, &format!("challenge_{i}"), &challenge.challenge);
        if let Some(key) = &challenge.token_key {
            insert(&mut out, &format!("token_key_{i}"), key);
        }
        let numbers = [("max_age", challenge.max_age), ("cost", challenge.cost), ("rate_limit", challenge.rate_limit)];
        let known = numbers.into_iter().filter_map(|(name, number)| number.map(|number| (name, number)));
        out.extend(known.map(|(name, number)| (format!("{name}_{i}"), number.to_string())));
    }
    Ok(out)
}

/// A credential of another scheme gives nothing.
pub(super) fn authorization(inputs: &Inputs<'_>) -> Outcome {
    let field = inputs.input.text("field")?.as_bytes();
    let Some(credential) = Authorization::parse(field, reading(inputs.input)?, LIMITS)? else {
        return Ok(fields([]));
    };
    let mut out =
        fields([("token", hex::encode(&credential.token)), ("written", credential.to_header_value(Style::Quoted)?)]);
    if let Some(companion) = &credential.companion {
        insert(&mut out, "companion", companion);
    }
    Ok(out)
}

pub(super) fn reverse(inputs: &Inputs<'_>) -> Outcome {
    let message = reverse::parse(inputs.input.text("field")?.as_bytes(), reading(inputs.input)?, LIMITS)?;
    Ok(fields([("bytes", hex::encode(&message)), ("written", reverse::to_header_value(&message, Style::Quoted))]))
}

/// Where requests go, and the key of now.
pub(super) fn directory(inputs: &Inputs<'_>) -> Outcome {
    let input = inputs.input;
    let (token_type, now) = (token_type(input)?, input.number("now")?);
    let directory = IssuerDirectory::from_json(input.text("json")?.as_bytes(), LIMITS)?;
    let url = directory.request_url(input.text("url")?)?;
    let mut out = fields([("url", url), ("written", directory.to_json())]);
    if let Some(key) = directory.key_for(token_type, now) {
        insert(&mut out, "token_key", &key.public_key);
        insert(&mut out, "key_id", key.id().as_bytes());
    }
    Ok(out)
}
