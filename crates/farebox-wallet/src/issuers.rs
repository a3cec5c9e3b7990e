//! Issuers: where their directories are, what stands in them, and what was seen before.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use privacypass_wire::directory::{IssuerDirectory, TokenKey};
use privacypass_wire::{KeyId, Limits, TokenChallenge, TokenType, http as pp};
use url::Url;

use crate::config::{Config, Plaintext, Trust};
use crate::error::Reason;
use crate::journal::Journal;
use crate::record::{Issuer, Pin, Record};
use crate::shelf::{Changes, Contents, Shelf};
use crate::target::{self, Target};
use crate::transport::{Transport, TransportError};
use crate::turns::Turns;

/// Pins of one issuer; beyond, those that are not in its directory go, the oldest first.
const MAX_PINS: usize = 128;
/// Issuers that are remembered, unless credentials are of them.
const MAX_ISSUERS: usize = 256;
/// Bytes that are remembered of issuers that no credential is of.
const MAX_UNUSED: usize = 2 << 20;
/// Bytes of an issuer's name: of a host and a port.
const MAX_NAME: usize = 260;
/// Bytes of a directory, of which only known types and members are kept.
const MAX_DIRECTORY: usize = 16 << 10;
/// Bytes of ACT's domain separator, which is kept beside each pin.
const MAX_SEPARATOR: usize = 256;
/// Seconds between two requests for a directory that a challenge can cause.
const MIN_AGE: u64 = 10;

/// A key that is in use, and where its issuer takes requests.
pub(crate) struct InUse {
    pub(crate) key: TokenKey,
    pub(crate) request_url: String,
}

/// Asks issuers for their directories, one request at a time for each.
#[derive(Default)]
pub(crate) struct Issuers {
    asking: Turns,
}

impl Issuers {
    /// The key that a challenge asks for, as the issuer itself names it, if it is for now.
    pub(crate) async fn key<T: Transport, J: Journal>(
        &self,
        (transport, shelf, config): (&T, &Arc<Shelf<J>>, &Config),
        (challenge, named): (&TokenChallenge, Option<&[u8]>),
        target: &Target,
    ) -> Result<InUse, Reason> {
        let name = challenge.issuer_name();
        let url = directory_url(challenge, config, target)?;
        let now = config.clock.now();
        let wanted = (challenge.token_type(), named.map(KeyId::of_public_key));
        let mut known = known(&shelf.contents(), name);
        for _ in 0..2 {
            let found = match &known {
                Some(issuer) if now < issuer.expires => find(issuer, wanted, &url, config, now),
                _ => Err(Reason::Key),
            };
            let is_young = known.as_ref().is_some_and(|issuer| now < issuer.fetched.saturating_add(MIN_AGE));
            match found {
                Err(Reason::Key) if !is_young => {}
                found => return found,
            }
            known = Some(self.fetch(transport, shelf, config, name, &url, known.as_ref()).await?);
        }
        Err(Reason::Key)
    }

    /// Asks for a directory, unless another task has just done so.
    async fn fetch<T: Transport, J: Journal>(
        &self,
        transport: &T,
        shelf: &Arc<Shelf<J>>,
        config: &Config,
        name: &str,
        url: &str,
        before: Option<&Issuer>,
    ) -> Result<Issuer, Reason> {
        let _turn = self.asking.take(name.as_bytes()).await;
        if let Some(issuer) = known(&shelf.contents(), name)
            && before.is_none_or(|before| before.fetched < issuer.fetched)
        {
            return Ok(issuer);
        }
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = url.parse().map_err(|_| Reason::Issuer)?;
        request.headers_mut().insert(header::ACCEPT, http::HeaderValue::from_static(pp::ISSUER_DIRECTORY));
        let mut answer = transport.send(request.clone(), config.issuer_caps).await;
        // Once more: a server that answered 401 before it had read a body closes the connection that this went out on.
        if matches!(answer, Err(TransportError::Lost | TransportError::Time)) {
            tokio::time::sleep(config.pause).await;
            answer = transport.send(request, config.issuer_caps).await;
        }
        let response = answer.map_err(Reason::Away)?;
        let issuer = read(name, &response, config)?;
        let shelf = shelf.clone();
        tokio::task::spawn_blocking(move || store(&shelf, issuer)).await.map_err(|_| Reason::Cut)?
    }
}

/// What is known of an issuer.
pub(crate) fn known(contents: &Contents, name: &str) -> Option<Issuer> {
    contents.issuer(name).map(|(_, issuer)| issuer.clone())
}

/// Whether a directory that was read lists a key.
pub(crate) fn lists(issuer: &Issuer, key_id: KeyId) -> bool {
    directory(issuer).is_none_or(|directory| directory.token_keys.iter().any(|key| key.id() == key_id))
}

