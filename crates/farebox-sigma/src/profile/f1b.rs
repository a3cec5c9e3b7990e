//! F1b: the format of arc-crypto-01's published vectors, between the -01 and -02 drafts.

use alloc::vec::Vec;
use core::fmt::Debug;
use core::marker::PhantomData;

use farebox_group::{ByteOrder, Group, Scalar};

use super::{Flavor, Legacy, Profile};
use crate::codec::v1;
use crate::{BaseSet, Error, Shake128, Statement, Xof};

/// Session and label each behind a big-endian `u32` length; no session identifier.
///
/// `gamma = OS2IP(SHAKE128(pad168(id) || len || session || len || label || T_1 || ..)[0..48]) mod q`.
#[derive(Clone, Copy, Debug, Default)]
pub struct F1b<L>(PhantomData<L>);

impl<G: Group, L: Legacy> Profile<G> for F1b<L> {
    type Xof = Shake128;
    const SCALAR_ORDER: ByteOrder = L::SCALAR_ORDER;

    fn label(statement: &Statement<'_, G>) -> Result<Vec<u8>, Error> {
        Ok(v1::label(statement, L::NUMBERING)?)
    }

    fn parse<'b>(bases: &'b BaseSet<G>, bytes: &[u8]) -> Result<Statement<'b, G>, Error> {
        v1::parse(bases, bytes)
    }

    fn begin(session: &[u8], _: Flavor, label: &[u8]) -> Shake128 {
        let mut sponge = Shake128::domain(L::PROTOCOL_ID);
        for part in [session, label] {
            sponge.absorb(&(part.len() as u32).to_be_bytes());
            sponge.absorb(part);
        }
        sponge
    }

    fn challenge(sponge: &Shake128) -> G::Scalar {
        G::Scalar::reduce(&sponge.squeeze::<48>(), ByteOrder::Big)
    }
}
