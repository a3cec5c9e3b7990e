//! Paths of requests, as routes are found by them.

/// The path with its escapes read, if everybody reads it in the same way. `None` for a path with a step `.` or `..`, an empty step, a
/// backslash, a control character, an escaped slash, a hidden file, or an escape that is none: what is behind the gate could take it
/// for the path of another route, which has another price.
pub(crate) fn plain(path: &str) -> Option<String> {
    let decoded = decoded(path)?;
    let text = String::from_utf8(decoded).ok()?;
    let inner = text.strip_prefix('/')?;
    let steps = inner.strip_suffix('/').unwrap_or(inner);
    let is_odd = |c: char| c == '\\' || c.is_control();
    let is_bad = |step: &str| step.is_empty() || step.starts_with('.');
    let bad = text.contains(is_odd) || (!inner.is_empty() && steps.split('/').any(is_bad));
    (!bad).then_some(text)
}

fn decoded(path: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            decoded.push(*byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let [value] = hex::decode(digits).ok()?.try_into().ok()?;
        if value == b'/' {
            return None;
        }
        decoded.push(value);
        rest = after;
    }
    Some(decoded)
}

/// Whether a route is for a path: its own, or one below it.
pub(crate) fn is_below(path: &str, route: &str) -> bool {
    match path.strip_prefix(route) {
        Some(rest) => rest.is_empty() || rest.starts_with('/') || route.ends_with('/'),
        // `/a/` is for `/a` as well.
        None => route.strip_suffix('/') == Some(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_can_be_read_in_two_ways_are_none() {
        for (path, expected) in [
            ("/", Some("/")),
            ("/a", Some("/a")),
            ("/a/", Some("/a/")),
            ("/a/b.txt", Some("/a/b.txt")),
            ("/%61/b", Some("/a/b")),
            ("/caf%C3%A9", Some("/café")),
            ("/a%20b", Some("/a b")),
            ("", None),
            ("a", None),
            ("//", None),
            ("//a", None),
            ("/a//b", None),
            ("/a//", None),
            ("/.", None),
            ("/a/../b", None),
            ("/a/%2e%2E/b", None),
            ("/a/.git/config", None),
            ("/a%2fb", None),
            ("/a\\b", None),
            ("/a%5cb", None),
            ("/a%00", None),
            ("/a%0d%0a", None),
            ("/%zz", None),
            ("/%4", None),
            ("/%", None),
            ("/%ff", None),
        ] {
            assert_eq!(plain(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn a_route_is_for_what_is_below_it() {
        for (path, route, expected) in [
            ("/", "/", true),
            ("/a", "/", true),
            ("/a", "/a", true),
            ("/a/", "/a", true),
            ("/a/b", "/a", true),
            ("/ab", "/a", false),
            ("/a", "/a/", true),
            ("/a/b", "/a/", true),
            ("/ab", "/a/", false),
            ("/", "/a", false),
        ] {
            assert_eq!(is_below(path, route), expected, "{path} {route}");
        }
    }
}
