//! Cases of headers and directories.

use super::Cases;
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, MALFORMED};

pub(super) fn write(cases: &mut Cases<'_>) -> Result<(), String> {
    www_authenticate(cases)?;
    authorization(cases)?;
    reverse(cases)?;
    directory(cases)
}

fn fields_of(all: &[&str], reading: &str) -> Fields {
    let mut input = fields([("reading", reading.to_owned())]);
    input.extend(all.iter().enumerate().map(|(i, field)| (format!("field_{i}"), (*field).to_owned())));
    input
}

impl Cases<'_> {
    /// Read in both ways alike.
    fn both(&mut self, operation: &'static str, comment: &str, fields: &[&str]) -> Result<(), String> {
        self.add(operation, comment, None, fields_of(fields, "strict"), ACCEPT)?;
        self.add(operation, &format!("{comment}, read leniently"), None, fields_of(fields, "lenient"), ACCEPT)
    }

    /// Strict reading refuses; lenient reading goes on, and counts what it leaves out.
    fn strict(
        &mut self,
        operation: &'static str,
        comment: &str,
        flag: &'static str,
        fields: &[&str],
    ) -> Result<(), String> {
        self.add(operation, comment, Some(flag), fields_of(fields, "strict"), MALFORMED)?;
        self.add(operation, &format!("{comment}, read leniently"), Some(flag), fields_of(fields, "lenient"), ACCEPT)
    }

    fn one(
        &mut self,
        operation: &'static str,
        comment: &str,
        flag: Option<&'static str>,
        field: &str,
        reading: &str,
    ) -> Result<(), String> {
        let input = fields([("field", field.to_owned()), ("reading", reading.to_owned())]);
        let want = if flag == Some("header") { MALFORMED } else { ACCEPT };
        self.add(operation, comment, flag, input, want)
    }
}

