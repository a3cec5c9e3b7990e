//! CredentialPresentation of the older draft.

use alloc::vec;
use alloc::vec::Vec;

use farebox_sigma::{ElementVar, Equation, Publics, Relation, ScalarVar, Secrets, eq, record};

/// A randomised MAC and the tag of a nonce that is known to both sides. 4 equations.
#[derive(Clone, Copy, Debug)]
pub struct Shown;

/// Public elements of [`Shown`].
#[derive(Clone, Copy, Debug)]
pub struct ShownPublics<T> {
    /// G.
    pub g: T,
    /// H.
    pub h: T,
    /// U = a * U of the credential.
    pub u: T,
    /// U'Commit = a * U' + r * G, in no equation.
    pub u_prime_commit: T,
    /// m1Commit = m1 * U + z * H.
    pub m1_commit: T,
    /// V = z * X1 - r * G.
    pub v: T,
    /// X1 of the key.
    pub x1: T,
    /// The tag, 1 / (m1 + nonce) * T.
    pub tag: T,
    /// T, the hashed context.
    pub t: T,
    /// m1Tag = m1 * tag, which the verifier takes as T - nonce * tag.
    pub m1_tag: T,
}
record!(ShownPublics {
    one g, one h, one u, one u_prime_commit, one m1_commit, one v, one x1, one tag, one t, one m1_tag,
});

/// Secret scalars of [`Shown`].
#[derive(Clone, Copy, Debug)]
pub struct ShownSecrets<T> {
    /// The client's secret.
    pub m1: T,
    /// The blinding of m1Commit.
    pub z: T,
    /// -r, with r the blinding of U'Commit.
    pub neg_r: T,
    /// The nonce.
    pub nonce: T,
}
record!(ShownSecrets { one m1, one z, one neg_r, one nonce });

impl Relation for Shown {
    const NAME: &'static str = "CredentialPresentation";
    type Publics = ShownPublics<()>;
    type Secrets = ShownSecrets<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        let publics = ShownPublics {
            g: (),
            h: (),
            u: (),
            u_prime_commit: (),
            m1_commit: (),
            v: (),
            x1: (),
            tag: (),
            t: (),
            m1_tag: (),
        };
        (publics, ShownSecrets { m1: (), z: (), neg_r: (), nonce: () })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        vec![
            eq(p.m1_commit, w.m1 * p.u + w.z * p.h),
            eq(p.v, w.z * p.x1 + w.neg_r * p.g),
            eq(p.t, w.m1 * p.tag + w.nonce * p.tag),
            eq(p.m1_tag, w.m1 * p.tag),
        ]
    }
}
