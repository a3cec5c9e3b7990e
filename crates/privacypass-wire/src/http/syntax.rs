//! The grammar of RFC 9110, section 11: challenges of any scheme, one pass over the bytes and no way back.
//!
//! ```text
//! field      = [ challenge ] *( OWS "," OWS [ challenge ] )
//! challenge  = token [ 1*SP ( token68 / [ param ] *( OWS "," OWS [ param ] ) ) ]
//! param      = token BWS "=" BWS ( token / quoted-string )
//! ```
//!
//! A comma may end a parameter or a challenge. What follows decides: a name with `=` behind it is a parameter of the challenge that
//! is being read, any other name begins the next one.

use alloc::vec::Vec;

use crate::{Fault, Limits, Malformed};

/// The fields' own errors are of this field.
const HEADER: &str = "header";

/// One challenge, or one credential: `scheme`, and a `token68` or parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthChallenge<'a> {
    /// The scheme, as it came.
    pub scheme: &'a str,
    /// What follows it.
    pub params: AuthParams<'a>,
}

/// What follows a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthParams<'a> {
    /// One value in the alphabets of base64.
    Token68(&'a str),
    /// Parameters, or none.
    List(Vec<AuthParam<'a>>),
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthParam<'a> {
    /// The name, as it came.
    pub name: &'a str,
    pub(crate) value: Value<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// A token, perhaps with `=` behind it, which the grammar does not have and the field does.
    Bare(&'a [u8]),
    /// What stands between the quotes, with its escapes.
    Quoted(&'a [u8]),
}

impl AuthParam<'_> {
    /// The value, out of its quotes.
    pub fn value(&self) -> Vec<u8> {
        match self.value {
            Value::Bare(bytes) => bytes.to_vec(),
            Value::Quoted(bytes) => unescape(bytes),
        }
    }
}

/// `quoted-pair`: the backslash goes. None ends the value: the reader took two bytes for each.
pub(super) fn unescape(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        out.extend(if *byte == b'\\' { bytes.next() } else { Some(byte) });
    }
    out
}

/// Reads the challenges of one field, one at a time. After an error it is at its end.
#[derive(Clone, Debug)]
pub struct Challenges<'a> {
    cursor: Cursor<'a>,
    /// A scheme that was read in search of a parameter, and the spaces behind it.
    next_scheme: Option<(&'a str, usize)>,
    max_params: usize,
}

impl<'a> Challenges<'a> {
    /// Reads a field's value of at most `limits.header` bytes.
    ///
    /// # Errors
    /// [`Malformed`] for a longer one.
    pub fn new(field: &'a [u8], limits: &Limits) -> Result<Self, Malformed> {
        if field.len() > limits.header {
            return Err(Malformed::new(HEADER, Fault::Limit(limits.header)));
        }
        Ok(Self { cursor: Cursor::new(field), next_scheme: None, max_params: limits.parameters })
    }

    /// The next scheme, behind any empty list elements, and how many spaces follow it.
    fn scheme(&mut self) -> Result<Option<(&'a str, usize)>, Malformed> {
        if let Some(scheme) = self.next_scheme.take() {
            return Ok(Some(scheme));
        }
        self.cursor.skip(is_separator);
        if self.cursor.peek().is_none() {
            return Ok(None);
        }
        let scheme = self.cursor.token()?;
        Ok(Some((scheme, self.cursor.skip(is_space))))
    }

    fn challenge(&mut self, scheme: &'a str, spaces: usize) -> Result<AuthChallenge<'a>, Malformed> {
        let params = match self.cursor.peek() {
            None | Some(b',') => AuthParams::List(self.params(Vec::new())?),
            Some(_) if spaces == 0 => return Err(syntax()),
            Some(_) => self.first()?,
        };
        Ok(AuthChallenge { scheme, params })
    }

    /// What stands behind `scheme SP`: a token68, or the first parameter and all others.
    fn first(&mut self) -> Result<AuthParams<'a>, Malformed> {
        let start = self.cursor.pos;
        self.cursor.skip(is_tchar);
        let name_end = self.cursor.pos;
        let spaces = self.cursor.skip(is_space);
        match self.cursor.peek() {
            Some(b'=') if name_end != start => {}
            // base64 has one character that a token has not.
            Some(b'/') if spaces == 0 => return self.token68(start),
            None | Some(b',') => return self.token68(start),
            Some(_) => return Err(syntax()),
        }
        self.cursor.bump();
        if spaces == 0 && self.cursor.peek() == Some(b'=') {
            return self.token68(start);
        }
        self.cursor.skip(is_space);
        match self.cursor.peek() {
            None | Some(b',') if spaces == 0 => self.token68(start),
            _ => {
                let name = self.cursor.text(start, name_end)?;
                let value = self.cursor.value()?;
                self.params(alloc::vec![AuthParam { name, value }]).map(AuthParams::List)
            }
        }
    }

    /// The rest of a token68 that began at `start`. It ends its challenge.
    fn token68(&mut self, start: usize) -> Result<AuthParams<'a>, Malformed> {
        self.cursor.skip(|byte| is_tchar(byte) || byte == b'/');
        self.cursor.skip(|byte| byte == b'=');
        let text = self.cursor.text(start, self.cursor.pos)?;
        let is_68 = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/= \t".contains(&byte);
        let text = text.trim_end_matches([' ', '\t']);
        if text.is_empty() || !text.bytes().all(is_68) || text.contains([' ', '\t']) {
            return Err(syntax());
        }
        self.cursor.skip(is_space);
        match self.cursor.peek() {
            None | Some(b',') => Ok(AuthParams::Token68(text)),
            Some(_) => Err(syntax()),
        }
    }

    /// The parameters behind those that were read, up to the next scheme or the end.
    fn params(&mut self, mut params: Vec<AuthParam<'a>>) -> Result<Vec<AuthParam<'a>>, Malformed> {
        loop {
            self.cursor.skip(is_space);
            match self.cursor.peek() {
                None => return Ok(params),
                Some(b',') => {}
                Some(_) => return Err(syntax()),
            }
            self.cursor.skip(is_separator);
            if self.cursor.peek().is_none() {
                return Ok(params);
            }
            let name = self.cursor.token()?;
            let spaces = self.cursor.skip(is_space);
            if self.cursor.peek() != Some(b'=') {
                self.next_scheme = Some((name, spaces));
                return Ok(params);
            }
            if params.len() >= self.max_params {
                return Err(Malformed::new(HEADER, Fault::Limit(self.max_params)));
            }
            self.cursor.bump();
            params.push(AuthParam { name, value: self.cursor.value()? });
        }
    }
}

impl<'a> Iterator for Challenges<'a> {
    type Item = Result<AuthChallenge<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match self.scheme() {
            Ok(None) => return None,
            Ok(Some((scheme, spaces))) => self.challenge(scheme, spaces),
            Err(error) => Err(error),
        };
        if next.is_err() {
            self.cursor.pos = self.cursor.bytes.len();
            self.next_scheme = None;
        }
        Some(next)
    }
}

