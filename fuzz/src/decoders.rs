//! The list. A new decoder is one line here; a new kind of check is one function below.

use farebox_group::{ByteOrder, Group, Ristretto255, Scalar};

use crate::Decoder;

/// Every decoder that reads bytes from the network or from storage.
pub const DECODERS: &[Decoder] = &[
    ("ristretto255-element", element::<Ristretto255>),
    ("ristretto255-scalar-little", scalar_little::<Ristretto255>),
    ("ristretto255-scalar-big", scalar_big::<Ristretto255>),
    ("ristretto255-reduce", reduce::<Ristretto255>),
];

/// What decodes is not the identity and encodes to the same bytes.
fn element<G: Group>(data: &[u8]) {
    if let Ok((element, encoded)) = G::decode(data) {
        assert_eq!(encoded.as_ref(), data);
        assert_eq!(G::encode(&element).expect("the identity does not decode").as_ref(), data);
    }
}

fn scalar_little<G: Group>(data: &[u8]) {
    scalar::<G>(data, ByteOrder::Little);
}

fn scalar_big<G: Group>(data: &[u8]) {
    scalar::<G>(data, ByteOrder::Big);
}

/// What decodes encodes to the same bytes, is its own residue, and has the mirrored bytes in the other order.
fn scalar<G: Group>(data: &[u8], order: ByteOrder) {
    let residue = G::Scalar::reduce(data, order);
    if let Ok(scalar) = G::Scalar::from_bytes(data, order) {
        assert_eq!(scalar.to_bytes(order).as_ref(), data);
        assert!(scalar == residue, "a decoded scalar is below the group order");
        let other = if order == ByteOrder::Little { ByteOrder::Big } else { ByteOrder::Little };
        let mirrored: Vec<u8> = data.iter().rev().copied().collect();
        assert_eq!(scalar.to_bytes(other).as_ref(), mirrored);
    } else {
        // Never refused for its value alone while it is canonical.
        assert!(data.len() != G::SCALAR_LEN || residue.to_bytes(order).as_ref() != data);
    }
}

/// Any length reduces, and to the same scalar in either order.
fn reduce<G: Group>(data: &[u8]) {
    let mirrored: Vec<u8> = data.iter().rev().copied().collect();
    let little = G::Scalar::reduce(data, ByteOrder::Little);
    assert!(little == G::Scalar::reduce(&mirrored, ByteOrder::Big));
    if let Some((high, low)) = data.split_last() {
        // value = low + high * 256^len(low), one byte at a time
        let radix = low.iter().fold(G::Scalar::ONE, |power, _| power * G::Scalar::from(256));
        assert!(little == G::Scalar::reduce(low, ByteOrder::Little) + radix * G::Scalar::from(u64::from(*high)));
    }
}
