//! Vectors of `farebox-group`: hashing, encodings and what does not decode.

mod cases;

use farebox_group::{ByteOrder, Group, P256, P384, Ristretto255, Scalar};

use super::inputs::Inputs;
use super::outcome::{Failure, Outcome, fields};
use super::runner::Operation;

pub(crate) use cases::write;

pub(crate) const SPEC: &str = "farebox-group";
pub(crate) const RISTRETTO255: &str = "ristretto255-SHA512";
pub(crate) const P256_SUITE: &str = "P256-SHA256";
pub(crate) const P384_SUITE: &str = "P384-SHA384";

pub(crate) const OPERATIONS: &[Operation] = &[
    operation("hash-to-group", &["message", "dst"], &["element"], |i| {
        of_suite(i, [hash_to_group::<Ristretto255>, hash_to_group::<P256>, hash_to_group::<P384>])
    }),
    operation("hash-to-scalar", &["message", "dst"], &["scalar"], |i| {
        of_suite(i, [hash_to_scalar::<Ristretto255>, hash_to_scalar::<P256>, hash_to_scalar::<P384>])
    }),
    operation("multiply-generator", &["scalar"], &["element"], |i| {
        of_suite(i, [multiply::<Ristretto255>, multiply::<P256>, multiply::<P384>])
    }),
    operation("decode-element", &["bytes"], &["bytes"], |i| {
        of_suite(i, [decode_element::<Ristretto255>, decode_element::<P256>, decode_element::<P384>])
    }),
    operation("decode-scalar", &["bytes", "order"], &["bytes"], |i| {
        of_suite(i, [decode_scalar::<Ristretto255>, decode_scalar::<P256>, decode_scalar::<P384>])
    }),
];

const fn operation(
    name: &'static str,
    input: &'static [&'static str],
    output: &'static [&'static str],
    run: fn(&Inputs<'_>) -> Outcome,
) -> Operation {
    let suites = &[RISTRETTO255, P256_SUITE, P384_SUITE];
    Operation { spec: SPEC, suites, name, params: &[], keys: &[], coins: &[], input, output, run }
}

pub(crate) type Run = fn(&Inputs<'_>) -> Outcome;

/// The suites' runs in the order of their names above.
pub(crate) fn of_suite(inputs: &Inputs<'_>, [ristretto255, p256, p384]: [Run; 3]) -> Outcome {
    match inputs.suite {
        P256_SUITE => p256(inputs),
        P384_SUITE => p384(inputs),
        _ => ristretto255(inputs),
    }
}

fn hash_to_group<G: Group>(inputs: &Inputs<'_>) -> Outcome {
    let (message, dst) = (inputs.input.bytes("message")?, inputs.input.bytes("dst")?);
    let element = G::hash_to_group(&[&message], &[&dst]).map_err(Failure::misuse)?;
    let encoded = G::encode(&element).map_err(Failure::misuse)?;
    Ok(fields([("element", hex::encode(encoded))]))
}

fn hash_to_scalar<G: Group>(inputs: &Inputs<'_>) -> Outcome {
    let (message, dst) = (inputs.input.bytes("message")?, inputs.input.bytes("dst")?);
    let scalar = G::hash_to_scalar(&[&message], &[&dst]).map_err(Failure::misuse)?;
    Ok(fields([("scalar", hex::encode(scalar.to_bytes(G::SCALAR_ORDER)))]))
}

/// The identity has no encoding.
fn multiply<G: Group>(inputs: &Inputs<'_>) -> Outcome {
    let scalar = G::Scalar::from_bytes(&inputs.input.bytes("scalar")?, G::SCALAR_ORDER)?;
    let encoded = G::encode(&G::mul_generator(&scalar)).map_err(Failure::misuse)?;
    Ok(fields([("element", hex::encode(encoded))]))
}

/// Gives the bytes again, encoded from the element.
fn decode_element<G: Group>(inputs: &Inputs<'_>) -> Outcome {
    let (element, _) = G::decode(&inputs.input.bytes("bytes")?)?;
    let encoded = G::encode(&element).map_err(Failure::misuse)?;
    Ok(fields([("bytes", hex::encode(encoded))]))
}

fn decode_scalar<G: Group>(inputs: &Inputs<'_>) -> Outcome {
    let order = match inputs.input.optional_text("order") {
        None => G::SCALAR_ORDER,
        Some("little") => ByteOrder::Little,
        Some("big") => ByteOrder::Big,
        Some(other) => return Err(Failure::Case(format!("in.order: {other:?} is neither little nor big"))),
    };
    let scalar = G::Scalar::from_bytes(&inputs.input.bytes("bytes")?, order)?;
    Ok(fields([("bytes", hex::encode(scalar.to_bytes(order)))]))
}
