//! Proofs that no prover makes. One flavour written as the other does not hold where each flavour has a session of its own,
//! and holds in the older drafts, where they share one. A proof without nonces holds but for its commitments, the identity.

use farebox_group::{Group, Scalar as _};
use farebox_sigma::{Flavor, Profile, Statement, Xof as _};

/// The commitments and responses of a compact proof.
pub(crate) fn to_batchable<P: Profile<G>, G: Group>(statement: &Statement<'_, G>, proof: &[u8]) -> Option<Vec<u8>> {
    let scalar = |bytes| G::Scalar::from_bytes(bytes, P::SCALAR_ORDER).ok();
    let scalars = proof.chunks(G::SCALAR_LEN).map(scalar).collect::<Option<Vec<_>>>()?;
    let (challenge, z) = scalars.split_first()?;
    let element = |e: usize| statement.points().get(e).map(|point| point.element()).unwrap_or_default();
    let mut batchable = Vec::new();
    for equation in statement.equations() {
        let response = |s: usize| z.get(s).copied().unwrap_or_default();
        let terms = equation.terms.iter().map(|(s, e, c)| (*c * response(*s), element(*e)));
        let image = equation.image.iter().map(|(e, c)| (-(*challenge * *c), element(*e)));
        // T = map(z) - challenge * image
        let commitment = G::multi_mul_vartime(&terms.chain(image).collect::<Vec<_>>());
        batchable.extend_from_slice(G::encode(&commitment).ok()?.as_ref());
    }
    batchable.extend(proof.iter().skip(G::SCALAR_LEN));
    Some(batchable)
}

/// The challenge and responses of a batchable proof.
pub(crate) fn to_compact<P: Profile<G>, G: Group>(
    session: &[u8],
    statement: &Statement<'_, G>,
    label: &[u8],
    proof: &[u8],
) -> Option<Vec<u8>> {
    let (head, tail) = proof.split_at_checked(G::ELEMENT_LEN * statement.equations().len())?;
    let mut sponge = P::begin(session, Flavor::Batchable, label);
    sponge.absorb(head);
    let challenge = P::challenge(&sponge).to_bytes(P::SCALAR_ORDER);
    Some(challenge.as_ref().iter().chain(tail).copied().collect())
}

/// A compact proof with all nonces 0: the commitments are the identity, hashed as zero bytes.
pub(crate) fn without_nonces<P: Profile<G>, G: Group>(
    session: &[u8],
    statement: &Statement<'_, G>,
    label: &[u8],
    witness: &[G::Scalar],
) -> Vec<u8> {
    let mut sponge = P::begin(session, Flavor::Compact, label);
    sponge.absorb(&vec![0; G::ELEMENT_LEN * statement.equations().len()]);
    let challenge = P::challenge(&sponge);
    let scalars = std::iter::once(challenge).chain(witness.iter().map(|w| challenge * *w));
    scalars.flat_map(|scalar| scalar.to_bytes(P::SCALAR_ORDER).as_ref().to_vec()).collect()
}
