//! The older draft. Where a file lists the blindings of its proofs, all is made again; elsewhere the proofs are verified.

use farebox_arc::{
    CredentialRequest, CredentialResponse, Limit, PreIssuance, PresentationContext, RequestCoins, RequestContext,
    ResponseCoins, SecretKey, v1,
};
use farebox_group::{Group, Scalar as _};
use farebox_sigma::Coins;

use super::leaves::Within;
use super::{KEY, PUBLIC, REQUEST, RESPONSE, Scalar, part, scalar, text};

type S = v1::P256;

/// The blindings that the file lists for a proof, or small numbers, and whether they are listed.
fn nonces(file: &mut Within<'_, '_>, count: usize) -> Result<(Coins<Scalar<S>>, bool), String> {
    let name = |i: usize| format!("Blinding_{i}");
    let in_list = |i: usize| format!("Blindings.{i}");
    let mut nonces = Vec::new();
    let mut listed = true;
    for i in 0..count {
        let path = if file.has(&name(i)) { name(i) } else { in_list(i) };
        listed &= file.has(&path);
        nonces.push(if listed { scalar::<S>(&file.given(&path)?)? } else { Scalar::<S>::from(i as u64 + 1) });
    }
    Ok((Coins::from_nonces(nonces), listed))
}

/// The proof of a message of ours is the published one where its blindings are; else the published one has to hold.
fn proof(file: &mut Within<'_, '_>, listed: bool, ours: &[u8], holds: Result<(), String>) -> Result<(), String> {
    match holds {
        Ok(()) if listed => file.same("proof", ours),
        holds => file.compared("proof", holds),
    }
}

/// The message that is published field by field.
fn message(file: &mut Within<'_, '_>, elements: &[&str]) -> Result<Vec<u8>, String> {
    let elements = file.joined(elements)?;
    Ok([elements, file.given("proof")?].concat())
}

fn given<const N: usize>(file: &mut Within<'_, '_>, names: [&str; N]) -> Result<[Scalar<S>; N], String> {
    let scalars = names.iter().map(|name| scalar::<S>(&file.given(name)?)).collect::<Result<Vec<_>, _>>()?;
    scalars.try_into().map_err(|_| "as many scalars as names".to_owned())
}

/// A file field by field, on P-256.
pub(super) fn fields(file: &mut Within<'_, '_>) -> Result<(), String> {
    let len = <S as farebox_arc::Suite>::Group::ELEMENT_LEN;
    let mut published = file.within("ServerKey");
    let key = SecretKey::<S>::from_scalar_bytes(&published.joined(&KEY)?).map_err(text)?;
    let public = key.public_key().to_bytes();
    published.elements(&PUBLIC, len, &public)?;

    let mut published = file.within("CredentialRequest");
    let context = RequestContext::<S>::new(&published.given("request_context")?);
    let [m1, r1, r2] = given(&mut published, ["m1", "r1", "r2"])?;
    let (coins, listed) = nonces(&mut published, 4)?;
    let theirs = CredentialRequest::<S>::from_bytes(&message(&mut published, &REQUEST)?).map_err(text)?;
    let coins = RequestCoins { m1, r1, r2, proof: coins };
    let (state, ours) = PreIssuance::request_with_coins(context, coins).map_err(text)?;
    let (ours, saved) = (ours.to_bytes(), state.into_bytes());
    published.same("m2", part(&saved, 35, 32))?;
    let request_proof = published.elements(&REQUEST, len, &ours)?;

    // The issuer verifies the published request before it answers.
    let mut published = file.within("CredentialResponse");
    let [b] = given(&mut published, ["b"])?;
    let (coins, listed_too) = nonces(&mut published, 7)?;
    let answer = key.issue_with_coins(&theirs, ResponseCoins { b, proof: coins });
    let holds = answer.as_ref().map(|_| ()).map_err(|error| error.to_string());
    proof(&mut file.within("CredentialRequest"), listed, request_proof, holds)?;

    let mut published = file.within("CredentialResponse");
    let theirs = CredentialResponse::<S>::from_bytes(&message(&mut published, &RESPONSE)?).map_err(text)?;
    let ours = answer.map_err(text)?.to_bytes();
    let response_proof = published.elements(&RESPONSE, len, &ours)?;
    let state = PreIssuance::<S>::from_bytes(&saved).map_err(text)?;
    let finished = state.finish(key.public_key(), &theirs);
    let holds = finished.as_ref().map(|_| ()).map_err(|refused| refused.error.to_string());
    proof(&mut published, listed_too, response_proof, holds)?;

    let saved = finished.map_err(text)?.into_bytes();
    let mut published = file.within("Credential");
    published.same("m1", part(&saved, 19, 32))?;
    published.elements(&["U", "U_prime"], len, part(&saved, 51, 2 * len))?;
    published.same("X1", part(&public, len, len))?;
    presentations(file, &key, &context, &saved)
}