/// A place in the field. It only moves forward, and `peek` looks at one byte: the work is linear in the field's length.
#[derive(Clone, Debug)]
struct Cursor<'a> {
    bytes: &'a [u8],
    pos: usize,
    /// Bytes that were looked at.
    #[cfg(test)]
    steps: core::cell::Cell<usize>,
}

impl<'a> Cursor<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            pos: 0,
            #[cfg(test)]
            steps: core::cell::Cell::new(0),
        }
    }

    fn peek(&self) -> Option<u8> {
        #[cfg(test)]
        self.steps.set(self.steps.get() + 1);
        self.bytes.get(self.pos).copied()
    }

    fn bump(&mut self) {
        self.pos += 1;
    }

    /// Skips bytes of a kind, and says how many.
    fn skip(&mut self, kind: fn(u8) -> bool) -> usize {
        let start = self.pos;
        while self.peek().is_some_and(kind) {
            self.bump();
        }
        self.pos - start
    }

    fn slice(&self, start: usize, end: usize) -> &'a [u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }

    fn text(&self, start: usize, end: usize) -> Result<&'a str, Malformed> {
        core::str::from_utf8(self.slice(start, end)).map_err(|_| syntax())
    }

    fn token(&mut self) -> Result<&'a str, Malformed> {
        let start = self.pos;
        self.skip(is_tchar);
        if self.pos == start { Err(syntax()) } else { self.text(start, self.pos) }
    }

    /// A value behind `=`.
    fn value(&mut self) -> Result<Value<'a>, Malformed> {
        self.skip(is_space);
        if self.peek() == Some(b'"') {
            self.bump();
            return self.quoted();
        }
        let start = self.pos;
        self.skip(is_tchar);
        if self.pos == start {
            return Err(syntax());
        }
        self.skip(|byte| byte == b'=');
        Ok(Value::Bare(self.slice(start, self.pos)))
    }

    /// The rest of a quoted-string.
    fn quoted(&mut self) -> Result<Value<'a>, Malformed> {
        let start = self.pos;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    self.bump();
                    if !self.peek().is_some_and(is_text) {
                        return Err(syntax());
                    }
                }
                Some(byte) if is_text(byte) => {}
                _ => return Err(syntax()),
            }
            self.bump();
        }
        let value = Value::Quoted(self.slice(start, self.pos));
        self.bump();
        Ok(value)
    }
}

