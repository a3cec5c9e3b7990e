use privacypass_wire::http::{Authorization, Param, PrivateTokenChallenge, Reading, Style, WwwAuthenticate, reverse};
use privacypass_wire::{Any, Fault, Limits, Malformed, Token, TokenType};

use crate::{common, malformed, misuse};

const LIMITS: &Limits = &Limits::DEFAULT;

fn strict(field: &str) -> Result<WwwAuthenticate, Malformed> {
    WwwAuthenticate::parse([field], Reading::Strict, LIMITS)
}

fn lenient(field: &str) -> WwwAuthenticate {
    WwwAuthenticate::parse([field], Reading::Lenient, LIMITS).unwrap()
}

/// Refused in strict reading, left out in lenient reading, where what stands around it stays.
fn refused(params: &str, field: &str, fault: Fault) {
    malformed(strict(&format!("PrivateToken {params}")), field, fault);
    let all = lenient(&format!("PrivateToken challenge=AAAA, PrivateToken {params}, PrivateToken challenge=AAEC"));
    assert_eq!(all.challenges.iter().map(|c| c.challenge.clone()).collect::<Vec<_>>(), [[0, 0, 0], [0, 1, 2]]);
    assert_eq!(all.refused, [Malformed { field: error_field(field), fault }]);
}

fn error_field(field: &str) -> &'static str {
    ["challenge", "token-key", "max-age", "cost", "rate-limit", "parameters"].into_iter().find(|f| *f == field).unwrap()
}

/// Refused in strict reading only.
fn strict_only(params: &str, field: &str, fault: Fault) {
    malformed(strict(&format!("PrivateToken {params}")), field, fault);
    let all = lenient(&format!("PrivateToken {params}"));
    assert_eq!((all.challenges.len(), all.refused), (1, vec![]), "{params}");
}