fn presentations(
    file: &mut Within<'_, '_>,
    key: &SecretKey<S>,
    request: &RequestContext<S>,
    saved: &[u8],
) -> Result<(), String> {
    const ELEMENTS: [&str; 4] = ["U", "U_prime_commit", "m1_commit", "tag"];
    let len = <S as farebox_arc::Suite>::Group::ELEMENT_LEN;
    let names = if file.has("Presentation1") {
        ["Presentation1", "Presentation2"]
    } else {
        ["Presentation.0", "Presentation.1"]
    };
    let limit = Limit::new(2).map_err(text)?;
    for name in names {
        let mut published = file.within(name);
        let context = PresentationContext::<S>::new(&published.given("presentation_context")?).map_err(text)?;
        let mut credential = farebox_arc::Credential::<S>::from_bytes(key.public_key(), saved).map_err(text)?;
        let state = v1::PresentationState::open(&mut credential, context, limit).map_err(text)?;
        let [a, r, z] = given(&mut published, ["a", "r", "z"])?;
        let nonce = u32::try_from(published.number("nonce")?).map_err(text)?;
        let (coins, listed) = nonces(&mut published, 4)?;
        let theirs = message(&mut published, &ELEMENTS)?;
        let coins = v1::PresentationCoins { nonce, a, r, z, proof: coins };
        let ours = state.present_with_coins(coins).map_err(text)?.0.to_bytes();
        let ours = published.elements(&ELEMENTS, len, &ours)?;
        let theirs = v1::Presentation::<S>::from_bytes(nonce, &theirs).map_err(text)?;
        let verified = theirs.verify(key, request, &context, limit);
        proof(&mut published, listed, ours, verified.map(|_| ()).map_err(text))?;
    }
    Ok(())
}

/// A run whose messages stand in one piece each, made with randomness that is not known.
pub(super) fn messages<S: v1::V1>(file: &mut Within<'_, '_>) -> Result<(), String> {
    let len = S::Group::ELEMENT_LEN;
    let key = SecretKey::<S>::from_scalar_bytes(&file.given("privateKey")?).map_err(text)?;
    let public = key.public_key().to_bytes();
    file.same("publicKey", &public)?;
    // With x1 = 1, X1 is H.
    let one = super::to_bytes::<S>(&Scalar::<S>::ONE);
    let ones = SecretKey::<S>::from_scalar_bytes(&one.repeat(4)).map_err(text)?;
    file.same("generatorH", part(&ones.public_key().to_bytes(), len, len))?;
    let generator = S::Group::encode(&S::Group::generator()).map_err(text)?;
    file.same("generatorG", generator.as_ref())?;

    // m1 | m2 | r1 | r2
    let context = RequestContext::<S>::new(&file.given("request_context")?);
    let finalizer = file.given("finalizer")?;
    let secret = |i: usize| scalar::<S>(part(&finalizer, 32 * i, 32));
    let proof = Coins::from_nonces((1u64..5).map(Scalar::<S>::from).collect());
    let coins = RequestCoins { m1: secret(0)?, r1: secret(2)?, r2: secret(3)?, proof };
    let (state, ours) = PreIssuance::request_with_coins(context, coins).map_err(text)?;
    let saved = state.into_bytes();
    file.same("finalizer", part(&saved, 3, 128))?;
    file.same("m2", part(&saved, 35, 32))?;
    let theirs = file.given("request")?;
    let same =
        super::super::json::same("before the proof", part(&ours.to_bytes(), 0, 2 * len), part(&theirs, 0, 2 * len));
    let theirs = CredentialRequest::<S>::from_bytes(&theirs).map_err(text)?;
    let proof = Coins::from_nonces((1u64..8).map(Scalar::<S>::from).collect());
    let answer = key.issue_with_coins(&theirs, ResponseCoins { b: Scalar::<S>::ONE, proof });
    file.compared("request", same.and(answer.map(|_| ()).map_err(text)))?;

    let response = CredentialResponse::<S>::from_bytes(&file.given("response")?).map_err(text)?;
    let finished = PreIssuance::<S>::from_bytes(&saved).map_err(text)?.finish(key.public_key(), &response);
    file.compared("response", finished.as_ref().map(|_| ()).map_err(|refused| refused.error.to_string()))?;
    let saved = finished.map_err(text)?.into_bytes();
    let credential = [part(&saved, 19, 32 + 2 * len), part(&public, len, len)].concat();
    file.same("credential", &credential)?;

    let limit = Limit::new(file.number("presentationLimit")?).map_err(text)?;
    let presentation_context = PresentationContext::<S>::new(&file.given("presentation_context")?).map_err(text)?;
    file.same("generatorT", presentation_context.as_bytes())?;
    for i in (0..limit.get()).take_while(|i| file.has(&format!("presentations.{i}"))).collect::<Vec<_>>() {
        let mut published = file.within(&format!("presentations.{i}"));
        let nonce = u32::try_from(published.number("nonce")?).map_err(text)?;
        let theirs = v1::Presentation::<S>::from_bytes(nonce, &published.given("presentation")?).map_err(text)?;
        let verified = theirs.verify(&key, &context, &presentation_context, limit);
        published.compared("presentation", verified.map(|_| ()).map_err(text))?;
    }
    Ok(())
}
