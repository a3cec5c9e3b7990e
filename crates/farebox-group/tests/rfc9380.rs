//! RFC 9380: hashing to P-256 (J.1.1) and P-384 (J.2.1), and to ristretto255 and scalars by what other documents publish.
#![cfg(all(feature = "ristretto255", feature = "p256", feature = "p384"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::eq_op)] // a test may panic

use farebox_group::{ByteOrder, Group, P256, P384, Ristretto255, Scalar};

/// J.1.1, suite `P256_XMD:SHA-256_SSWU_RO_`: the messages' sums P, by coordinates.
const SSWU_P256: [(&str, &str); 5] = [
    (
        "2c15230b26dbc6fc9a37051158c95b79656e17a1a920b11394ca91c44247d3e4",
        "8a7a74985cc5c776cdfe4b1f19884970453912e9d31528c060be9ab5c43e8415",
    ),
    (
        "0bb8b87485551aa43ed54f009230450b492fead5f1cc91658775dac4a3388a0f",
        "5c41b3d0731a27a7b14bc0bf0ccded2d8751f83493404c84a88e71ffd424212e",
    ),
    (
        "65038ac8f2b1def042a5df0b33b1f4eca6bff7cb0f9c6c1526811864e544ed80",
        "cad44d40a656e7aff4002a8de287abc8ae0482b5ae825822bb870d6df9b56ca3",
    ),
    (
        "4be61ee205094282ba8a2042bcb48d88dfbb609301c49aa8b078533dc65a0b5d",
        "98f8df449a072c4721d241a3b1236d3caccba603f916ca680f4539d2bfb3c29e",
    ),
    (
        "457ae2981f70ca85d8e24c308b14db22f3e3862c5ea0f652ca38b5e49cd64bc5",
        "ecb9f0eadc9aeed232dabc53235368c1394c78de05dd96893eefa62b0f4757dc",
    ),
];

/// J.2.1, suite `P384_XMD:SHA-384_SSWU_RO_`.
const SSWU_P384: [(&str, &str); 5] = [
    (
        "eb9fe1b4f4e14e7140803c1d99d0a93cd823d2b024040f9c067a8eca1f5a2eeac9ad604973527a356f3fa3aeff0e4d83",
        "0c21708cff382b7f4643c07b105c2eaec2cead93a917d825601e63c8f21f6abd9abc22c93c2bed6f235954b25048bb1a",
    ),
    (
        "e02fc1a5f44a7519419dd314e29863f30df55a514da2d655775a81d413003c4d4e7fd59af0826dfaad4200ac6f60abe1",
        "01f638d04d98677d65bef99aef1a12a70a4cbb9270ec55248c04530d8bc1f8f90f8a6a859a7c1f1ddccedf8f96d675f6",
    ),
    (
        "bdecc1c1d870624965f19505be50459d363c71a699a496ab672f9a5d6b78676400926fbceee6fcd1780fe86e62b2aa89",
        "57cf1f99b5ee00f3c201139b3bfe4dd30a653193778d89a0accc5e0f47e46e4e4b85a0595da29c9494c1814acafe183c",
    ),
    (
        "03c3a9f401b78c6c36a52f07eeee0ec1289f178adf78448f43a3850e0456f5dd7f7633dd31676d990eda32882ab486c0",
        "cc183d0d7bdfd0a3af05f50e16a3f2de4abbc523215bf57c848d5ea662482b8c1f43dc453a93b94a8026db58f3f5d878",
    ),
    (
        "7b18d210b1f090ac701f65f606f6ca18fb8d081e3bc6cbd937c5604325f1cdea4c15c10a54ef303aabf2ea58bd9947a4",
        "ea857285a33abb516732915c353c75c576bf82ccc96adb63c094dde580021eddeafd91f8c0bfee6f636528f3d0c47fd2",
    ),
];

fn sswu<G: Group>(tag: &[u8], expected: [(&str, &str); 5]) {
    let (q128, a512) = (format!("q128_{}", "q".repeat(128)), format!("a512_{}", "a".repeat(512)));
    let messages = ["", "abc", "abcdef0123456789", &q128, &a512];
    for (message, (x, y)) in messages.into_iter().zip(expected) {
        let element = G::hash_to_group(&[message.as_bytes()], &[tag]).unwrap();
        let parity = if hex::decode(y).unwrap().last().unwrap() & 1 == 1 { "03" } else { "02" };
        assert_eq!(hex::encode(G::encode(&element).unwrap()), format!("{parity}{x}"));
    }
}

#[test]
fn p256_sswu() {
    sswu::<P256>(b"QUUX-V01-CS02-with-P256_XMD:SHA-256_SSWU_RO_", SSWU_P256);
}

#[test]
fn p384_sswu() {
    sswu::<P384>(b"QUUX-V01-CS02-with-P384_XMD:SHA-384_SSWU_RO_", SSWU_P384);
}

