//! Encodings and numbers that are no secret key.

use farebox_blind_rsa::{Fault, ModulusSize, PssDeterministic, PssZeroDeterministic, SecretKey};

use crate::common::{der, key_of, pkcs8};

type Key = SecretKey<PssDeterministic>;

const F4: &[u8] = &[1, 0, 1];

/// The nine integers of RSAPrivateKey, as their contents.
fn integers(pkcs8: &[u8]) -> Vec<Vec<u8>> {
    // SEQUENCE, version, algorithm, OCTET STRING, SEQUENCE: 4 + 3 + 15 + 4 + 4 bytes.
    let mut rest = &pkcs8[30..];
    let mut all = Vec::new();
    while !rest.is_empty() {
        assert_eq!(rest[0], 2);
        let (len, head) = match rest[1] {
            0x81 => (usize::from(rest[2]), 3),
            0x82 => (usize::from(rest[2]) << 8 | usize::from(rest[3]), 4),
            short => (usize::from(short), 2),
        };
        all.push(rest[head..head + len].to_vec());
        rest = &rest[head + len..];
    }
    assert_eq!(all.len(), 9);
    all
}

fn algorithm(oid: &str, rest: &[u8]) -> Vec<u8> {
    der(0x30, &[&hex::decode(oid).unwrap(), rest])
}

const RSA_ENCRYPTION: &str = "06092a864886f70d010101";
const RSASSA_PSS: &str = "06092a864886f70d01010a";

fn write(algorithm: &[u8], integers: &[Vec<u8>]) -> Vec<u8> {
    let values: Vec<u8> = integers.iter().flat_map(|integer| der(2, &[integer])).collect();
    der(0x30, &[&[2, 1, 0], algorithm, &der(4, &[&der(0x30, &[&values])])])
}

fn usual(integers: &[Vec<u8>]) -> Vec<u8> {
    write(&algorithm(RSA_ENCRYPTION, &[5, 0]), integers)
}

fn refusal(der: &[u8]) -> Fault {
    Key::from_pkcs8(der).unwrap_err().fault
}

#[test]
fn the_test_writes_as_the_crate_does() {
    assert_eq!(usual(&integers(pkcs8())), pkcs8());
}

#[test]
fn pss_is_read_with_and_without_parameters() {
    let public = Key::from_pkcs8(pkcs8()).unwrap().public_key().clone();
    let zero = SecretKey::<PssZeroDeterministic>::from_pkcs8(pkcs8()).unwrap().public_key().clone();
    // The template's own AlgorithmIdentifier.
    let of_spki = public.as_spki()[4..67].to_vec();
    for algorithm in [algorithm(RSASSA_PSS, &[]), of_spki.clone()] {
        assert_eq!(*Key::from_pkcs8(&write(&algorithm, &integers(pkcs8()))).unwrap().public_key(), public);
    }
    // A key of a variant with salt is none of a variant without.
    let of_zero = zero.as_spki()[4..67].to_vec();
    assert_eq!(refusal(&write(&of_zero, &integers(pkcs8()))), Fault::Algorithm);
    assert!(SecretKey::<PssZeroDeterministic>::from_pkcs8(&write(&of_spki, &integers(pkcs8()))).is_err());
}

#[test]
fn other_algorithms() {
    assert_eq!(refusal(&write(&algorithm(RSA_ENCRYPTION, &[5, 1, 0]), &integers(pkcs8()))), Fault::Algorithm);
    // rsaOAEP, and an elliptic curve
    for oid in ["06092a864886f70d010107", "06072a8648ce3d0201"] {
        assert_eq!(refusal(&write(&algorithm(oid, &[5, 0]), &integers(pkcs8()))), Fault::Algorithm);
    }
}

/// Each number changed by itself, so that the others do not fit.
#[test]
fn numbers_that_do_not_belong_together() {
    let honest = integers(pkcs8());
    for index in 1..9 {
        let mut changed = honest.clone();
        let last = changed[index].last_mut().unwrap();
        *last = last.wrapping_add(2);
        let fault = refusal(&usual(&changed));
        assert!(matches!(fault, Fault::Inconsistent | Fault::Modulus), "integer {index}: {fault}");
    }
    let mut swapped = honest.clone();
    swapped.swap(4, 5);
    assert_eq!(refusal(&usual(&swapped)), Fault::Inconsistent);
    let mut other_e = honest;
    other_e[2] = vec![3];
    assert_eq!(refusal(&usual(&other_e)), Fault::Inconsistent);
}

