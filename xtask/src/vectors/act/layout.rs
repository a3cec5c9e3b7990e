//! Where the fields of messages and states stand, and the faults that are tried in each.

use crate::vectors::writer::{INVALID, MALFORMED, Want};

/// The group order, little-endian.
pub(super) const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// G, a valid element that stands nowhere in an honest message.
const GENERATOR: &str = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Element,
    Scalar,
    Amount,
    /// The two bytes before a proof.
    ProofLength,
}

struct Field {
    name: String,
    at: usize,
    kind: Kind,
    /// Fields of a list are many; of those only the first and the last are flipped and swapped.
    inner: bool,
    /// To the reader of a message the proof is opaque: what is wrong in it is found by the verifier.
    in_proof: bool,
}

/// The fields of one message or state.
pub(super) struct Layout {
    fields: Vec<Field>,
    end: usize,
    bits: u8,
    /// Whether another element or a flipped bit is noticed: not in a saved state, which nothing authenticates.
    authenticated: bool,
    /// Whether the middle of the proof is left alone, because it is long.
    sparse: bool,
}

/// One faulty message.
pub(super) struct Fault {
    pub(super) flag: &'static str,
    pub(super) comment: String,
    pub(super) bytes: Vec<u8>,
    pub(super) want: Want,
}

impl Layout {
    fn new(bits: u8) -> Self {
        Self { fields: Vec::new(), end: 0, bits, authenticated: true, sparse: false }
    }

    fn state(bits: u8) -> Self {
        Self { end: 18, authenticated: false, ..Self::new(bits) }
    }

    fn push(mut self, name: impl Into<String>, kind: Kind, inner: bool) -> Self {
        let in_proof = self.fields.iter().any(|field| field.kind == Kind::ProofLength);
        self.fields.push(Field { name: name.into(), at: self.end, kind, inner, in_proof });
        self.end += if kind == Kind::ProofLength { 2 } else { 32 };
        self
    }

    fn elements<const N: usize>(self, names: [&str; N]) -> Self {
        names.into_iter().fold(self, |layout, name| layout.push(name, Kind::Element, false))
    }

    fn scalars<const N: usize>(self, names: [&str; N]) -> Self {
        names.into_iter().fold(self, |layout, name| layout.push(name, Kind::Scalar, false))
    }

    fn amounts<const N: usize>(self, names: [&str; N]) -> Self {
        names.into_iter().fold(self, |layout, name| layout.push(name, Kind::Amount, false))
    }

    /// A challenge or commitments, then responses.
    fn proof(self, commitments: usize, scalars: usize) -> Self {
        let layout = self.push("the length of pok", Kind::ProofLength, false);
        let layout = (0..commitments).fold(layout, |layout, i| {
            layout.push(format!("commitment {i} of pok"), Kind::Element, i > 0 && i + 1 < commitments)
        });
        (0..scalars)
            .fold(layout, |layout, i| layout.push(format!("scalar {i} of pok"), Kind::Scalar, i > 1 && i + 1 < scalars))
    }

    pub(super) fn request() -> Self {
        Self::new(64).elements(["K"]).proof(0, 3)
    }

    pub(super) fn response(bits: u8) -> Self {
        Self::new(bits).elements(["A"]).scalars(["e"]).amounts(["c"]).proof(0, 2)
    }

    pub(super) fn response_194(bits: u8) -> Self {
        Self::new(bits).elements(["A"]).scalars(["e"]).amounts(["c"]).scalars(["ctx"]).proof(0, 2)
    }

    fn spend_head(bits: u8) -> Self {
        let layout = Self::new(bits).scalars(["k"]).amounts(["s"]).scalars(["ctx"]).elements(["A'", "B_bar"]);
        (0..bits).fold(layout, |layout, j| layout.push(format!("Com_{j}"), Kind::Element, j > 0 && j + 1 < bits))
    }

    pub(super) fn spend(bits: u8) -> Self {
        Self::spend_head(bits).proof(0, 3 * usize::from(bits) + 8)
    }

    pub(super) fn spend_batchable(bits: u8) -> Self {
        Self { sparse: true, ..Self::spend_head(bits) }.proof(2 * usize::from(bits) + 3, 3 * usize::from(bits) + 7)
    }

    pub(super) fn refund(bits: u8) -> Self {
        Self::new(bits).elements(["A*"]).scalars(["e*"]).amounts(["t"]).proof(0, 2)
    }

    pub(super) fn secret_key(bits: u8) -> Self {
        Self::state(bits).scalars(["sk"])
    }

    pub(super) fn pre_issuance(bits: u8) -> Self {
        Self::state(bits).scalars(["k", "r"]).elements(["K"])
    }

    pub(super) fn credit_token(bits: u8) -> Self {
        Self::state(bits).elements(["A"]).scalars(["e", "k", "r"]).amounts(["c"]).scalars(["ctx"])
    }

    pub(super) fn pre_refund(bits: u8) -> Self {
        Self::state(bits).scalars(["kstar", "rstar"]).amounts(["m", "s"]).scalars(["ctx"]).elements(["K'"])
    }

