//! Requests of any types in one message: the generic batch (draft-ietf-privacypass-batched-tokens-07).

use privacypass_wire::{
    GenericBatchTokenRequest, GenericBatchTokenResponse, Limits, TokenRequest, TokenResponse, TokenType, http,
};
use rand_core::CryptoRng;

use super::journal::{EntryKind, JournalEntry, Reader, State, Writer};
use super::{Cache, Offer, Outgoing, Unwritten, act, arc, single};
use crate::opaque::opaque;
use crate::{Error, Invalid, Misuse, Refused};

const MEDIA_TYPES: (&str, &str) = (http::GENERIC_BATCH_REQUEST, http::GENERIC_BATCH_RESPONSE);

/// One wish in a batch.
#[derive(Clone, Copy, Debug)]
pub enum Wish<'a> {
    /// A single-use token, or an ARC credential.
    For(&'a Offer),
    /// ACT credits, with the key's parameters.
    Credits(&'a Offer, &'a act::Parameters),
}

/// Asks for all of them, at most as many as [`Limits::DEFAULT`] reads in a batch.
///
/// # Errors
/// Those of the request that fails, [`Misuse::TokenType`] for an ACT offer without parameters, and [`Misuse::Parameter`] for none
/// or too many.
pub fn request<R: CryptoRng + ?Sized>(wishes: &[Wish<'_>], rng: &mut R) -> Result<Unwritten<Pending>, Error> {
    let parts = wishes.iter().map(|wish| match wish {
        Wish::Credits(offer, parameters) => act::request(offer, parameters, rng).map(|step| Part::Act(step.written())),
        Wish::For(offer) if offer.token_type() == TokenType::ARC => {
            arc::request(offer, rng).map(|step| Part::Arc(step.written()))
        }
        Wish::For(offer) => single::request(offer, rng).map(|step| Part::Single(step.written())),
    });
    Pending::new(parts.collect::<Result<_, _>>()?).map(Unwritten::new)
}

/// Puts requests that were made already into one message, in their order.
///
/// # Errors
/// [`Misuse::Parameter`] for none or too many.
#[cfg(feature = "hazmat")]
pub fn join(parts: Vec<single::Pending>) -> Result<Unwritten<Pending>, Error> {
    Pending::new(parts.into_iter().map(Part::Single).collect()).map(Unwritten::new)
}

/// Requests in one message.
#[must_use = "the answers can only be taken with this state"]
pub struct Pending {
    parts: Vec<Part>,
    body: Vec<u8>,
}

opaque!(Pending => "generic::Pending");

enum Part {
    Single(single::Pending),
    Arc(arc::Pending),
    Act(act::Pending),
}

/// What an answer brought.
#[must_use = "it costs an issuance"]
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "taken out once, on the way from an answer into a wallet")]
pub enum Gained {
    /// A single-use token.
    Token(single::Held),
    /// An ARC credential.
    Credential(arc::Holder),
    /// ACT credits.
    Credits(act::Idle),
}

impl Pending {
    fn new(parts: Vec<Part>) -> Result<Self, Error> {
        if !(1..=Limits::DEFAULT.batch).contains(&parts.len()) {
            return Err(Misuse::Parameter.into());
        }
        let requests = parts.iter().map(|part| TokenRequest::from_bytes(part.body())).collect::<Result<_, _>>();
        let requests = GenericBatchTokenRequest { requests: requests.map_err(|_| Misuse::Message)? };
        Ok(Self { body: requests.to_bytes(), parts })
    }

    /// How many requests there are.
    pub fn count(&self) -> usize {
        self.parts.len()
    }

