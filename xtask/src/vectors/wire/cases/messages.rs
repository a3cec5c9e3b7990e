//! Cases of messages.

use privacypass_wire::{
    ActToken, AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, ArcToken, AuthenticatorInput, ChallengeDigest,
    GenericBatchTokenRequest, GenericBatchTokenResponse, KeyId, Refund, SingleUseToken, Token, TokenChallenge,
    TokenRequest, TokenResponse, TokenType, lengths,
};

use super::Cases;
use crate::vectors::outcome::fields;
use crate::vectors::wire::type_text;
use crate::vectors::writer::{ACCEPT, MALFORMED, MISUSE};

/// Bytes of a scheme's request, response and elements: the layer that checks their meaning is another.
const SCHEMES: [(TokenType, &str, usize, usize); 5] = [
    (TokenType::VOPRF_P384, "VOPRF(P-384)", 49, 145),
    (TokenType::BLIND_RSA, "Blind RSA", 256, 256),
    (TokenType::VOPRF_RISTRETTO255, "VOPRF(ristretto255)", 32, 96),
    (TokenType::ARC, "ARC", 226, 454),
    (TokenType::ACT, "ACT", 130, 162),
];

const PUBLIC_KEY: &[u8] = b"a public key";

/// Distinct bytes, so that a misplaced field shows.
fn body(len: usize, start: u8) -> Vec<u8> {
    (0..len).map(|i| (i as u8).wrapping_mul(7).wrapping_add(start)).collect()
}

fn key() -> KeyId {
    KeyId::of_public_key(PUBLIC_KEY)
}

fn digest() -> ChallengeDigest {
    ChallengeDigest::of_challenge(b"a challenge")
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

pub(super) fn write(cases: &mut Cases<'_>) -> Result<(), String> {
    challenges(cases)?;
    built(cases)?;
    contexts(cases)?;
    tokens(cases)?;
    requests(cases)?;
    responses(cases)?;
    amortized(cases)?;
    generic(cases)
}

impl Cases<'_> {
    /// An honest message, and the same one byte shorter and longer.
    fn message(
        &mut self,
        operation: &'static str,
        name: &str,
        bytes: &[u8],
        token_type: Option<TokenType>,
    ) -> Result<(), String> {
        self.accept(operation, name, None, bytes, token_type)?;
        let cut = bytes.get(..bytes.len().saturating_sub(1)).unwrap_or_default();
        self.refuse(operation, &format!("{name}, cut"), "length", cut, token_type)?;
        let longer = [bytes, &[0]].concat();
        self.refuse(operation, &format!("{name}, a byte behind the end"), "length", &longer, token_type)
    }

    fn accept(
        &mut self,
        operation: &'static str,
        comment: &str,
        flag: Option<&'static str>,
        bytes: &[u8],
        token_type: Option<TokenType>,
    ) -> Result<(), String> {
        let mut input = fields([("bytes", hex::encode(bytes))]);
        input.extend(token_type.map(|token_type| ("token_type".to_owned(), type_text(token_type))));
        self.add(operation, comment, flag, input, ACCEPT)
    }

    fn refuse(
        &mut self,
        operation: &'static str,
        comment: &str,
        flag: &'static str,
        bytes: &[u8],
        token_type: Option<TokenType>,
    ) -> Result<(), String> {
        let mut input = fields([("bytes", hex::encode(bytes))]);
        input.extend(token_type.map(|token_type| ("token_type".to_owned(), type_text(token_type))));
        self.add(operation, comment, Some(flag), input, MALFORMED)
    }
}

fn challenge(token_type: TokenType) -> Result<TokenChallenge, String> {
    let builder = TokenChallenge::builder(token_type, "issuer.example").origin_info("origin.example");
    let builder = builder.redemption_context([0xaa; 32]);
    let builder = if token_type.is_credential() { builder.credential_context([0xbb; 32]) } else { builder };
    builder.build().map_err(text)
}

