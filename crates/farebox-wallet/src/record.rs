//! What stands in the journal's entries: credentials with what is needed to send them again, issuers, and what was spent where.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header};
use privacypass_wire::{KeyId, TokenChallenge, TokenType};
use zeroize::Zeroizing;

use crate::codec::{Reader, Unreadable, Writer};

const CREDENTIAL: u8 = 1;
const ISSUER: u8 = 2;
const SPENT: u8 = 3;
const VERSION: u8 = 1;

/// An entry of the journal.
#[expect(clippy::large_enum_variant, reason = "most records are credentials")]
#[derive(Clone)]
pub(crate) enum Record {
    Credential(Credential),
    Issuer(Issuer),
    Spent(Spent),
}

/// A state of `farebox_tokens::client`, and what it is for.
#[derive(Clone)]
pub(crate) struct Credential {
    pub(crate) about: About,
    /// What was sent, or is about to be: for a credential that was asked for, and for one in flight.
    pub(crate) sending: Option<Sending>,
    /// The state's own entry.
    pub(crate) state: Zeroizing<Vec<u8>>,
}

/// What a credential is for. All of it stood in a challenge.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct About {
    /// The origin that asked for it: `host`, or `host:port`.
    pub(crate) origin: String,
    /// The last challenge that it was asked for, or shown to.
    pub(crate) challenge: TokenChallenge,
    pub(crate) key_id: KeyId,
    /// For a credential with a companion: the challenge and key of that.
    pub(crate) companion: Option<(Vec<u8>, KeyId)>,
    /// For ARC, the limit of that challenge.
    pub(crate) limit: Option<u64>,
    /// When it was asked for or shown last.
    pub(crate) touched: u64,
}

/// A request as it was sent, but for what the state itself holds.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sending {
    pub(crate) method: String,
    pub(crate) url: String,
    /// To an issuer they are what was shown to it: secrets.
    pub(crate) headers: Vec<(String, Zeroizing<Vec<u8>>)>,
    /// `None` where it was too long to keep.
    pub(crate) body: Option<Vec<u8>>,
}

/// What an issuer said of itself, and which of its keys were seen.
#[derive(Clone, Default)]
pub(crate) struct Issuer {
    pub(crate) name: String,
    /// What of its directory is used here, as JSON.
    pub(crate) directory: Vec<u8>,
    pub(crate) fetched: u64,
    pub(crate) expires: u64,
    pub(crate) pins: Vec<Pin>,
}

/// A key that was seen. What belongs to it does not change.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) token_type: TokenType,
    pub(crate) key_id: KeyId,
    /// For ACT: domain separator, L, initial credits.
    pub(crate) act: Option<(String, u8, u64)>,
}

/// Credits that an origin got, less what came back.
#[derive(Clone, Default)]
pub(crate) struct Spent {
    pub(crate) origin: String,
    pub(crate) credits: u64,
}

impl Record {
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let writer = Writer::new().u8(VERSION);
        match self {
            Self::Credential(credential) => credential.write(writer.u8(CREDENTIAL)),
            Self::Issuer(issuer) => issuer.write(writer.u8(ISSUER)),
            Self::Spent(spent) => writer.u8(SPENT).bytes(spent.origin.as_bytes()).u64(spent.credits),
        }
        .finish()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != VERSION {
            return Err(Unreadable);
        }
        let record = match reader.u8()? {
            CREDENTIAL => Self::Credential(Credential::read(&mut reader)?),
            ISSUER => Self::Issuer(Issuer::read(&mut reader)?),
            SPENT => Self::Spent(Spent { origin: reader.text()?, credits: reader.u64()? }),
            _ => return Err(Unreadable),
        };
        reader.end()?;
        Ok(record)
    }
}

impl Credential {
    fn write(&self, writer: Writer) -> Writer {
        let writer = self.about.write(writer);
        let writer = match &self.sending {
            None => writer.u8(0),
            Some(sending) => sending.write(writer.u8(1)),
        };
        writer.bytes(&self.state)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let about = About::read(reader)?;
        let sending = match reader.u8()? {
            0 => None,
            1 => Some(Sending::read(reader)?),
            _ => return Err(Unreadable),
        };
        Ok(Self { about, sending, state: Zeroizing::new(reader.bytes()?.to_vec()) })
    }
}

impl About {
    fn write(&self, writer: Writer) -> Writer {
        let writer = writer.bytes(self.origin.as_bytes()).bytes(self.challenge.as_bytes()).raw(self.key_id.as_bytes());
        let writer = match &self.companion {
            None => writer.u8(0),
            Some((challenge, key_id)) => writer.u8(1).bytes(challenge).raw(key_id.as_bytes()),
        };
        writer.optional(self.limit.map(u64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice)).u64(self.touched)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let origin = reader.text()?;
        let challenge = TokenChallenge::from_bytes(reader.bytes()?).map_err(|_| Unreadable)?;
        let key_id = KeyId::new(reader.array()?);
        let companion = match reader.u8()? {
            0 => None,
            1 => Some((reader.bytes()?.to_vec(), KeyId::new(reader.array()?))),
            _ => return Err(Unreadable),
        };
        let limit = reader.optional()?.map(|bytes| bytes.try_into().map(u64::from_be_bytes)).transpose();
        Ok(Self { origin, challenge, key_id, companion, limit: limit.map_err(|_| Unreadable)?, touched: reader.u64()? })
    }
}

