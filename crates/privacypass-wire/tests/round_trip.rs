//! Messages of random content are read as they were written, and random bytes never do worse than an error.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use privacypass_wire::http::{Authorization, Param, PrivateTokenChallenge, Reading, Style, WwwAuthenticate, reverse};
use privacypass_wire::{
    ActToken, AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, Any, ArcToken, AuthenticatorInput,
    ChallengeDigest, GenericBatchTokenRequest, GenericBatchTokenResponse, KeyId, Limits, Refund, SingleUseToken, Token,
    TokenChallenge, TokenRequest, TokenResponse, TokenType, Unknown,
};
use proptest::prelude::*;

const LIMITS: &Limits = &Limits::DEFAULT;

fn bytes(len: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), len)
}

fn known() -> impl Strategy<Value = TokenType> {
    prop::sample::select(TokenType::KNOWN.to_vec())
}

fn challenge() -> impl Strategy<Value = TokenChallenge> {
    let contexts = (any::<Option<[u8; 32]>>(), any::<Option<[u8; 32]>>());
    (known(), "[!-~]{1,40}", "[!-~]{0,60}", contexts).prop_map(
        |(token_type, issuer, origins, (redemption, credential))| {
            let mut builder = TokenChallenge::builder(token_type, &issuer).origin_info(&origins);
            if let Some(context) = redemption {
                builder = builder.redemption_context(context);
            }
            if let Some(context) = credential.filter(|_| token_type.is_credential()) {
                builder = builder.credential_context(context);
            }
            builder.build().unwrap()
        },
    )
}

fn token() -> impl Strategy<Value = Token> {
    (known(), any::<[u8; 32]>(), any::<[u8; 32]>(), any::<[u8; 32]>(), bytes(256..3000)).prop_map(
        |(token_type, nonce, digest, key, proof)| {
            let (challenge_digest, key_id) = (ChallengeDigest::new(digest), KeyId::new(key));
            match token_type {
                TokenType::ARC => Token::Arc(ArcToken::new(challenge_digest, key_id, &proof).unwrap()),
                TokenType::ACT => Token::Act(ActToken::new(challenge_digest, key_id, &proof).unwrap()),
                _ => {
                    let input = AuthenticatorInput { token_type, nonce, challenge_digest, key_id };
                    let authenticator = &proof[..token_type.authenticator_len().unwrap()];
                    Token::SingleUse(SingleUseToken::new(input, authenticator).unwrap())
                }
            }
        },
    )
}

fn request() -> impl Strategy<Value = TokenRequest> {
    (known(), any::<[u8; 32]>(), bytes(256)).prop_map(|(token_type, key, message)| {
        let len = common::scheme_lengths(token_type).0;
        TokenRequest::new(token_type, &KeyId::new(key), &message[..len]).unwrap()
    })
}

fn response() -> impl Strategy<Value = TokenResponse> {
    (known(), bytes(454)).prop_map(|(token_type, message)| {
        TokenResponse::new(token_type, &message[..common::scheme_lengths(token_type).1]).unwrap()
    })
}

fn others() -> impl Strategy<Value = Vec<Param>> {
    let param = ("x-[!#$%&'*+.^_`|~0-9a-zA-Z-]{0,8}", "[\t -~]{0,20}");
    prop::collection::vec(param, 0..4).prop_map(|params| {
        let number = |(i, (name, value)): (usize, (String, String))| Param {
            name: format!("{name}{i}"),
            value: value.into_bytes(),
        };
        params.into_iter().enumerate().map(number).collect()
    })
}

fn header_challenge() -> impl Strategy<Value = PrivateTokenChallenge> {
    let numbers = (any::<Option<u64>>(), any::<Option<u64>>(), any::<Option<u64>>());
    (bytes(0..80), prop::option::of(bytes(0..80)), numbers, others()).prop_map(
        |(challenge, token_key, (max_age, cost, rate_limit), others)| PrivateTokenChallenge {
            challenge,
            token_key,
            max_age,
            cost,
            rate_limit,
            others,
        },
    )
}

