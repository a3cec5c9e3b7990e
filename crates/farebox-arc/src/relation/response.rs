//! CredentialResponse: the issuer used its published key.

use alloc::vec;
use alloc::vec::Vec;

use farebox_sigma::{ElementVar, Equation, Publics, Relation, ScalarVar, Secrets, eq, record};

/// The blinded MAC, and the elements that unblind it. 11 equations.
#[derive(Clone, Copy, Debug)]
#[doc(alias = "MakeCredentialResponseProof")]
pub struct Response;

/// Public elements of [`Response`].
#[derive(Clone, Copy, Debug)]
pub struct ResponsePublics<T> {
    /// G.
    pub g: T,
    /// H.
    pub h: T,
    /// m1Enc of the request.
    pub m1_enc: T,
    /// m2Enc of the request.
    pub m2_enc: T,
    /// U = b * G.
    pub u: T,
    /// encU' = b * (X0 + x1 * m1Enc + x2 * m2Enc).
    pub enc_u_prime: T,
    /// X0 = x0 * G + xb * H.
    pub x0: T,
    /// X1 = x1 * H.
    pub x1: T,
    /// X2 = x2 * H.
    pub x2: T,
    /// X0Aux = b * xb * H.
    pub x0_aux: T,
    /// X1Aux = b * X1.
    pub x1_aux: T,
    /// X2Aux = b * X2.
    pub x2_aux: T,
    /// HAux = b * H.
    pub h_aux: T,
}
record!(ResponsePublics {
    one g, one h, one m1_enc, one m2_enc, one u, one enc_u_prime, one x0, one x1, one x2, one x0_aux, one x1_aux,
    one x2_aux, one h_aux,
});

/// Secret scalars of [`Response`].
#[derive(Clone, Copy, Debug)]
pub struct ResponseSecrets<T> {
    /// x0.
    pub x0: T,
    /// x1.
    pub x1: T,
    /// x2.
    pub x2: T,
    /// xb.
    pub xb: T,
    /// The MAC's randomness.
    pub b: T,
    /// b * x1.
    pub t1: T,
    /// b * x2.
    pub t2: T,
}
record!(ResponseSecrets { one x0, one x1, one x2, one xb, one b, one t1, one t2 });

impl Relation for Response {
    const NAME: &'static str = "CredentialResponse";
    type Publics = ResponsePublics<()>;
    type Secrets = ResponseSecrets<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        let publics = ResponsePublics {
            g: (),
            h: (),
            m1_enc: (),
            m2_enc: (),
            u: (),
            enc_u_prime: (),
            x0: (),
            x1: (),
            x2: (),
            x0_aux: (),
            x1_aux: (),
            x2_aux: (),
            h_aux: (),
        };
        (publics, ResponseSecrets { x0: (), x1: (), x2: (), xb: (), b: (), t1: (), t2: () })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        vec![
            eq(p.x0, w.x0 * p.g + w.xb * p.h),
            eq(p.x1, w.x1 * p.h),
            eq(p.x2, w.x2 * p.h),
            eq(p.h_aux, w.b * p.h),
            eq(p.x0_aux, w.xb * p.h_aux),
            // X1Aux is stated with t1 first, X2Aux with b first: the order is on the wire.
            eq(p.x1_aux, w.t1 * p.h),
            eq(p.x1_aux, w.b * p.x1),
            eq(p.x2_aux, w.b * p.x2),
            eq(p.x2_aux, w.t2 * p.h),
            eq(p.u, w.b * p.g),
            eq(p.enc_u_prime, w.b * p.x0 + w.t1 * p.m1_enc + w.t2 * p.m2_enc),
        ]
    }
}
