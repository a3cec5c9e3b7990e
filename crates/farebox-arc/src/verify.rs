//! Verification of presentations at the issuer's key.

use farebox_group::{Element as _, Group as _};
use farebox_sigma::{Flavor, Relation as _, Transcript};
use zeroize::Zeroizing;

use crate::error::peer_proof;
use crate::keys::any_identity;
use crate::presentation::statement;
use crate::relation::presentation::Presentation as Shown;
use crate::suite::session;
use crate::{
    Arc01, Element, Error, Invalid, Limit, Misuse, Point, Presentation, PresentationContext, Refused, RequestContext,
    SecretKey, Suite, Tag,
};

/// A presentation that holds. It counts once its tag was recorded, atomically, as one that the context had not seen: a tag
/// that is there already is a replay or a nonce used twice, and is refused.
#[derive(Clone, Copy, Debug)]
#[must_use = "record the tag: the same presentation verifies again and again"]
pub struct VerifiedPresentation<S: Suite> {
    tag: Tag<S>,
}

impl<S: Suite> VerifiedPresentation<S> {
    pub(crate) fn new(tag: Tag<S>) -> Self {
        Self { tag }
    }

    /// What the ledger records, within key, request context and presentation context.
    pub fn tag(&self) -> Tag<S> {
        self.tag
    }
}

impl<S: Arc01> SecretKey<S> {
    /// Verifies a presentation (arc-crypto-01, "VerifyPresentation"). Contexts and limit are the verifier's own; nothing of them
    /// is taken from the message.
    ///
    /// # Errors
    /// The presentation comes back with [`Invalid`], or [`Malformed`](crate::Malformed) for a scalar of the proof, or
    /// [`Misuse::OtherLimit`] where it was decoded for a limit with another number of bits.
    #[doc(alias = "VerifyPresentation")]
    #[doc(alias = "VerifyPresentationProof")]
    pub fn verify(
        &self,
        request: &RequestContext<S>,
        context: &PresentationContext<S>,
        limit: Limit,
        presentation: Presentation<S>,
    ) -> Result<VerifiedPresentation<S>, Refused<Presentation<S>>> {
        match self.check_presentation(request, context, limit, &presentation) {
            Ok(()) => Ok(VerifiedPresentation::new(presentation.tag())),
            Err(error) => Err(Refused::new(presentation, error)),
        }
    }

    fn check_presentation(
        &self,
        request: &RequestContext<S>,
        context: &PresentationContext<S>,
        limit: Limit,
        shown: &Presentation<S>,
    ) -> Result<(), Error> {
        if shown.d.len() != limit.bits() {
            return Err(Misuse::OtherLimit.into());
        }
        // With U = identity a presentation needs no credential. Decoding refused it; it is refused again.
        if any_identity::<S>(shown.points()) {
            return Err(Invalid.into());
        }
        // With one bit, this is what binds D_0, which stands in no equation then.
        let in_range = sums_to_nonce_commit(limit, shown);
        let v = self.v(request, shown.u, shown.m1_commit, shown.u_prime_commit)?;
        let statement = statement(&self.public, context, limit, v, shown)?;
        let transcript = Transcript::<S::Profile>::new().session(session::<S>(Shown::NAME));
        let argument = transcript.statement(statement).map_err(peer_proof)?;
        argument.verify(Flavor::Compact, &shown.proof).map_err(peer_proof)?;
        if in_range { Ok(()) } else { Err(Invalid.into()) }
    }
}

impl<S: Suite> SecretKey<S> {
    /// V, in constant time in the key. Who holds a credential can make it the identity, which has no encoding.
    pub(crate) fn v(
        &self,
        request: &RequestContext<S>,
        u: Point<S>,
        m1_commit: Point<S>,
        u_prime_commit: Point<S>,
    ) -> Result<Point<S>, Invalid> {
        // V = x0*U + x1*m1Commit + x2*m2*U - U'Commit
        let scalars = Zeroizing::new([self.x0 + self.x2 * request.m2, self.x1]);
        let [of_u, of_m1_commit] = *scalars;
        let mac = S::Group::multi_mul(&[(of_u, u.element()), (of_m1_commit, m1_commit.element())]);
        Point::<S>::encode(mac - u_prime_commit.element()).map_err(|_| Invalid)
    }
}

/// `nonceCommit = sum of base_i * D_i`, in variable time: bit by bit over all bases, which are short and public.
fn sums_to_nonce_commit<S: Arc01>(limit: Limit, shown: &Presentation<S>) -> bool {
    let bases = limit.bases();
    let sum = (0..u64::BITS - limit.get().leading_zeros()).rev().fold(Element::<S>::identity(), |sum, bit| {
        let due = bases.iter().zip(&shown.d).filter(|(base, _)| **base >> bit & 1 == 1);
        due.fold(sum.double(), |sum, (_, d)| sum + d.element())
    });
    sum == shown.nonce_commit.element()
}
