//! The counter of a credential in one context.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::codec::{Kind, Reader, Writer, element_len};
use crate::credential::Holder;
use crate::presentation::PresentationCoins;
use crate::{
    Arc01, Error, Fault, Limit, Malformed, Misuse, Presentation, PresentationContext, PublicKey, Refused, Suite,
};

/// A context's counter, whether or not a limit leaves it room. It belongs to the context, not to the limit: another N goes
/// on where the last one stopped.
struct Counter<S: Suite> {
    holder: Arc<Holder<S>>,
    context: PresentationContext<S>,
    /// The next nonce, which is the number of those that are used up.
    next: u64,
}

impl<S: Arc01> Counter<S> {
    fn under(self, limit: Limit) -> ContextState<S> {
        if self.next < limit.get() {
            ContextState::Open(PresentationState { counter: self, limit })
        } else {
            ContextState::Closed(ClosedContext { counter: self })
        }
    }

    /// Bytes of the saved form: the holder, T, the counter.
    const LEN: usize = Holder::<S>::LEN + element_len::<S>() + 8;

    fn write(&self, writer: Writer<S>) -> Writer<S> {
        self.holder.write(writer).point(&self.context.t).u64(self.next)
    }

    fn read(key: &PublicKey<S>, reader: &mut Reader<'_, S>) -> Result<Self, Malformed> {
        let holder = Holder::read(key, reader)?;
        let (t, next) = (reader.point("context")?, reader.u64());
        if next > Limit::MAX.get() {
            return Err(Malformed { field: "counter", fault: Fault::Counter });
        }
        Ok(Self { holder, context: PresentationContext { t }, next })
    }
}

/// A credential in one context, with presentations left. Presenting takes the state and gives the next one.
///
/// ```
/// # use farebox_arc::{PresentationState, Presented, Refused, Ristretto255};
/// fn twice(state: PresentationState<Ristretto255>) -> Result<(), Refused<PresentationState<Ristretto255>>> {
///     let Presented::More(first, state) = state.present(&mut rand::rng())? else { return Ok(()) };
///     let second = state.present(&mut rand::rng())?;
///     Ok(())
/// }
/// ```
///
/// The same state does not present twice (E0382, use of a moved value):
///
/// ```compile_fail,E0382
/// # use farebox_arc::{PresentationState, Presented, Refused, Ristretto255};
/// fn twice(state: PresentationState<Ristretto255>) -> Result<(), Refused<PresentationState<Ristretto255>>> {
///     let Presented::More(first, _) = state.present(&mut rand::rng())? else { return Ok(()) };
///     let second = state.present(&mut rand::rng())?;
///     Ok(())
/// }
/// ```
#[must_use = "the context's counter lives here"]
pub struct PresentationState<S: Arc01> {
    counter: Counter<S>,
    limit: Limit,
}

/// A context whose limit is reached. A raised limit reopens it where the counter stands.
#[must_use = "the context's counter lives here"]
pub struct ClosedContext<S: Arc01> {
    counter: Counter<S>,
}

/// A context under some limit.
#[derive(Debug)]
#[must_use = "the context's counter lives here"]
pub enum ContextState<S: Arc01> {
    /// There are presentations left.
    Open(PresentationState<S>),
    /// There are none.
    Closed(ClosedContext<S>),
}

/// A presentation and what comes after it. Save the state before the presentation leaves.
#[derive(Debug)]
#[must_use = "the context's counter lives here"]
pub enum Presented<S: Arc01> {
    /// More can follow.
    More(Presentation<S>, PresentationState<S>),
    /// This was the last under the limit.
    #[doc(alias = "LimitExceededError")]
    Last(Presentation<S>, ClosedContext<S>),
}

impl<S: Arc01> Presented<S> {
    /// The presentation, and the state in one type.
    pub fn into_parts(self) -> (Presentation<S>, ContextState<S>) {
        match self {
            Self::More(presentation, state) => (presentation, ContextState::Open(state)),
            Self::Last(presentation, closed) => (presentation, ContextState::Closed(closed)),
        }
    }
}

impl<S: Arc01> PresentationState<S> {
    pub(crate) fn first(holder: Arc<Holder<S>>, context: PresentationContext<S>, limit: Limit) -> Self {
        Self { counter: Counter { holder, context, next: 0 }, limit }
    }

    /// N.
    pub fn limit(&self) -> Limit {
        self.limit
    }

    /// Presentations made in this context.
    pub fn used(&self) -> u64 {
        self.counter.next
    }

    /// Presentations left.
    pub fn left(&self) -> u64 {
        self.limit.get().saturating_sub(self.counter.next)
    }

