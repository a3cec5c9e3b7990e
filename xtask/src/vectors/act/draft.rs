//! The statements without any check beside the proof: elements may be the identity, and `s` any scalar. This makes the
//! forgeries that our checks are for, and shows that the proofs of them hold.

use farebox_act::BitLength;
use farebox_act::relation::spend::{Spend, SpendPublics};
use farebox_group::ristretto255::{Element, Scalar};
use farebox_group::{ByteOrder, Element as _, Group as _, Ristretto255, Scalar as _};
use farebox_sigma::relations::{Dleq, DleqPublics};
use farebox_sigma::{LinearEquation, Shake128, Statement, Xof as _};

use crate::vectors::sigma::SharedBases as _;

/// Equations and the elements that they name.
pub(super) struct Instance {
    equations: Vec<LinearEquation<Scalar>>,
    elements: Vec<Element>,
    session: Vec<u8>,
}

/// What the issuer computes for a spend, and what the message has.
pub(super) struct SpendElements {
    pub(super) a_prime: Element,
    pub(super) a_bar: Element,
    pub(super) b_bar: Element,
    pub(super) h1_prime: Element,
    pub(super) com: Vec<Element>,
    pub(super) com_total: Element,
}

impl Instance {
    pub(super) fn spend(generators: &[Element; 4], spend: &SpendElements, session: Vec<u8>) -> Result<Self, String> {
        let bits = u8::try_from(spend.com.len()).ok().and_then(|bits| BitLength::new(bits).ok()).ok_or("L")?;
        let many = || vec![(); bits.get()];
        let shape = SpendPublics {
            neg_a_prime: (),
            b_bar: (),
            a_bar: (),
            neg_h1: (),
            neg_h3: (),
            h1_prime: (),
            h1: (),
            h2: (),
            h3: (),
            com: many(),
            h1_total: (),
            h2_total: (),
            h3_powers: many(),
            com_total: (),
        };
        let [h1, h2, h3, _] = *generators;
        let mut elements = vec![-spend.a_prime, spend.b_bar, spend.a_bar, -h1, -h3, spend.h1_prime, h1, h2, h3];
        elements.extend(&spend.com);
        elements.extend([h1, h2]);
        elements.extend((0..bits.get()).map(|j| h3 * &Scalar::from(1u64 << j)));
        elements.push(spend.com_total);
        // Only the equations are taken from the statement, so any element does for its values.
        let any = *Ristretto255::shared().points().first().ok_or("no generator")?;
        let publics = <SpendPublics<()> as farebox_sigma::Record>::map(&shape, |_, ()| any);
        let statement = Statement::new(&Spend { bits }, Ristretto255::shared(), &publics).map_err(|e| e.to_string())?;
        Ok(Self { equations: statement.equations().to_vec(), elements, session })
    }

    pub(super) fn dleq([a, x_a, g, x_g]: [Element; 4], session: Vec<u8>) -> Result<Self, String> {
        let any = *Ristretto255::shared().points().first().ok_or("no generator")?;
        let publics = DleqPublics { g: any, x: any, h: any, y: any };
        let statement = Statement::new(&Dleq, Ristretto255::shared(), &publics).map_err(|e| e.to_string())?;
        Ok(Self { equations: statement.equations().to_vec(), elements: vec![a, x_a, g, x_g], session })
    }

    /// A compact proof.
    pub(super) fn prove(&self, witness: &[Scalar], nonces: &[Scalar]) -> Vec<u8> {
        let challenge = self.challenge(&self.map(nonces, Scalar::ZERO));
        let responses: Vec<_> = nonces.iter().zip(witness).map(|(nonce, w)| *nonce + challenge * *w).collect();
        scalars(std::iter::once(&challenge).chain(&responses))
    }

    /// Whether a compact proof holds.
    pub(super) fn holds(&self, proof: &[u8]) -> bool {
        self.split(proof).is_some_and(|(challenge, z)| self.challenge(&self.map(&z, challenge)) == challenge)
    }

