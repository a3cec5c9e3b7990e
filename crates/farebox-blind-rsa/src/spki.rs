//! SubjectPublicKeyInfo with id-RSASSA-PSS (RFC 9474, section 6; RFC 9578, section 6.5).

use alloc::vec::Vec;

use crate::der::{self, BIT_STRING, INTEGER, NULL, OID, Reader, SEQUENCE, context};
use crate::{Fault, Malformed};

/// 1.2.840.113549.1.1.10
pub(crate) const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
/// 1.2.840.113549.1.1.1
pub(crate) const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// 1.2.840.113549.1.1.8
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];
/// 2.16.840.1.101.3.4.2.2
const SHA384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];

const FIELD: &str = "public key";

/// The key that an SPKI carries: n and e, big-endian without leading zeros.
pub(crate) struct Rsa<'a> {
    pub(crate) n: &'a [u8],
    pub(crate) e: &'a [u8],
}

/// The DER whose hash is a token's key id: hash parameters are absent, not NULL, and the trailer field is left out.
/// 342 bytes for 2048 bits and e = 65537.
pub(crate) fn write(n: &[u8], e: &[u8], salt_len: usize) -> Vec<u8> {
    let oid = der::write(OID, &[RSASSA_PSS]);
    let params = write_params(salt_len);
    let algorithm = der::write(SEQUENCE, &[&oid, &params]);
    let key = der::write(SEQUENCE, &[&der::write_unsigned(n), &der::write_unsigned(e)]);
    let bits = der::write(BIT_STRING, &[&[0], &key]);
    der::write(SEQUENCE, &[&algorithm, &bits]).to_vec()
}

/// RSASSA-PSS-params: SHA-384, MGF1 with SHA-384, salt length.
fn write_params(salt_len: usize) -> Vec<u8> {
    let sha384 = der::write(SEQUENCE, &[&der::write(OID, &[SHA384])]);
    let mgf1 = der::write(SEQUENCE, &[&der::write(OID, &[MGF1]), &sha384]);
    // 0 or 48
    let salt = der::write(INTEGER, &[&[salt_len as u8]]);
    let parts =
        [der::write(context(0), &[&sha384]), der::write(context(1), &[&mgf1]), der::write(context(2), &[&salt])];
    der::write(SEQUENCE, &parts.each_ref().map(|part| part.as_slice())).to_vec()
}

/// Reads an SPKI of id-RSASSA-PSS with this salt length. NULL as the hash's parameters is read too: others write it.
pub(crate) fn read(bytes: &[u8], salt_len: usize) -> Result<Rsa<'_>, Malformed> {
    let mut reader = Reader::new(FIELD, bytes);
    let mut spki = reader.inner(SEQUENCE)?;
    reader.end()?;
    let mut algorithm = spki.inner(SEQUENCE)?;
    let bits = spki.value(BIT_STRING)?;
    spki.end()?;
    if algorithm.value(OID)? != RSASSA_PSS {
        return Err(algorithm.fault(Fault::Algorithm));
    }
    read_params(&mut algorithm, salt_len)?;
    algorithm.end()?;
    // No unused bits.
    let [0, key @ ..] = bits else { return Err(spki.fault(Fault::Der)) };
    read_rsa(key)
}

/// RSAPublicKey.
fn read_rsa(bytes: &[u8]) -> Result<Rsa<'_>, Malformed> {
    let mut reader = Reader::new(FIELD, bytes);
    let mut key = reader.inner(SEQUENCE)?;
    reader.end()?;
    let rsa = Rsa { n: key.unsigned()?, e: key.unsigned()? };
    key.end()?;
    Ok(rsa)
}

/// The parameters that [`write_params`] writes, where the hash's own may be NULL. A trailer field of its default is not DER,
/// and a missing salt length means 20.
pub(crate) fn read_params(algorithm: &mut Reader<'_>, salt_len: usize) -> Result<(), Malformed> {
    let other = algorithm.fault(Fault::Algorithm);
    let mut params = algorithm.inner(SEQUENCE).map_err(|_| other)?;
    let mut hash = params.inner(context(0)).map_err(|_| other)?;
    read_sha384(&mut hash)?;
    hash.end()?;
    let mut mask = params.inner(context(1)).map_err(|_| other)?;
    let mut mgf = mask.inner(SEQUENCE)?;
    mask.end()?;
    if mgf.value(OID)? != MGF1 {
        return Err(other);
    }
    read_sha384(&mut mgf)?;
    mgf.end()?;
    let mut salt = params.inner(context(2)).map_err(|_| other)?;
    let len = salt.unsigned()?;
    salt.end()?;
    params.end()?;
    // 48 or 0, in at most one byte
    let same = len.len() <= 1 && len.first().map_or(0, |byte| usize::from(*byte)) == salt_len;
    if same { Ok(()) } else { Err(other) }
}

fn read_sha384(reader: &mut Reader<'_>) -> Result<(), Malformed> {
    let mut hash = reader.inner(SEQUENCE)?;
    if hash.value(OID)? != SHA384 {
        return Err(hash.fault(Fault::Algorithm));
    }
    if hash.at(NULL) && !hash.value(NULL)?.is_empty() {
        return Err(hash.fault(Fault::Der));
    }
    hash.end()
}
