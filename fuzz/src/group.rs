//! Elements and scalars.

use farebox_group::{ByteOrder, Group, Scalar};

/// What decodes is not the identity and encodes to the same bytes.
pub(crate) fn element<G: Group>(data: &[u8]) -> bool {
    let Ok((element, encoded)) = G::decode(data) else { return false };
    assert_eq!(encoded.as_ref(), data);
    assert_eq!(G::encode(&element).expect("the identity does not decode").as_ref(), data);
    true
}

pub(crate) fn elements<G: Group>() -> Vec<Vec<u8>> {
    let multiple = |n: u64| G::encode(&G::mul_generator(&G::Scalar::from(n))).expect("not the identity");
    (1..5).map(|n| multiple(n).as_ref().to_vec()).collect()
}

pub(crate) fn scalar_little<G: Group>(data: &[u8]) -> bool {
    scalar::<G>(data, ByteOrder::Little)
}

pub(crate) fn scalar_big<G: Group>(data: &[u8]) -> bool {
    scalar::<G>(data, ByteOrder::Big)
}

pub(crate) fn ones_little() -> Vec<Vec<u8>> {
    let mut one = vec![0; 32];
    one[0] = 1;
    vec![one]
}

pub(crate) fn ones_big() -> Vec<Vec<u8>> {
    let mut one = vec![0; 32];
    one[31] = 1;
    vec![one]
}

pub(crate) fn ones_little_48() -> Vec<Vec<u8>> {
    vec![ones_little().concat().into_iter().chain([0; 16]).collect()]
}

pub(crate) fn ones_big_48() -> Vec<Vec<u8>> {
    vec![[0; 16].into_iter().chain(ones_big().concat()).collect()]
}

/// What decodes encodes to the same bytes, is its own residue, and has the mirrored bytes in the other order.
fn scalar<G: Group>(data: &[u8], order: ByteOrder) -> bool {
    let residue = G::Scalar::reduce(data, order);
    let Ok(scalar) = G::Scalar::from_bytes(data, order) else {
        // Never refused for its value alone while it is canonical.
        assert!(data.len() != G::SCALAR_LEN || residue.to_bytes(order).as_ref() != data);
        return false;
    };
    assert_eq!(scalar.to_bytes(order).as_ref(), data);
    assert!(scalar == residue, "a decoded scalar is below the group order");
    let other = if order == ByteOrder::Little { ByteOrder::Big } else { ByteOrder::Little };
    let mirrored: Vec<u8> = data.iter().rev().copied().collect();
    assert_eq!(scalar.to_bytes(other).as_ref(), mirrored);
    true
}

/// Any length reduces, and to the same scalar in either order.
pub(crate) fn reduce<G: Group>(data: &[u8]) -> bool {
    let mirrored: Vec<u8> = data.iter().rev().copied().collect();
    let little = G::Scalar::reduce(data, ByteOrder::Little);
    assert!(little == G::Scalar::reduce(&mirrored, ByteOrder::Big));
    if let Some((high, low)) = data.split_last() {
        // value = low + high * 256^len(low), one byte at a time
        let radix = low.iter().fold(G::Scalar::ONE, |power, _| power * G::Scalar::from(256));
        assert!(little == G::Scalar::reduce(low, ByteOrder::Little) + radix * G::Scalar::from(u64::from(*high)));
    }
    true
}
