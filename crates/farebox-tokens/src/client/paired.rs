//! Revocation by pairing (**experimental**, our own): an ARC presentation travels with a single-use token, its companion, and a
//! request for the next companion. Who answers gives it with success, or withholds it, which ends the credential's use there.

use privacypass_wire::TokenChallenge;
use privacypass_wire::http::Authorization;
use rand_core::CryptoRng;

use super::journal::{EntryKind, Reader, State, Writer};
use super::{Cache, Declined, Offer, Reason, Unwritten, arc, reversed, single};
use crate::opaque::opaque;
use crate::{Error, Refused};

/// A credential and its companion. Both are shown together, or not at all.
#[must_use = "a credential costs an issuance"]
pub struct Pair {
    /// The credential.
    pub holder: arc::Holder,
    /// The token that goes with the next presentation.
    pub companion: single::Held,
}

opaque!(Pair => "paired::Pair", InFlight => "paired::InFlight");

impl Pair {
    /// The entry of the pair, to write in the place of those of its parts, in one transaction.
    pub fn entry(&self) -> super::JournalEntry {
        State::entry(self)
    }

    /// Shows both, and asks for the next companion by the second offer, whose challenge the companion answers as well.
    ///
    /// # Errors
    /// The pair comes back, with the reasons of [`arc::Holder::present`], [`Reason::OtherBinding`] also for a companion that answers
    /// another challenge, and [`Reason::Failed`] where the request for the next one cannot be made.
    pub fn present<R: CryptoRng + ?Sized>(
        self,
        offer: &Offer,
        companion_offer: &Offer,
        rng: &mut R,
    ) -> Result<Unwritten<InFlight>, Declined<Self>> {
        if !self.companion.answers(companion_offer) {
            return Err(Declined::new(self, Reason::OtherBinding));
        }
        // The request first: it uses nothing up.
        let next = match single::request(companion_offer, rng) {
            Ok(next) => next.written(),
            Err(error) => return Err(Declined::new(self, error)),
        };
        let Self { holder, companion } = self;
        match holder.present_now(offer, rng) {
            Ok(presented) => Ok(Unwritten::new(InFlight { presented, companion, next })),
            Err(declined) => {
                let (holder, reason) = declined.into_parts();
                Err(Declined::new(Self { holder, companion }, reason))
            }
        }
    }
}

impl State for Pair {
    const KIND: EntryKind = EntryKind::Pair;

    fn write(&self, writer: Writer) -> Writer {
        writer.state(&self.holder).state(&self.companion)
    }

    fn read(reader: &mut Reader<'_>, cache: &mut Cache) -> Result<Self, Error> {
        Ok(Self { holder: reader.state(cache)?, companion: reader.state(cache)? })
    }
}

/// Both were shown, or are about to be, and the next companion was asked for.
#[must_use = "the credential is in here"]
pub struct InFlight {
    presented: arc::Presented,
    companion: single::Held,
    next: single::Pending,
}

impl InFlight {
    /// The header `Authorization`, the same each time.
    ///
    /// # Errors
    /// None for a state that was made here.
    pub fn authorization(&self) -> Result<Authorization, Error> {
        let companion = privacypass_wire::Token::SingleUse(self.companion.token()?);
        Ok(Authorization::new(&self.presented.token()?).with_companion(&companion))
    }

    /// The message for the header `PrivacyPass-Reverse`, a `TokenRequest`, the same each time.
    pub fn reverse(&self) -> &[u8] {
        self.next.outgoing().body
    }

    /// The credential, which counts this presentation.
    pub fn holder(&self) -> &arc::Holder {
        self.presented.holder()
    }

    /// The challenge that the companions answer.
    pub fn companion_challenge(&self) -> &TokenChallenge {
        self.next.challenge()
    }

    /// Takes the next companion out of the header `PrivacyPass-Reverse` of the answer.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub fn finish_header(self, field: &[u8]) -> Result<Unwritten<Pair>, Refused<Self>> {
        match reversed(field) {
            Ok(response) => self.finish(&response),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    /// Takes the next companion out of the answer, a `TokenResponse`.
    ///
    /// # Errors
    /// The state comes back, as in [`single::Pending::finish`]: send the same again.
    pub fn finish(self, response: &[u8]) -> Result<Unwritten<Pair>, Refused<Self>> {
        let Self { presented, companion, next } = self;
        match next.finish(response) {
            Ok(next) => Ok(Unwritten::new(Pair { holder: presented.into_holder(), companion: next.written() })),
            Err(refused) => {
                let (next, error) = refused.into_parts();
                Err(Refused::new(Self { presented, companion, next }, error))
            }
        }
    }

    /// There was an answer, and no companion in it: the credential alone, which is good for nothing where a companion is asked for.
    pub fn withheld(self) -> Unwritten<arc::Holder> {
        Unwritten::new(self.presented.into_holder())
    }
}

impl State for InFlight {
    const KIND: EntryKind = EntryKind::PairInFlight;

    fn write(&self, writer: Writer) -> Writer {
        writer.state(&self.presented).state(&self.companion).state(&self.next)
    }

    fn read(reader: &mut Reader<'_>, cache: &mut Cache) -> Result<Self, Error> {
        Ok(Self { presented: reader.state(cache)?, companion: reader.state(cache)?, next: reader.state(cache)? })
    }
}
