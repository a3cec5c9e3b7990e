//! PKCS #8 (RFC 5958, version 1) around RSAPrivateKey (RFC 8017, appendix A.1.2).

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::der::{self, INTEGER, NULL, OCTET_STRING, OID, Reader, SEQUENCE};
use crate::spki::{RSA_ENCRYPTION, RSASSA_PSS, read_params};
use crate::{Fault, Malformed};

const FIELD: &str = "secret key";

/// The numbers of RSAPrivateKey, big-endian without leading zeros.
pub(crate) struct Numbers<'a> {
    pub(crate) n: &'a [u8],
    pub(crate) e: &'a [u8],
    pub(crate) d: &'a [u8],
    pub(crate) p: &'a [u8],
    pub(crate) q: &'a [u8],
    pub(crate) dp: &'a [u8],
    pub(crate) dq: &'a [u8],
    pub(crate) qinv: &'a [u8],
}

/// Reads `rsaEncryption`, or `id-RSASSA-PSS` without parameters or with those of this salt length. Two primes, no attributes.
pub(crate) fn read(bytes: &[u8], salt_len: usize) -> Result<Numbers<'_>, Malformed> {
    let mut reader = Reader::new(FIELD, bytes);
    let mut info = reader.inner(SEQUENCE)?;
    reader.end()?;
    read_version(&mut info)?;
    let mut algorithm = info.inner(SEQUENCE)?;
    let key = info.value(OCTET_STRING)?;
    info.end()?;
    match algorithm.value(OID)? {
        RSA_ENCRYPTION if algorithm.value(NULL)?.is_empty() => {}
        RSASSA_PSS if algorithm.at(SEQUENCE) => read_params(&mut algorithm, salt_len)?,
        RSASSA_PSS => {}
        _ => return Err(algorithm.fault(Fault::Algorithm)),
    }
    algorithm.end()?;
    read_numbers(key)
}

fn read_numbers(bytes: &[u8]) -> Result<Numbers<'_>, Malformed> {
    let mut reader = Reader::new(FIELD, bytes);
    let mut key = reader.inner(SEQUENCE)?;
    reader.end()?;
    read_version(&mut key)?;
    let numbers = Numbers {
        n: key.unsigned()?,
        e: key.unsigned()?,
        d: key.unsigned()?,
        p: key.unsigned()?,
        q: key.unsigned()?,
        dp: key.unsigned()?,
        dq: key.unsigned()?,
        qinv: key.unsigned()?,
    };
    key.end()?;
    Ok(numbers)
}

fn read_version(reader: &mut Reader<'_>) -> Result<(), Malformed> {
    if reader.unsigned()?.is_empty() { Ok(()) } else { Err(reader.fault(Fault::Version)) }
}

/// Writes the form with `rsaEncryption`, which every tool reads.
pub(crate) fn write(numbers: &Numbers<'_>) -> Zeroizing<Vec<u8>> {
    let Numbers { n, e, d, p, q, dp, dq, qinv } = numbers;
    let version = der::write(INTEGER, &[&[0]]);
    let integers = [n, e, d, p, q, dp, dq, qinv].map(|number| der::write_unsigned(number));
    let parts: Vec<&[u8]> =
        core::iter::once(version.as_slice()).chain(integers.iter().map(|part| part.as_slice())).collect();
    let key = der::write(OCTET_STRING, &[&der::write(SEQUENCE, &parts)]);
    let algorithm = der::write(SEQUENCE, &[&der::write(OID, &[RSA_ENCRYPTION]), &der::write(NULL, &[])]);
    der::write(SEQUENCE, &[&version, &algorithm, &key])
}
