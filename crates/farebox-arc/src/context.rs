//! The two contexts of the protocol, hashed once and kept.

use core::fmt;

use farebox_group::Group as _;

use crate::suite::tag;
use crate::{Misuse, Point, Scalar, Suite};

/// What a credential is bound to at issuance, hidden from the issuer until it is presented.
/// `m2 = HashToScalar(requestContext, "requestContext")`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[doc(alias = "requestContext")]
pub struct RequestContext<S: Suite> {
    pub(crate) m2: Scalar<S>,
}

impl<S: Suite> RequestContext<S> {
    /// Hashes a context of any length.
    pub fn new(context: &[u8]) -> Self {
        // Only an empty tag is refused, and this one is not.
        let m2 = S::Group::hash_to_scalar(&[context], &tag::<S>(b"HashToScalar-", b"requestContext"));
        Self { m2: m2.unwrap_or_default() }
    }
}

impl<S: Suite> fmt::Debug for RequestContext<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestContext(..)")
    }
}

/// Where a credential is presented. Each context has a counter of its own. `T = HashToGroup(presentationContext, "Tag")`: make
/// it once and keep it, on both sides.
#[derive(Clone, Copy)]
#[doc(alias = "presentationContext")]
#[doc(alias = "generatorT")]
pub struct PresentationContext<S: Suite> {
    pub(crate) t: Point<S>,
}

impl<S: Suite> PresentationContext<S> {
    /// Hashes a context of any length.
    ///
    /// # Errors
    /// [`Misuse::Context`] where the hash is the identity, which happens for no context that anyone can find.
    pub fn new(context: &[u8]) -> Result<Self, Misuse> {
        let t = S::Group::hash_to_group(&[context], &tag::<S>(b"HashToGroup-", b"Tag"));
        let t = t.map_err(|_| Misuse::Context)?;
        Ok(Self { t: Point::<S>::encode(t).map_err(|_| Misuse::Context)? })
    }

    /// The encoding of T, which names the context: [`ELEMENT_LEN`](farebox_group::Group::ELEMENT_LEN) bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.t.bytes()
    }
}

impl<S: Suite> PartialEq for PresentationContext<S> {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<S: Suite> Eq for PresentationContext<S> {}

impl<S: Suite> fmt::Debug for PresentationContext<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresentationContext(..)")
    }
}