    /// Presents the credential (arc-crypto-01, "Present"). Draws 64 bytes.
    ///
    /// Save the new state before the presentation leaves. After a crash in between, skip ahead with
    /// [`skip_to`](Self::skip_to), or send the same bytes again if they were saved.
    ///
    /// # Errors
    /// The state comes back with [`Misuse::Coins`] where the generator gives values that make an element the identity, which
    /// no working one does.
    #[doc(alias = "Present")]
    pub fn present<R: CryptoRng + ?Sized>(self, rng: &mut R) -> Result<Presented<S>, Refused<Self>> {
        let Counter { holder, context, next } = &self.counter;
        let coins = PresentationCoins::draw(holder, context, self.limit, *next, rng);
        self.present_body(coins)
    }

    /// [`present`](Self::present) with coins from outside.
    ///
    /// # Errors
    /// As [`present`](Self::present).
    #[cfg(feature = "hazmat")]
    pub fn present_with_coins(self, coins: PresentationCoins<S>) -> Result<Presented<S>, Refused<Self>> {
        self.present_body(coins)
    }

    fn present_body(self, coins: PresentationCoins<S>) -> Result<Presented<S>, Refused<Self>> {
        let Counter { holder, context, next } = &self.counter;
        match holder.present(context, self.limit, *next, coins) {
            Ok(presentation) => Ok(match self.advance() {
                ContextState::Open(state) => Presented::More(presentation, state),
                ContextState::Closed(closed) => Presented::Last(presentation, closed),
            }),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    fn advance(self) -> ContextState<S> {
        let Self { counter, limit } = self;
        Counter { next: counter.next.saturating_add(1), ..counter }.under(limit)
    }

    /// The same counter under another limit.
    pub fn with_limit(self, limit: Limit) -> ContextState<S> {
        self.counter.under(limit)
    }

    /// Leaves out nonces that may have been used, after a crash: the next one is `next`.
    ///
    /// # Errors
    /// The state comes back with [`Misuse::Rewind`] where `next` is below the counter, and with [`Misuse::Limit`] above 2^32.
    pub fn skip_to(self, next: u64) -> Result<ContextState<S>, Refused<Self>> {
        let misuse = match next {
            next if next < self.counter.next => Misuse::Rewind,
            next if next > Limit::MAX.get() => Misuse::Limit,
            _ => return Ok(Counter { next, ..self.counter }.under(self.limit)),
        };
        Err(Refused::new(self, Error::Misuse(misuse)))
    }

    /// The saved form: version, kind, suite, key id, `m1 | U | U' | T`, the counter and N in 8 bytes each. For the wallet's
    /// journal: save it before a presentation leaves, and never load an older one.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        let writer = self.counter.write(Writer::state(Kind::PresentationState, Counter::<S>::LEN + 8));
        Zeroizing::new(writer.u64(self.limit.get()).finish())
    }

    /// Reads the saved form.
    ///
    /// # Errors
    /// [`Malformed`], also for a state of another key or suite, and for a counter that the limit leaves no room.
    pub fn from_bytes(key: &PublicKey<S>, bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::state(Kind::PresentationState, "presentation state", bytes, Counter::<S>::LEN + 8)?;
        let counter = Counter::read(key, &mut reader)?;
        let malformed = Malformed { field: "limit", fault: Fault::Counter };
        let limit = Limit::new(reader.u64()).map_err(|_| malformed)?;
        match counter.under(limit) {
            ContextState::Open(state) => Ok(state),
            ContextState::Closed(_) => Err(malformed),
        }
    }
}

impl<S: Arc01> ClosedContext<S> {
    /// Presentations made in this context.
    pub fn used(&self) -> u64 {
        self.counter.next
    }

    /// The same counter under another limit; a raised one reopens the context.
    pub fn with_limit(self, limit: Limit) -> ContextState<S> {
        self.counter.under(limit)
    }

    /// The saved form: version, kind, suite, key id, `m1 | U | U' | T`, the counter in 8 bytes.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.counter.write(Writer::state(Kind::ClosedContext, Counter::<S>::LEN)).finish())
    }

    /// Reads the saved form.
    ///
    /// # Errors
    /// [`Malformed`], also for a state of another key or suite.
    pub fn from_bytes(key: &PublicKey<S>, bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::state(Kind::ClosedContext, "closed context", bytes, Counter::<S>::LEN)?;
        Ok(Self { counter: Counter::read(key, &mut reader)? })
    }
}

impl<S: Arc01> ZeroizeOnDrop for PresentationState<S> {}
impl<S: Arc01> ZeroizeOnDrop for ClosedContext<S> {}

impl<S: Arc01> fmt::Debug for PresentationState<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresentationState(..)")
    }
}

impl<S: Arc01> fmt::Debug for ClosedContext<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClosedContext(..)")
    }
}
