//! F4: an editor's copy after draft-irtf-cfrg-sigma-protocols-03, as the crate sigma-proofs 0.4.1 has it. Experimental.

use alloc::vec::Vec;
use core::marker::PhantomData;

use farebox_group::{ByteOrder, Group};

use super::{Ciphersuite, F3, Flavor, Profile};
use crate::codec::v2;
use crate::{BaseSet, Error, InvalidStatement, Statement};

/// As [`F3`], but in the label index 0 is the identity and index 1 the generator, and of the ten checks only those for
/// indices, counts and unused elements are made.
///
/// That copy lets statements contain the identity; here it is refused, as everywhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct F4<C>(PhantomData<C>);

impl<G: Group, C: Ciphersuite<G>> Profile<G> for F4<C> {
    type Xof = C::Xof;
    const SCALAR_ORDER: ByteOrder = G::SCALAR_ORDER;

    fn label(statement: &Statement<'_, G>) -> Result<Vec<u8>, Error> {
        statement.every_element_is_used()?;
        if !statement.starts_with_generator() {
            return Err(InvalidStatement::Generator.into());
        }
        Ok(v2::label(statement, G::SCALAR_ORDER, 1))
    }

    fn parse<'b>(bases: &'b BaseSet<G>, bytes: &[u8]) -> Result<Statement<'b, G>, Error> {
        v2::parse(bases, bytes, G::SCALAR_ORDER, 1)
    }

    fn begin(session: &[u8], flavor: Flavor, label: &[u8]) -> C::Xof {
        F3::<C>::begin(session, flavor, label)
    }

    fn challenge(sponge: &C::Xof) -> G::Scalar {
        F3::<C>::challenge(sponge)
    }

    fn batch_sponge() -> C::Xof {
        F3::<C>::batch_sponge()
    }

    fn absorb_member(sponge: &mut C::Xof, session: &[u8], label: &[u8], proof: &[u8]) {
        F3::<C>::absorb_member(sponge, session, label, proof);
    }
}
