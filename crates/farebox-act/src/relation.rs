//! The statements of ACT-02, one a file.

pub mod request;
pub mod spend;

use farebox_group::{ByteOrder, Ristretto255};
use farebox_sigma::{F2, Legacy, Numbering};

/// The conventions of ACT-02 within profile F2.
#[derive(Clone, Copy, Debug, Default)]
pub struct Act02;

impl Legacy for Act02 {
    const PROTOCOL_ID: &'static [u8] = b"ietf sigma proof linear relation";
    const NUMBERING: Numbering = Numbering::FirstUse;
    const SCALAR_ORDER: ByteOrder = ByteOrder::Little;
}

pub(crate) type Profile = F2<Act02>;
pub(crate) type Statement<'b> = farebox_sigma::Statement<'b, Ristretto255>;
pub(crate) type Transcript = farebox_sigma::Transcript<Profile>;
