//! Relative references of RFC 3986, section 5, as far as http and https go.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::{Fault, Malformed};

/// `scheme://authority path [?query]`
struct Url<'a> {
    scheme: &'a str,
    authority: &'a str,
    path: &'a str,
    query: &'a str,
}

/// The reference as seen from the base. A fragment is dropped: it is never sent.
pub(super) fn resolve(base: &str, reference: &str) -> Result<String, Malformed> {
    const FIELD: &str = "issuer-request-uri";
    let malformed = Malformed::new(FIELD, Fault::Uri);
    let is_uri = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    if reference.is_empty() || ![base, reference].iter().all(|text| text.bytes().all(is_uri)) {
        return Err(malformed);
    }
    let base = absolute(without_fragment(base)).ok_or(malformed)?;
    let reference = without_fragment(reference);
    // transform references (5.2.2)
    let (path, query) = split_query(reference);
    let merged;
    let target = if let Some(network_path) = reference.strip_prefix("//") {
        authority(base.scheme, network_path).ok_or(malformed)?
    } else if has_scheme(reference) {
        absolute(reference).ok_or(malformed)?
    } else if path.is_empty() {
        let query = if query.is_empty() { base.query } else { query };
        Url { query, ..base }
    } else if path.starts_with('/') {
        Url { path, query, ..base }
    } else {
        let folder = base.path.rfind('/').and_then(|end| base.path.get(..=end)).unwrap_or("/");
        merged = format!("{folder}{path}");
        Url { path: &merged, query, ..base }
    };
    let path = remove_dot_segments(target.path);
    Ok(format!("{}://{}{path}{}", target.scheme.to_ascii_lowercase(), target.authority, target.query))
}

fn without_fragment(text: &str) -> &str {
    text.split('#').next().unwrap_or_default()
}

/// The query keeps its question mark.
fn split_query(text: &str) -> (&str, &str) {
    text.find('?').and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""))
}

/// `scheme:` in front of any `/`, `?`.
fn has_scheme(text: &str) -> bool {
    text.find([':', '/', '?']).is_some_and(|at| text.get(at..).is_some_and(|rest| rest.starts_with(':')))
}

fn absolute(text: &str) -> Option<Url<'_>> {
    let (scheme, rest) = text.split_once("://")?;
    let is_known = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    if is_known { authority(scheme, rest) } else { None }
}

/// What stands behind `//`. A host has to be there, a user name must not.
fn authority<'a>(scheme: &'a str, text: &'a str) -> Option<Url<'a>> {
    let end = text.find(['/', '?']).unwrap_or(text.len());
    let (authority, rest) = text.split_at_checked(end)?;
    if authority.is_empty() || authority.starts_with(':') || authority.contains('@') {
        return None;
    }
    let (path, query) = split_query(rest);
    Some(Url { scheme, authority, path, query })
}

/// 5.2.4, for a path that is empty or begins with `/`.
fn remove_dot_segments(path: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            ".." => drop(out.pop()),
            "." => {}
            _ => out.push(segment),
        }
        if is_last && matches!(segment, "." | "..") {
            out.push("");
        }
    }
    format!("/{}", out.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://issuer.example/.well-known/private-token-issuer-directory";

    #[test]
    fn references() {
        let cases = [
            ("/token-request", "https://issuer.example/token-request"),
            ("token-request", "https://issuer.example/.well-known/token-request"),
            ("./a", "https://issuer.example/.well-known/a"),
            ("../a/b", "https://issuer.example/a/b"),
            ("../../../a", "https://issuer.example/a"),
            ("..", "https://issuer.example/"),
            (".", "https://issuer.example/.well-known/"),
            ("a/./b/../c/", "https://issuer.example/.well-known/a/c/"),
            ("?k=v", "https://issuer.example/.well-known/private-token-issuer-directory?k=v"),
            ("#top", "https://issuer.example/.well-known/private-token-issuer-directory"),
            ("/a?b=/../c#d", "https://issuer.example/a?b=/../c"),
            ("//other.example/a", "https://other.example/a"),
            ("//other.example", "https://other.example/"),
            ("https://other.example:8443/a/../b", "https://other.example:8443/b"),
            ("HTTP://127.0.0.1:80", "http://127.0.0.1:80/"),
            ("/a:b", "https://issuer.example/a:b"),
            ("./a:b", "https://issuer.example/.well-known/a:b"),
        ];
        for (reference, expected) in cases {
            assert_eq!(resolve(BASE, reference).as_deref(), Ok(expected), "{reference}");
        }
        assert_eq!(resolve("http://[::1]:8080?x", "a").as_deref(), Ok("http://[::1]:8080/a"));
        assert_eq!(resolve("http://h/a/b?x/y", "?").as_deref(), Ok("http://h/a/b?"));
    }

    #[test]
    fn what_leads_elsewhere() {
        for reference in [
            "",
            "javascript:alert(1)",
            "ftp://h/",
            "mailto:a@h",
            "https:/h",
            "https:h",
            "https://",
            "https:///a",
            "//",
            "https://user@h/",
            "//user:pass@h/",
            "https://:80/",
            "/a b",
            "/a\nb",
            "/\u{e9}",
            "/a\\b",
            "a:b",
            "https://@/",
        ] {
            let resolved = resolve(BASE, reference);
            assert_eq!(resolved, Err(Malformed::new("issuer-request-uri", Fault::Uri)), "{reference}");
        }
        for base in ["", "issuer.example", "/a", "ftp://h/", "https://", "https://u@h/"] {
            assert!(resolve(base, "/a").is_err(), "{base}");
        }
    }
}
