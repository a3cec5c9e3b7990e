//! How much is read at most.

/// Caps on input. The decoders that meet lists or free text take one; start from [`Limits::DEFAULT`] and change what the
/// deployment needs. Messages of fixed length need no cap: their length is checked first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of header fields: of all `WWW-Authenticate` fields together, or of one `Authorization` or
    /// `PrivacyPass-Reverse`.
    pub header: usize,
    /// Challenges of any scheme in the fields of one response.
    pub challenges: usize,
    /// Parameters of one challenge or credential.
    pub parameters: usize,
    /// Bytes of a body: a batch, or a message of unknown type.
    pub body: usize,
    /// Elements or requests of a batch.
    pub batch: usize,
    /// Bytes of an issuer directory.
    pub directory: usize,
    /// Keys of an issuer directory.
    pub keys: usize,
}

impl Limits {
    /// 16 KiB of headers (the longest ACT spend, at L = 64, is 11.6 KB there), 32 challenges of 32 parameters, bodies of
    /// 256 KiB, batches of 1000, directories of 64 KiB with 256 keys.
    pub const DEFAULT: Self = Self {
        header: 16 << 10,
        challenges: 32,
        parameters: 32,
        body: 256 << 10,
        batch: 1000,
        directory: 64 << 10,
        keys: 256,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
