//! Privacy Pass messages and headers. Where the message does not say its type, a byte in front does.

use privacypass_wire::directory::IssuerDirectory;
use privacypass_wire::http::{
    Authorization, PrivateTokenChallenge, Reading, Style, WwwAuthenticate, reverse as header,
};
use privacypass_wire::{
    ActToken, AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, Any, ArcToken, AuthenticatorInput,
    ChallengeDigest, GenericBatchTokenRequest, GenericBatchTokenResponse, KeyId, Limits, Message, Refund,
    SingleUseToken, Token, TokenChallenge, TokenRequest, TokenResponse, TokenType, lengths,
};

const LIMITS: &Limits = &Limits::DEFAULT;
const DIGEST: ChallengeDigest = ChallengeDigest::new([1; 32]);
const KEY: KeyId = KeyId::new([2; 32]);

/// Known or unknown, the bytes come out as they went in.
fn any<T: Message>(data: &[u8]) -> Option<Any<T>> {
    let message = Any::<T>::from_bytes(data, LIMITS).ok()?;
    assert_eq!(message.to_bytes(), data);
    assert_eq!(message.token_type().code().to_be_bytes(), data[..2]);
    Some(message)
}

/// The type that the first byte chooses.
fn typed(data: &[u8]) -> Option<(TokenType, &[u8])> {
    let (choice, rest) = data.split_first()?;
    Some((*TokenType::KNOWN.get(usize::from(*choice))?, rest))
}

fn seeds(make: impl Fn(TokenType) -> Vec<u8>) -> Vec<Vec<u8>> {
    TokenType::KNOWN.into_iter().map(make).collect()
}

/// Seeds for [`typed`].
fn typed_seeds(make: impl Fn(TokenType) -> Option<Vec<u8>>) -> Vec<Vec<u8>> {
    let made = TokenType::KNOWN.into_iter().map(make).enumerate();
    made.filter_map(|(i, bytes)| Some([&[i as u8][..], &bytes?].concat())).collect()
}

/// The lengths of the schemes' requests and responses.
fn lengths_of(token_type: TokenType) -> (usize, usize) {
    match token_type {
        TokenType::VOPRF_P384 => (49, 145),
        TokenType::BLIND_RSA => (256, 256),
        TokenType::VOPRF_RISTRETTO255 => (32, 96),
        TokenType::ARC => (226, 454),
        _ => (130, 162),
    }
}

pub(crate) fn challenge(data: &[u8]) -> bool {
    let Some(message) = any::<TokenChallenge>(data) else { return false };
    let Any::Known(challenge) = message else { return true };
    assert_eq!(challenge.digest(), ChallengeDigest::of_challenge(data));
    if let Ok(url) = challenge.directory_url() {
        assert!(url.starts_with("https://") && url.ends_with("/.well-known/private-token-issuer-directory"));
        assert!(!url.contains(['@', '?', '#', ' ']));
    }
    assert!(challenge.origins().all(|origin| challenge.is_for_origin(origin)));
    let contexts = [challenge.arc_request_context(&KEY), challenge.arc_presentation_context(&KEY)];
    assert!(contexts.iter().all(|context| context.is_ok() == (challenge.token_type() == TokenType::ARC)));
    assert_eq!(challenge.act_context_input(&KEY).is_ok(), challenge.token_type() == TokenType::ACT);
    true
}

fn honest(token_type: TokenType) -> TokenChallenge {
    let builder = TokenChallenge::builder(token_type, "issuer.example").origin_info("a.example,b.example");
    let builder = builder.redemption_context([3; 32]);
    let builder = if token_type.is_credential() { builder.credential_context([4; 32]) } else { builder };
    builder.build().expect("honest")
}

pub(crate) fn challenges() -> Vec<Vec<u8>> {
    seeds(|token_type| honest(token_type).as_bytes().to_vec())
}

pub(crate) fn token(data: &[u8]) -> bool {
    let Some(message) = any::<Token>(data) else { return false };
    match message {
        Any::Known(Token::SingleUse(token)) => assert_eq!(token.input().to_bytes(), data[..98]),
        Any::Known(Token::Arc(token)) => assert_eq!(token.presentation(), &data[70..]),
        Any::Known(Token::Act(token)) => assert_eq!(token.spend_proof(), &data[68..]),
        Any::Unknown(_) => {}
    }
    true
}

fn honest_token(token_type: TokenType) -> Token {
    match token_type.authenticator_len() {
        Some(len) => {
            let input = AuthenticatorInput { token_type, nonce: [5; 32], challenge_digest: DIGEST, key_id: KEY };
            Token::SingleUse(SingleUseToken::new(input, &vec![6; len]).expect("honest"))
        }
        None if token_type == TokenType::ARC => {
            let presentation = vec![6; lengths::arc_presentation(2).expect("a limit")];
            Token::Arc(ArcToken::new(DIGEST, KEY, &presentation).expect("honest"))
        }
        None => {
            Token::Act(ActToken::new(DIGEST, KEY, &vec![6; lengths::act_spend_proof(1).expect("L")]).expect("honest"))
        }
    }
}

