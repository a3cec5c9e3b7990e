//! The duplex sponge, session identifiers and decoding of draft-irtf-cfrg-fiat-shamir-03 against its vectors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{bytes, field, hex, published};
use farebox_group::{ByteOrder, P256, Scalar};
use farebox_sigma::{DuplexSponge, Shake128, TurboShake128, Xof, derive_session_id};
use serde_json::Value;

type P256Scalar = <P256 as farebox_group::Group>::Scalar;

fn run<X: Xof>(record: &Value) -> Vec<u8> {
    let mut sponge = DuplexSponge::<X>::new(&bytes(record, "SessionId").try_into().unwrap());
    let mut out = Vec::new();
    for operation in record["Operations"].as_array().unwrap() {
        match field(operation, "type") {
            "absorb" => sponge.absorb(&bytes(operation, "data")),
            "squeeze" => {
                let mut part = vec![0; operation["length"].as_u64().unwrap() as usize];
                sponge.squeeze(&mut part);
                out.extend(part);
            }
            other => panic!("operation {other}"),
        }
    }
    out
}

/// `"0x..."`, of any length, as 32 bytes.
fn integer(text: &str) -> Vec<u8> {
    hex(&format!("{:0>64}", text.trim_start_matches("0x")))
}

fn check<X: Xof>(file: &str) {
    let Some(records) = published(file) else { return };
    for record in records.as_array().unwrap() {
        let id = field(record, "Id");
        match field(record, "Function") {
            "DuplexSponge" => assert_eq!(run::<X>(record), bytes(record, "Output"), "{id}"),
            "DeriveSessionID" => {
                assert_eq!(derive_session_id::<X>(&[&bytes(record, "Tag")])[..], bytes(record, "Output"), "{id}");
            }
            "DecodeUint" => {
                let wide = if record["Operations"].is_null() { bytes(record, "Input") } else { run::<X>(record) };
                let challenge = P256Scalar::reduce(&wide, ByteOrder::Little).to_bytes(ByteOrder::Big);
                assert_eq!(challenge[..], integer(field(record, "Challenge")), "{id}");
            }
            "SerializeField" if field(record, "Group") == "P-256" => {
                let value = P256Scalar::reduce(&integer(field(record, "Value")), ByteOrder::Big);
                assert_eq!(value.to_bytes(ByteOrder::Big)[..], bytes(record, "Output"), "{id}");
            }
            other => println!("skipped {id}: {other} is not used by sigma protocols here"),
        }
    }
}

#[test]
fn shake128() {
    check::<Shake128>("sigma/draft-03/fiatShamirShake128Vectors.json");
}

#[test]
fn turboshake128() {
    check::<TurboShake128>("sigma/draft-03/fiatShamirTurboShake128Vectors.json");
}

#[test]
fn codec() {
    check::<Shake128>("sigma/draft-03/fiatShamirCodecVectors.json");
}

// From the draft-irtf-cfrg-fiat-shamir-03 vectors: `derive_sid`, `interleave` and `decode_uint`.
#[test]
fn embedded() {
    fn one<X: Xof>(session_id: &str, interleaved: &str, challenge: &str) {
        assert_eq!(hex::encode(derive_session_id::<X>(&[b"interop-", b"test-v00"])), session_id);

        let start: [u8; 32] = core::array::from_fn(|i| i as u8);
        let mut sponge = DuplexSponge::<X>::new(&start);
        let mut out = [0; 32];
        let (first, second) = out.split_at_mut(16);
        sponge.absorb(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        sponge.squeeze(first);
        sponge.absorb(b"more data");
        sponge.squeeze(second);
        assert_eq!(hex::encode(out), interleaved);

        let mut sponge = DuplexSponge::<X>::new(&start);
        sponge.absorb(b"\x08\0\0\0instance");
        let mut wide = [0; 48];
        sponge.squeeze(&mut wide);
        let scalar = P256Scalar::reduce(&wide, ByteOrder::Little).to_bytes(ByteOrder::Big);
        assert_eq!(hex::encode(scalar), challenge);
    }
    one::<Shake128>(
        "b508aca89eecac56cd33e4a28f817f43f849d035922f354173ae8466628308cf",
        "2da3c7e3a65c6e92901e8b668c43917eb9f02e9988e66d5ce2fbd833a0ecb93e",
        "f860997c65f8dabecbcc3459a7b89bf69301b19fa1a0e036eb0d132724436d4f",
    );
    one::<TurboShake128>(
        "4326208c9e56ae847be9356ca7c4447c752a9d7326a44a6cbee0c0dfc69505ac",
        "f2745534347564bed146c95655122f14636bcc58f768296be8494208db29b6be",
        "c2088b455016d0126fcdd76335a79566e7fd8379db1de019871d459bfee9558b",
    );
}