fn syntax() -> Malformed {
    Malformed::new(HEADER, Fault::Syntax)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_separator(byte: u8) -> bool {
    is_space(byte) || byte == b','
}

/// `tchar`.
pub(super) fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// `HTAB / SP / VCHAR / obs-text`.
fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | 0x20..=0x7e | 0x80..)
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec;

    use super::*;

    fn read(field: &str) -> Result<Vec<String>, Malformed> {
        let challenges = Challenges::new(field.as_bytes(), &Limits::DEFAULT)?;
        challenges.map(|challenge| challenge.map(|challenge| print(&challenge))).collect()
    }

    fn print(challenge: &AuthChallenge<'_>) -> String {
        let text = |value: Vec<u8>| String::from_utf8_lossy(&value).into_owned();
        let params = match &challenge.params {
            AuthParams::Token68(value) => vec![format!("<{value}>")],
            AuthParams::List(list) => {
                list.iter().map(|param| format!("{}={}", param.name, text(param.value()))).collect()
            }
        };
        format!("{}({})", challenge.scheme, params.join(";"))
    }

    #[test]
    fn what_the_grammar_has() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            (" , ,\t,", &[]),
            ("Basic", &["Basic()"]),
            ("Basic ,", &["Basic()"]),
            ("Basic, Digest", &["Basic()", "Digest()"]),
            ("Negotiate YWJj", &["Negotiate(<YWJj>)"]),
            ("Negotiate YWI=", &["Negotiate(<YWI=>)"]),
            ("Negotiate YQ== , Basic", &["Negotiate(<YQ==>)", "Basic()"]),
            ("Negotiate a/b+c~==", &["Negotiate(<a/b+c~==>)"]),
            ("Negotiate /==", &["Negotiate(</==>)"]),
            ("Negotiate a ,b c=d", &["Negotiate(<a>)", "b(c=d)"]),
            ("A b=c", &["A(b=c)"]),
            ("A b = c , d\t=\t\"e\"", &["A(b=c;d=e)"]),
            ("A b=c, B d=e, f=g", &["A(b=c)", "B(d=e;f=g)"]),
            ("A b=c,B,C d=e", &["A(b=c)", "B()", "C(d=e)"]),
            ("A  ,, b=c,,d=e,", &["A(b=c;d=e)"]),
            (r#"A b="c,D e=\"f\\", g=h"#, &[r#"A(b=c,D e="f\;g=h)"#]),
            (r#"A b="", c="#, &[]),
            ("A b=", &["A(<b=>)"]),
            ("A b= ", &["A(<b=>)"]),
            ("A b= , c", &["A(<b=>)", "c()"]),
            ("A !=!==", &["A(!=!==)"]),
            ("A b=c==", &["A(b=c==)"]),
            ("A b=c==, d=e", &["A(b=c==;d=e)"]),
        ];
        for (field, expected) in cases {
            match read(field) {
                Ok(read) => assert_eq!(read, *expected, "{field}"),
                Err(error) => assert!(expected.is_empty() && error == syntax(), "{field}: {error}"),
            }
        }
    }

    #[test]
    fn what_the_grammar_has_not() {
        for field in [
            "=",
            "a=b",
            "A =b",
            "A b =",
            "A b=,c=d",
            "A b=\"c",
            "A b=\"c\\",
            "A b=\"c\"d",
            "A b c",
            "A b=c d",
            "A b=c d=e",
            "A \"b\"",
            "\"A\" b=c",
            "A(b)",
            "A b=c, =d",
            "A b=c; d=e",
            "A b=\"\u{7f}\"",
            "A b=\"\n\"",
            "A b\0=c",
            "A b=c/d",
            "A a b=c",
            "A a/b c",
            "A a==b",
            "A a= =",
            "A b=c, D\u{e9}",
            "A b=c, D\"e\"",
        ] {
            let read = read(field);
            assert_eq!(read, Err(syntax()), "{field}");
        }
    }

    #[test]
    fn an_error_ends_the_field() {
        let mut challenges = Challenges::new(b"A b=c, D e=\", F g=h", &Limits::DEFAULT).unwrap();
        assert!(challenges.next().unwrap().is_ok());
        assert!(challenges.next().unwrap().is_err());
        assert!(challenges.next().is_none());
    }

    /// Every byte is looked at a bounded number of times, whatever stands around it.
    #[test]
    fn the_work_is_linear() {
        let limits = Limits { header: usize::MAX, parameters: usize::MAX, ..Limits::DEFAULT };
        let parts = [
            "A", " ", ",", "=", "\"", "\\", "A ", "A,", "a=", "a=b", "a=b,", "A a=b, ", "a=\"b\",", "\"\\\"",
            "a = b ,", "A a==, ", "A / ", "A b, ", ", ,", "\u{ff}", "a=\"", "A \t", "A a\t", "A b= ,",
        ];
        for first in parts {
            for second in parts {
                for head in ["", "A ", "A b=\"", "A b=c, "] {
                    let field = format!("{head}{}", format!("{first}{second}").repeat(500));
                    let mut challenges = Challenges::new(field.as_bytes(), &limits).unwrap();
                    while challenges.next().is_some() {}
                    let steps = challenges.cursor.steps.get();
                    assert!(steps <= 8 * field.len() + 8, "{steps} steps for {} bytes of {first}{second}", field.len());
                }
            }
        }
    }

    #[test]
    fn limits() {
        let limits = Limits { header: 12, parameters: 2, ..Limits::DEFAULT };
        let count = |field: &str| {
            Challenges::new(field.as_bytes(), &limits)
                .and_then(|challenges| challenges.collect::<Result<Vec<_>, _>>().map(|all| all.len()))
        };
        assert_eq!(count("A a=b,c=d"), Ok(1));
        assert_eq!(count("A a=b,c=d,e="), Err(Malformed::new(HEADER, Fault::Limit(2))));
        assert_eq!(count("A aaaaaaaaaaa"), Err(Malformed::new(HEADER, Fault::Limit(12))));
    }
}