proptest! {
    #[test]
    fn challenges(challenge in challenge()) {
        prop_assert_eq!(TokenChallenge::from_bytes(challenge.as_bytes()), Ok(challenge.clone()));
        let any = Any::<TokenChallenge>::from_bytes(challenge.as_bytes(), LIMITS).unwrap();
        prop_assert_eq!(any.to_bytes(), challenge.as_bytes());
        prop_assert_eq!(any.known(), Some(challenge));
    }

    #[test]
    fn tokens(token in token()) {
        prop_assert_eq!(Token::from_bytes(&token.to_bytes()), Ok(token));
    }

    #[test]
    fn requests_and_responses(request in request(), response in response(), refund in bytes(162)) {
        prop_assert_eq!(TokenRequest::from_bytes(&request.to_bytes()), Ok(request));
        let token_type = response.token_type();
        prop_assert_eq!(TokenResponse::from_bytes(token_type, &response.to_bytes()), Ok(response));
        let refund = Refund::new(&refund).unwrap();
        prop_assert_eq!(Refund::from_bytes(&refund.to_bytes()), Ok(refund));
    }

    #[test]
    fn amortized(is_p384: bool, key: [u8; 32], seed in bytes(49 * 20), count in 1_usize..20, proof in bytes(96)) {
        let (token_type, len, proof_len) =
            if is_p384 { (TokenType::VOPRF_P384, 49, 96) } else { (TokenType::VOPRF_RISTRETTO255, 32, 64) };
        let elements: Vec<&[u8]> = seed.chunks_exact(len).take(count).collect();
        let request = AmortizedBatchTokenRequest::new(token_type, &KeyId::new(key), &elements).unwrap();
        prop_assert_eq!(request.blinded_messages().collect::<Vec<_>>(), elements.clone());
        prop_assert_eq!(AmortizedBatchTokenRequest::from_bytes(&request.to_bytes(), LIMITS), Ok(request));
        let response = AmortizedBatchTokenResponse::new(token_type, &elements, &proof[..proof_len]).unwrap();
        prop_assert_eq!(response.evaluated_messages().collect::<Vec<_>>(), elements);
        let read = AmortizedBatchTokenResponse::from_bytes(token_type, &response.to_bytes(), LIMITS);
        prop_assert_eq!(read, Ok(response));
    }

    #[test]
    fn generic(requests in prop::collection::vec(request(), 0..9), responses in prop::collection::vec(prop::option::of(response()), 0..9)) {
        let request = GenericBatchTokenRequest { requests };
        prop_assert_eq!(GenericBatchTokenRequest::from_bytes(&request.to_bytes(), LIMITS), Ok(request));
        let response = GenericBatchTokenResponse { responses };
        prop_assert_eq!(GenericBatchTokenResponse::from_bytes(&response.to_bytes(), LIMITS), Ok(response));
    }

    #[test]
    fn unknown_types(code: u16, body in bytes(0..200)) {
        let token_type = TokenType::new(code);
        prop_assume!(!token_type.is_known());
        let message = Unknown::new(token_type, &body).unwrap();
        let read = Any::<Token>::from_bytes(message.as_bytes(), LIMITS).unwrap();
        prop_assert_eq!(read.to_bytes(), message.as_bytes());
        prop_assert_eq!(read, Any::Unknown(message));
    }

    #[test]
    fn www_authenticate(challenges in prop::collection::vec(header_challenge(), 0..6)) {
        for style in [Style::Quoted, Style::Unquoted] {
            let one = WwwAuthenticate::to_header_value(&challenges, style).unwrap();
            let several: Vec<String> = challenges.iter().map(|c| c.to_header_value(style).unwrap()).collect();
            for fields in [vec![one], several] {
                let reading = if style == Style::Quoted { Reading::Strict } else { Reading::Lenient };
                // An empty value has no form without quotes.
                let is_empty = |bytes: &Vec<u8>| bytes.is_empty();
                let has_empty = |c: &PrivateTokenChallenge| is_empty(&c.challenge) || c.token_key.as_ref().is_some_and(is_empty);
                if style == Style::Unquoted && challenges.iter().any(has_empty) {
                    continue;
                }
                let read = WwwAuthenticate::parse(fields, reading, LIMITS).unwrap();
                prop_assert_eq!(&read.challenges, &challenges);
                prop_assert_eq!((read.refused, read.other_schemes), (vec![], 0));
            }
        }
    }

    /// Other schemes and empty elements around ours change nothing.
    #[test]
    fn neighbours(challenge in header_challenge(), before in prop::sample::select(NEIGHBOURS), after in prop::sample::select(NEIGHBOURS)) {
        let field = format!("{before}, {}, {after}", challenge.to_header_value(Style::Quoted).unwrap());
        let read = WwwAuthenticate::parse([field], Reading::Strict, LIMITS).unwrap();
        prop_assert_eq!(read.challenges, vec![challenge]);
    }

    #[test]
    fn authorization(token in token(), companion in prop::option::of(token()), others in others()) {
        let mut header = Authorization::new(&token);
        header.others = others;
        if let Some(companion) = &companion {
            header = header.with_companion(companion);
        }
        for (style, reading) in [(Style::Quoted, Reading::Strict), (Style::Unquoted, Reading::Lenient)] {
            let field = header.to_header_value(style).unwrap();
            let read = Authorization::parse(field.as_bytes(), reading, LIMITS).unwrap().unwrap();
            prop_assert_eq!(read.decode_token(), Ok(Any::Known(token.clone())));
            prop_assert_eq!(read.decode_companion().unwrap().and_then(Any::known), companion.clone());
            prop_assert_eq!(&read, &header);
        }
    }

    #[test]
    fn reverse_flow(message in bytes(1..300)) {
        for (style, reading) in [(Style::Quoted, Reading::Strict), (Style::Unquoted, Reading::Lenient)] {
            let field = reverse::to_header_value(&message, style);
            prop_assert_eq!(reverse::parse(field.as_bytes(), reading, LIMITS), Ok(message.clone()));
        }
    }

    /// Whatever stands in a field, the readers return, and strict reading accepts no more than lenient reading does.
    #[test]
    fn any_field_returns(field in bytes(0..200), text in "(PrivateToken |challenge|token|=|,| |\"|\\\\|AAAA|a|;|/|\u{e9}){0,40}") {
        for field in [&field, text.as_bytes(), &[b"PrivateToken ", &field[..]].concat()] {
            let read = |reading| WwwAuthenticate::parse([field], reading, LIMITS);
            let lenient = read(Reading::Lenient).unwrap();
            if let Ok(strict) = read(Reading::Strict) {
                prop_assert_eq!(strict, lenient);
            }
            let read = |reading| Authorization::parse(field, reading, LIMITS);
            if let Ok(strict) = read(Reading::Strict) {
                prop_assert_eq!(Ok(strict), read(Reading::Lenient));
            }
            let read = |reading| reverse::parse(field, reading, LIMITS);
            if let Ok(strict) = read(Reading::Strict) {
                prop_assert_eq!(Ok(strict), read(Reading::Lenient));
            }
        }
    }

    /// Random bytes behind a known type: an error, or a message with these bytes.
    #[test]
    fn any_bytes_return(token_type in known(), body in bytes(0..600)) {
        let all = [&token_type.code().to_be_bytes()[..], &body].concat();
        let same = |read: Result<Vec<u8>, _>, bytes: &[u8]| read.is_err() || read.as_deref() == Ok(bytes);
        prop_assert!(same(TokenChallenge::from_bytes(&all).map(|read| read.as_bytes().to_vec()), &all));
        prop_assert!(same(Token::from_bytes(&all).map(|read| read.to_bytes()), &all));
        prop_assert!(same(TokenRequest::from_bytes(&all).map(|read| read.to_bytes()), &all));
        prop_assert!(same(TokenResponse::from_bytes(token_type, &body).map(|read| read.to_bytes()), &body));
        prop_assert!(same(AmortizedBatchTokenRequest::from_bytes(&all, LIMITS).map(|read| read.to_bytes()), &all));
        let read = AmortizedBatchTokenResponse::from_bytes(token_type, &body, LIMITS);
        prop_assert!(same(read.map(|read| read.to_bytes()), &body));
        prop_assert!(same(GenericBatchTokenRequest::from_bytes(&body, LIMITS).map(|read| read.to_bytes()), &body));
        prop_assert!(same(GenericBatchTokenResponse::from_bytes(&body, LIMITS).map(|read| read.to_bytes()), &body));
    }
}

const NEIGHBOURS: &[&str] = &[
    "",
    ",",
    "Basic",
    "Basic realm=\"a, PrivateToken challenge=\\\"AAAA\\\"\"",
    "Digest realm=\"x\", qop=\"auth, auth-int\", nonce=abc==",
    "Negotiate YWJj/+==",
    "NTLM, Negotiate",
];