    /// The commitments and responses of a compact proof, as a batchable proof has them.
    pub(super) fn to_batchable(&self, proof: &[u8]) -> Option<Vec<u8>> {
        let (challenge, z) = self.split(proof)?;
        let commitments = self.map(&z, challenge);
        Some(commitments.iter().flat_map(encode).chain(scalars(&z)).collect())
    }

    /// The challenge and responses of a batchable proof, as a compact proof has them.
    pub(super) fn to_compact(&self, proof: &[u8]) -> Option<Vec<u8>> {
        let (head, tail) = proof.split_at_checked(32 * self.equations.len())?;
        let commitments = head.chunks(32).map(decode).collect::<Option<Vec<_>>>()?;
        Some(scalars([&self.challenge(&commitments)]).into_iter().chain(tail.iter().copied()).collect())
    }

    fn split(&self, proof: &[u8]) -> Option<(Scalar, Vec<Scalar>)> {
        let scalar = |bytes| Scalar::from_bytes(bytes, ByteOrder::Little).ok();
        let scalars = proof.chunks(32).map(scalar).collect::<Option<Vec<_>>>()?;
        scalars.split_first().map(|(challenge, z)| (*challenge, z.to_vec()))
    }

    /// `map(z) - challenge * image`.
    fn map(&self, z: &[Scalar], challenge: Scalar) -> Vec<Element> {
        let element = |e: &usize| self.elements.get(*e).copied().unwrap_or_default();
        let row = |equation: &LinearEquation<Scalar>| {
            let terms =
                equation.terms.iter().map(|(s, e, c)| (*c * z.get(*s).copied().unwrap_or_default(), element(e)));
            let image = equation.image.iter().map(|(e, c)| (-(challenge * *c), element(e)));
            Ristretto255::multi_mul_vartime(&terms.chain(image).collect::<Vec<_>>())
        };
        self.equations.iter().map(row).collect()
    }

    fn challenge(&self, commitments: &[Element]) -> Scalar {
        let mut id = Shake128::domain(b"fiat-shamir/session-id");
        id.absorb(&self.session);
        let mut sponge = Shake128::domain(b"ietf sigma proof linear relation");
        sponge.absorb_zeros(32);
        sponge.absorb(&id.squeeze::<32>());
        sponge.absorb(&self.label());
        commitments.iter().for_each(|commitment| sponge.absorb(&encode(commitment)));
        Scalar::reduce(&sponge.squeeze::<48>(), ByteOrder::Big)
    }

    /// Indices in the order of first use by a term; an image always has an index of its own.
    fn label(&self) -> Vec<u8> {
        let mut label = Vec::new();
        let put = |label: &mut Vec<u8>, n: usize| label.extend(u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes());
        let mut order: Vec<usize> = Vec::new();
        let mut of_term = std::collections::HashMap::new();
        put(&mut label, self.equations.len());
        for equation in &self.equations {
            let mut terms = Vec::new();
            for (scalar, element, _) in &equation.terms {
                let index = *of_term.entry(*element).or_insert_with(|| {
                    order.push(*element);
                    order.len() - 1
                });
                put(&mut terms, *scalar);
                put(&mut terms, index);
            }
            put(&mut label, order.len());
            put(&mut label, equation.terms.len());
            label.extend(terms);
            order.extend(equation.image.iter().map(|(element, _)| *element));
        }
        let elements = order.iter().filter_map(|element| self.elements.get(*element));
        label.into_iter().chain(elements.flat_map(encode)).collect()
    }
}

/// The identity is 32 zero bytes here.
pub(super) fn encode(element: &Element) -> [u8; 32] {
    Ristretto255::encode(element).unwrap_or_default()
}

pub(super) fn decode(bytes: &[u8]) -> Option<Element> {
    if bytes == [0; 32] {
        return Some(Element::identity());
    }
    Ristretto255::decode(bytes).ok().map(|(element, _)| element)
}

pub(super) fn scalars<'a>(scalars: impl IntoIterator<Item = &'a Scalar>) -> Vec<u8> {
    scalars.into_iter().flat_map(|scalar| scalar.to_bytes(ByteOrder::Little)).collect()
}