pub(crate) fn tokens() -> Vec<Vec<u8>> {
    seeds(|token_type| honest_token(token_type).to_bytes())
}

pub(crate) fn request(data: &[u8]) -> bool {
    any::<TokenRequest>(data).is_some()
}

fn honest_request(token_type: TokenType) -> TokenRequest {
    TokenRequest::new(token_type, &KEY, &vec![7; lengths_of(token_type).0]).expect("honest")
}

pub(crate) fn requests() -> Vec<Vec<u8>> {
    seeds(|token_type| honest_request(token_type).to_bytes())
}

pub(crate) fn response(data: &[u8]) -> bool {
    let Some((token_type, bytes)) = typed(data) else { return false };
    let Ok(response) = TokenResponse::from_bytes(token_type, bytes) else { return false };
    assert_eq!(response.to_bytes(), bytes);
    assert_eq!([response.evaluated(), response.proof()].concat(), response.message());
    true
}

fn honest_response(token_type: TokenType) -> TokenResponse {
    TokenResponse::new(token_type, &vec![8; lengths_of(token_type).1]).expect("honest")
}

pub(crate) fn responses() -> Vec<Vec<u8>> {
    typed_seeds(|token_type| Some(honest_response(token_type).to_bytes()))
}

pub(crate) fn response_196(data: &[u8]) -> bool {
    let Ok(response) = TokenResponse::from_bytes_196(data) else { return false };
    assert_eq!(response.to_bytes(), data);
    true
}

pub(crate) fn responses_196() -> Vec<Vec<u8>> {
    vec![[&[0, 194][..], &[9; 194]].concat()]
}

pub(crate) fn refund(data: &[u8]) -> bool {
    let Ok(refund) = Refund::from_bytes(data) else { return false };
    assert_eq!(refund.to_bytes(), data);
    true
}

pub(crate) fn refunds() -> Vec<Vec<u8>> {
    vec![Refund::new(&[9; 162]).expect("honest").to_bytes()]
}

pub(crate) fn amortized_request(data: &[u8]) -> bool {
    let Ok(batch) = AmortizedBatchTokenRequest::from_bytes(data, LIMITS) else { return false };
    assert_eq!(batch.to_bytes(), data);
    assert!((1..=LIMITS.batch).contains(&batch.count()) && batch.blinded_messages().len() == batch.count());
    true
}

pub(crate) fn amortized_requests() -> Vec<Vec<u8>> {
    let amortizable = TokenType::KNOWN.into_iter().filter(|token_type| token_type.is_amortizable());
    let batch = |token_type| {
        let elements = vec![vec![1; lengths_of(token_type).0]; 3];
        AmortizedBatchTokenRequest::new(token_type, &KEY, &elements).expect("honest").to_bytes()
    };
    amortizable.map(batch).collect()
}

pub(crate) fn amortized_response(data: &[u8]) -> bool {
    let Some((token_type, bytes)) = typed(data) else { return false };
    let Ok(batch) = AmortizedBatchTokenResponse::from_bytes(token_type, bytes, LIMITS) else { return false };
    assert_eq!(batch.to_bytes(), bytes);
    assert!((1..=LIMITS.batch).contains(&batch.count()) && batch.evaluated_messages().len() == batch.count());
    true
}

pub(crate) fn amortized_responses() -> Vec<Vec<u8>> {
    typed_seeds(|token_type| {
        let (len, all) = lengths_of(token_type);
        let elements = vec![vec![1; len]; 3];
        let batch = AmortizedBatchTokenResponse::new(token_type, &elements, &vec![2; all - len]).ok()?;
        Some(batch.to_bytes())
    })
}

pub(crate) fn generic_request(data: &[u8]) -> bool {
    let Ok(batch) = GenericBatchTokenRequest::from_bytes(data, LIMITS) else { return false };
    assert_eq!(batch.to_bytes(), data);
    assert!(batch.requests.len() <= LIMITS.batch);
    true
}

pub(crate) fn generic_requests() -> Vec<Vec<u8>> {
    vec![GenericBatchTokenRequest { requests: TokenType::KNOWN.map(honest_request).to_vec() }.to_bytes()]
}

pub(crate) fn generic_response(data: &[u8]) -> bool {
    let Ok(batch) = GenericBatchTokenResponse::from_bytes(data, LIMITS) else { return false };
    assert_eq!(batch.to_bytes(), data);
    assert!(batch.responses.len() <= LIMITS.batch && [200, 206, 400].contains(&batch.status()));
    true
}

pub(crate) fn generic_responses() -> Vec<Vec<u8>> {
    let mut responses = TokenType::KNOWN.map(|token_type| Some(honest_response(token_type))).to_vec();
    responses[1] = None;
    vec![GenericBatchTokenResponse { responses }.to_bytes()]
}

