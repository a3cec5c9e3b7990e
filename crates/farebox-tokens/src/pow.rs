//! Proof of work before issuance: the bytes of its puzzle, and how it is solved, for issuers and clients. Our own, in no draft.
//!
//! ```text
//! challenge = 01 | difficulty u8 | expires u64 | mac[16]                      26 bytes, in hex on the wire
//! work      = SHA-256("farebox pow v1" | challenge | SHA-256(body) | counter u64)
//! ```
//!
//! Integers are big-endian. A solution is a counter for which `work` begins with at least as many zero bits as are asked for:
//! `difficulty`, and for a batch of n tokens ceil(log2 n) more. The work is bound to the body of the token request, so it cannot be
//! done beforehand for other requests, or used by somebody else. `mac` is the first half of HMAC-SHA-256 over the bytes before it,
//! under a secret of the issuer, which keeps nothing of a challenge. All clients get the same challenge for a while, so that it does
//! not link what a client fetches with what it asks for.
//!
//! The challenge comes from `GET /attest/pow`, or with a 401 in
//! `WWW-Authenticate: Farebox-Attestation scheme="pow", challenge="<hex>"`. The solution goes back in
//! `Farebox-Attestation: pow <challenge>.<counter in decimal>`.

use sha2::{Digest as _, Sha256};

/// The header in which a client shows why it may have tokens, and the scheme of the challenge.
pub const HEADER: &str = "Farebox-Attestation";
/// Where a challenge is fetched.
pub const PATH: &str = "/attest/pow";
/// The scheme's name.
pub const SCHEME: &str = "pow";

const VERSION: u8 = 1;
const LABEL: &[u8] = b"farebox pow v1";
/// Bytes under the MAC.
pub const SIGNED: usize = 10;
/// Bytes of the MAC.
pub const MAC: usize = 16;

/// A challenge, as it travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    bytes: [u8; SIGNED + MAC],
}

impl Challenge {
    /// What the MAC is over.
    pub fn signed(difficulty: u8, expires: u64) -> [u8; SIGNED] {
        let mut signed = [0; SIGNED];
        let parts = [VERSION, difficulty].into_iter().chain(expires.to_be_bytes());
        signed.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        signed
    }

    /// A challenge with its MAC.
    pub fn join(signed: &[u8; SIGNED], mac: &[u8; MAC]) -> Self {
        let mut bytes = [0; SIGNED + MAC];
        bytes.iter_mut().zip(signed.iter().chain(mac)).for_each(|(to, from)| *to = *from);
        Self { bytes }
    }

    /// Reads the hex form. `None` for anything else, and for another version.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; SIGNED + MAC];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        // One spelling, so that one challenge is one.
        let lower = text.bytes().all(|byte| !byte.is_ascii_uppercase());
        (bytes.first() == Some(&VERSION) && lower).then_some(Self { bytes })
    }

    /// The hex form, 52 digits.
    pub fn to_hex(&self) -> String {
        hex::encode(self.bytes)
    }

    /// Zero bits for one token.
    pub fn difficulty(&self) -> u8 {
        let [_, difficulty, ..] = self.bytes;
        difficulty
    }

    /// Until when a solution is taken, in seconds of Unix time by the issuer's clock.
    pub fn expires(&self) -> u64 {
        let [_, _, a, b, c, d, e, f, g, h, ..] = self.bytes;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// What the MAC is over, and the MAC.
    pub fn split(&self) -> (&[u8], &[u8]) {
        self.bytes.split_at(SIGNED)
    }

    /// Zero bits for a request for so many tokens.
    pub fn bits(&self, tokens: usize) -> u32 {
        u32::from(self.difficulty()) + tokens.max(1).next_power_of_two().trailing_zeros()
    }

    /// Whether the counter solves it.
    pub fn is_solved(&self, body_digest: &[u8; 32], counter: u64, tokens: usize) -> bool {
        let start = Sha256::new().chain_update(LABEL).chain_update(self.bytes).chain_update(body_digest);
        zeros(start, counter) >= self.bits(tokens)
    }
}

/// Searches a counter for a request with this body, for so many tokens. It takes `2^bits` tries on average, and gives up after
/// `most`. This is work for a thread: with 20 bits a good part of a second.
///
/// The value is that of the header `Farebox-Attestation`.
pub fn solve(challenge: &Challenge, body: &[u8], tokens: usize, most: u64) -> Option<String> {
    let bits = challenge.bits(tokens);
    let start = Sha256::new().chain_update(LABEL).chain_update(challenge.bytes).chain_update(Sha256::digest(body));
    let counter = (0..most).find(|counter| zeros(start.clone(), *counter) >= bits)?;
    Some(format!("{SCHEME} {}.{counter}", challenge.to_hex()))
}

/// The challenge in a value of `WWW-Authenticate`, if it is one of this scheme.
pub fn challenge_in(www_authenticate: &str) -> Option<Challenge> {
    let (scheme, params) = www_authenticate.trim().split_once(' ')?;
    let mut params = params.split(',').map(str::trim);
    let is_ours = scheme.eq_ignore_ascii_case(HEADER) && params.next()? == "scheme=\"pow\"";
    let challenge = params.next()?.strip_prefix("challenge=\"")?.strip_suffix('"')?;
    is_ours.then(|| Challenge::parse(challenge))?
}

/// Zero bits in front.
fn zeros(start: Sha256, counter: u64) -> u32 {
    let mut bits = 0;
    for byte in start.chain_update(counter.to_be_bytes()).finalize() {
        bits += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_as_documented() {
        let challenge = Challenge::join(&Challenge::signed(9, 0x0102), &[0xab; 16]);
        assert_eq!(challenge.to_hex(), format!("0109{:016x}{}", 0x0102, "ab".repeat(16)));
        assert_eq!(Challenge::parse(&challenge.to_hex()), Some(challenge));
        assert_eq!((challenge.difficulty(), challenge.expires()), (9, 0x0102));
        for bad in
            [challenge.to_hex().to_uppercase(), format!("02{}", &challenge.to_hex()[2..]), "01".into(), "".into()]
        {
            assert_eq!(Challenge::parse(&bad), None, "{bad}");
        }
        let work = Sha256::digest(
            [b"farebox pow v1", &challenge.bytes[..], &Sha256::digest(b"body"), &7u64.to_be_bytes()].concat(),
        );
        let expected = work.iter().map(|byte| format!("{byte:08b}")).collect::<String>().find('1').unwrap() as u32;
        let start =
            Sha256::new().chain_update(LABEL).chain_update(challenge.bytes).chain_update(Sha256::digest(b"body"));
        assert_eq!(zeros(start, 7), expected);
    }

    #[test]
    fn a_solution_is_for_one_body_and_a_batch_costs_more() {
        let challenge = Challenge::join(&Challenge::signed(8, 1), &[1; 16]);
        let value = solve(&challenge, b"body", 1, 1 << 20).unwrap();
        let counter: u64 = value.rsplit('.').next().unwrap().parse().unwrap();
        let digest = |body: &[u8]| Sha256::digest(body).into();
        assert!(challenge.is_solved(&digest(b"body"), counter, 1));
        // Of 64 other bodies, one in 256 would do by chance.
        let others = (0..64u8).filter(|i| challenge.is_solved(&digest(&[*i]), counter, 1)).count();
        assert!(others < 8, "{others}");
        assert_eq!([1, 2, 3, 4, 1000].map(|tokens| challenge.bits(tokens)), [8, 9, 10, 10, 18]);
        assert_eq!(solve(&challenge, b"body", 1, 0), None);
    }
}
