//! REQ: the client knows nullifier and blinding of its commitment.

use alloc::vec;
use alloc::vec::Vec;

use farebox_sigma::{ElementVar, Equation, Publics, Relation, ScalarVar, Secrets, eq, record};

/// `commitment = k * h2 + r * h3`.
#[derive(Clone, Copy, Debug)]
pub struct Request;

/// Public elements of [`Request`].
#[derive(Clone, Copy, Debug)]
pub struct RequestPublics<T> {
    /// H2.
    pub h2: T,
    /// H3.
    pub h3: T,
    /// K, the commitment.
    pub commitment: T,
}
record!(RequestPublics { one h2, one h3, one commitment });

/// Secret scalars of [`Request`].
#[derive(Clone, Copy, Debug)]
pub struct RequestSecrets<T> {
    /// The nullifier.
    pub k: T,
    /// The blinding.
    pub r: T,
}
record!(RequestSecrets { one k, one r });

impl Relation for Request {
    const NAME: &'static str = "REQ";
    type Publics = RequestPublics<()>;
    type Secrets = RequestSecrets<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        (RequestPublics { h2: (), h3: (), commitment: () }, RequestSecrets { k: (), r: () })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        vec![eq(p.commitment, w.k * p.h2 + w.r * p.h3)]
    }
}
