//! The request that a proxy asks about.

use http::request::Parts;
use http::{HeaderMap, HeaderName, Method, Uri};

const METHODS: [&str; 2] = ["x-original-method", "x-forwarded-method"];
const URIS: [&str; 2] = ["x-original-uri", "x-forwarded-uri"];

/// Puts the original method and target in the place of the check's own, and gives the path in one form. `None` where they are
/// missing or twice, or where two readers could take the path for two places.
pub(super) fn restore(parts: &mut Parts) -> Option<String> {
    let method = match one(&parts.headers, METHODS)? {
        Some(text) => Method::from_bytes(text.as_bytes()).ok()?,
        None => parts.method.clone(),
    };
    let uri: Uri = one(&parts.headers, URIS)??.parse().ok()?;
    parts.method = method;
    replace(parts, uri)
}

/// The same where the check's own target, behind a prefix, is the original one.
pub(super) fn behind(parts: &mut Parts, prefix: &str) -> Option<String> {
    let target = parts.uri.path_and_query()?.as_str().strip_prefix(prefix)?;
    let uri: Uri = target.parse().ok()?;
    replace(parts, uri)
}

fn replace(parts: &mut Parts, uri: Uri) -> Option<String> {
    let path = normal(uri.path())?;
    for name in METHODS.into_iter().chain(URIS) {
        parts.headers.remove(name);
    }
    parts.uri = uri;
    Some(path)
}

/// The first of two headers that is there: outside `None` where it is there twice, inside where there is none.
#[allow(clippy::option_option, reason = "missing and wrong are two things")]
fn one(headers: &HeaderMap, names: [&'static str; 2]) -> Option<Option<String>> {
    for name in names.map(HeaderName::from_static) {
        let mut fields = headers.get_all(name).iter();
        if let Some(field) = fields.next() {
            return match fields.next() {
                None => Some(Some(field.to_str().ok()?.to_owned())),
                Some(_) => None,
            };
        }
    }
    Some(None)
}

/// The path with `%xx` read, if no part of it is empty, `.`, `..`, or hides a separator.
fn normal(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                let byte = u8::from_str_radix(core::str::from_utf8(&digits).ok()?, 16).ok()?;
                if matches!(byte, b'/' | b'\\' | b'%' | b';' | 0..=0x1f | 0x7f) || digits.contains(&b'+') {
                    return None;
                }
                byte
            }
            b'\\' | b';' => return None,
            byte => byte,
        };
        bytes.push(byte);
    }
    let path = String::from_utf8(bytes).ok()?;
    let segments = path.strip_prefix('/')?;
    let segments = segments.strip_suffix('/').unwrap_or(segments);
    let is_plain = |segment: &str| !matches!(segment, "" | "." | "..");
    (segments.is_empty() || segments.split('/').all(is_plain)).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_form_or_none() {
        for (path, expected) in [
            ("/", Some("/")),
            ("/api/v1/", Some("/api/v1/")),
            ("/%61pi", Some("/api")),
            ("/a%20b", Some("/a b")),
            ("", None),
            ("*", None),
            ("/a//b", None),
            ("//a", None),
            ("/a/../b", None),
            ("/a/%2e%2e/b", None),
            ("/a/.%2E", None),
            ("/./a", None),
            ("/a%2fb", None),
            ("/a%5cb", None),
            ("/a\\b", None),
            ("/a;x=1/b", None),
            ("/a%252fb", None),
            ("/a%00", None),
            ("/a%", None),
            ("/a%4", None),
            ("/a%+1", None),
            ("/a%zz", None),
            ("/a%ff", None),
        ] {
            assert_eq!(normal(path).as_deref(), expected, "{path}");
        }
    }
}
