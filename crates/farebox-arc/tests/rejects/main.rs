//! One test for each check, named after it, which asserts the exact refusal: the layer that has to refuse, refuses. Where a
//! state was handed in, it comes back and still works.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::result_large_err, missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod client;
mod decoders;
mod forgery;
mod identity;
mod issuance;
mod issuer;
mod limits;

use common::{
    Element, HOLDER, Point, Run, Scalar, Tested, at, bytes_of, context, limit, order_bytes, point_at, put, random,
    randoms, request_context, scalar_at, shift, tomorrow,
};
use farebox_arc::*;
use farebox_group::{DecodeError, Element as _, Group as _, Scalar as _};
use farebox_sigma::Coins;

fn malformed(field: &'static str, fault: Fault) -> Malformed {
    Malformed { field, fault }
}

const INVALID: Error = Error::Invalid(Invalid);