/// d modulo (p - 1)(q - 1) and d modulo the least common multiple are both in use.
#[test]
fn d_plus_a_multiple_is_the_same_key() {
    // d is below n here, and far above the size of another multiple, so take a longer one: refused.
    let mut longer = integers(pkcs8());
    longer[3] = [&[1], &longer[3][..], &[0; 8]].concat();
    assert_eq!(refusal(&usual(&longer)), Fault::Inconsistent);
}

#[test]
fn other_versions_and_more_primes() {
    let mut multi = integers(pkcs8());
    multi[0] = vec![1];
    assert_eq!(refusal(&usual(&multi)), Fault::Version);
    multi[0] = vec![0];
    multi.push(vec![7]);
    assert_eq!(refusal(&usual(&multi)), Fault::Der);
    let mut info = pkcs8().to_vec();
    info[6] = 1;
    assert_eq!(refusal(&info), Fault::Version);
}

#[test]
fn not_der() {
    let honest = pkcs8();
    assert_eq!(refusal(&[honest, &[0]].concat()), Fault::Der);
    assert_eq!(refusal(&honest[..honest.len() - 1]), Fault::Der);
    assert_eq!(refusal(&[]), Fault::Der);
    assert_eq!(refusal(&write(&algorithm(RSA_ENCRYPTION, &[]), &integers(honest))), Fault::Der);
    assert_eq!(refusal(&write(&algorithm(RSA_ENCRYPTION, &[5, 0, 5, 0]), &integers(honest))), Fault::Der);
    // Attributes are not read.
    let body = [&honest[4..], &[0xa0, 0]].concat();
    assert_eq!(refusal(&der(0x30, &[&body])), Fault::Der);
    // RSAPrivateKey without PKCS #8 around it.
    assert_eq!(refusal(&honest[26..]), Fault::Der);
}

#[test]
fn primes_that_are_none() {
    let numbers = integers(pkcs8());
    let (p, q) = (&numbers[4][1..], &numbers[5][1..]);
    let refusal = |p: &[u8], q: &[u8], e: &[u8]| Key::from_primes(p, q, e).unwrap_err().fault;
    assert!(Key::from_primes(p, q, F4).is_ok());
    assert_eq!(refusal(p, p, F4), Fault::Inconsistent, "the same prime twice");
    let changed = |by: u8| {
        let mut other = q.to_vec();
        let last = other.last_mut().unwrap();
        *last = last.wrapping_add(by);
        other
    };
    assert_eq!(refusal(p, &changed(1), F4), Fault::Modulus, "even");
    for by in [2, 4, 6] {
        assert_eq!(refusal(p, &changed(by), F4), Fault::Inconsistent, "not prime");
    }
    for len in [0, 1, 64, 127, 129] {
        assert_eq!(refusal(&vec![0xff; len], &vec![0xfd; len], F4), Fault::Modulus);
        assert_eq!(refusal(p, &vec![0xff; len], F4), Fault::Modulus);
    }
    let mut short = q.to_vec();
    short[0] &= 0x7f;
    assert_eq!(refusal(p, &short, F4), Fault::Modulus, "a product of fewer bits");
    for e in [&[][..], &[0], &[1], &[2], &[0xff; 9]] {
        assert_eq!(refusal(p, q, e), Fault::Exponent);
    }
}

#[test]
fn an_exponent_that_is_no_unit() {
    // One of p - 1 and q - 1 has one of these as a factor, or this test looks on.
    let numbers = integers(pkcs8());
    let (p, q) = (&numbers[4][1..], &numbers[5][1..]);
    let residue = |x: &[u8], e: u32| x.iter().fold(0, |r, byte| (r << 8 | u32::from(*byte)) % e);
    let e = (3..1000).step_by(2).find(|e| residue(p, *e) == 1 || residue(q, *e) == 1).unwrap();
    assert_eq!(Key::from_primes(p, q, &e.to_be_bytes()).unwrap_err().fault, Fault::Inconsistent);
    let e = (3..1000u32).step_by(2).find(|e| Key::from_primes(p, q, &e.to_be_bytes()).is_ok());
    assert!(e.is_some(), "another exponent fits");
}

#[test]
fn keys_of_all_sizes_are_written_and_read() {
    for (size, len) in [(ModulusSize::Bits2048, 256), (ModulusSize::Bits3072, 384), (ModulusSize::Bits4096, 512)] {
        let key = key_of::<PssDeterministic>(size);
        assert_eq!((key.public_key().modulus_len(), key.public_key().exponent()), (len, 65537));
        let read = Key::from_pkcs8(&key.to_pkcs8()).unwrap();
        assert_eq!(read.public_key(), key.public_key());
    }
}