fn directory(issuer: &Issuer) -> Option<IssuerDirectory> {
    IssuerDirectory::from_json(&issuer.directory, &Limits::DEFAULT).ok()
}

/// Where the issuer's directory is, if the wallet may ask there.
fn directory_url(challenge: &TokenChallenge, config: &Config, target: &Target) -> Result<String, Reason> {
    let name = challenge.issuer_name();
    if let Trust::Only(names) = &config.trust
        && !names.contains(name)
    {
        return Err(Reason::Issuer);
    }
    if name.len() > MAX_NAME {
        return Err(Reason::Issuer);
    }
    let secure = challenge.directory_url().map_err(farebox_tokens::Error::from)?;
    if let Some(url) = config.directories.get(name) {
        return target::checked(url, config.plaintext).map(String::from).map_err(|_| Reason::Issuer);
    }
    let url = target::checked(&secure, config.plaintext).map_err(|_| Reason::Issuer)?;
    match (target::is_loopback(&url), config.plaintext) {
        (false, _) => Ok(secure),
        // Whoever is elsewhere must not send this wallet to services of its own machine.
        (true, _) if !target.is_loopback => Err(Reason::Issuer),
        (true, Plaintext::Never) => Ok(secure),
        (true, _) => Ok(format!("http://{name}{}", pp::DIRECTORY_PATH)),
    }
}

fn find(
    issuer: &Issuer,
    (token_type, id): (TokenType, Option<KeyId>),
    url: &str,
    config: &Config,
    now: u64,
) -> Result<InUse, Reason> {
    let directory = directory(issuer).ok_or(Reason::IssuerInvalid)?;
    let is_now = |key: &&TokenKey| key.not_before.is_none_or(|not_before| not_before <= now);
    let in_use = directory.token_keys.iter().filter(|key| key.token_type == token_type).filter(is_now);
    if in_use.count() > config.keys {
        return Err(Reason::ManyKeys);
    }
    let key = match id {
        Some(id) => directory.key_by_id(token_type, &id).filter(is_now),
        None => directory.key_for(token_type, now),
    };
    let request_url = directory.request_url(url).map_err(|_| Reason::IssuerInvalid)?;
    let request_url = allowed(&request_url, url, config, &issuer.name).ok_or(Reason::IssuerInvalid)?;
    Ok(InUse { key: key.ok_or(Reason::Key)?.clone(), request_url: request_url.into() })
}

/// The URL for requests, if the wallet may ask there: at the directory's own host, which [`directory_url`] has judged, or where the
/// configuration says.
fn allowed(request_url: &str, directory_url: &str, config: &Config, issuer: &str) -> Option<Url> {
    let directory_url = Url::parse(directory_url).ok()?;
    let plaintext = if directory_url.scheme() == "http" { config.plaintext } else { Plaintext::Never };
    let request_url = target::checked(request_url, plaintext).ok()?;
    let is_configured = || {
        let hosts = config.request_hosts.get(issuer);
        hosts.zip(request_url.host_str()).is_some_and(|(hosts, host)| hosts.contains(host))
    };
    (target::is_beside(&directory_url, &request_url) || is_configured()).then_some(request_url)
}

/// Reads a directory.
fn read(name: &str, response: &Response<Bytes>, config: &Config) -> Result<Issuer, Reason> {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    if response.status() != StatusCode::OK {
        return Err(Reason::IssuerRefused(response.status().as_u16()));
    }
    if !essence.eq_ignore_ascii_case(pp::ISSUER_DIRECTORY) {
        return Err(Reason::IssuerInvalid);
    }
    let directory = IssuerDirectory::from_json(response.body(), &Limits::DEFAULT).map_err(|_| Reason::IssuerInvalid)?;
    let directory = needed(directory);
    let json = directory.to_json().into_bytes();
    let separators = directory.token_keys.iter().filter_map(|key| key.act.as_ref());
    let longest = separators.map(|act| act.domain_separator.len()).max().unwrap_or(0);
    if json.len() > MAX_DIRECTORY || longest > MAX_SEPARATOR {
        return Err(Reason::IssuerInvalid);
    }
    let pins = directory.token_keys.iter().map(|key| Pin {
        token_type: key.token_type,
        key_id: key.id(),
        act: key.act.as_ref().map(|act| (act.domain_separator.clone(), act.bit_length, act.initial_credits)),
    });
    let now = config.clock.now();
    let (least, most) = config.directory_age;
    let age = max_age(response).unwrap_or(u64::midpoint(least, most)).min(most).max(least);
    Ok(Issuer {
        name: name.to_owned(),
        directory: json,
        fetched: now,
        expires: now.saturating_add(age),
        pins: pins.collect(),
    })
}

