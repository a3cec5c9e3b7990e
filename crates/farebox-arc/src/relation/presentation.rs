//! CredentialPresentation: the client holds a credential of this key and context, and a nonce below N that belongs to the tag.

use alloc::vec;
use alloc::vec::Vec;

use farebox_sigma::{ElementVar, Equation, Publics, Relation, ScalarVar, Secrets, eq, record};

use crate::Limit;

/// A randomised MAC, the tag, and bits of the nonce over the limit's bases. 4 + 2k equations.
#[derive(Clone, Copy, Debug)]
#[doc(alias = "MakePresentationProof")]
#[doc(alias = "MakeRangeProofHelper")]
pub struct Presentation {
    /// N.
    pub limit: Limit,
}

/// Public elements of [`Presentation`]. U' is among them although no equation has it: it shows in the label.
#[derive(Clone, Debug)]
pub struct PresentationPublics<T> {
    /// G.
    pub g: T,
    /// H.
    pub h: T,
    /// U = a * U of the credential.
    pub u: T,
    /// U'Commit = a * U' + r * G.
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
    /// nonceCommit = nonce * G + nonceBlinding * H.
    pub nonce_commit: T,
    /// D_i, commitments to the bits. Empty where there is one bit: nonceCommit stands for D_0 then.
    pub d: Vec<T>,
}
record!(PresentationPublics {
    one g, one h, one u, one u_prime_commit, one m1_commit, one v, one x1, one tag, one t, one nonce_commit, many d,
});

/// Secret scalars of [`Presentation`], in the order of the responses: 5 + 3k.
#[derive(Clone, Debug)]
pub struct PresentationSecrets<T> {
    /// The client's secret.
    pub m1: T,
    /// The blinding of m1Commit.
    pub z: T,
    /// -r, with r the blinding of U'Commit.
    pub neg_r: T,
    /// The nonce.
    pub nonce: T,
    /// The blinding of nonceCommit.
    pub nonce_blinding: T,
    /// The bits of the nonce.
    pub b: Vec<T>,
    /// The blindings of the commitments to bits.
    pub s: Vec<T>,
    /// (1 - b_i) * s_i.
    pub s2: Vec<T>,
}
record!(PresentationSecrets {
    one m1, one z, one neg_r, one nonce, one nonce_blinding, many b, many s, many s2,
});

impl Relation for Presentation {
    const NAME: &'static str = "CredentialPresentation";
    type Publics = PresentationPublics<()>;
    type Secrets = PresentationSecrets<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        let k = self.limit.bits();
        let publics = PresentationPublics {
            g: (),
            h: (),
            u: (),
            u_prime_commit: (),
            m1_commit: (),
            v: (),
            x1: (),
            tag: (),
            t: (),
            nonce_commit: (),
            d: if k == 1 { vec![] } else { vec![(); k] },
        };
        let many = || vec![(); k];
        let (b, s, s2) = (many(), many(), many());
        (publics, PresentationSecrets { m1: (), z: (), neg_r: (), nonce: (), nonce_blinding: (), b, s, s2 })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        let mut all = vec![
            eq(p.m1_commit, w.m1 * p.u + w.z * p.h),
            eq(p.v, w.z * p.x1 + w.neg_r * p.g),
            eq(p.nonce_commit, w.nonce * p.g + w.nonce_blinding * p.h),
            eq(p.t, w.m1 * p.tag + w.nonce * p.tag),
        ];
        let only = core::slice::from_ref(&p.nonce_commit);
        let d = if p.d.is_empty() { only } else { &p.d };
        for (((d, b), s), s2) in d.iter().zip(&w.b).zip(&w.s).zip(&w.s2) {
            all.push(eq(*d, *b * p.g + *s * p.h));
            all.push(eq(*d, *b * *d + *s2 * p.h));
        }
        all
    }
}
