//! Who may have tokens. An attester looks at a request before anything is computed with a key.
//!
//! | attester | the client sends | 401 says |
//! |---|---|---|
//! | [`Open`] | nothing | |
//! | [`SharedSecret`] | `Authorization: Bearer <secret>` | `Bearer` |
//! | [`ProofOfWork`] | `Farebox-Attestation: pow <challenge>.<counter>` | `Farebox-Attestation scheme="pow", challenge="<hex>"` |
//! | [`Vouchers`] | `Farebox-Attestation: voucher <code>` | `Farebox-Attestation scheme="voucher"` |
//! | [`AnyOf`] | one of several | all of them |
//!
//! Where one of these headers stands twice, the answer is 400. 401 says that it is missing or, of a puzzle, that it is too old: get
//! the new one. 403 says no. 503 says that the same voucher is being used right now, or that its file cannot be written.
//!
//! After a lost response a client sends the same request again. A secret admits it again. A voucher admits the same request again and
//! no other. A proof of work is counted once, so that the client solves another challenge for the same body. To sign the same request
//! again is safe for all token types; [`Asked::binding`](farebox_tokens::issuer::Asked::binding) says why.

mod any;
pub(crate) mod header;
mod open;
mod proof_of_work;
mod secret;
mod voucher_log;
mod vouchers;

use std::future::Future;
use std::pin::Pin;

use http::HeaderMap;

pub use any::AnyOf;
pub use open::Open;
pub use proof_of_work::ProofOfWork;
pub use secret::{SharedSecret, WeakSecret};
pub use vouchers::{VoucherCode, VoucherError, Vouchers};

/// The request header of attestations that are no HTTP authentication: a scheme, a space, a value.
pub const FAREBOX_ATTESTATION: &str = farebox_tokens::pow::HEADER;

/// A request that asks for tokens and reads well.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body, as it came.
    pub body: &'a [u8],
    /// How many tokens it asks for. 0 for an empty batch.
    pub tokens: usize,
    /// What two requests have in common that bring no more than one:
    /// [`Asked::binding`](farebox_tokens::issuer::Asked::binding).
    pub binding: &'a [u8; 32],
    /// Seconds of Unix time.
    pub now: u64,
}

/// Why there are no tokens for this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 401: no attestation of this scheme came.
    Missing,
    /// 401: it was good once.
    Stale,
    /// 400: it stands twice.
    Malformed,
    /// 403.
    Refused,
    /// 503: it is in use by another request right now.
    Busy,
    /// 503: its state cannot be read or written.
    Unavailable,
}

/// How the request ended that was admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There are tokens, and they leave once this is settled.
    Issued,
    /// The scheme refused it. There are none.
    Refused,
}

/// A boxed future, so that attesters can be chosen at run time.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Decides who may have tokens.
pub trait Attester: Send + Sync + 'static {
    /// A look at the headers before the body is read, to refuse early what [`attest`](Self::attest) would refuse anyway. It changes
    /// nothing.
    ///
    /// # Errors
    /// [`Refusal`].
    fn screen(&self, headers: &HeaderMap, now: u64) -> Result<(), Refusal> {
        let _ = (headers, now);
        Ok(())
    }

    /// Admits a request or not.
    ///
    /// # Errors
    /// [`Refusal`]. Nothing is used up.
    fn attest<'a>(&'a self, attempt: Attempt<'a>) -> Boxed<'a, Result<Box<dyn Admission>, Refusal>>;

    /// Values of `WWW-Authenticate` for a 401.
    fn challenges(&self, now: u64) -> Vec<String> {
        let _ = now;
        Vec::new()
    }

    /// The puzzle for `GET /attest/pow`, if there is one.
    fn puzzle(&self, now: u64) -> Option<crate::pow::Challenge> {
        let _ = now;
        None
    }
}

/// An admitted request. Dropped without an outcome, nothing was computed, and what it would have used up is there again.
pub trait Admission: Send {
    /// Says how it ended. For [`Outcome::Issued`] the use is durable when this is done.
    ///
    /// # Errors
    /// [`Refusal`]: the tokens must not leave.
    fn settle(self: Box<Self>, outcome: Outcome) -> Boxed<'static, Result<(), Refusal>>;
}

impl<A: Attester + ?Sized> Attester for Box<A> {
    fn screen(&self, headers: &HeaderMap, now: u64) -> Result<(), Refusal> {
        (**self).screen(headers, now)
    }

    fn attest<'a>(&'a self, attempt: Attempt<'a>) -> Boxed<'a, Result<Box<dyn Admission>, Refusal>> {
        (**self).attest(attempt)
    }

    fn challenges(&self, now: u64) -> Vec<String> {
        (**self).challenges(now)
    }

    fn puzzle(&self, now: u64) -> Option<crate::pow::Challenge> {
        (**self).puzzle(now)
    }
}

/// An admission that uses nothing up.
pub(crate) struct Free;

impl Admission for Free {
    fn settle(self: Box<Self>, _: Outcome) -> Boxed<'static, Result<(), Refusal>> {
        ready(Ok(()))
    }
}

/// [`Free`], where nothing speaks against it.
fn free(screened: Result<(), Refusal>) -> Boxed<'static, Result<Box<dyn Admission>, Refusal>> {
    ready(screened.map(|()| Box::new(Free) as Box<dyn Admission>))
}

fn ready<T: Send + 'static>(value: T) -> Boxed<'static, T> {
    Box::pin(std::future::ready(value))
}
