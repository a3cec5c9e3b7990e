//! The three modes (RFC 9497, Section 3.1), and what each adds to messages and states.

use alloc::vec::Vec;
use core::fmt::Debug;
use core::marker::PhantomData;

use crate::codec::Reader;
use crate::{Malformed, Point, Proof, Suite};

pub(crate) mod sealed {
    use super::{Malformed, Reader, Vec};

    pub trait Sealed {}

    /// A part of a message or state that only some modes have.
    pub trait Part: Sized {
        /// Its bytes at the end of a message.
        const LEN: usize;
        fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed>;
        fn write(&self, out: &mut Vec<u8>);
    }

    /// The public input that the output depends on.
    pub trait Public {
        fn info(&self) -> Option<&[u8]>;
    }
}

use sealed::{Part, Public, Sealed};

/// A mode of RFC 9497. Keys, states and messages of one mode are no other mode's.
pub trait Mode: Sealed + Copy + Debug + Default + Send + Sync + 'static {
    /// The mode's byte in the context string.
    #[doc(hidden)]
    const BYTE: &'static [u8; 1];
    /// What an evaluation carries beside its elements.
    type Proof<S: Suite>: Part + Clone + Debug + Send + Sync;
    /// What the client keeps of the public input.
    type Info<S: Suite>: Part + Public + Debug + Send + Sync;
}

/// A mode in which the client checks that the server used the key it published.
pub trait Verifiable: Mode {}

/// A mode without public input.
pub trait WithoutInfo: Mode {
    #[doc(hidden)]
    fn no_info<S: Suite>() -> Self::Info<S>;
}

/// The base mode: the client cannot tell which key was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "modeOPRF")]
pub struct Oprf;

/// The verifiable mode: the server proves that it used its key. Privacy Pass uses this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "modeVOPRF")]
pub struct Voprf;

/// The partially oblivious mode: verifiable, and the output depends on a public input that both know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "modePOPRF")]
pub struct Poprf;

impl Sealed for Oprf {}
impl Sealed for Voprf {}
impl Sealed for Poprf {}

impl Mode for Oprf {
    const BYTE: &'static [u8; 1] = &[0];
    type Proof<S: Suite> = NoProof;
    type Info<S: Suite> = NoInfo;
}

impl Mode for Voprf {
    const BYTE: &'static [u8; 1] = &[1];
    type Proof<S: Suite> = Proof<S>;
    type Info<S: Suite> = NoInfo;
}

impl Mode for Poprf {
    const BYTE: &'static [u8; 1] = &[2];
    type Proof<S: Suite> = Proof<S>;
    type Info<S: Suite> = Info<S>;
}

impl Verifiable for Voprf {}
impl Verifiable for Poprf {}

impl WithoutInfo for Oprf {
    fn no_info<S: Suite>() -> NoInfo {
        NoInfo
    }
}

impl WithoutInfo for Voprf {
    fn no_info<S: Suite>() -> NoInfo {
        NoInfo
    }
}

/// Nothing: [`Oprf`] has no proof.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoProof;

impl Part for NoProof {
    const LEN: usize = 0;
    fn read(_: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self)
    }
    fn write(&self, _: &mut Vec<u8>) {}
}

/// Nothing: only [`Poprf`] has a public input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoInfo;

impl Part for NoInfo {
    const LEN: usize = 0;
    fn read(_: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self)
    }
    fn write(&self, _: &mut Vec<u8>) {}
}

impl Public for NoInfo {
    fn info(&self) -> Option<&[u8]> {
        None
    }
}

/// The public input, and the server's key as it tweaks it.
#[derive(Clone, Debug)]
pub struct Info<S: Suite> {
    pub(crate) info: Vec<u8>,
    pub(crate) tweaked: Point<S>,
    pub(crate) suite: PhantomData<S>,
}

impl<S: Suite> Info<S> {
    pub(crate) fn new(info: &[u8], tweaked: Point<S>) -> Self {
        Self { info: info.to_vec(), tweaked, suite: PhantomData }
    }
}

impl<S: Suite> Part for Info<S> {
    /// Not at the end of a message.
    const LEN: usize = 0;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let info = reader.prefixed("info")?;
        Ok(Self::new(info, reader.point::<S>("tweakedKey")?))
    }

    fn write(&self, out: &mut Vec<u8>) {
        crate::codec::write_prefixed(out, &self.info);
        out.extend_from_slice(self.tweaked.bytes());
    }
}

impl<S: Suite> Public for Info<S> {
    fn info(&self) -> Option<&[u8]> {
        Some(&self.info)
    }
}
