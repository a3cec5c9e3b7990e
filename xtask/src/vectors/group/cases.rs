//! Our own files for the groups.

use farebox_group::{ByteOrder, Group, P256, Ristretto255, Scalar as _};

use super::{P256_SUITE, RISTRETTO255, SPEC};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, Draft, MALFORMED, MISUSE, Place, Want, Writer};

/// Writes all of them.
pub(crate) fn write(writer: &mut Writer) -> Result<(), String> {
    of_group::<Ristretto255>(writer, RISTRETTO255)?;
    of_group::<P256>(writer, P256_SUITE)?;
    ristretto255_elements(writer)?;
    p256_elements(writer)
}

fn add(
    writer: &mut Writer,
    suite: &'static str,
    operation: &'static str,
    comment: &str,
    flags: &[&'static str],
    input: Fields,
    want: Want,
) -> Result<Fields, String> {
    let (statement, params, keys) = (Vec::new(), Fields::new(), Fields::new());
    let place = Place { spec: SPEC, draft: None, suite, operation, statement, params, keys };
    writer.add(&place, Draft { comment: comment.to_owned(), flags: flags.to_vec(), coins: Fields::new(), input, want })
}

fn of_group<G: Group>(writer: &mut Writer, suite: &'static str) -> Result<(), String> {
    let dst = hex::encode(format!("farebox-vectors-1 {suite}"));
    for operation in ["hash-to-group", "hash-to-scalar"] {
        let messages = [
            ("an empty message", String::new(), dst.clone(), ACCEPT),
            ("abc", hex::encode("abc"), dst.clone(), ACCEPT),
            ("a message of 512 bytes", "61".repeat(512), dst.clone(), ACCEPT),
            ("a tag of one byte", hex::encode("abc"), "2a".to_owned(), ACCEPT),
            ("a tag of 255 bytes", hex::encode("abc"), "2a".repeat(255), ACCEPT),
            ("a tag of 256 bytes is hashed first", hex::encode("abc"), "2a".repeat(256), ACCEPT),
            ("no tag", hex::encode("abc"), String::new(), MISUSE),
        ];
        for (comment, message, dst, want) in messages {
            let flags: &[&'static str] = if want == ACCEPT { &[] } else { &["domain-separator"] };
            add(writer, suite, operation, comment, flags, fields([("message", message), ("dst", dst)]), want)?;
        }
    }
    let one = G::Scalar::ONE;
    let scalar = |scalar: G::Scalar| scalar.to_bytes(G::SCALAR_ORDER).as_ref().to_vec();
    let mut multiply = |comment: &str, flags: &[&'static str], bytes: &[u8], want| {
        add(writer, suite, "multiply-generator", comment, flags, fields([("scalar", hex::encode(bytes))]), want)
    };
    multiply("1", &[], &scalar(one), ACCEPT)?;
    multiply("2", &[], &scalar(one + one), ACCEPT)?;
    multiply("the order minus 1", &["boundary"], &scalar(-one), ACCEPT)?;
    multiply("0 gives the identity, which has no encoding", &["identity"], &scalar(G::Scalar::ZERO), MISUSE)?;

    // The order itself: one more than order - 1, which has no carry in either group.
    let order = |byte_order| {
        let mut bytes = (-one).to_bytes(byte_order).as_ref().to_vec();
        let last = if byte_order == ByteOrder::Little { bytes.first_mut() } else { bytes.last_mut() };
        last.into_iter().for_each(|byte| *byte += 1);
        bytes
    };
    for (name, byte_order) in [("little", ByteOrder::Little), ("big", ByteOrder::Big)] {
        let mut decode = |comment: &str, flags: &[&'static str], bytes: Vec<u8>, want| {
            let input = fields([("bytes", hex::encode(bytes)), ("order", name.to_owned())]);
            add(writer, suite, "decode-scalar", comment, flags, input, want)
        };
        let bytes = |scalar: G::Scalar| scalar.to_bytes(byte_order).as_ref().to_vec();
        decode("0", &[], bytes(G::Scalar::ZERO), ACCEPT)?;
        decode("1", &[], bytes(one), ACCEPT)?;
        decode("the order minus 1", &["boundary"], bytes(-one), ACCEPT)?;
        decode("the order", &["non-canonical-scalar"], order(byte_order), MALFORMED)?;
        decode("2^256 - 1", &["non-canonical-scalar"], vec![0xff; 32], MALFORMED)?;
        decode("31 bytes", &["length"], vec![0; 31], MALFORMED)?;
        decode("33 bytes", &["length"], vec![0; 33], MALFORMED)?;
        decode("no bytes", &["length"], Vec::new(), MALFORMED)?;
    }
    Ok(())
}

/// The bad encodings of RFC 9496, Appendix A.2, and the lengths.
const RISTRETTO255_BAD: &[(&str, &str, &str)] = &[
    ("the identity", "identity", "0000000000000000000000000000000000000000000000000000000000000000"),
    (
        "a non-canonical field encoding",
        "non-canonical-element",
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ),
    (
        "a non-canonical field encoding",
        "non-canonical-element",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "a non-canonical field encoding",
        "non-canonical-element",
        "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "a non-canonical field encoding",
        "non-canonical-element",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "a negative field element",
        "non-canonical-element",
        "0100000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "a negative field element",
        "non-canonical-element",
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "a negative field element",
        "non-canonical-element",
        "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
    ),
    ("x^2 is no square", "non-canonical-element", "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"),
    ("x^2 is no square", "non-canonical-element", "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f"),
    ("xy is negative", "non-canonical-element", "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e"),
    ("xy is negative", "non-canonical-element", "a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220"),
    (
        "s = -1, which gives y = 0",
        "non-canonical-element",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    ("31 bytes", "length", "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d"),
    ("33 bytes", "length", "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d7600"),
    ("no bytes", "length", ""),
];

fn ristretto255_elements(writer: &mut Writer) -> Result<(), String> {
    let generator = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76".to_owned();
    add(writer, RISTRETTO255, "decode-element", "the generator", &[], fields([("bytes", generator)]), ACCEPT)?;
    for (comment, flag, bytes) in RISTRETTO255_BAD {
        let input = fields([("bytes", (*bytes).to_owned())]);
        add(writer, RISTRETTO255, "decode-element", comment, &[*flag], input, MALFORMED)?;
    }
    Ok(())
}

fn p256_elements(writer: &mut Writer) -> Result<(), String> {
    let x = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
    let y = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    let p = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    let p_plus_5 = "ffffffff00000001000000000000000000000001000000000000000000000004";
    let small = |n: &str| format!("{}{n}", "00".repeat(31));
    let cases = [
        ("the generator", None, format!("03{x}"), ACCEPT),
        ("minus the generator", None, format!("02{x}"), ACCEPT),
        ("x = 5", None, format!("02{}", small("05")), ACCEPT),
        ("x = 5, written as x + p", Some("non-canonical-element"), format!("02{p_plus_5}"), MALFORMED),
        ("x = p", Some("non-canonical-element"), format!("02{p}"), MALFORMED),
        ("x = 2^256 - 1", Some("non-canonical-element"), format!("03{}", "ff".repeat(32)), MALFORMED),
        ("x = 1, which is not on the curve", Some("non-canonical-element"), format!("02{}", small("01")), MALFORMED),
        ("the identity as 33 zero bytes", Some("identity"), "00".repeat(33), MALFORMED),
        ("the identity as one zero byte", Some("identity"), "00".to_owned(), MALFORMED),
        ("tag 00", Some("non-canonical-element"), format!("00{x}"), MALFORMED),
        ("tag 01", Some("non-canonical-element"), format!("01{x}"), MALFORMED),
        ("tag 04 on 33 bytes", Some("non-canonical-element"), format!("04{x}"), MALFORMED),
        ("tag 05, the compact form", Some("non-canonical-element"), format!("05{x}"), MALFORMED),
        ("tag 06 on 33 bytes", Some("non-canonical-element"), format!("06{x}"), MALFORMED),
        ("tag 07 on 33 bytes", Some("non-canonical-element"), format!("07{x}"), MALFORMED),
        ("the uncompressed form", Some("length"), format!("04{x}{y}"), MALFORMED),
        ("the hybrid form", Some("length"), format!("07{x}{y}"), MALFORMED),
        ("32 bytes", Some("length"), x.to_owned(), MALFORMED),
        ("34 bytes", Some("length"), format!("03{x}00"), MALFORMED),
        ("no bytes", Some("length"), String::new(), MALFORMED),
    ];
    for (comment, flag, bytes, want) in cases {
        let flags: Vec<&'static str> = flag.into_iter().collect();
        add(writer, P256_SUITE, "decode-element", comment, &flags, fields([("bytes", bytes)]), want)?;
    }
    Ok(())
}
