//! One flavour of proof written as the other. What comes out does not hold: each flavour has a session of its own, or, in the
//! older drafts, the same session, where it does hold.

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
