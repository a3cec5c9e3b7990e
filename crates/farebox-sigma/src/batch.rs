//! Verification of many batchable proofs with one multi-scalar multiplication.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use farebox_group::{ByteOrder, Element as _, Group, Scalar};
use sha3::digest::XofReader;

use crate::{Argument, Error, Flavor, Malformed, Misuse, Profile, Xof};

/// A batch that was refused, and the first member that is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("proof {index} of the batch: {error}")]
pub struct RefusedBatch {
    /// The position of the member.
    pub index: usize,
    /// What is wrong with it.
    pub error: Error,
}

/// Verifies proofs of any mix of statements under one profile. An empty batch is valid. Variable time.
///
/// Every equation gets a weight of 128 bits from a hash of all statements and proofs, so that a batch with a false proof
/// passes with a probability of 2^-128 (draft-irtf-cfrg-sigma-protocols-03, batch verification):
/// `sum of weight * (T + challenge * image - map(responses)) = 0`.
///
/// # Errors
/// The first member with bytes that cannot be read; if there is none, the first that does not verify.
pub fn verify_batch<P: Profile<G>, G: Group>(batch: &[(&Argument<'_, P, G>, &[u8])]) -> Result<(), RefusedBatch> {
    if u32::try_from(batch.len()).is_err() {
        return Err(RefusedBatch { index: 0, error: Misuse::BatchLength.into() });
    }
    let mut members = Vec::with_capacity(batch.len());
    let mut sponge = P::batch_sponge();
    for (index, (argument, proof)) in batch.iter().enumerate() {
        members.push(Member::decode(argument, proof).map_err(|error| RefusedBatch { index, error: error.into() })?);
        P::absorb_member(&mut sponge, &argument.session, &argument.label, proof);
    }
    if sums_to_identity(&members, sponge.reader()) {
        return Ok(());
    }
    // One by one, only to name the member that is to blame.
    let valid = |member: &Member<'_, '_, P, G>| sums_to_identity(core::slice::from_ref(member), sponge.reader());
    let index = match members.as_slice() {
        [_] => 0,
        members => members.iter().position(|member| !valid(member)).unwrap_or_default(),
    };
    Err(RefusedBatch { index, error: Error::Invalid })
}

struct Member<'a, 'b, P, G: Group> {
    argument: &'a Argument<'b, P, G>,
    commitments: Vec<G::Element>,
    /// The challenge with the profile's sign.
    factor: G::Scalar,
    responses: Vec<G::Scalar>,
}

impl<'a, 'b, P: Profile<G>, G: Group> Member<'a, 'b, P, G> {
    fn decode(argument: &'a Argument<'b, P, G>, proof: &[u8]) -> Result<Self, Malformed> {
        argument.check_len(Flavor::Batchable, proof)?;
        let (head, tail) = proof.split_at(G::ELEMENT_LEN * argument.statement.equations.len());
        let chunks = || head.chunks(G::ELEMENT_LEN);
        let decode = |(index, bytes)| match G::decode(bytes) {
            Ok((element, _)) => Ok(element),
            Err(source) => Err(Malformed::Commitment { index, source }),
        };
        Ok(Self {
            argument,
            commitments: chunks().enumerate().map(decode).collect::<Result<_, _>>()?,
            factor: P::factor(argument.challenge(Flavor::Batchable, chunks())),
            responses: argument.scalars(tail)?,
        })
    }
}

fn sums_to_identity<P, G: Group>(members: &[Member<'_, '_, P, G>], mut weights: impl XofReader) -> bool {
    let mut terms = Vec::new();
    // Terms on a fixed base are added up over the whole batch; bases are told apart by their set.
    let mut fixed: BTreeMap<(usize, usize), (G::Scalar, G::Element)> = BTreeMap::new();
    for member in members {
        let statement = &member.argument.statement;
        let mut sums = vec![G::Scalar::ZERO; statement.points.len()];
        let mut add = |element: usize, scalar: G::Scalar| {
            if let Some(sum) = sums.get_mut(element) {
                *sum += scalar;
            }
        };
        for (equation, commitment) in statement.equations.iter().zip(&member.commitments) {
            let mut weight = [0; 16];
            weights.read(&mut weight);
            let weight = G::Scalar::reduce(&weight, ByteOrder::Little);
            terms.push((weight, *commitment));
            let weighted_challenge = weight * member.factor;
            equation.image.iter().for_each(|(e, c)| add(*e, weighted_challenge * *c));
            for (s, e, c) in &equation.terms {
                add(*e, -(weight * *c * member.responses.get(*s).copied().unwrap_or_default()));
            }
        }
        for (point, sum) in statement.points.iter().zip(sums) {
            match point.base.as_ref().and_then(|m| Some((m, statement.bases.points().get(m.base)?))) {
                None => terms.push((sum, point.element)),
                Some((multiple, base)) => {
                    let entry = fixed.entry((multiple.set, multiple.base)).or_insert((G::Scalar::ZERO, base.element));
                    entry.0 += sum * multiple.coefficient;
                }
            }
        }
    }
    terms.extend(fixed.into_values());
    G::multi_mul_vartime(&terms).is_identity().into()
}
