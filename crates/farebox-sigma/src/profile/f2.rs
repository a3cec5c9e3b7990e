//! F2: sigma-protocols-02 and fiat-shamir-02, as ACT-02 and the deployed ARC use it.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt::Debug;
use core::marker::PhantomData;

use farebox_group::{ByteOrder, Group, Scalar};
use once_cell::race::OnceBox;

use super::{Flavor, Numbering, Profile};
use crate::codec::v1;
use crate::{BaseSet, Error, Shake128, Statement, Xof};

/// What the users of the older drafts do not agree on.
pub trait Legacy: Copy + Debug + Default + Send + Sync + 'static {
    /// The protocol identifier: at most 64 bytes, zero padded.
    const PROTOCOL_ID: &'static [u8];
    /// The element numbering in the label.
    const NUMBERING: Numbering;
    /// The byte order of scalars in proofs.
    const SCALAR_ORDER: ByteOrder;
    /// Squeezed bytes of a challenge, at most 64: 48 in draft -02, 64 in the editor's copy of April 2026. Only F2 reads it.
    const CHALLENGE_LEN: usize = 48;
}

/// P-256 as the vectors of draft-irtf-cfrg-sigma-protocols-02 and ARC have it.
#[cfg(feature = "p256")]
#[derive(Clone, Copy, Debug, Default)]
pub struct P256Draft02;

#[cfg(feature = "p256")]
impl Legacy for P256Draft02 {
    const PROTOCOL_ID: &'static [u8] = b"sigma-proofs_Shake128_P256";
    const NUMBERING: Numbering = Numbering::AsAllocated;
    const SCALAR_ORDER: ByteOrder = ByteOrder::Big;
}

/// A hashed session identifier, no length prefix.
///
/// `sid = SHAKE128(pad168("fiat-shamir/session-id") || session)[0..32]`,
/// `gamma = OS2IP(SHAKE128(pad168(id) || 0^32 || sid || label || T_1 || ..)[0..48]) mod q`.
#[derive(Clone, Copy, Debug, Default)]
pub struct F2<L>(PhantomData<L>);

impl<G: Group, L: Legacy> Profile<G> for F2<L> {
    type Xof = Shake128;
    const SCALAR_ORDER: ByteOrder = L::SCALAR_ORDER;

    fn label(statement: &Statement<'_, G>) -> Result<Vec<u8>, Error> {
        Ok(v1::label(statement, L::NUMBERING)?)
    }

    fn parse<'b>(bases: &'b BaseSet<G>, bytes: &[u8]) -> Result<Statement<'b, G>, Error> {
        v1::parse(bases, bytes)
    }

    fn begin(session: &[u8], _: Flavor, label: &[u8]) -> Shake128 {
        // One permutation that every proof begins with.
        static SESSION_ID: OnceBox<Shake128> = OnceBox::new();
        let mut id = SESSION_ID.get_or_init(|| Box::new(Shake128::domain(b"fiat-shamir/session-id"))).clone();
        id.absorb(session);
        let mut sponge = Shake128::domain(L::PROTOCOL_ID);
        sponge.absorb_zeros(32);
        sponge.absorb(&id.squeeze::<32>());
        sponge.absorb(label);
        sponge
    }

    fn challenge(sponge: &Shake128) -> G::Scalar {
        let wide = sponge.squeeze::<64>();
        G::Scalar::reduce(wide.get(..L::CHALLENGE_LEN).unwrap_or(&wide), ByteOrder::Big)
    }
}