fn www_authenticate(cases: &mut Cases<'_>) -> Result<(), String> {
    const OPERATION: &str = "www-authenticate";
    cases.both(OPERATION, "one challenge", &[r#"PrivateToken challenge="AAEC", token-key="AwQ=""#])?;
    cases.both(OPERATION, "all parameters", &[r#"PrivateToken challenge="AAEC", token-key="AwQ=", max-age=10, cost=30, rate-limit=18446744073709551615, realm="a \"realm\"""#])?;
    cases.both(OPERATION, "numbers in quotes", &[r#"PrivateToken challenge="AAEC", max-age="10", cost="007""#])?;
    cases.both(OPERATION, "two in one field", &[r#"PrivateToken challenge="AAEC",PrivateToken challenge="AwQF""#])?;
    cases.both(OPERATION, "two fields", &[r#"PrivateToken challenge="AAEC""#, r#"PrivateToken challenge="AwQF""#])?;
    cases.both(
        OPERATION,
        "other schemes between",
        &[r#"Basic realm="a, PrivateToken challenge=\"AAAA\"", Negotiate YWI=, PrivateToken challenge="AAEC", Bearer"#],
    )?;
    cases.both(
        OPERATION,
        "empty list elements, spaces, letter case",
        &[", ,privatetoken\t CHALLENGE = \"AAEC\" ,, X=y ,"],
    )?;
    cases.both(OPERATION, "an empty field", &[""])?;
    for (comment, field) in [
        ("no quotes", "PrivateToken challenge=AAEC"),
        ("no quotes, with padding", "PrivateToken challenge=AAE=, token-key=AA=="),
        ("no padding", r#"PrivateToken challenge="AAE""#),
        ("an unknown parameter twice", r#"PrivateToken challenge="AAEC", a=b, A=c"#),
    ] {
        cases.strict(OPERATION, comment, "lenient", &[field])?;
    }
    for (comment, field) in [
        ("no challenge", r#"PrivateToken token-key="AAEC""#),
        ("a challenge twice", r#"PrivateToken challenge="AAEC", challenge="AAEC""#),
        ("wrong padding", r#"PrivateToken challenge="AAE==""#),
        ("bits behind the end", r#"PrivateToken challenge="AAF=""#),
        ("the other alphabet", r#"PrivateToken challenge="AA+/""#),
        ("a cost that is negative", r#"PrivateToken challenge="AAEC", cost=-1"#),
        ("a cost of 2^64", r#"PrivateToken challenge="AAEC", cost=18446744073709551616"#),
        ("a token68", "PrivateToken AAEC"),
        ("no end of a quoted string", r#"PrivateToken challenge="AAEC"#),
        ("a parameter without its scheme", "challenge=AAEC"),
        ("two parameters without a comma", "PrivateToken challenge=AAEC a=b"),
        ("a control character", "PrivateToken challenge=AAEC, a=\"\u{1}\""),
    ] {
        cases.strict(OPERATION, comment, "header", &[field, r#"PrivateToken challenge="AwQF""#])?;
    }
    let many = vec!["Basic"; 33].join(",");
    cases.add(OPERATION, "33 challenges", Some("header"), fields_of(&[&many], "lenient"), MALFORMED)?;
    let long = "a".repeat((16 << 10) + 1);
    cases.add(OPERATION, "more than 16 KiB", Some("header"), fields_of(&[&long], "lenient"), MALFORMED)
}

fn authorization(cases: &mut Cases<'_>) -> Result<(), String> {
    const OPERATION: &str = "authorization";
    for (comment, field) in [
        ("a token", r#"PrivateToken token="AAEC""#),
        ("an unknown parameter, kept", r#"privatetoken a=b, TOKEN="AAE=""#),
        ("a companion", r#"PrivateToken token="AAEC", companion="AwQF""#),
        ("another scheme", "Basic YWI6YWI="),
        ("no scheme", ""),
    ] {
        cases.one(OPERATION, comment, None, field, "strict")?;
    }
    for (comment, field) in [("no quotes", "PrivateToken token=AAE="), ("no padding", r#"PrivateToken token="AAE""#)] {
        cases.one(OPERATION, &format!("{comment}, strict"), Some("header"), field, "strict")?;
        cases.one(OPERATION, comment, Some("lenient"), field, "lenient")?;
    }
    for (comment, field) in [
        ("no token", r#"PrivateToken companion="AAEC""#),
        ("a token twice", r#"PrivateToken token="AAEC", Token="AAEC""#),
        ("two credentials", r#"PrivateToken token="AAEC", PrivateToken token="AAEC""#),
        ("two schemes", r#"PrivateToken token="AAEC", Basic YWI="#),
        ("a token68", "PrivateToken AAEC"),
        ("not base64url", r#"PrivateToken token="AA*C""#),
    ] {
        cases.one(OPERATION, comment, Some("header"), field, "lenient")?;
    }
    Ok(())
}

fn reverse(cases: &mut Cases<'_>) -> Result<(), String> {
    const OPERATION: &str = "reverse";
    cases.one(OPERATION, "in quotes", None, r#""AAE=""#, "strict")?;
    for (comment, field) in [("no quotes", "AAE="), ("no padding", r#""AAE""#), ("neither", "AAE")] {
        cases.one(OPERATION, &format!("{comment}, strict"), Some("header"), field, "strict")?;
        cases.one(OPERATION, comment, Some("lenient"), field, "lenient")?;
    }
    for (comment, field) in
        [("nothing", ""), ("nothing in quotes", r#""""#), ("two", r#""AAEC", "AAEC""#), ("half", r#""AAEC"#)]
    {
        cases.one(OPERATION, comment, Some("header"), field, "lenient")?;
    }
    Ok(())
}

fn directory(cases: &mut Cases<'_>) -> Result<(), String> {
    let two = r#"{"issuer-request-uri":"/token-request","token-keys":[{"token-type":2,"token-key":"AAE=","not-before":1000},{"token-type":2,"token-key":"AAI","x":1}],"y":[]}"#;
    let act = r#"{"issuer-request-uri":"../a?b","token-keys":[{"token-type":58797,"token-key":"AAEC","farebox-act":{"domain-separator":"ACT-v1:a:b:c:2026-01-01","bit-length":10,"initial-credits":100}}]}"#;
    let input = |json: &str, token_type: &str, now: u64| {
        let url = "https://issuer.example/.well-known/private-token-issuer-directory";
        fields([
            ("json", json.to_owned()),
            ("url", url.to_owned()),
            ("token_type", token_type.to_owned()),
            ("now", now.to_string()),
        ])
    };
    let mut add = |comment: &str, json: &str, token_type: &str, now, refused: bool| {
        let (flag, want) = if refused { (Some("header"), MALFORMED) } else { (None, ACCEPT) };
        cases.add("directory", comment, flag, input(json, token_type, now), want)
    };
    add("the first key is for later", two, "0002", 999, false)?;
    add("the first key is for now", two, "0002", 1000, false)?;
    add("no key of the type", two, "0001", 1000, false)?;
    add("ACT, with our own member", act, "e5ad", 0, false)?;
    add("a request URI elsewhere", &two.replace("/token-request", "https://other.example:1/x/../y"), "0002", 0, false)?;
    for (comment, from, to) in [
        ("a comma behind the last member", "[]}", "[],}"),
        ("no request URI", "issuer-request-uri", "x"),
        ("no keys", "token-keys", "x"),
        ("a type in quotes", ":2,", ":\"2\","),
        ("a type above 65535", ":2,", ":65536,"),
        ("a key that is not base64url", "AAE=", "AA+="),
        ("an empty key", "AAE=", ""),
        ("a time that is no number", "1000", "\"1000\""),
        ("a request URI with another scheme", "/token-request", "ftp://a/"),
        ("a request URI with a user name", "/token-request", "https://a@b/"),
    ] {
        add(comment, &two.replacen(from, to, 1), "0002", 0, true)?;
    }
    add("L of 65", &act.replace(":10,", ":65,"), "e5ad", 0, true)?;
    add("credits of 2^L", &act.replace(":100}", ":1024}"), "e5ad", 0, true)
}