impl Sending {
    /// A request, without what is secret in another way: headers that the caller marked as sensitive, cookies, and credentials for a
    /// proxy. Its body is kept up to a length.
    pub(crate) fn of(request: &Request<Bytes>, max_body: usize) -> Self {
        let dropped = [header::AUTHORIZATION, header::COOKIE, header::PROXY_AUTHORIZATION];
        let kept = request.headers().iter().filter(|(name, value)| !value.is_sensitive() && !dropped.contains(name));
        Self {
            method: request.method().as_str().to_owned(),
            url: request.uri().to_string(),
            headers: kept
                .map(|(name, value)| (name.as_str().to_owned(), Zeroizing::new(value.as_bytes().to_vec())))
                .collect(),
            body: (request.body().len() <= max_body).then(|| request.body().to_vec()),
        }
    }

    /// The request again; `None` where its body was not kept.
    pub(crate) fn request(&self) -> Option<Request<Bytes>> {
        let mut request = Request::new(Bytes::from(self.body.clone()?));
        *request.method_mut() = Method::from_bytes(self.method.as_bytes()).ok()?;
        *request.uri_mut() = Uri::try_from(&self.url).ok()?;
        *request.headers_mut() = self.header_map();
        Some(request)
    }

    pub(crate) fn header_map(&self) -> HeaderMap {
        let pairs = self.headers.iter().filter_map(|(name, value)| {
            Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(value).ok()?))
        });
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value);
        }
        headers
    }

    fn write(&self, writer: Writer) -> Writer {
        let writer = writer.bytes(self.method.as_bytes()).bytes(self.url.as_bytes()).u64(self.headers.len() as u64);
        let writer =
            self.headers.iter().fold(writer, |writer, (name, value)| writer.bytes(name.as_bytes()).bytes(value));
        writer.optional(self.body.as_deref())
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            method: reader.text()?,
            url: reader.text()?,
            headers: reader.list(|reader| Ok((reader.text()?, Zeroizing::new(reader.bytes()?.to_vec()))))?,
            body: reader.optional()?.map(<[u8]>::to_vec),
        })
    }
}

impl Issuer {
    /// Bytes that it takes, or a few more.
    pub(crate) fn len(&self) -> usize {
        let pin = |pin: &Pin| 64 + pin.act.as_ref().map_or(0, |(separator, ..)| separator.len());
        64 + self.name.len() + self.directory.len() + self.pins.iter().map(pin).sum::<usize>()
    }

    fn write(&self, writer: Writer) -> Writer {
        let writer = writer.bytes(self.name.as_bytes()).bytes(&self.directory).u64(self.fetched).u64(self.expires);
        self.pins.iter().fold(writer.u64(self.pins.len() as u64), |writer, pin| {
            let writer = writer.u16(pin.token_type.code()).raw(pin.key_id.as_bytes());
            match &pin.act {
                None => writer.u8(0),
                Some((separator, bits, initial)) => writer.u8(1).bytes(separator.as_bytes()).u8(*bits).u64(*initial),
            }
        })
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            name: reader.text()?,
            directory: reader.bytes()?.to_vec(),
            fetched: reader.u64()?,
            expires: reader.u64()?,
            pins: reader.list(|reader| {
                let (token_type, key_id) = (TokenType::new(reader.u16()?), KeyId::new(reader.array()?));
                let act = match reader.u8()? {
                    0 => None,
                    1 => Some((reader.text()?, reader.u8()?, reader.u64()?)),
                    _ => return Err(Unreadable),
                };
                Ok(Pin { token_type, key_id, act })
            })?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential() -> Record {
        let challenge = TokenChallenge::builder(TokenType::ARC, "issuer.example").origin_info("origin.example");
        let mut request = Request::new(Bytes::from_static(b"body"));
        *request.uri_mut() = Uri::from_static("https://origin.example/path?query");
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("text/plain"));
        request.headers_mut().insert(header::COOKIE, HeaderValue::from_static("id=1"));
        Record::Credential(Credential {
            about: About {
                origin: "origin.example".into(),
                challenge: challenge.build().unwrap(),
                key_id: KeyId::new([3; 32]),
                companion: Some((vec![1, 2], KeyId::new([4; 32]))),
                limit: Some(7),
                touched: 9,
            },
            sending: Some(Sending::of(&request, 4)),
            state: Zeroizing::new(vec![5; 60]),
        })
    }

    #[test]
    fn records_read_as_they_were_written() {
        let pin = Pin { token_type: TokenType::ACT, key_id: KeyId::new([1; 32]), act: Some(("ds".into(), 8, 100)) };
        let issuer = Issuer { name: "i".into(), directory: vec![1], fetched: 2, expires: 3, pins: vec![pin] };
        let spent = Spent { origin: "o".into(), credits: 4 };
        for record in [credential(), Record::Issuer(issuer), Record::Spent(spent)] {
            let bytes = record.to_bytes();
            assert_eq!(Record::from_bytes(&bytes).unwrap().to_bytes(), bytes);
            for cut in 0..bytes.len() {
                assert!(Record::from_bytes(&bytes[..cut]).is_err());
            }
            assert!(Record::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
        }
    }

    #[test]
    fn a_request_is_kept_without_cookies_and_long_bodies() {
        let Record::Credential(kept) = credential() else { panic!() };
        let sending = kept.sending.unwrap();
        let again = sending.request().unwrap();
        assert_eq!(again.uri(), "https://origin.example/path?query");
        assert_eq!(again.headers().len(), 1);
        assert_eq!(&again.body()[..], b"body");
        assert_eq!(Sending::of(&again, 3).request().map(drop), None);
    }
}
