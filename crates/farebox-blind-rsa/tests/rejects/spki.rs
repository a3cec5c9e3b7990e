//! Encodings that are no public key of this use.

use farebox_blind_rsa::{Fault, PssDeterministic, PssZeroDeterministic, PublicKey};

use crate::common::{der, key};

const RSASSA_PSS: &str = "06092a864886f70d01010a";
const RSA_ENCRYPTION: &str = "06092a864886f70d010101";
const MGF1: &str = "06092a864886f70d010108";
const SHA384: &str = "0609608648016503040202";
const SHA256: &str = "0609608648016503040201";
const NULL: &str = "0500";

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

fn sequence(parts: &[&str]) -> Vec<u8> {
    der(0x30, &[&bytes(&parts.concat())])
}

/// The parameters of PSS around hash algorithms and a salt length.
fn parameters(hash: &[u8], mask: &[u8], salt: &[u8]) -> Vec<u8> {
    let mgf = der(0x30, &[&bytes(MGF1), mask]);
    der(0x30, &[&der(0xa0, &[hash]), &der(0xa1, &[&mgf]), &der(0xa2, &[&der(2, &[salt])])])
}

fn usual() -> Vec<u8> {
    parameters(&sequence(&[SHA384]), &sequence(&[SHA384]), &[48])
}

/// n and e of the key of all tests.
fn numbers() -> Vec<u8> {
    let n = [&[0], key::<PssDeterministic>().public_key().modulus()].concat();
    der(0x30, &[&der(2, &[&n]), &der(2, &[&[1, 0, 1]])])
}

fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    der(0x30, &[&der(0x30, &[algorithm]), &der(3, &[&[0], key])])
}

fn with_parameters(parameters: &[u8]) -> Vec<u8> {
    spki(&[bytes(RSASSA_PSS), parameters.to_vec()].concat(), &numbers())
}

fn read(der: &[u8]) -> Result<PublicKey<PssDeterministic>, Fault> {
    PublicKey::from_spki(der).map_err(|error| error.fault)
}

#[test]
fn the_template() {
    let written = key::<PssDeterministic>().public_key().as_spki().to_vec();
    assert_eq!(hex::encode(with_parameters(&usual())), hex::encode(&written));
    assert_eq!(written.len(), 342);
    let head = "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a864886f70d010108300b0609\
                608648016503040202a2030201300382010f003082010a0282010100";
    assert_eq!(hex::encode(&written[..81]), head);
    assert_eq!(hex::encode(&written[337..]), "0203010001");
}

/// Others write NULL where the hash has no parameters. The key is the same, its id is that of the bytes that came.
#[test]
fn null_parameters_are_read_and_kept() {
    let hash = sequence(&[SHA384, NULL]);
    let ours = key::<PssDeterministic>().public_key().clone();
    for (hash, mask) in [(&hash, &hash), (&hash, &sequence(&[SHA384])), (&sequence(&[SHA384]), &hash)] {
        let der = with_parameters(&parameters(hash, mask, &[48]));
        let theirs = read(&der).unwrap();
        assert_eq!((theirs.as_spki(), &theirs), (der.as_slice(), &ours));
        assert_ne!(theirs.id(), ours.id());
    }
}

#[test]
fn rsa_encryption() {
    for algorithm in [sequence(&[RSA_ENCRYPTION, NULL]), sequence(&[RSA_ENCRYPTION])] {
        let der = der(0x30, &[&algorithm, &der(3, &[&[0], &numbers()])]);
        assert_eq!(read(&der).unwrap_err(), Fault::Algorithm);
    }
}

#[test]
fn other_parameters() {
    let sha384 = sequence(&[SHA384]);
    let sha256 = sequence(&[SHA256]);
    let wrong = [
        Vec::new(),
        bytes(NULL),
        sequence(&[]),
        parameters(&sha256, &sha384, &[48]),
        parameters(&sha384, &sha256, &[48]),
        parameters(&sha384, &sha384, &[0]),
        parameters(&sha384, &sha384, &[20]),
        parameters(&sha384, &sha384, &[47]),
        parameters(&sha384, &sha384, &[1, 48]),
        // no salt length, which means 20
        der(0x30, &[&der(0xa0, &[&sha384]), &der(0xa1, &[&der(0x30, &[&bytes(MGF1), &sha384])])]),
        // no hash, which means SHA-1
        der(0x30, &[&der(0xa1, &[&der(0x30, &[&bytes(MGF1), &sha384])]), &der(0xa2, &[&der(2, &[&[48]])])]),
    ];
    for parameters in wrong {
        assert_eq!(read(&with_parameters(&parameters)).unwrap_err(), Fault::Algorithm, "{}", hex::encode(&parameters));
    }
    // The variants without salt say so.
    let zero = PublicKey::<PssZeroDeterministic>::from_spki(&with_parameters(&parameters(&sha384, &sha384, &[0])));
    assert_eq!(zero.unwrap(), *key::<PssZeroDeterministic>().public_key());
    assert!(PublicKey::<PssZeroDeterministic>::from_spki(&with_parameters(&usual())).is_err());
}