    /// Every fault of every field, one at a time, and of the whole.
    pub(super) fn faults(&self, honest: &[u8]) -> Result<Vec<Fault>, String> {
        if honest.len() != self.end {
            return Err(format!("the layout has {} bytes, the message {}", self.end, honest.len()));
        }
        let mut faults = Vec::new();
        for field in self.fields.iter().filter(|field| !(self.sparse && field.inner && field.in_proof)) {
            self.faults_of(field, honest, &mut faults);
        }
        let mut whole = |comment: &str, bytes: Vec<u8>| {
            faults.push(Fault { flag: "length", comment: comment.into(), bytes, want: MALFORMED });
        };
        whole("the last byte is cut", honest.iter().take(self.end - 1).copied().collect());
        whole("the first byte is cut", honest.iter().skip(1).copied().collect());
        whole("a zero byte follows", honest.iter().copied().chain([0]).collect());
        whole("no bytes at all", Vec::new());
        Ok(faults)
    }

    fn faults_of(&self, field: &Field, honest: &[u8], faults: &mut Vec<Fault>) {
        let name = &field.name;
        let mut fault = |flag, comment: String, value: &[u8], want| {
            faults.push(Fault { flag, comment, bytes: replace(honest, field.at, value), want });
        };
        let old: Vec<u8> = honest.iter().skip(field.at).take(32).copied().collect();
        match field.kind {
            Kind::Element => {
                fault("identity", format!("{name} is the identity"), &[0; 32], MALFORMED);
                fault(
                    "non-canonical-element",
                    format!("{name} is not below the field's order"),
                    &[0xff; 32],
                    MALFORMED,
                );
                if !field.inner && self.authenticated {
                    let other = hex::decode(GENERATOR).unwrap_or_default();
                    fault("swapped-element", format!("{name} is another element"), &other, INVALID);
                }
            }
            Kind::Scalar => {
                fault("non-canonical-scalar", format!("{name} plus the group order"), &add(&old, &ORDER), MALFORMED);
            }
            Kind::Amount => {
                fault("non-canonical-scalar", format!("{name} plus the group order"), &add(&old, &ORDER), MALFORMED);
                fault("range", format!("{name} = 2^L"), &power_of_two(self.bits), MALFORMED);
                fault("range", format!("{name} = 2^64"), &power_of_two(64), MALFORMED);
                fault("range", format!("{name} = q - 1"), &minus_one(), MALFORMED);
            }
            Kind::ProofLength => {
                let length = u16::from_be_bytes([old.first().copied().unwrap_or(0), old.get(1).copied().unwrap_or(0)]);
                let proof: Vec<u8> = honest.iter().skip(field.at + 2).copied().collect();
                let mut resized = |comment: &str, length: u16, proof: Vec<u8>| {
                    let bytes =
                        honest.iter().take(field.at).copied().chain(length.to_be_bytes()).chain(proof).collect();
                    faults.push(Fault { flag: "length", comment: comment.into(), bytes, want: MALFORMED });
                };
                resized("the length of pok says one byte less", length - 1, proof.clone());
                resized("the length of pok says one byte more", length + 1, proof.clone());
                resized("pok has one scalar less", length - 32, proof.iter().skip(32).copied().collect());
                resized("pok has one scalar more", length + 32, proof.iter().copied().chain([0; 32]).collect());
                resized("pok is empty", 0, Vec::new());
                return;
            }
        }
        if self.authenticated && !field.inner {
            for bit in [0, 77] {
                let bytes = flip(honest, field.at, bit);
                let comment = format!("bit {bit} of {name} is flipped");
                faults.push(Fault { flag: "bit-flip", comment, bytes, want: Want::Refused });
            }
        }
    }
}

/// `value` at `at`.
pub(super) fn replace(bytes: &[u8], at: usize, value: &[u8]) -> Vec<u8> {
    let tail = bytes.iter().skip(at + value.len());
    bytes.iter().take(at).chain(value).chain(tail).copied().collect()
}

fn flip(bytes: &[u8], at: usize, bit: usize) -> Vec<u8> {
    let flipped = |(i, byte): (usize, &u8)| if i == at + bit / 8 { byte ^ (1 << (bit % 8)) } else { *byte };
    bytes.iter().enumerate().map(flipped).collect()
}

/// The sum of two little-endian integers.
pub(super) fn add(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let digits = a.iter().zip(b).map(|(a, b)| {
        let sum = u16::from(*a) + u16::from(*b) + carry;
        carry = sum >> 8;
        sum.to_le_bytes()[0]
    });
    digits.collect()
}

fn power_of_two(bits: u8) -> [u8; 32] {
    std::array::from_fn(|i| if i == usize::from(bits / 8) { 1 << (bits % 8) } else { 0 })
}

pub(super) fn minus_one() -> [u8; 32] {
    let mut bytes = ORDER;
    bytes[0] -= 1;
    bytes
}