fn challenges(cases: &mut Cases<'_>) -> Result<(), String> {
    const OPERATION: &str = "challenge";
    for (token_type, name, ..) in SCHEMES {
        cases.message(OPERATION, name, challenge(token_type)?.as_bytes(), None)?;
        let least = TokenChallenge::builder(token_type, "i").build().map_err(text)?;
        cases.accept(OPERATION, &format!("{name}, no contexts and no origin"), None, least.as_bytes(), None)?;
    }
    let head = |token_type: u16| [&token_type.to_be_bytes()[..], b"\0\x01i"].concat();
    let with = |token_type, rest: &[u8]| [&head(token_type), rest].concat();
    cases.accept(OPERATION, "a reserved type", Some("grease"), &with(0x0000, b"\xff\xff"), None)?;
    cases.accept(OPERATION, "a reserved type and no body", Some("grease"), &[0xf0, 0x57], None)?;
    cases.accept(OPERATION, "a type that nobody gave out", Some("grease"), &with(0x1234, b""), None)?;
    for (comment, flag, bytes) in [
        ("no bytes", "length", vec![]),
        ("half a type", "length", vec![0]),
        ("an issuer name beyond the end", "length", vec![0, 2, 0xff, 0xff, b'i']),
        ("an empty issuer name", "text", vec![0, 2, 0, 0, 0, 0, 0]),
        ("a redemption context of 1 byte", "length", with(2, &[1, 0, 0, 0])),
        ("a redemption context of 31 bytes", "length", with(2, &[&[31][..], &[0; 33]].concat())),
        ("a redemption context of 33 bytes", "length", with(2, &[&[33][..], &[0; 35]].concat())),
        ("a credential context of 31 bytes", "length", with(0xe5ad, &[&[0, 0, 0, 31][..], &[0; 31]].concat())),
        ("no credential context for ARC", "length", with(0xe5ac, &[0, 0, 0])),
        ("a credential context for Blind RSA", "length", with(2, &[0, 0, 0, 0])),
        ("a line break in the origins", "text", with(2, &[0, 0, 1, b'\n'])),
        ("an issuer name that is not ASCII", "text", [&[0, 1, 0, 2, 0xc3, 0xa9][..], &[0, 0, 0]].concat()),
    ] {
        cases.refuse(OPERATION, comment, flag, &bytes, None)?;
    }
    Ok(())
}

fn built(cases: &mut Cases<'_>) -> Result<(), String> {
    let input =
        |code: &str, issuer: &str| fields([("token_type", code.to_owned()), ("issuer_name", issuer.to_owned())]);
    let with = |code: &str, name: &str, value: String| {
        let mut input = input(code, "issuer.example");
        input.insert(name.to_owned(), value);
        input
    };
    let context = hex::encode([1; 32]);
    let all = [
        ("an issuer and nothing else", None, input("0001", "issuer.example"), ACCEPT),
        ("two origins", None, with("0002", "origin_info", "a.example,b.example".into()), ACCEPT),
        ("a redemption context", None, with("0005", "redemption_context", context.clone()), ACCEPT),
        ("a credential context", None, with("e5ac", "credential_context", context.clone()), ACCEPT),
        ("a credential context for Blind RSA", Some("token-type"), with("0002", "credential_context", context), MISUSE),
        ("a type without layout", Some("token-type"), input("0003", "issuer.example"), MISUSE),
        ("no issuer", Some("text"), input("0002", ""), MISUSE),
        ("a space in the issuer's name", Some("text"), input("0002", "an issuer"), MISUSE),
        ("a space behind a comma", Some("text"), with("0002", "origin_info", "a.example, b.example".into()), MISUSE),
        ("an origin that is not ASCII", Some("text"), with("0002", "origin_info", "é.example".into()), MISUSE),
    ];
    all.into_iter()
        .try_for_each(|(comment, flag, input, want)| cases.add("build-challenge", comment, flag, input, want))
}

fn contexts(cases: &mut Cases<'_>) -> Result<(), String> {
    for (token_type, name, ..) in SCHEMES {
        let least = TokenChallenge::builder(token_type, "issuer.example").build().map_err(text)?;
        for (comment, challenge) in [(name.to_owned(), challenge(token_type)?), (format!("{name}, no contexts"), least)]
        {
            let challenge = hex::encode(challenge.as_bytes());
            let input = fields([("challenge", challenge), ("public_key", hex::encode(PUBLIC_KEY))]);
            let (flag, want) = match token_type.is_credential() {
                true => (None, ACCEPT),
                false => (Some("token-type"), MISUSE),
            };
            cases.add("contexts", &comment, flag, input, want)?;
        }
    }
    Ok(())
}

fn single_use(token_type: TokenType) -> Result<Vec<u8>, String> {
    let input = AuthenticatorInput { token_type, nonce: [7; 32], challenge_digest: digest(), key_id: key() };
    let authenticator = body(token_type.authenticator_len().ok_or("no authenticator")?, 1);
    Ok(SingleUseToken::new(input, &authenticator).map_err(text)?.to_bytes())
}