#[test]
fn not_der() {
    let honest = with_parameters(&usual());
    let usual = usual();
    // The trailer field's default value has no encoding in DER.
    let trailer = [&usual[2..], &der(0xa3, &[&der(2, &[&[1]])])].concat();
    let pss = bytes(RSASSA_PSS);
    let n = key::<PssDeterministic>().public_key().modulus().to_vec();
    let key_of = |n: &[u8], e: &[u8]| der(0x30, &[&der(2, &[n]), &der(2, &[e])]);
    let positive = [&[0], &n[..]].concat();
    let with_key = |key: &[u8]| spki(&[pss.clone(), usual.clone()].concat(), key);
    let wrong = [
        ("bytes behind", [&honest[..], &[0]].concat()),
        ("bytes in front", [&[0], &honest[..]].concat()),
        ("a trailer field", with_parameters(&der(0x30, &[&trailer]))),
        (
            "a parameter of the hash",
            with_parameters(&parameters(&sequence(&[SHA384, "0101ff"]), &sequence(&[SHA384]), &[48])),
        ),
        ("a longer salt length", with_parameters(&parameters(&sequence(&[SHA384]), &sequence(&[SHA384]), &[0, 48]))),
        ("a third value", spki(&[pss.clone(), usual.clone(), bytes(NULL)].concat(), &numbers())),
        ("unused bits", der(0x30, &[&der(0x30, &[&pss, &usual]), &der(3, &[&[1], &numbers()])])),
        ("an octet string", der(0x30, &[&der(0x30, &[&pss, &usual]), &der(4, &[&[0], &numbers()])])),
        ("an empty bit string", der(0x30, &[&der(0x30, &[&pss, &usual]), &der(3, &[])])),
        ("a negative modulus", with_key(&key_of(&n, &[1, 0, 1]))),
        ("a modulus with two zeros", with_key(&key_of(&[&[0], &positive[..]].concat(), &[1, 0, 1]))),
        ("an exponent with a zero", with_key(&key_of(&positive, &[0, 1, 0, 1]))),
        ("an empty exponent", with_key(&key_of(&positive, &[]))),
        ("bytes behind the key", with_key(&[key_of(&positive, &[1, 0, 1]), vec![0]].concat())),
        ("a third number", with_key(&der(0x30, &[&der(2, &[&positive]), &der(2, &[&[3]]), &der(2, &[&[3]])]))),
        ("a long length of a short value", {
            let mut long = honest.clone();
            long.splice(1..4, [0x83, 0, 1, 0x52]);
            long
        }),
        ("no length", vec![0x30]),
        ("an endless length", [&[0x30, 0x80], &honest[4..], &[0, 0]].concat()),
        ("a length beyond the end", vec![0x30, 0x82, 0xff, 0xff]),
        ("nothing", Vec::new()),
    ];
    for (what, der) in wrong {
        assert_eq!(read(&der).unwrap_err(), Fault::Der, "{what}");
    }
}

#[test]
fn numbers_that_are_no_key() {
    let with = |n: &[u8], e: &[u8]| {
        let key = der(0x30, &[&der(2, &[n]), &der(2, &[e])]);
        read(&spki(&[bytes(RSASSA_PSS), usual()].concat(), &key)).unwrap_err()
    };
    let mut n = [&[0], key::<PssDeterministic>().public_key().modulus()].concat();
    assert_eq!(with(&n, &[1]), Fault::Exponent);
    assert_eq!(with(&n, &[2]), Fault::Exponent);
    assert_eq!(with(&n, &[0]), Fault::Exponent);
    assert_eq!(with(&n[1..129], &[3]), Fault::Der);
    assert_eq!(with(&[15], &[3]), Fault::Modulus);
    assert_eq!(with(&[0], &[3]), Fault::Modulus);
    *n.last_mut().unwrap() -= 1;
    assert_eq!(with(&n, &[1, 0, 1]), Fault::Modulus);
}
