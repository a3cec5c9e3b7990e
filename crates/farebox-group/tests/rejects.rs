//! One test for each form that is refused.
#![cfg(all(feature = "ristretto255", feature = "p256", feature = "p384"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::eq_op)] // a test may panic

use farebox_group::{ByteOrder, DecodeError, EmptyTag, Group, IdentityError, P256, P384, Ristretto255, Scalar};

const G: &str = "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
const P: &str = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
const N: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const G384: &str = "03aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7";
const P384_P: &str = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff";
const N384: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";
const ELL: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

fn hex(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

fn p256_error(bytes: &[u8]) -> DecodeError {
    P256::decode(bytes).unwrap_err()
}

/// The generator under another tag.
fn tagged(tag: u8) -> Vec<u8> {
    let mut bytes = hex(G);
    bytes[0] = tag;
    bytes
}

#[test]
fn p256_accepts_both_tags() {
    assert_eq!(P256::decode(&tagged(3)).unwrap().0, P256::generator());
    assert_eq!(P256::decode(&tagged(2)).unwrap().0, -P256::generator());
}

#[test]
fn p256_refuses_other_tags() {
    for tag in (0..=255).filter(|tag| !matches!(tag, 2 | 3)) {
        assert_eq!(p256_error(&tagged(tag)), DecodeError::Element, "{tag:02x}");
    }
}

#[test]
fn p256_refuses_33_zero_bytes_as_identity() {
    assert_eq!(p256_error(&[0; 33]), DecodeError::Identity);
}

#[test]
fn p256_refuses_one_zero_byte() {
    assert_eq!(p256_error(&[0]), DecodeError::Length { expected: 33, actual: 1 });
}

#[test]
fn p256_refuses_the_uncompressed_form() {
    let y = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    let bytes = hex(&format!("04{}{y}", &G[2..]));
    assert_eq!(p256_error(&bytes), DecodeError::Length { expected: 33, actual: 65 });
}

#[test]
fn p256_refuses_x_at_and_above_p() {
    // x = 5 is on the curve, so that p + 5 would be without the check.
    let on_curve = hex(&format!("02{}05", "00".repeat(31)));
    assert!(P256::decode(&on_curve).is_ok());
    let p_plus_5 = "ffffffff00000001000000000000000000000001000000000000000000000004";
    for x in [P, p_plus_5, &"ff".repeat(32)] {
        for tag in ["02", "03"] {
            assert_eq!(p256_error(&hex(&format!("{tag}{x}"))), DecodeError::Element);
        }
    }
}

#[test]
fn p256_refuses_x_off_the_curve() {
    // 1 - 3 + b is no square.
    assert_eq!(p256_error(&hex(&format!("02{}01", "00".repeat(31)))), DecodeError::Element);
}

#[test]
fn p256_refuses_scalars_at_and_above_the_order() {
    let refused =
        |bytes: &[u8], order| assert_eq!(<P256 as Group>::Scalar::from_bytes(bytes, order), Err(DecodeError::Scalar));
    let mut n = hex(N);
    refused(&n, ByteOrder::Big);
    refused(&[0xff; 32], ByteOrder::Big);
    n.reverse();
    refused(&n, ByteOrder::Little);
    n[0] -= 1;
    assert_eq!(<P256 as Group>::Scalar::from_bytes(&n, ByteOrder::Little), Ok(-<P256 as Group>::Scalar::ONE));
}

fn p384_error(bytes: &[u8]) -> DecodeError {
    P384::decode(bytes).unwrap_err()
}

/// The generator under another tag.
fn tagged_384(tag: u8) -> Vec<u8> {
    let mut bytes = hex(G384);
    bytes[0] = tag;
    bytes
}

#[test]
fn p384_accepts_both_tags() {
    assert_eq!(P384::decode(&tagged_384(3)).unwrap().0, P384::generator());
    assert_eq!(P384::decode(&tagged_384(2)).unwrap().0, -P384::generator());
}

#[test]
fn p384_refuses_other_tags() {
    for tag in (0..=255).filter(|tag| !matches!(tag, 2 | 3)) {
        assert_eq!(p384_error(&tagged_384(tag)), DecodeError::Element, "{tag:02x}");
    }
}

#[test]
fn p384_refuses_49_zero_bytes_as_identity() {
    assert_eq!(p384_error(&[0; 49]), DecodeError::Identity);
}

#[test]
fn p384_refuses_one_zero_byte() {
    assert_eq!(p384_error(&[0]), DecodeError::Length { expected: 49, actual: 1 });
}

#[test]
fn p384_refuses_the_uncompressed_form() {
    let y = "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f";
    let bytes = hex(&format!("04{}{y}", &G384[2..]));
    assert_eq!(p384_error(&bytes), DecodeError::Length { expected: 49, actual: 97 });
}

#[test]
fn p384_refuses_x_at_and_above_p() {
    // x = 3 is on the curve, so that p + 3 would be without the check.
    let on_curve = hex(&format!("02{}03", "00".repeat(47)));
    assert!(P384::decode(&on_curve).is_ok());
    let p_plus_3 = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff000000000000000100000002";
    for x in [P384_P, p_plus_3, &"ff".repeat(48)] {
        for tag in ["02", "03"] {
            assert_eq!(p384_error(&hex(&format!("{tag}{x}"))), DecodeError::Element);
        }
    }
}

#[test]
fn p384_refuses_x_off_the_curve() {
    // 1 - 3 + b is no square.
    assert_eq!(p384_error(&hex(&format!("02{}01", "00".repeat(47)))), DecodeError::Element);
}

#[test]
fn p384_refuses_scalars_at_and_above_the_order() {
    let refused =
        |bytes: &[u8], order| assert_eq!(<P384 as Group>::Scalar::from_bytes(bytes, order), Err(DecodeError::Scalar));
    let mut n = hex(N384);
    refused(&n, ByteOrder::Big);
    refused(&[0xff; 48], ByteOrder::Big);
    n.reverse();
    refused(&n, ByteOrder::Little);
    n[0] -= 1;
    assert_eq!(<P384 as Group>::Scalar::from_bytes(&n, ByteOrder::Little), Ok(-<P384 as Group>::Scalar::ONE));
}

#[test]
fn ristretto255_refuses_scalars_at_and_above_the_order() {
    let refused = |bytes: &[u8], order| {
        assert_eq!(<Ristretto255 as Group>::Scalar::from_bytes(bytes, order), Err(DecodeError::Scalar))
    };
    let mut ell = hex(ELL);
    refused(&ell, ByteOrder::Little);
    refused(&[0xff; 32], ByteOrder::Little);
    ell.reverse();
    refused(&ell, ByteOrder::Big);
}

#[test]
fn ristretto255_refuses_the_identity() {
    assert_eq!(Ristretto255::decode(&[0; 32]).unwrap_err(), DecodeError::Identity);
}

#[test]
fn the_identity_is_not_encoded() {
    assert_eq!(P256::encode(&Default::default()), Err(IdentityError));
    assert_eq!(P384::encode(&Default::default()), Err(IdentityError));
    assert_eq!(Ristretto255::encode(&Default::default()), Err(IdentityError));
}

#[test]
fn an_empty_tag_is_refused() {
    assert_eq!(P256::hash_to_group(&[b"m"], &[]).unwrap_err(), EmptyTag);
    assert_eq!(P256::hash_to_scalar(&[b"m"], &[b"", b""]).unwrap_err(), EmptyTag);
    assert_eq!(P384::hash_to_group(&[b"m"], &[]).unwrap_err(), EmptyTag);
    assert_eq!(P384::hash_to_scalar(&[b"m"], &[b"", b""]).unwrap_err(), EmptyTag);
    assert_eq!(Ristretto255::hash_to_group(&[b"m"], &[]).unwrap_err(), EmptyTag);
    assert_eq!(Ristretto255::hash_to_scalar(&[b"m"], &[b"", b""]).unwrap_err(), EmptyTag);
}