/// What of a directory is used here.
fn needed(mut directory: IssuerDirectory) -> IssuerDirectory {
    directory.others.clear();
    directory.token_keys.retain(|key| key.token_type.is_known());
    directory.token_keys.iter_mut().for_each(|key| key.others.clear());
    directory
}

/// `max-age` of `Cache-Control`; 0 where nothing may be kept.
fn max_age(response: &Response<Bytes>) -> Option<u64> {
    let fields = response.headers().get_all(header::CACHE_CONTROL);
    let mut directives = fields.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    directives.find_map(|directive| {
        let directive = directive.trim().to_ascii_lowercase();
        match directive.as_str() {
            "no-store" | "no-cache" => Some(0),
            other => other.strip_prefix("max-age=")?.parse().ok(),
        }
    })
}

/// Keeps a directory, unless it changes what was seen of a key.
fn store<J: Journal>(shelf: &Shelf<J>, fresh: Issuer) -> Result<Issuer, Reason> {
    let new_id = shelf.new_id();
    let mut stored = None;
    shelf.transact::<Reason>(|contents| {
        let before = contents.issuer(&fresh.name);
        let id = before.map_or(new_id, |(id, _)| id);
        let mut issuer = fresh;
        let old = before.map(|(_, issuer)| issuer.pins.as_slice()).unwrap_or_default();
        issuer.pins = pinned(old, issuer.pins)?;
        stored = Some(issuer.clone());
        let mut changes = vec![(id, Some(Record::Issuer(issuer)))];
        changes.extend(evicted(contents, id));
        Ok(changes)
    })?;
    stored.ok_or(Reason::Cut)
}

/// The pins from before, and the new ones; an error where one contradicts another.
fn pinned(old: &[Pin], new: Vec<Pin>) -> Result<Vec<Pin>, Reason> {
    let contradicts = |pin: &Pin| old.iter().any(|other| other.key_id == pin.key_id && other != pin);
    if new.iter().any(contradicts) {
        return Err(Reason::Pin);
    }
    let mut all: Vec<Pin> = old.iter().filter(|pin| !new.contains(pin)).cloned().collect();
    let room = MAX_PINS.saturating_sub(new.len());
    all.drain(..all.len().saturating_sub(room));
    all.extend(new);
    Ok(all)
}

/// Issuers go where there are too many, or too many bytes of them: those that were asked longest ago, among those that no credential
/// is of.
fn evicted(contents: &Contents, keep: crate::Id) -> Changes {
    let used: BTreeSet<&str> = contents.credentials().map(|(_, held)| held.about.challenge.issuer_name()).collect();
    let others = || contents.issuers().filter(|(id, _)| *id != keep);
    let mut unused: Vec<_> = others().filter(|(_, issuer)| !used.contains(issuer.name.as_str())).collect();
    unused.sort_by_key(|(_, issuer)| issuer.fetched);
    let mut bytes: usize = unused.iter().map(|(_, issuer)| issuer.len()).sum();
    let mut count = others().count();
    let mut changes = Vec::new();
    for (id, issuer) in unused {
        if bytes <= MAX_UNUSED && count < MAX_ISSUERS {
            break;
        }
        bytes -= issuer.len();
        count -= 1;
        changes.push((id, None));
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_go_to_the_host_of_the_directory() {
        let mut config = Config::default();
        let directory = "https://issuer.example/.well-known/private-token-issuer-directory";
        let goes = |config: &Config, url: &str| allowed(url, directory, config, "issuer.example").is_some();
        for url in ["https://issuer.example/request", "https://issuer.example:8443/request"] {
            assert!(goes(&config, url), "{url}");
        }
        for url in [
            "https://127.0.0.1/",
            "https://localhost:8443/",
            "https://0.0.0.0/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://10.0.0.1/",
            "https://issuer.example.elsewhere.example/",
            "http://issuer.example/",
        ] {
            assert!(!goes(&config, url), "{url}");
        }
        config.request_hosts = [("issuer.example".to_owned(), ["requests.example".to_owned()].into())].into();
        assert!(goes(&config, "https://requests.example/request"));
        assert!(!goes(&config, "http://requests.example/request"));
        assert!(!goes(&config, "https://other.example/request"));
        assert!(allowed("https://requests.example/", directory, &config, "other.example").is_none());
        // On this machine another port is another service.
        let own = "http://127.0.0.1:8080/directory";
        assert!(allowed("http://127.0.0.1:8080/request", own, &config, "i").is_some());
        for url in ["http://127.0.0.1:22/", "http://localhost:8080/", "http://0.0.0.0:8080/"] {
            assert!(allowed(url, own, &config, "i").is_none(), "{url}");
        }
    }
}