fn tokens(cases: &mut Cases<'_>) -> Result<(), String> {
    const OPERATION: &str = "token";
    for (token_type, name, ..) in SCHEMES.into_iter().filter(|(token_type, ..)| !token_type.is_credential()) {
        cases.message(OPERATION, name, &single_use(token_type)?, None)?;
    }
    let spend = body(lengths::act_spend_proof(8).ok_or("L")?, 1);
    let act = Token::Act(ActToken::new(digest(), key(), &spend).map_err(text)?).to_bytes();
    cases.message(OPERATION, "ACT, L = 8", &act, None)?;
    let presentation = body(lengths::arc_presentation(10).ok_or("N")?, 1);
    let arc = Token::Arc(ArcToken::new(digest(), key(), &presentation).map_err(text)?).to_bytes();
    cases.accept(OPERATION, "ARC, N = 10", None, &arc, None)?;
    let (head, tail) = arc.split_at_checked(6).ok_or("short")?;
    let nonce = [head.get(..2).unwrap_or_default(), &[1, 2, 3, 4], tail].concat();
    cases.accept(OPERATION, "ARC, with a nonce, which means nothing", None, &nonce, None)?;
    cases.accept(OPERATION, "a reserved type", Some("grease"), &[0x3c, 0xd3, 1, 2, 3], None)?;
    cases.refuse(OPERATION, "ARC, no presentation", "length", arc.get(..70).unwrap_or_default(), None)?;
    cases.refuse(OPERATION, "ARC, cut in the key id", "length", arc.get(..69).unwrap_or_default(), None)?;
    let longest = [arc.get(..70).unwrap_or_default(), &vec![0; lengths::ARC_PRESENTATION_MAX + 1]].concat();
    cases.refuse(OPERATION, "ARC, longer than any", "length", &longest, None)?;
    let empty = [act.get(..66).unwrap_or_default(), &[0, 0]].concat();
    cases.refuse(OPERATION, "ACT, an empty spend proof", "length", &empty, None)?;
    cases.refuse(OPERATION, "no bytes", "length", &[], None)
}

fn request(token_type: TokenType, len: usize) -> Result<TokenRequest, String> {
    TokenRequest::new(token_type, &key(), &body(len, 2)).map_err(text)
}

fn response(token_type: TokenType, len: usize) -> Result<TokenResponse, String> {
    TokenResponse::new(token_type, &body(len, 3)).map_err(text)
}

fn requests(cases: &mut Cases<'_>) -> Result<(), String> {
    const OPERATION: &str = "token-request";
    for (token_type, name, len, _) in SCHEMES {
        cases.message(OPERATION, name, &request(token_type, len)?.to_bytes(), None)?;
    }
    let inner = [&[0xe5, 0xad, 1, 0, 129][..], &[0; 129]].concat();
    cases.refuse(OPERATION, "ACT, an inner length of 129", "length", &inner, None)?;
    for (comment, code) in
        [("a reserved type", [0, 0]), ("partially blind RSA", [0xda, 0x7a]), ("0xF91A", [0xf9, 0x1a])]
    {
        cases.refuse(OPERATION, comment, "token-type", &[&code[..], &[0; 50]].concat(), None)?;
    }
    Ok(())
}

fn responses(cases: &mut Cases<'_>) -> Result<(), String> {
    const OPERATION: &str = "token-response";
    for (token_type, name, _, len) in SCHEMES {
        cases.message(OPERATION, name, &response(token_type, len)?.to_bytes(), Some(token_type))?;
    }
    let grease = Some(TokenType::new(0));
    cases.refuse(OPERATION, "a reserved type", "token-type", &[0; 96], grease)?;
    let form = [&[0, 194][..], &body(194, 4)].concat();
    cases.refuse(OPERATION, "ACT, 196 bytes, not asked for", "compat", &form, Some(TokenType::ACT))?;
    let input = |bytes: &[u8]| {
        fields([("bytes", hex::encode(bytes)), ("token_type", "e5ad".to_owned()), ("form", "196".to_owned())])
    };
    cases.add(OPERATION, "ACT, 196 bytes", Some("compat"), input(&form), ACCEPT)?;
    let short = response(TokenType::ACT, 162)?.to_bytes();
    cases.add(OPERATION, "ACT, 164 bytes where 196 are asked for", Some("compat"), input(&short), MALFORMED)?;
    cases.message("refund", "a refund", &Refund::new(&body(162, 5)).map_err(text)?.to_bytes(), None)?;
    cases.refuse("refund", "an inner length of 161", "length", &[&[0, 161][..], &[0; 161]].concat(), None)
}