/// Fields are split at line breaks. What is read is written and read again, and strict reading agrees with lenient reading.
pub(crate) fn www_authenticate(data: &[u8]) -> bool {
    let read = |reading| WwwAuthenticate::parse(data.split(|byte| *byte == b'\n'), reading, LIMITS);
    let (lenient, strict) = (read(Reading::Lenient), read(Reading::Strict));
    let Ok(lenient) = lenient else {
        assert!(strict.is_err());
        return false;
    };
    for challenge in &lenient.challenges {
        let _ = challenge.decode();
    }
    if let Ok(strict) = &strict {
        assert_eq!(*strict, lenient);
        // Values that are not ASCII are not written. Writing can be longer than what was read.
        if let Ok(field) = WwwAuthenticate::to_header_value(&lenient.challenges, Style::Quoted) {
            let wide = Limits { header: usize::MAX, ..Limits::DEFAULT };
            let again = WwwAuthenticate::parse([field], Reading::Strict, &wide).expect("our own");
            assert_eq!(again.challenges, lenient.challenges);
        }
    }
    !lenient.challenges.is_empty()
}

pub(crate) fn www_authenticates() -> Vec<Vec<u8>> {
    let all = TokenType::KNOWN.map(|token_type| PrivateTokenChallenge {
        max_age: Some(10),
        cost: Some(30),
        rate_limit: Some(100),
        ..PrivateTokenChallenge::new(&honest(token_type), &[1; 32])
    });
    let fields = [Style::Quoted, Style::Unquoted].map(|style| WwwAuthenticate::to_header_value(&all, style));
    let [quoted, unquoted] = fields.map(|field| field.expect("honest"));
    let mixed = format!("Basic realm=\"a \\\"b\\\"\", Negotiate YWI=\n{quoted}, Bearer");
    vec![quoted.into_bytes(), unquoted.into_bytes(), mixed.into_bytes()]
}

pub(crate) fn authorization(data: &[u8]) -> bool {
    let read = |reading| Authorization::parse(data, reading, LIMITS);
    let strict = read(Reading::Strict);
    let Ok(Some(credential)) = read(Reading::Lenient) else {
        assert!(!matches!(strict, Ok(Some(_))));
        return false;
    };
    let _ = (credential.decode_token(), credential.decode_companion());
    if let Ok(strict) = strict {
        assert_eq!(strict.as_ref(), Some(&credential));
        if let Ok(field) = credential.to_header_value(Style::Quoted) {
            let wide = Limits { header: usize::MAX, ..Limits::DEFAULT };
            assert_eq!(Authorization::parse(field.as_bytes(), Reading::Strict, &wide), Ok(Some(credential)));
        }
    }
    true
}

pub(crate) fn authorizations() -> Vec<Vec<u8>> {
    let mut all = seeds(|token_type| {
        let header = Authorization::new(&honest_token(token_type));
        header.to_header_value(Style::Quoted).expect("honest").into_bytes()
    });
    let companion = honest_token(TokenType::VOPRF_P384);
    let both = Authorization::new(&honest_token(TokenType::ARC)).with_companion(&companion);
    all.push(both.to_header_value(Style::Unquoted).expect("honest").into_bytes());
    all
}

pub(crate) fn reverse(data: &[u8]) -> bool {
    let strict = header::parse(data, Reading::Strict, LIMITS);
    let Ok(message) = header::parse(data, Reading::Lenient, LIMITS) else {
        assert!(strict.is_err());
        return false;
    };
    assert!(strict.is_err() || strict.as_ref() == Ok(&message));
    let wide = Limits { header: usize::MAX, ..Limits::DEFAULT };
    let written = header::to_header_value(&message, Style::Quoted);
    assert_eq!(header::parse(written.as_bytes(), Reading::Strict, &wide), Ok(message));
    true
}

pub(crate) fn reverses() -> Vec<Vec<u8>> {
    [Style::Quoted, Style::Unquoted].map(|style| header::to_header_value(&refunds()[0], style).into_bytes()).to_vec()
}

pub(crate) fn directory(data: &[u8]) -> bool {
    let Ok(directory) = IssuerDirectory::from_json(data, LIMITS) else { return false };
    let base = "https://issuer.example/.well-known/private-token-issuer-directory";
    if let Ok(url) = directory.request_url(base) {
        assert!(url.starts_with("https://") || url.starts_with("http://"));
    }
    let wide = Limits { directory: usize::MAX, ..Limits::DEFAULT };
    let again = IssuerDirectory::from_json(directory.to_json().as_bytes(), &wide).expect("our own");
    // Numbers that are no whole numbers can lose their last digits, among members that are not known here.
    assert_eq!(again.token_keys.len(), directory.token_keys.len());
    assert!(again.token_keys.iter().zip(&directory.token_keys).all(|(a, b)| a.id() == b.id() && a.act == b.act));
    assert_eq!(again.request_uri, directory.request_uri);
    true
}

pub(crate) fn directories() -> Vec<Vec<u8>> {
    let text = r#"{"issuer-request-uri":"/token-request","token-keys":[
        {"token-type":2,"token-key":"AAE=","not-before":1000,"x":1.5},{"token-type":58797,"token-key":"AAI",
        "farebox-act":{"domain-separator":"ACT-v1:a:b:c:2026-01-01","bit-length":10,"initial-credits":100}}],"y":[null]}"#;
    vec![text.as_bytes().to_vec()]
}
