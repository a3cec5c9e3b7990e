//! Where requests may go.

use std::net::IpAddr;

use http::Uri;
use url::{Host, Url};

use crate::config::Plaintext;
use crate::error::Error;

/// An origin.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// As challenges name it: `host`, or `host:port` for another port than 443.
    pub(crate) origin: String,
    /// It is this machine.
    pub(crate) is_loopback: bool,
}

impl Target {
    /// The origin of a request's URL.
    pub(crate) fn of(uri: &Uri, plaintext: Plaintext) -> Result<Self, Error> {
        let url = checked(&uri.to_string(), plaintext)?;
        let host = url.host_str().ok_or(Error::Url("no host"))?;
        let port = url.port_or_known_default().ok_or(Error::Url("no port"))?;
        let origin = if port == 443 { host.to_owned() } else { format!("{host}:{port}") };
        Ok(Self { origin, is_loopback: is_loopback(&url) })
    }
}

/// The URL, if requests may go there.
pub(crate) fn checked(url: &str, plaintext: Plaintext) -> Result<Url, Error> {
    let url = Url::parse(url).map_err(|_| Error::Url("it does not read, or is not absolute"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::Url("it names a user"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" => match plaintext {
            Plaintext::Anywhere => Ok(url),
            Plaintext::Loopback if is_loopback(&url) => Ok(url),
            _ => Err(Error::Url("it is http without TLS")),
        },
        _ => Err(Error::Url("its scheme is neither https nor http")),
    }
}

/// Whether two URLs are of one host; on this machine, where each port is another service, of one port as well.
pub(crate) fn is_beside(one: &Url, other: &Url) -> bool {
    one.host() == other.host() && (!is_loopback(one) || one.port_or_known_default() == other.port_or_known_default())
}

/// Whether a URL is of this machine. Connections to the unspecified addresses arrive here as well.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_own(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => is_own(IpAddr::V6(address).to_canonical()),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
        }
        None => false,
    }
}

fn is_own(address: IpAddr) -> bool {
    address.is_loopback() || address.is_unspecified()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_named_as_challenges_name_them() {
        for (url, name) in [
            ("https://origin.example/a?b", "origin.example"),
            ("https://ORIGIN.example:443/", "origin.example"),
            ("https://origin.example:8443/", "origin.example:8443"),
            ("http://127.0.0.1:8080/", "127.0.0.1:8080"),
            ("http://localhost/", "localhost:80"),
            ("http://[::1]:81/", "[::1]:81"),
        ] {
            assert_eq!(Target::of(&url.parse().unwrap(), Plaintext::Loopback).unwrap().origin, name);
        }
    }

    #[test]
    fn unspecified_addresses_are_of_this_machine() {
        for host in ["127.9.9.9", "0.0.0.0", "0", "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:0:0]", "a.localhost."]
        {
            assert!(is_loopback(&Url::parse(&format!("https://{host}/")).unwrap()), "{host}");
        }
        for host in ["1.0.0.0", "[::2]", "localhost.example"] {
            assert!(!is_loopback(&Url::parse(&format!("https://{host}/")).unwrap()), "{host}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine() {
        for url in ["http://origin.example/", "http://10.0.0.1/", "ftp://127.0.0.1/", "/relative", "https://u@h/"] {
            assert!(Target::of(&url.parse().unwrap(), Plaintext::Loopback).is_err(), "{url}");
        }
        assert!(checked("http://127.0.0.1/", Plaintext::Never).is_err());
        assert!(checked("http://origin.example/", Plaintext::Anywhere).is_ok());
    }
}