/// RFC 9497, Section 3.2.1 and Appendix A: `skSm` in mode 0 is `hash_to_scalar` of seed, key info and a counter.
fn derived_key<G: Group>(suite: &[u8]) -> String {
    let message: [&[u8]; 4] = [&[0xa3; 32], &[0, 8], b"test key", &[0]];
    let scalar = G::hash_to_scalar(&message, &[b"DeriveKeyPair", b"OPRFV1-\x00-", suite]).unwrap();
    hex::encode(scalar.to_bytes(G::SCALAR_ORDER))
}

#[test]
fn rfc9497_hash_to_scalar() {
    assert_eq!(derived_key::<P256>(b"P256-SHA256"), "159749d750713afe245d2d39ccfaae8381c53ce92d098a9375ee70739c7ac0bf");
    assert_eq!(
        derived_key::<Ristretto255>(b"ristretto255-SHA512"),
        "5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e"
    );
    assert_eq!(
        derived_key::<P384>(b"P384-SHA384"),
        "dfe7ddc41a4646901184f2b432616c8ba6d452f9bcd0c4f75a5150ef2b2ed02ef40b8b92f60ae591bcabd72a6518f188"
    );
}

/// RFC 9497, Appendix A, mode 0: `BlindedElement = Blind * HashToGroup(Input)`.
fn blinded<G: Group>(suite: &[u8], blind: &str, input: &[u8]) -> String {
    let blind = G::Scalar::from_bytes(&hex::decode(blind).unwrap(), G::SCALAR_ORDER).unwrap();
    let element = G::hash_to_group(&[input], &[b"HashToGroup-OPRFV1-\x00-", suite]).unwrap();
    hex::encode(G::encode(&(element * &blind)).unwrap())
}

#[test]
fn rfc9497_hash_to_group() {
    let blind = "3338fa65ec36e0290022b48eb562889d89dbfa691d1cde91517fa222ed7ad364";
    assert_eq!(
        blinded::<P256>(b"P256-SHA256", blind, &[0]),
        "03723a1e5c09b8b9c18d1dcbca29e8007e95f14f4732d9346d490ffc195110368d"
    );
    assert_eq!(
        blinded::<P256>(b"P256-SHA256", blind, &[0x5a; 17]),
        "03cc1df781f1c2240a64d1c297b3f3d16262ef5d4cf102734882675c26231b0838"
    );
    let blind = "504650f53df8f16f6861633388936ea23338fa65ec36e0290022b48eb562889d89dbfa691d1cde91517fa222ed7ad364";
    assert_eq!(
        blinded::<P384>(b"P384-SHA384", blind, &[0]),
        "02a36bc90e6db34096346eaf8b7bc40ee1113582155ad3797003ce614c835a874343701d3f2debbd80d97cbe45de6e5f1f"
    );
    assert_eq!(
        blinded::<P384>(b"P384-SHA384", blind, &[0x5a; 17]),
        "02def6f418e3484f67a124a2ce1bfb19de7a4af568ede6a1ebb2733882510ddd43d05f2b1ab5187936a55e50a847a8b900"
    );
    let blind = "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706";
    assert_eq!(
        blinded::<Ristretto255>(b"ristretto255-SHA512", blind, &[0]),
        "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c"
    );
    assert_eq!(
        blinded::<Ristretto255>(b"ristretto255-SHA512", blind, &[0x5a; 17]),
        "da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418"
    );
}

/// The generators H1 to H4 of Anonymous Credit Tokens for one domain separator.
#[test]
fn act_generators() {
    let domain: &[u8] = b"ACT-v1:test:vectors:vnext:2026-03-02";
    let expected = [
        "3c4ad7c819f856426f5b9ea6fe42499b86e9eb3d04ae9475ec8fd0851e1af264",
        "44fae85c702edcdad516816bef6e2f266b632aae8343498f2a762126f0fe464d",
        "2c87a7c0f858aafad37240aa7b042ea0f3032c682191707c824545da353eaf05",
        "300d96281c0ec7c36607be90541bfb0df58f02ff2582e8ce0138fea3c6ec2b36",
    ];
    for (i, expected) in (b'1'..).zip(expected) {
        let element = Ristretto255::hash_to_group(&[b"GenH", &[i], &[0], domain], &[b"HashToGroup-", domain]).unwrap();
        assert_eq!(hex::encode(Ristretto255::encode(&element).unwrap()), expected);
    }
}

/// Below the order as well as above it, the order of bytes is the suite's.
#[test]
fn scalar_orders() {
    assert_eq!(P256::SCALAR_ORDER, ByteOrder::Big);
    assert_eq!(P384::SCALAR_ORDER, ByteOrder::Big);
    assert_eq!(Ristretto255::SCALAR_ORDER, ByteOrder::Little);
}
