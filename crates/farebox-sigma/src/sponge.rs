//! Hashes with output of any length, and the duplex sponge of draft-irtf-cfrg-fiat-shamir-03 over them.

use sha3::digest::{ExtendableOutput, Update, XofReader};

/// An extendable-output function.
pub trait Xof: Clone + Default {
    /// As in ciphersuite names.
    const NAME: &'static str;
    /// Bytes absorbed by one permutation.
    const RATE: usize;
    /// The output stream.
    type Reader: XofReader;

    /// Takes in more bytes.
    fn absorb(&mut self, bytes: &[u8]);
    /// The output stream for what was absorbed.
    fn reader(&self) -> Self::Reader;

    /// The first bytes of the output stream.
    fn squeeze<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.reader().read(&mut out);
        out
    }

    /// Absorbs `label` and zeros up to the rate, so that one permutation holds the label alone.
    #[must_use]
    fn domain(label: &[u8]) -> Self {
        let mut xof = Self::default();
        xof.absorb(label);
        xof.absorb_zeros(Self::RATE.saturating_sub(label.len()));
        xof
    }

    /// Absorbs zeros, at most 168.
    fn absorb_zeros(&mut self, count: usize) {
        const ZEROS: [u8; 168] = [0; 168];
        self.absorb(ZEROS.get(..count).unwrap_or(&ZEROS));
    }
}

macro_rules! xof {
    ($(#[$doc:meta])* $name:ident, $inner:ty, $reader:ty, $rate:literal) => {
        $(#[$doc])*
        #[derive(Clone, Default)]
        pub struct $name($inner);

        impl Xof for $name {
            const NAME: &'static str = stringify!($name);
            const RATE: usize = $rate;
            type Reader = $reader;
            fn absorb(&mut self, bytes: &[u8]) {
                self.0.update(bytes);
            }
            fn reader(&self) -> Self::Reader {
                self.0.clone().finalize_xof()
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

xof!(
    /// SHAKE128 (FIPS 202).
    Shake128,
    sha3::Shake128,
    sha3::Shake128Reader,
    168
);
xof!(
    /// TurboSHAKE128 with the domain separation byte 0x1F (RFC 9861).
    TurboShake128,
    turboshake::TurboShake<168, 0x1F>,
    turboshake::TurboShakeReader<168>,
    168
);

/// A sponge that absorbs and squeezes in turn: every output is the hash of all that was absorbed before it, and
/// squeezes without an absorb between them go on in one stream.
#[derive(Clone, Debug)]
pub struct DuplexSponge<X: Xof> {
    absorbed: X,
    /// Bytes already read from the stream for `absorbed`.
    read: usize,
}

impl<X: Xof> DuplexSponge<X> {
    /// Starts from a 32-byte session identifier.
    #[must_use]
    pub fn new(session_id: &[u8; 32]) -> Self {
        Self { absorbed: X::domain(session_id), read: 0 }
    }

    /// Takes in bytes; an empty string changes nothing.
    pub fn absorb(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.read = 0;
            self.absorbed.absorb(bytes);
        }
    }

    /// The next bytes of the output stream.
    pub fn squeeze(&mut self, out: &mut [u8]) {
        let mut reader = self.absorbed.reader();
        let mut skip = [0; 64];
        let mut left = self.read;
        while left > 0 {
            let now = left.min(skip.len());
            if let Some(chunk) = skip.get_mut(..now) {
                reader.read(chunk);
            }
            left -= now;
        }
        reader.read(out);
        self.read += out.len();
    }

    pub(crate) fn absorbed(&self) -> &X {
        &self.absorbed
    }
}

/// `DeriveSessionID` of draft-irtf-cfrg-fiat-shamir-03.
#[must_use]
#[doc(alias = "DeriveSessionID")]
pub fn derive_session_id<X: Xof>(tag: &[&[u8]]) -> [u8; 32] {
    // The label has exactly 32 bytes.
    let mut xof = X::domain(b"irtf-cfrg-fiat-shamir/session-id");
    tag.iter().for_each(|part| xof.absorb(part));
    xof.squeeze()
}
