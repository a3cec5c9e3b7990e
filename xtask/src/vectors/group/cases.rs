//! Our own files for the groups.

use farebox_group::{ByteOrder, Group, P256, P384, Ristretto255, Scalar as _};

use super::{P256_SUITE, P384_SUITE, RISTRETTO255, SPEC};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, Draft, MALFORMED, MISUSE, Place, Want, Writer};

/// Writes all of them.
pub(crate) fn write(writer: &mut Writer) -> Result<(), String> {
    of_group::<Ristretto255>(writer, RISTRETTO255)?;
    of_group::<P256>(writer, P256_SUITE)?;
    of_group::<P384>(writer, P384_SUITE)?;
    ristretto255_elements(writer)?;
    nist_elements(writer, &P256_CASES)?;
    nist_elements(writer, &P384_CASES)
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
        let len = G::SCALAR_LEN;
        decode(&format!("2^{} - 1", 8 * len), &["non-canonical-scalar"], vec![0xff; len], MALFORMED)?;
        decode(&format!("{} bytes", len - 1), &["length"], vec![0; len - 1], MALFORMED)?;
        decode(&format!("{} bytes", len + 1), &["length"], vec![0; len + 1], MALFORMED)?;
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

/// A NIST curve's generator, the order of its field, and a small x on the curve.
struct Nist {
    suite: &'static str,
    x: &'static str,
    y: &'static str,
    p: &'static str,
    n: &'static str,
    p_plus_n: &'static str,
}

const P256_CASES: Nist = Nist {
    suite: P256_SUITE,
    x: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
    y: "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    p: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
    n: "05",
    p_plus_n: "ffffffff00000001000000000000000000000001000000000000000000000004",
};

const P384_CASES: Nist = Nist {
    suite: P384_SUITE,
    x: "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
    y: "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
    n: "03",
    p_plus_n: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff000000000000000100000002",
};

fn nist_elements(writer: &mut Writer, nist: &Nist) -> Result<(), String> {
    let Nist { suite, x, y, p, n, p_plus_n } = nist;
    // Bytes of a coordinate.
    let len = x.len() / 2;
    let small = |n: &str| format!("{}{n}", "00".repeat(len - 1));
    let ne = len + 1;
    let (x_small, x_large) =
        (format!("x = {}", n.trim_start_matches('0')), format!("x = {}, written as x + p", n.trim_start_matches('0')));
    let (x_most, zeros) = (format!("x = 2^{} - 1", 8 * len), format!("the identity as {ne} zero bytes"));
    let [tag_04, tag_06, tag_07] = ["04", "06", "07"].map(|tag| format!("tag {tag} on {ne} bytes"));
    let (short, long) = (format!("{len} bytes"), format!("{} bytes", ne + 1));
    let cases: [(&str, Option<&'static str>, String, Want); 20] = [
        ("the generator", None, format!("03{x}"), ACCEPT),
        ("minus the generator", None, format!("02{x}"), ACCEPT),
        (&x_small, None, format!("02{}", small(n)), ACCEPT),
        (&x_large, Some("non-canonical-element"), format!("02{p_plus_n}"), MALFORMED),
        ("x = p", Some("non-canonical-element"), format!("02{p}"), MALFORMED),
        (&x_most, Some("non-canonical-element"), format!("03{}", "ff".repeat(len)), MALFORMED),
        ("x = 1, which is not on the curve", Some("non-canonical-element"), format!("02{}", small("01")), MALFORMED),
        (&zeros, Some("identity"), "00".repeat(len + 1), MALFORMED),
        ("the identity as one zero byte", Some("identity"), "00".to_owned(), MALFORMED),
        ("tag 00", Some("non-canonical-element"), format!("00{x}"), MALFORMED),
        ("tag 01", Some("non-canonical-element"), format!("01{x}"), MALFORMED),
        (&tag_04, Some("non-canonical-element"), format!("04{x}"), MALFORMED),
        ("tag 05, the compact form", Some("non-canonical-element"), format!("05{x}"), MALFORMED),
        (&tag_06, Some("non-canonical-element"), format!("06{x}"), MALFORMED),
        (&tag_07, Some("non-canonical-element"), format!("07{x}"), MALFORMED),
        ("the uncompressed form", Some("length"), format!("04{x}{y}"), MALFORMED),
        ("the hybrid form", Some("length"), format!("07{x}{y}"), MALFORMED),
        (&short, Some("length"), (*x).to_owned(), MALFORMED),
        (&long, Some("length"), format!("03{x}00"), MALFORMED),
        ("no bytes", Some("length"), String::new(), MALFORMED),
    ];
    for (comment, flag, bytes, want) in cases {
        let flags: Vec<&'static str> = flag.into_iter().collect();
        add(writer, suite, "decode-element", comment, &flags, fields([("bytes", bytes)]), want)?;
    }
    Ok(())
}
