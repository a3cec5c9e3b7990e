//! Parameters and keys.

use super::flow::{SEPARATOR, case, place};
use crate::vectors::act::layout::{ORDER, add, minus_one};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, MALFORMED, MISUSE, Want, Writer, seed};

/// The separator of the published files.
const PUBLISHED: &str = "ACT-v1:test:vectors:vnext:2026-03-02";

pub(super) fn write(writer: &mut Writer) -> Result<(), String> {
    params(writer)?;
    secret_keys(writer)?;
    public_keys(writer)
}

fn params(writer: &mut Writer) -> Result<(), String> {
    let long = format!("ACT-v1:farebox:{}:test:2026-11-21", "x".repeat(300));
    let too_long = format!("ACT-v1:farebox:{}:test:2026-11-21", "x".repeat(1000));
    let separator: &[&'static str] = &["domain-separator"];
    let cases: [(&str, &str, u64, &[&'static str], Want); 16] = [
        ("the separator of the published files", PUBLISHED, 8, &[], ACCEPT),
        ("the separator of these files", SEPARATOR, 8, &[], ACCEPT),
        ("the generators do not depend on L", SEPARATOR, 64, &[], ACCEPT),
        ("L = 1", SEPARATOR, 1, &["boundary"], ACCEPT),
        ("a tag of more than 255 bytes is hashed first", &long, 8, &[], ACCEPT),
        ("L = 0", SEPARATOR, 0, &["range"], MISUSE),
        ("L = 65", SEPARATOR, 65, &["range"], MISUSE),
        ("L = 252, the largest that the draft names", SEPARATOR, 252, &["range"], MISUSE),
        ("L = 264, which is 8 in one byte", SEPARATOR, 264, &["range"], MISUSE),
        ("no separator", "", 8, separator, MISUSE),
        ("another version", "ACT-v2:farebox:vectors:test:2026-11-21", 8, separator, MISUSE),
        ("a part is missing", "ACT-v1:farebox:vectors:2026-11-21", 8, separator, MISUSE),
        ("a part too many", "ACT-v1:farebox:vectors:test:more:2026-11-21", 8, separator, MISUSE),
        ("an empty part", "ACT-v1:farebox::test:2026-11-21", 8, separator, MISUSE),
        ("not ASCII", "ACT-v1:farebox:v\u{e9}ctors:test:2026-11-21", 8, separator, MISUSE),
        ("longer than 1000 bytes", &too_long, 8, separator, MISUSE),
    ];
    for (comment, separator, bits, flags, want) in cases {
        let input = fields([("domain_separator", separator.to_owned()), ("L", bits.to_string())]);
        writer.add(&place("params", Fields::new(), Fields::new()), case(comment, flags, Fields::new(), input, want))?;
    }
    Ok(())
}

fn secret_keys(writer: &mut Writer) -> Result<(), String> {
    let params = fields([("domain_separator", SEPARATOR.to_owned()), ("L", "8".to_owned())]);
    let zero = Fields::from([("scalars".to_owned(), hex::encode([0; 32]))]);
    let keygen = place("keygen", params.clone(), Fields::new());
    writer.add(&keygen, case("the coins give 0", &["zero-key", "degenerate-coins"], zero, Fields::new(), MISUSE))?;
    writer.add(&keygen, case("another seed", &[], seed("farebox ACT-02 another key"), Fields::new(), ACCEPT))?;

    let mut one = [0; 32];
    one[0] = 1;
    let cases: [(&str, &[&'static str], Vec<u8>, Want); 7] = [
        ("sk = 1", &[], one.to_vec(), ACCEPT),
        ("sk = q - 1", &["boundary"], minus_one().to_vec(), ACCEPT),
        ("sk = 0", &["zero-key"], vec![0; 32], MALFORMED),
        ("sk = q, which is 0", &["zero-key", "non-canonical-scalar"], ORDER.to_vec(), MALFORMED),
        ("sk = q + 1", &["non-canonical-scalar"], add(&one, &ORDER), MALFORMED),
        ("31 bytes", &["length"], one.iter().take(31).copied().collect(), MALFORMED),
        ("33 bytes", &["length"], one.iter().copied().chain([0]).collect(), MALFORMED),
    ];
    for (comment, flags, sk, want) in cases {
        let input = fields([("sk", hex::encode(sk))]);
        let place = place("secret-key", params.clone(), Fields::new());
        writer.add(&place, case(comment, flags, Fields::new(), input, want))?;
    }
    Ok(())
}

fn public_keys(writer: &mut Writer) -> Result<(), String> {
    let generator = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";
    let cases: [(&str, &[&'static str], String, Want); 6] = [
        ("W = G", &[], generator.to_owned(), ACCEPT),
        ("W is the identity", &["identity"], "00".repeat(32), MALFORMED),
        ("W is not below the field's order", &["non-canonical-element"], "ff".repeat(32), MALFORMED),
        ("31 bytes", &["length"], generator.chars().take(62).collect(), MALFORMED),
        ("33 bytes", &["length"], format!("{generator}00"), MALFORMED),
        ("no bytes", &["length"], String::new(), MALFORMED),
    ];
    for (comment, flags, pk, want) in cases {
        let place = place("public-key", Fields::new(), Fields::new());
        writer.add(&place, case(comment, flags, Fields::new(), fields([("pk", pk)]), want))?;
    }
    Ok(())
}
