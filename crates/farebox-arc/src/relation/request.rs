//! CredentialRequest: the client knows what its two commitments hide.

use alloc::vec;
use alloc::vec::Vec;

use farebox_sigma::{ElementVar, Equation, Publics, Relation, ScalarVar, Secrets, eq, record};

/// Commitments to m1 and m2. 2 equations.
#[derive(Clone, Copy, Debug)]
#[doc(alias = "MakeCredentialRequestProof")]
pub struct Request;

/// Public elements of [`Request`].
#[derive(Clone, Copy, Debug)]
pub struct RequestPublics<T> {
    /// G.
    pub g: T,
    /// H.
    pub h: T,
    /// m1Enc = m1 * G + r1 * H.
    pub m1_enc: T,
    /// m2Enc = m2 * G + r2 * H.
    pub m2_enc: T,
}
record!(RequestPublics { one g, one h, one m1_enc, one m2_enc });

/// Secret scalars of [`Request`].
#[derive(Clone, Copy, Debug)]
pub struct RequestSecrets<T> {
    /// The client's secret.
    pub m1: T,
    /// The hashed request context.
    pub m2: T,
    /// The blinding of m1Enc.
    pub r1: T,
    /// The blinding of m2Enc.
    pub r2: T,
}
record!(RequestSecrets { one m1, one m2, one r1, one r2 });

impl Relation for Request {
    const NAME: &'static str = "CredentialRequest";
    type Publics = RequestPublics<()>;
    type Secrets = RequestSecrets<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        (RequestPublics { g: (), h: (), m1_enc: (), m2_enc: () }, RequestSecrets { m1: (), m2: (), r1: (), r2: () })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        vec![eq(p.m1_enc, w.m1 * p.g + w.r1 * p.h), eq(p.m2_enc, w.m2 * p.g + w.r2 * p.h)]
    }
}
