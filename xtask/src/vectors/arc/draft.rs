//! The statements of both drafts without any check beside the proof: elements may be the identity. This makes the forgeries
//! that our checks are for, and shows that the proofs of them hold.

use farebox_group::{ByteOrder, Element as _, Group, Scalar as _};
use farebox_sigma::{Shake128, Xof as _};

use super::Named;

pub(super) type Element<S> = <<S as farebox_arc::Suite>::Group as Group>::Element;
pub(super) type Scalar<S> = <<S as farebox_arc::Suite>::Group as Group>::Scalar;

/// What the challenge is made of.
#[derive(Clone, Copy)]
pub(super) enum Format {
    /// F1b: session and label behind their lengths. With the protocol identifier.
    Prefixed(&'static str),
    /// F2: a hashed session. With the protocol identifier.
    HashedSession(&'static str),
    /// The older draft: elements and commitments, hashed to a scalar.
    ToScalar,
}

/// An equation: the image, then scalar and element of each term.
type Row = (usize, Vec<(usize, usize)>);

/// Equations and the elements that they name.
pub(super) struct Instance<S: Named> {
    equations: Vec<Row>,
    elements: Vec<Element<S>>,
    session: Vec<u8>,
}

impl<S: Named> Instance<S> {
    fn new(label: &str, equations: Vec<Row>, elements: Vec<Element<S>>) -> Self {
        Self { equations, elements, session: [S::CONTEXT_STRING.as_bytes(), label.as_bytes()].concat() }
    }

    /// Scalars `m1 m2 r1 r2`, elements `G H m1Enc m2Enc`.
    pub(super) fn request(elements: [Element<S>; 4]) -> Self {
        let equations = vec![(2, vec![(0, 0), (2, 1)]), (3, vec![(1, 0), (3, 1)])];
        Self::new("CredentialRequest", equations, elements.to_vec())
    }

    /// Scalars `x0 x1 x2 xb b t1 t2`, elements `G H m1Enc m2Enc U encU' X0 X1 X2 X0Aux X1Aux X2Aux HAux`.
    pub(super) fn response(elements: [Element<S>; 13]) -> Self {
        let equations = vec![
            (6, vec![(0, 0), (3, 1)]),
            (7, vec![(1, 1)]),
            (8, vec![(2, 1)]),
            (12, vec![(4, 1)]),
            (9, vec![(3, 12)]),
            (10, vec![(5, 1)]),
            (10, vec![(4, 7)]),
            (11, vec![(4, 8)]),
            (11, vec![(6, 1)]),
            (4, vec![(4, 0)]),
            (5, vec![(4, 6), (5, 2), (6, 3)]),
        ];
        Self::new("CredentialResponse", equations, elements.to_vec())
    }

    /// Scalars `m1 z -r nonce nonceBlinding b.. s.. s2..`, elements `G H U U'Commit m1Commit V X1 tag T nonceCommit D..`. With
    /// one bit nonceCommit stands for D_0, which has no place of its own.
    pub(super) fn presentation(shared: [Element<S>; 10], d: &[Element<S>]) -> Self {
        let mut equations = vec![
            (4, vec![(0, 2), (1, 1)]),
            (5, vec![(1, 6), (2, 0)]),
            (9, vec![(3, 0), (4, 1)]),
            (8, vec![(0, 7), (3, 7)]),
        ];
        let k = d.len();
        for i in 0..k {
            let at = if k == 1 { 9 } else { 10 + i };
            equations.push((at, vec![(5 + i, 0), (5 + k + i, 1)]));
            equations.push((at, vec![(5 + i, at), (5 + 2 * k + i, 1)]));
        }
        let listed = if k == 1 { &[] } else { d };
        Self::new("CredentialPresentation", equations, [&shared, listed].concat())
    }

    /// Scalars `m1 z -r nonce`, elements `G H U U'Commit m1Commit V X1 tag T m1Tag`.
    pub(super) fn older_presentation(elements: [Element<S>; 10]) -> Self {
        let equations =
            vec![(4, vec![(0, 2), (1, 1)]), (5, vec![(1, 6), (2, 0)]), (8, vec![(0, 7), (3, 7)]), (9, vec![(0, 7)])];
        Self::new("CredentialPresentation", equations, elements.to_vec())
    }

    /// A compact proof.
    pub(super) fn prove(&self, witness: &[Scalar<S>], nonces: &[Scalar<S>]) -> Vec<u8> {
        let challenge = self.challenge(&self.map(nonces, Scalar::<S>::ZERO));
        let factor = factor::<S>(challenge);
        let responses = nonces.iter().zip(witness).map(|(nonce, w)| *nonce + factor * *w);
        std::iter::once(challenge).chain(responses).flat_map(|scalar| scalar_bytes::<S>(&scalar)).collect()
    }

    /// Whether a compact proof holds.
    pub(super) fn holds(&self, proof: &[u8]) -> bool {
        let scalar = |bytes| Scalar::<S>::from_bytes(bytes, S::ORDER).ok();
        let scalars = proof.chunks(32).map(scalar).collect::<Option<Vec<_>>>().unwrap_or_default();
        let split = scalars.split_first();
        split.is_some_and(|(challenge, z)| self.challenge(&self.map(z, factor::<S>(*challenge))) == *challenge)
    }

    /// `map(z) - factor * image`.
    fn map(&self, z: &[Scalar<S>], factor: Scalar<S>) -> Vec<Element<S>> {
        let element = |e: &usize| self.elements.get(*e).copied().unwrap_or_default();
        let row = |(image, terms): &Row| {
            let scalar = |s: &usize| z.get(*s).copied().unwrap_or_default();
            let sum = terms.iter().fold(Element::<S>::identity(), |sum, (s, e)| sum + element(e) * &scalar(s));
            sum - element(image) * &factor
        };
        self.equations.iter().map(row).collect()
    }

    fn challenge(&self, commitments: &[Element<S>]) -> Scalar<S> {
        let mut sponge = match S::FORMAT {
            Format::ToScalar => return self.hashed_to_scalar(commitments),
            Format::Prefixed(id) => {
                let mut sponge = Shake128::domain(id.as_bytes());
                for part in [&self.session, &self.label()] {
                    sponge.absorb(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
                    sponge.absorb(part);
                }
                sponge
            }
            Format::HashedSession(id) => {
                let mut session = Shake128::domain(b"fiat-shamir/session-id");
                session.absorb(&self.session);
                let mut sponge = Shake128::domain(id.as_bytes());
                sponge.absorb_zeros(32);
                sponge.absorb(&session.squeeze::<32>());
                sponge.absorb(&self.label());
                sponge
            }
        };
        commitments.iter().for_each(|commitment| sponge.absorb(&encode::<S>(commitment)));
        Scalar::<S>::reduce(&sponge.squeeze::<48>(), ByteOrder::Big)
    }

    /// The tag has the context string twice.
    fn hashed_to_scalar(&self, commitments: &[Element<S>]) -> Scalar<S> {
        let all = self.elements.iter().chain(commitments).map(encode::<S>);
        let prefixed = |e: Vec<u8>| [&u16::try_from(e.len()).unwrap_or(u16::MAX).to_be_bytes(), e.as_slice()].concat();
        let message: Vec<u8> = all.flat_map(prefixed).collect();
        let tag: [&[u8]; 3] = [b"HashToScalar-", S::CONTEXT_STRING.as_bytes(), &self.session];
        S::Group::hash_to_scalar(&[&message], &tag).unwrap_or_default()
    }

    /// Equations, then all elements in their order.
    fn label(&self) -> Vec<u8> {
        let mut label = Vec::new();
        let mut put = |n: usize| label.extend(u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes());
        put(self.equations.len());
        for (image, terms) in &self.equations {
            put(*image);
            put(terms.len());
            terms.iter().flat_map(|(s, e)| [*s, *e]).for_each(&mut put);
        }
        label.into_iter().chain(self.elements.iter().flat_map(encode::<S>)).collect()
    }
}

/// `response = nonce + factor * secret`.
fn factor<S: Named>(challenge: Scalar<S>) -> Scalar<S> {
    if matches!(S::FORMAT, Format::ToScalar) { -challenge } else { challenge }
}

/// The identity is zero bytes here.
pub(super) fn encode<S: Named>(element: &Element<S>) -> Vec<u8> {
    S::Group::encode(element).map_or_else(|_| vec![0; S::Group::ELEMENT_LEN], |bytes| bytes.as_ref().to_vec())
}

pub(super) fn decode<S: Named>(bytes: &[u8]) -> Option<Element<S>> {
    if bytes.iter().all(|byte| *byte == 0) {
        return Some(Element::<S>::identity());
    }
    S::Group::decode(bytes).ok().map(|(element, _)| element)
}

pub(super) fn scalar_bytes<S: Named>(scalar: &Scalar<S>) -> Vec<u8> {
    scalar.to_bytes(S::ORDER).as_ref().to_vec()
}

pub(super) fn scalar<S: Named>(bytes: &[u8]) -> Result<Scalar<S>, String> {
    Scalar::<S>::from_bytes(bytes, S::ORDER).map_err(|error| error.to_string())
}
