//! The raw operations of the system's OpenSSL, through its safe interface. It blinds by itself, from its own generator.

use alloc::vec;
use alloc::vec::Vec;

use openssl::bn::BigNum;
use openssl::pkey::Private;
use openssl::rsa::{Padding, Rsa};
use zeroize::Zeroizing;

use crate::number::Numbers;

/// A key in OpenSSL's form. It erases its numbers when it is freed.
pub(crate) struct Key(Rsa<Private>);

impl Key {
    /// `None` where OpenSSL does not take the key or does not do the operation.
    pub(crate) fn new(numbers: &Numbers) -> Option<Self> {
        let public = |bytes: &[u8]| BigNum::from_slice(bytes).ok();
        let secret = |bytes: &[u8]| {
            let mut number = BigNum::new_secure().ok()?;
            number.copy_from_slice(bytes).ok()?;
            number.set_const_time();
            Some(number)
        };
        let rsa = Rsa::from_private_components(
            public(&numbers.n)?,
            public(&numbers.e)?,
            secret(&numbers.d)?,
            secret(&numbers.p)?,
            secret(&numbers.q)?,
            secret(&numbers.dp)?,
            secret(&numbers.dq)?,
            secret(&numbers.qinv)?,
        );
        let key = Self(rsa.ok()?);
        // 1^d = 1
        let mut one = vec![0; numbers.n.len()];
        *one.last_mut()? = 1;
        (*key.raise(&one)? == one).then_some(key)
    }

    pub(crate) fn raise(&self, m: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut s = Zeroizing::new(vec![0; m.len()]);
        let written = self.0.private_encrypt(m, &mut s, Padding::NONE).ok()?;
        (written == m.len()).then_some(s)
    }

    pub(crate) fn power(&self, s: &[u8]) -> Option<Vec<u8>> {
        let mut m = vec![0; s.len()];
        let written = self.0.public_decrypt(s, &mut m, Padding::NONE).ok()?;
        (written == s.len()).then_some(m)
    }
}