    /// The request, a `GenericBatchTokenRequest`.
    pub fn outgoing(&self) -> Outgoing<'_> {
        Outgoing::new(&self.body, MEDIA_TYPES)
    }

    /// Takes what the answer brought, a `GenericBatchTokenResponse`: for each request in its order, or `None` where the issuer gave
    /// none, or one that does not hold. The entry holds it all.
    ///
    /// # Errors
    /// The state comes back: with [`Malformed`](privacypass_wire::Malformed) for an answer that does not read,
    /// [`Invalid::Answer`] for one of another count or of other types, and [`Invalid::Scheme`] where there are answers and none
    /// holds.
    pub fn finish(self, response: &[u8]) -> Result<Unwritten<Vec<Option<Gained>>>, Refused<Self>> {
        match self.take(response) {
            Ok(gained) => Ok(Unwritten::with_entry(several(gained.iter().map(Option::as_ref)), gained)),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    fn take(&self, response: &[u8]) -> Result<Vec<Option<Gained>>, Error> {
        let request = GenericBatchTokenRequest::from_bytes(&self.body, &OWN)?;
        let response = GenericBatchTokenResponse::from_bytes(response, &OWN)?;
        if !response.answers(&request) {
            return Err(Invalid::Answer.into());
        }
        let answers = self.parts.iter().zip(&response.responses);
        let taken: Vec<_> = answers.map(|(part, answer)| answer.as_ref().map(|answer| part.take(answer))).collect();
        // One bad answer, of stale parameters say, does not cost the others.
        match taken.iter().flatten().find_map(|taken| taken.as_ref().err()) {
            Some(error) if !taken.iter().flatten().any(Result::is_ok) => Err(*error),
            _ => Ok(taken.into_iter().map(|taken| taken.and_then(Result::ok)).collect()),
        }
    }
}

/// As many as in any batch: the answers to 1000 ARC requests are above the usual body.
const OWN: Limits = Limits { body: 1 << 20, ..Limits::DEFAULT };

impl Part {
    fn body(&self) -> &[u8] {
        match self {
            Self::Single(pending) => pending.outgoing().body,
            Self::Arc(pending) => pending.outgoing().body,
            Self::Act(pending) => pending.outgoing().body,
        }
    }

    fn take(&self, response: &TokenResponse) -> Result<Gained, Error> {
        match self {
            Self::Single(pending) => pending.take(response).map(Gained::Token),
            Self::Arc(pending) => pending.take(response).map(Gained::Credential),
            Self::Act(pending) => pending.take(response).map(Gained::Credits),
        }
    }

    fn entry(&self) -> JournalEntry {
        match self {
            Self::Single(pending) => pending.entry(),
            Self::Arc(pending) => pending.entry(),
            Self::Act(pending) => pending.entry(),
        }
    }

    fn restore(bytes: &[u8], cache: &mut Cache) -> Result<Self, Misuse> {
        match JournalEntry::kind_of(bytes)? {
            EntryKind::SinglePending => single::Pending::restore(bytes, cache).map(Self::Single),
            EntryKind::ArcPending => arc::Pending::restore(bytes, cache).map(Self::Arc),
            EntryKind::ActPending => act::Pending::restore(bytes, cache).map(Self::Act),
            _ => Err(Misuse::Journal),
        }
    }
}

impl State for Pending {
    const KIND: EntryKind = EntryKind::GenericPending;

    fn write(&self, writer: Writer) -> Writer {
        let writer = writer.u64(self.parts.len() as u64);
        self.parts.iter().fold(writer, |writer, part| writer.bytes(part.entry().as_bytes()))
    }

    fn read(reader: &mut Reader<'_>, cache: &mut Cache) -> Result<Self, Error> {
        let parts = (0..reader.u64()?).map(|_| Part::restore(reader.bytes()?, cache)).collect::<Result<_, _>>();
        Self::new(parts?)
    }
}

impl Gained {
    /// The entry of this alone. To keep what a batch brought apart, write an entry for each in the place of the batch's, in one
    /// transaction.
    pub fn entry(&self) -> JournalEntry {
        match self {
            Self::Token(token) => token.entry(),
            Self::Credential(holder) => holder.entry(),
            Self::Credits(idle) => idle.entry(),
        }
    }

    fn restore(bytes: &[u8], cache: &mut Cache) -> Result<Self, Misuse> {
        match JournalEntry::kind_of(bytes)? {
            EntryKind::Held => single::Held::restore(bytes, cache).map(Self::Token),
            EntryKind::ArcHolder => arc::Holder::restore(bytes, cache).map(Self::Credential),
            EntryKind::ActIdle => act::Idle::restore(bytes, cache).map(Self::Credits),
            _ => Err(Misuse::Journal),
        }
    }
}

/// Something with an entry of its own.
pub(crate) trait HasEntry {
    fn own_entry(&self) -> JournalEntry;
}

impl HasEntry for Gained {
    fn own_entry(&self) -> JournalEntry {
        self.entry()
    }
}

impl HasEntry for single::Held {
    fn own_entry(&self) -> JournalEntry {
        self.entry()
    }
}

/// The entry of all that came, without what did not come.
pub(crate) fn several<'g, G: HasEntry + 'g>(gained: impl Iterator<Item = Option<&'g G>>) -> JournalEntry {
    let writer = Writer::new(EntryKind::Several);
    gained.flatten().fold(writer, |writer, gained| writer.bytes(gained.own_entry().as_bytes())).finish()
}

pub(crate) fn restore_several(bytes: &[u8], cache: &mut Cache) -> Result<Vec<Gained>, Misuse> {
    let mut reader = Reader::new(bytes, EntryKind::Several)?;
    let mut all = Vec::new();
    while !reader.is_empty() {
        all.push(Gained::restore(reader.bytes()?, cache)?);
    }
    Ok(all)
}
