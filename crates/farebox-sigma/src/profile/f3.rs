//! F3: draft-irtf-cfrg-sigma-protocols-03 and draft-irtf-cfrg-fiat-shamir-03, the default for new suites.

use alloc::vec::Vec;
use core::fmt::Debug;
use core::marker::PhantomData;

use farebox_group::{ByteOrder, Group, Scalar};

use super::{Flavor, Profile};
use crate::codec::v2;
use crate::sponge::{DuplexSponge, derive_session_id};
use crate::{BaseSet, Error, Statement, Xof};

/// A ciphersuite of F3: a hash and a name for one group.
pub trait Ciphersuite<G: Group>: Copy + Debug + Default + Send + Sync + 'static {
    /// The identifier that ends every tag.
    const ID: &'static str;
    /// The hash.
    type Xof: Xof;
}

/// `sigma-proofs_Shake128_P256` of the draft.
#[derive(Clone, Copy, Debug, Default)]
pub struct P256Shake128;

/// `sigma-proofs_Shake128_ristretto255`: our own suite, since the draft has none for the group. Scalars are little-endian
/// (RFC 9496), all else as in the draft.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ristretto255Shake128;

#[cfg(feature = "p256")]
impl Ciphersuite<farebox_group::P256> for P256Shake128 {
    const ID: &'static str = "sigma-proofs_Shake128_P256";
    type Xof = crate::Shake128;
}

#[cfg(feature = "ristretto255")]
impl Ciphersuite<farebox_group::Ristretto255> for Ristretto255Shake128 {
    const ID: &'static str = "sigma-proofs_Shake128_ristretto255";
    type Xof = crate::Shake128;
}

/// The profile. The session is the application's label; the tag is `label-DSFS-with-suite` or `label-CMPT-with-suite`.
///
/// `gamma = LE2IP(XOF(session_id || 0^136 || instance || T_1 || ..)[0..Ns+16]) mod q`.
///
/// A suite belongs to its group:
///
/// ```
/// # use farebox_group::{P256, Ristretto255};
/// # use farebox_sigma::{Ciphersuite, P256Shake128, Ristretto255Shake128};
/// # fn suite_of<C: Ciphersuite<G>, G: farebox_group::Group>() {}
/// suite_of::<P256Shake128, P256>();
/// ```
///
/// ```compile_fail
/// # use farebox_group::{P256, Ristretto255};
/// # use farebox_sigma::{Ciphersuite, P256Shake128, Ristretto255Shake128};
/// # fn suite_of<C: Ciphersuite<G>, G: farebox_group::Group>() {}
/// suite_of::<P256Shake128, Ristretto255>();
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct F3<C>(PhantomData<C>);

fn session_id<G: Group, C: Ciphersuite<G>>(session: &[u8], flavor: Flavor) -> [u8; 32] {
    let marker: &[u8] = match flavor {
        Flavor::Compact => b"-CMPT-with-",
        Flavor::Batchable => b"-DSFS-with-",
    };
    derive_session_id::<C::Xof>(&[session, marker, C::ID.as_bytes()])
}

impl<G: Group, C: Ciphersuite<G>> Profile<G> for F3<C> {
    type Xof = C::Xof;
    const SCALAR_ORDER: ByteOrder = G::SCALAR_ORDER;

    fn label(statement: &Statement<'_, G>) -> Result<Vec<u8>, Error> {
        statement.validate()?;
        Ok(v2::label(statement, G::SCALAR_ORDER, 0))
    }

    fn parse<'b>(bases: &'b BaseSet<G>, bytes: &[u8]) -> Result<Statement<'b, G>, Error> {
        v2::parse(bases, bytes, G::SCALAR_ORDER, 0)
    }

    fn begin(session: &[u8], flavor: Flavor, label: &[u8]) -> C::Xof {
        let mut sponge = DuplexSponge::<C::Xof>::new(&session_id::<G, C>(session, flavor));
        sponge.absorb(label);
        sponge.absorbed().clone()
    }

    fn challenge(sponge: &C::Xof) -> G::Scalar {
        let wide = sponge.squeeze::<64>();
        G::Scalar::reduce(wide.get(..G::SCALAR_LEN + 16).unwrap_or(&wide), ByteOrder::Little)
    }

    fn batch_sponge() -> C::Xof {
        let id = derive_session_id::<C::Xof>(&[b"irtf-cfrg-sigma-protocols/batch-verify"]);
        DuplexSponge::<C::Xof>::new(&id).absorbed().clone()
    }

    fn absorb_member(sponge: &mut C::Xof, session: &[u8], label: &[u8], proof: &[u8]) {
        sponge.absorb(&session_id::<G, C>(session, Flavor::Batchable));
        sponge.absorb(label);
        sponge.absorb(proof);
    }
}
