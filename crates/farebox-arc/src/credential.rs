//! The credential, and the contexts that it was opened in.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::codec::{HEAD, Kind, Reader, Writer, element_len, scalar_len};
use crate::{
    Arc01, Fault, Limit, Malformed, Misuse, Point, PresentationContext, PresentationState, PublicKey, Scalar, Suite,
};

/// What every presentation of a credential is made from.
pub(crate) struct Holder<S: Suite> {
    pub(crate) key: PublicKey<S>,
    pub(crate) m1: Scalar<S>,
    /// U.
    pub(crate) u: Point<S>,
    /// U' = (x0 + x1*m1 + x2*m2) * U.
    pub(crate) u_prime: Point<S>,
}

impl<S: Suite> Holder<S> {
    /// Bytes of the saved form: `key id | m1 | U | U'`.
    pub(crate) const LEN: usize = 16 + scalar_len::<S>() + 2 * element_len::<S>();

    pub(crate) fn write(&self, writer: Writer<S>) -> Writer<S> {
        writer.raw(&self.key.id()).scalar(&self.m1).points([&self.u, &self.u_prime])
    }

    pub(crate) fn read(key: &PublicKey<S>, reader: &mut Reader<'_, S>) -> Result<Arc<Self>, Malformed> {
        if reader.take(16) != key.id() {
            return Err(Malformed { field: "key", fault: Fault::Key });
        }
        let (m1, u, u_prime) = (reader.scalar("m1")?, reader.point("U")?, reader.point("U'")?);
        Ok(Arc::new(Self { key: key.clone(), m1, u, u_prime }))
    }
}

impl<S: Suite> Drop for Holder<S> {
    fn drop(&mut self) {
        // U and U' stay: a point has no erasure of its own, and without m1 nothing is presented.
        self.m1.zeroize();
    }
}

/// A credential: `m1 | U | U' | X1`. It is never presented itself. Each presentation context is opened once, and the state
/// that this gives holds the context's counter.
///
/// Two states for one context would present the same nonces, whose tags are the same: the presentations would be refused as
/// double ones, and linked. So there is no copy of a credential or a state.
///
/// ```
/// # use farebox_arc::{Credential, Ristretto255};
/// fn keep(credential: Credential<Ristretto255>) {
///     let kept = credential;
/// }
/// ```
///
/// A copy does not compile (E0599, no method `clone`):
///
/// ```compile_fail,E0599
/// # use farebox_arc::{Credential, Ristretto255};
/// fn keep(credential: Credential<Ristretto255>) {
///     let kept = credential.clone();
/// }
/// ```
#[must_use = "a credential costs an issuance"]
pub struct Credential<S: Suite> {
    pub(crate) holder: Arc<Holder<S>>,
    /// Encodings of T.
    opened: BTreeSet<Vec<u8>>,
}

impl<S: Suite> Credential<S> {
    /// Contexts that a credential is opened in at most: about 100 kB of names.
    pub const MAX_CONTEXTS: usize = 1024;

    pub(crate) fn new(key: PublicKey<S>, m1: Scalar<S>, u: Point<S>, u_prime: Point<S>) -> Self {
        Self { holder: Arc::new(Holder { key, m1, u, u_prime }), opened: BTreeSet::new() }
    }

    /// The key of the issuer.
    pub fn key(&self) -> &PublicKey<S> {
        &self.holder.key
    }

    /// Whether the context was opened.
    pub fn is_opened(&self, context: &PresentationContext<S>) -> bool {
        self.opened.contains(context.as_bytes())
    }

    /// Contexts that were opened.
    pub fn contexts(&self) -> usize {
        self.opened.len()
    }

    /// Notes that a context was opened.
    ///
    /// # Errors
    /// [`Misuse::AlreadyOpen`], [`Misuse::TooManyContexts`].
    pub(crate) fn note(&mut self, context: &PresentationContext<S>) -> Result<(), Misuse> {
        if self.is_opened(context) {
            return Err(Misuse::AlreadyOpen);
        }
        if self.opened.len() >= Self::MAX_CONTEXTS {
            return Err(Misuse::TooManyContexts);
        }
        self.opened.insert(context.as_bytes().to_vec());
        Ok(())
    }

    /// The saved form: version, kind, suite, key id, `m1 | U | U'`, the opened contexts. For the wallet's journal: save it
    /// again whenever a context was opened, and never load an older one.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        let body = Holder::<S>::LEN + self.opened.len() * element_len::<S>();
        let writer = self.holder.write(Writer::state(Kind::Credential, body));
        Zeroizing::new(self.opened.iter().fold(writer, |writer, context| writer.raw(context)).finish())
    }

    /// Reads the saved form.
    ///
    /// # Errors
    /// [`Malformed`], also for a credential of another key or suite.
    pub fn from_bytes(key: &PublicKey<S>, bytes: &[u8]) -> Result<Self, Malformed> {
        let contexts = bytes.len().saturating_sub(HEAD + Holder::<S>::LEN) / element_len::<S>();
        let contexts = contexts.min(Self::MAX_CONTEXTS);
        let expected = Holder::<S>::LEN + contexts * element_len::<S>();
        let mut reader = Reader::state(Kind::Credential, "credential", bytes, expected)?;
        let holder = Holder::read(key, &mut reader)?;
        let mut credential = Self { holder, opened: BTreeSet::new() };
        for _ in 0..contexts {
            let (field, fault) = ("context", Fault::Counter);
            let t = reader.point(field)?;
            // Ascending, as they were written: a credential has one saved form.
            if credential.opened.last().is_some_and(|last| last.as_slice() >= t.bytes()) {
                return Err(Malformed { field, fault });
            }
            credential.note(&PresentationContext { t }).map_err(|_| Malformed { field, fault })?;
        }
        Ok(credential)
    }
}

impl<S: Arc01> Credential<S> {
    /// Opens a context: the one state that presents the credential there. Save the credential and the state before the first
    /// presentation leaves.
    ///
    /// # Errors
    /// [`Misuse::AlreadyOpen`] for a context that was opened before, under whatever limit; [`Misuse::TooManyContexts`].
    #[doc(alias = "MakePresentationState")]
    pub fn open(&mut self, context: PresentationContext<S>, limit: Limit) -> Result<PresentationState<S>, Misuse> {
        self.note(&context)?;
        Ok(PresentationState::first(self.holder.clone(), context, limit))
    }
}

impl<S: Suite> ZeroizeOnDrop for Credential<S> {}

impl<S: Suite> fmt::Debug for Credential<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(..)")
    }
}