#[test]
fn no_challenge() {
    refused(r#"token-key="AAAA""#, "challenge", Fault::Missing);
    refused("", "challenge", Fault::Missing);
    refused("AAAA", "parameters", Fault::Syntax);
}

#[test]
fn a_parameter_that_stands_twice() {
    for name in ["challenge", "token-key", "max-age", "cost", "rate-limit"] {
        let upper = name.to_ascii_uppercase();
        refused(&format!(r#"challenge="AAAA", {name}="1234", x=y, {upper}="1234""#), name, Fault::Duplicate);
    }
    strict_only(r#"challenge="AAAA", x=y, X=z"#, "parameters", Fault::Duplicate);
}

#[test]
fn base64() {
    for (text, fault) in [("A", Fault::Padding), ("AA=", Fault::Padding), ("AAA===", Fault::Padding)] {
        malformed(strict(&format!(r#"PrivateToken challenge="{text}""#)), "challenge", fault);
    }
    refused(r#"challenge="AA=""#, "challenge", Fault::Padding);
    refused(r#"challenge="AB==""#, "challenge", Fault::Base64);
    refused(r#"challenge="AA+A""#, "challenge", Fault::Base64);
    refused(r#"challenge="AA A""#, "challenge", Fault::Base64);
    refused(r#"challenge="AAAA", token-key="A/==""#, "token-key", Fault::Base64);
    refused("challenge=\"\u{e9}AA\"", "challenge", Fault::Base64);
    strict_only(r#"challenge="AAA""#, "challenge", Fault::Padding);
    strict_only("challenge=AAAA", "challenge", Fault::Unquoted);
    strict_only("challenge=AAA=", "challenge", Fault::Unquoted);
    strict_only(r#"challenge="AAAA", token-key=AA=="#, "token-key", Fault::Unquoted);
}

#[test]
fn numbers() {
    for name in ["max-age", "cost", "rate-limit"] {
        for bad in ["-1", "1.5", "1e3", "ten", "18446744073709551616", "+1"] {
            refused(&format!(r#"challenge="AAAA", {name}={bad}"#), name, Fault::Number);
        }
        for bad in ["", " 1", "1 "] {
            refused(&format!(r#"challenge="AAAA", {name}="{bad}""#), name, Fault::Number);
        }
        for good in ["0", "007", "18446744073709551615"] {
            for value in [good.to_owned(), format!("\"{good}\"")] {
                let all = strict(&format!(r#"PrivateToken challenge="AAAA", {name}={value}"#)).unwrap();
                let first = &all.challenges[0];
                let read = [first.max_age, first.cost, first.rate_limit].into_iter().flatten().collect::<Vec<_>>();
                assert_eq!(read, [good.parse::<u64>().unwrap()]);
            }
        }
    }
}

#[test]
fn broken_grammar_ends_its_field_and_no_other() {
    let fields = [r#"PrivateToken challenge="AAAA", PrivateToken challenge="AAEC"#, "PrivateToken challenge=AgMF"];
    let all = WwwAuthenticate::parse(fields, Reading::Lenient, LIMITS).unwrap();
    assert_eq!(all.challenges.iter().map(|c| c.challenge[1]).collect::<Vec<_>>(), [0, 3]);
    assert_eq!(all.refused, [Malformed { field: "header", fault: Fault::Syntax }]);
    malformed(WwwAuthenticate::parse(fields, Reading::Strict, LIMITS), "header", Fault::Syntax);
}

#[test]
fn other_schemes_stand_between() {
    let field = r#"Basic realm="a, PrivateToken challenge=\"AAAA\"", privatetoken CHALLENGE = "AAAA" , X="y",
        Negotiate YWJj, Bearer, , PRIVATETOKEN challenge="AAEC""#
        .replace('\n', " ");
    let all = strict(&field).unwrap();
    assert_eq!(all.challenges.iter().map(|c| c.challenge.clone()).collect::<Vec<_>>(), [[0, 0, 0], [0, 1, 2]]);
    assert_eq!(all.other_schemes, 3);
    assert_eq!(all.challenges[0].others, [Param { name: "X".into(), value: b"y".to_vec() }]);
    let several = ["Basic realm=x", "", "PrivateToken challenge=\"AAAA\"", "Basic, PrivateToken challenge=\"AAEC\""];
    let all = WwwAuthenticate::parse(several, Reading::Strict, LIMITS).unwrap();
    assert_eq!((all.challenges.len(), all.other_schemes), (2, 2));
}

#[test]
fn limits() {
    let limits = Limits { header: 60, challenges: 3, parameters: 2, ..Limits::DEFAULT };
    let parse = |fields: &[&str]| WwwAuthenticate::parse(fields, Reading::Lenient, &limits);
    assert!(parse(&["Basic, Basic, Basic"]).is_ok());
    malformed(parse(&["Basic, Basic", "Basic, Basic"]), "challenges", Fault::Limit(3));
    assert!(parse(&[&"a".repeat(30), &"a".repeat(30)]).is_ok());
    malformed(parse(&[&"a".repeat(30), &"a".repeat(31)]), "header", Fault::Limit(60));
    assert!(parse(&["PrivateToken challenge=AAAA, b=c"]).unwrap().refused.is_empty());
    let error = Malformed { field: "header", fault: Fault::Limit(2) };
    assert_eq!(parse(&["PrivateToken challenge=AAAA, b=c, d=e"]).unwrap().refused, [error]);
    let long = format!("PrivateToken token={}", "A".repeat(60));
    malformed(Authorization::parse(long.as_bytes(), Reading::Lenient, &limits), "header", Fault::Limit(60));
    malformed(reverse::parse(&[b'A'; 61], Reading::Lenient, &limits), "PrivacyPass-Reverse", Fault::Limit(60));
}

fn authorization(field: &str, reading: Reading) -> Result<Option<Authorization>, Malformed> {
    Authorization::parse(field.as_bytes(), reading, LIMITS)
}

#[test]
fn credentials() {
    for reading in [Reading::Strict, Reading::Lenient] {
        let read = |field: &str| authorization(field, reading);
        for other in
            ["", " ", "Basic YWJj", "Bearer PrivateToken", "PrivateTokens token=\"AAAA\"", ", PrivateToken a=b"]
        {
            assert_eq!(read(other), Ok(None), "{other}");
        }
        malformed(read("PrivateToken"), "token", Fault::Missing);
        malformed(read("PrivateToken AAAA"), "parameters", Fault::Syntax);
        malformed(read(r#"PrivateToken toke="AAAA""#), "token", Fault::Missing);
        malformed(read(r#"PrivateToken token="AAAA", Token="AAAA""#), "token", Fault::Duplicate);
        malformed(read(r#"PrivateToken token="AAAA", companion="", companion="""#), "companion", Fault::Duplicate);
        malformed(read(r#"PrivateToken token="AA=""#), "token", Fault::Padding);
        malformed(
            read(r#"PrivateToken token="AAAA", companion="*""#),
            "companion",
            match reading {
                Reading::Strict => Fault::Padding,
                Reading::Lenient => Fault::Base64,
            },
        );
        malformed(read(r#"PrivateToken token="AAAA", PrivateToken token="AAAA""#), "credentials", Fault::Several);
        malformed(read(r#"PrivateToken token="AAAA", Basic"#), "credentials", Fault::Several);
        malformed(read(r#"PrivateToken token="AAAA" x"#), "header", Fault::Syntax);
        let good = read(r#"  pRIVATEtOKEN x=y, token="AAAA", extensions="AA", companion="AAEC""#).unwrap().unwrap();
        assert_eq!((good.token, good.companion), (vec![0; 3], Some(vec![0, 1, 2])));
        assert_eq!(good.others.len(), 2);
    }
    malformed(authorization("PrivateToken token=AAAA", Reading::Strict), "token", Fault::Unquoted);
    malformed(authorization("PrivateToken token=\"AAA\"", Reading::Strict), "token", Fault::Padding);
    for token in ["AAA", "AAA=", "\"AAA\"", "\"AAA=\"", r#""\AAA""#] {
        let read = authorization(&format!("PrivateToken token={token}"), Reading::Lenient).unwrap().unwrap();
        assert_eq!(read.token, [0, 0]);
    }
}

#[test]
fn what_a_token_is_not() {
    let read = |token: &[u8]| Authorization { token: token.to_vec(), companion: Some(token.to_vec()), others: vec![] };
    for bytes in [&[][..], &[0], &[0, 2, 1]] {
        assert!(read(bytes).decode_token().is_err() && read(bytes).decode_companion().is_err());
    }
    let grease = read(&[0, 0, 1, 2, 3]);
    assert!(matches!(grease.decode_token(), Ok(Any::Unknown(_))));
    let token = common::token(TokenType::ARC);
    let companion = common::token(TokenType::VOPRF_P384);
    let header = Authorization::new(&token).with_companion(&companion).to_header_value(Style::Quoted).unwrap();
    let read = authorization(&header, Reading::Strict).unwrap().unwrap();
    assert_eq!(read.decode_token(), Ok(Any::<Token>::Known(token)));
    assert_eq!(read.decode_companion(), Ok(Some(Any::Known(companion))));
}

#[test]
fn reverse_flow() {
    let strict = |field: &str| reverse::parse(field.as_bytes(), Reading::Strict, LIMITS);
    let lenient = |field: &str| reverse::parse(field.as_bytes(), Reading::Lenient, LIMITS);
    const FIELD: &str = "PrivacyPass-Reverse";
    for (field, fault) in [("\"AAA\"", Fault::Padding), ("AAAA", Fault::Unquoted), ("AAA=", Fault::Unquoted)] {
        malformed(strict(field), FIELD, fault);
        assert!(lenient(field).is_ok());
    }
    for field in ["\"AA\"AA\"", "\"AAAA\", \"AAAA\"", "\"AAAA", "\"", "AA AA", "AB==", "\"AAAA\"; a=b"] {
        assert!(strict(field).is_err() && lenient(field).is_err(), "{field}");
    }
    for field in ["", "\"\"", " "] {
        malformed(lenient(field), FIELD, Fault::Empty);
    }
    malformed(strict("\"\""), FIELD, Fault::Empty);
    assert_eq!(strict(" \"AAEC\" ").unwrap(), [0, 1, 2]);
}

#[test]
fn what_cannot_be_written() {
    let challenge = |name: &str, value: &[u8]| PrivateTokenChallenge {
        challenge: vec![0; 3],
        others: vec![Param { name: name.into(), value: value.to_vec() }],
        ..Default::default()
    };
    let write = |name: &str, value: &[u8]| challenge(name, value).to_header_value(Style::Quoted);
    for name in ["", "a b", "a=", "\u{e9}", "a,"] {
        misuse(write(name, b""), "parameter name", Fault::Characters);
    }
    for name in ["challenge", "Token-Key", "MAX-AGE", "cost", "rate-limit"] {
        misuse(write(name, b""), "parameter name", Fault::Duplicate);
    }
    for value in [&b"\n"[..], b"\0", b"\x7f", b"\xff"] {
        misuse(write("realm", value), "parameter value", Fault::Characters);
    }
    assert_eq!(write("realm", br#"a "\ b"#).unwrap(), r#"PrivateToken challenge="AAAA", realm="a \"\\ b""#);
    let mut twice = challenge("a", b"");
    twice.others.push(Param { name: "A".into(), value: vec![] });
    misuse(twice.to_header_value(Style::Quoted), "parameter name", Fault::Duplicate);
    let mut header = Authorization::new(&common::token(TokenType::ACT));
    header.others = vec![Param { name: "Companion".into(), value: vec![] }];
    misuse(header.to_header_value(Style::Quoted), "parameter name", Fault::Duplicate);
}

#[test]
fn how_it_is_written() {
    let challenge = PrivateTokenChallenge {
        challenge: vec![0, 1],
        token_key: Some(vec![2]),
        max_age: Some(10),
        cost: Some(30),
        rate_limit: Some(u64::MAX),
        others: vec![Param { name: "realm".into(), value: b"x".to_vec() }],
    };
    let tail = r#"max-age=10, cost=30, rate-limit=18446744073709551615, realm="x""#;
    let quoted = challenge.to_header_value(Style::Quoted).unwrap();
    assert_eq!(quoted, format!(r#"PrivateToken challenge="AAE=", token-key="Ag==", {tail}"#));
    let unquoted = challenge.to_header_value(Style::Unquoted).unwrap();
    assert_eq!(unquoted, format!("PrivateToken challenge=AAE=, token-key=Ag==, {tail}"));
    for header in [quoted, unquoted] {
        assert_eq!(lenient(&header).challenges, std::slice::from_ref(&challenge));
    }
    assert_eq!(reverse::to_header_value(&[0, 1], Style::Quoted), "\"AAE=\"");
    assert_eq!(reverse::to_header_value(&[0, 1], Style::Unquoted), "AAE=");
    let refund = reverse::to_header_value(&common::refund().to_bytes(), Style::Quoted);
    assert_eq!(refund.len(), 222, "220 characters in quotes");
}
