//! Token types, and the lengths that each fixes.

use core::fmt;

/// A token type, a 16-bit code point. Any value can be held; [`is_known`](Self::is_known) says whether its messages have a
/// layout here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenType(u16);

/// How the scheme's message stands inside a Privacy Pass message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// As it is.
    Bare,
    /// Behind a length of two bytes.
    U16,
}

/// The lengths of a type, in bytes.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The client's message to the issuer.
    pub(crate) request: usize,
    /// What of the issuer's answer stands before the proof, for each token.
    pub(crate) evaluated: usize,
    /// The proof behind it, once for a batch.
    pub(crate) proof: usize,
    /// `Nk`; `None` where the token has a layout of its own.
    pub(crate) authenticator: Option<usize>,
    pub(crate) framing: Framing,
}

const VOPRF_P384: Layout =
    Layout { request: 49, evaluated: 49, proof: 96, authenticator: Some(48), framing: Framing::Bare };
const BLIND_RSA: Layout =
    Layout { request: 256, evaluated: 256, proof: 0, authenticator: Some(256), framing: Framing::Bare };
const VOPRF_RISTRETTO255: Layout =
    Layout { request: 32, evaluated: 32, proof: 64, authenticator: Some(64), framing: Framing::Bare };
const ARC: Layout = Layout { request: 226, evaluated: 454, proof: 0, authenticator: None, framing: Framing::Bare };
const ACT: Layout = Layout { request: 130, evaluated: 162, proof: 0, authenticator: None, framing: Framing::U16 };

impl TokenType {
    /// `0x0001`, VOPRF(P-384, SHA-384) of RFC 9578.
    pub const VOPRF_P384: Self = Self(0x0001);
    /// `0x0002`, Blind RSA (2048-bit) of RFC 9578.
    pub const BLIND_RSA: Self = Self(0x0002);
    /// `0x0005`, VOPRF(ristretto255, SHA-512) of draft-ietf-privacypass-batched-tokens-07, where it is a suggestion.
    pub const VOPRF_RISTRETTO255: Self = Self(0x0005);
    /// `0xE5AC`, ARC(P-256) of draft-ietf-privacypass-arc-protocol-01.
    pub const ARC: Self = Self(0xE5AC);
    /// `0xE5AD`, ACT(ristretto255) of draft-schlesinger-privacypass-act, a placeholder there.
    pub const ACT: Self = Self(0xE5AD);

    /// The types whose messages have a layout here.
    pub const KNOWN: [Self; 5] = [Self::VOPRF_P384, Self::BLIND_RSA, Self::VOPRF_RISTRETTO255, Self::ARC, Self::ACT];

    /// The types that RFC 9577 reserves for greasing: an origin sends challenges of these with random bodies, so that clients
    /// stay able to skip what they do not know.
    #[doc(alias = "RESERVED")]
    pub const GREASE: [Self; 17] = [
        Self(0x0000),
        Self(0x02AA),
        Self(0x1132),
        Self(0x2E96),
        Self(0x3CD3),
        Self(0x4473),
        Self(0x5A63),
        Self(0x6D32),
        Self(0x7F3F),
        Self(0x8D07),
        Self(0x916B),
        Self(0xA6A4),
        Self(0xBEAB),
        Self(0xC3F3),
        Self(0xDA42),
        Self(0xE944),
        Self(0xF057),
    ];

    /// A type by its code point.
    pub const fn new(code: u16) -> Self {
        Self(code)
    }

    /// The code point.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// Whether its messages have a layout here.
    pub const fn is_known(self) -> bool {
        self.layout().is_some()
    }

    /// Whether it is reserved for greasing.
    pub fn is_grease(self) -> bool {
        Self::GREASE.contains(&self)
    }

    /// Whether its challenge ends with a credential context, and its token has a layout of its own: ARC and ACT.
    pub const fn is_credential(self) -> bool {
        matches!(self.layout(), Some(Layout { authenticator: None, .. }))
    }

    /// Whether it has the amortized batch: the two VOPRF types.
    pub const fn is_amortizable(self) -> bool {
        matches!(self, Self::VOPRF_P384 | Self::VOPRF_RISTRETTO255)
    }

    /// `Nk`, the bytes of an authenticator: 48, 256 or 64. `None` for ARC, ACT and unknown types.
    #[doc(alias = "Nk")]
    pub const fn authenticator_len(self) -> Option<usize> {
        match self.layout() {
            Some(layout) => layout.authenticator,
            None => None,
        }
    }

    pub(crate) const fn layout(self) -> Option<&'static Layout> {
        match self {
            Self::VOPRF_P384 => Some(&VOPRF_P384),
            Self::BLIND_RSA => Some(&BLIND_RSA),
            Self::VOPRF_RISTRETTO255 => Some(&VOPRF_RISTRETTO255),
            Self::ARC => Some(&ARC),
            Self::ACT => Some(&ACT),
            _ => None,
        }
    }
}

impl fmt::Debug for TokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenType({self})")
    }
}

impl fmt::Display for TokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:04X}", self.0)
    }
}