fn amortized(cases: &mut Cases<'_>) -> Result<(), String> {
    let (request, response) = ("amortized-request", "amortized-response");
    for (token_type, name, len, all) in SCHEMES.into_iter().filter(|(token_type, ..)| token_type.is_amortizable()) {
        for count in [1, 2, 5] {
            let elements: Vec<Vec<u8>> = (0..count).map(|i| body(len, i)).collect();
            let comment = format!("{name}, {count} tokens");
            let batch = AmortizedBatchTokenRequest::new(token_type, &key(), &elements).map_err(text)?;
            cases.message(request, &comment, &batch.to_bytes(), None)?;
            let batch = AmortizedBatchTokenResponse::new(token_type, &elements, &body(all - len, 6)).map_err(text)?;
            cases.message(response, &comment, &batch.to_bytes(), Some(token_type))?;
        }
    }
    let ristretto255 = Some(TokenType::VOPRF_RISTRETTO255);
    let proof = |bytes: &[u8]| [bytes, &[0; 64]].concat();
    for (comment, flag, bytes) in [
        ("no element", "batch", vec![0, 5, 1, 0]),
        ("31 bytes", "batch", [&[0, 5, 1, 31][..], &[0; 31]].concat()),
        ("33 bytes", "batch", [&[0, 5, 1, 33][..], &[0; 33]].concat()),
        ("1001 elements", "batch", [&[0, 5, 1, 0x80, 0, 0x7d, 0x20][..], &vec![0; 32032]].concat()),
        ("a length in two bytes that fits into one", "varint", [&[0, 5, 1, 0x40, 32][..], &[0; 32]].concat()),
        ("a length beyond the end", "length", vec![0, 5, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ("Blind RSA", "token-type", [&[0, 2, 1, 0x41, 0][..], &[0; 256]].concat()),
        ("a reserved type", "token-type", [&[0, 0, 1, 32][..], &[0; 32]].concat()),
    ] {
        cases.refuse(request, comment, flag, &bytes, None)?;
    }
    cases.refuse(response, "no element", "batch", &proof(&[0]), ristretto255)?;
    cases.refuse(response, "33 bytes", "batch", &proof(&[&[33][..], &[0; 33]].concat()), ristretto255)?;
    let longer = proof(&[&[0x40, 32][..], &[0; 32]].concat());
    cases.refuse(response, "a length in two bytes that fits into one", "varint", &longer, ristretto255)?;
    cases.refuse(response, "ACT", "token-type", &proof(&[&[32][..], &[0; 32]].concat()), Some(TokenType::ACT))
}

fn generic(cases: &mut Cases<'_>) -> Result<(), String> {
    let (asks, answers) = ("generic-request", "generic-response");
    let requests = SCHEMES.map(|(token_type, _, len, _)| request(token_type, len));
    let requests = requests.into_iter().collect::<Result<Vec<_>, _>>()?;
    let responses = SCHEMES.map(|(token_type, _, _, len)| response(token_type, len).map(Some));
    let mut responses = responses.into_iter().collect::<Result<Vec<_>, _>>()?;
    let ask = |requests: &[TokenRequest]| GenericBatchTokenRequest { requests: requests.to_vec() }.to_bytes();
    let answer =
        |responses: &[Option<TokenResponse>]| GenericBatchTokenResponse { responses: responses.to_vec() }.to_bytes();
    cases.message(asks, "one of each type", &ask(&requests), None)?;
    let two: Vec<TokenRequest> = requests.iter().take(1).chain(requests.iter().take(1)).cloned().collect();
    cases.accept(asks, "two of one type", None, &ask(&two), None)?;
    cases.accept(asks, "none", None, &ask(&[]), None)?;
    cases.message(answers, "one of each type", &answer(&responses), None)?;
    responses.iter_mut().step_by(2).for_each(|response| *response = None);
    cases.accept(answers, "some", None, &answer(&responses), None)?;
    cases.accept(answers, "none of three", None, &[3, 0, 0, 0], None)?;
    cases.accept(answers, "an answer to no request", None, &[0], None)?;
    for (comment, flag, bytes) in [
        ("a request of a reserved type", "token-type", vec![4, 0, 0, 1, 2]),
        ("a request that is cut, in a list of the right length", "length", vec![5, 0, 5, 1, 2, 3]),
        ("a length in two bytes that fits into one", "varint", vec![0x40, 0]),
        ("no bytes", "length", vec![]),
    ] {
        cases.refuse(asks, comment, flag, &bytes, None)?;
    }
    for (comment, flag, bytes) in [
        ("a mark that is neither 0 nor 1", "batch", vec![1, 2]),
        ("an answer of a reserved type", "token-type", vec![4, 1, 0, 0, 1]),
        ("an answer that is cut, in a list of the right length", "length", vec![5, 1, 0, 5, 1, 2]),
        ("a length in four bytes that fits into one", "varint", vec![0x80, 0, 0, 1, 0]),
    ] {
        cases.refuse(answers, comment, flag, &bytes, None)?;
    }
    Ok(())
}
