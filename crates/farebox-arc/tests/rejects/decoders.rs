//! What the decoders refuse, field by field.

use super::*;

type Decode = Box<dyn Fn(&[u8]) -> Result<(), Malformed>>;

/// A message or saved state with its layout: `(field, bytes)`.
struct Message {
    name: &'static str,
    bytes: Vec<u8>,
    layout: Vec<(&'static str, usize)>,
    decode: Decode,
}

impl Message {
    /// The places of a field, and its length.
    fn places(&self, field: &str) -> Vec<usize> {
        let start = |i: usize| self.layout[..i].iter().map(|f| f.1).sum();
        let places: Vec<usize> = (0..self.layout.len()).filter(|i| self.layout[*i].0 == field).map(start).collect();
        assert!(!places.is_empty(), "{field}");
        places
    }

    /// Puts each of `bad` into each field of that name.
    fn refuses(&self, field: &'static str, bad: &[Vec<u8>], fault: Fault) {
        assert_eq!((self.decode)(&self.bytes), Ok(()));
        for at in self.places(field) {
            for new in bad {
                assert_eq!((self.decode)(&put(&self.bytes, at, new)), Err(malformed(field, fault)), "{new:02x?}");
            }
        }
    }

    /// One length is right, and any other is refused before a field is read.
    fn cut_and_lengthened(&self) {
        let expected = self.layout.iter().map(|f| f.1).sum();
        assert_eq!(self.bytes.len(), expected);
        for actual in (0..expected).chain([1, 2, 31, 32, 33, 4096].map(|more| expected + more)) {
            let mut bytes = self.bytes.clone();
            bytes.resize(actual, 0);
            let fault = Fault::Length { expected, actual };
            assert_eq!((self.decode)(&bytes), Err(malformed(self.name, fault)), "{actual} bytes");
        }
    }
}

/// Encodings that are no element of the group, and not the identity.
trait Bad: Tested {
    fn bad() -> Vec<Vec<u8>>;
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

impl Bad for Ristretto255 {
    fn bad() -> Vec<Vec<u8>> {
        // Negative, p itself, above p, with the top bit set, not a square (RFC 9496, Appendix A.2).
        vec![
            bytes("0100000000000000000000000000000000000000000000000000000000000000"),
            bytes("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
            bytes("f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
            bytes("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6"),
            bytes("26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"),
        ]
    }
}

impl Bad for P256 {
    fn bad() -> Vec<Vec<u8>> {
        let x = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
        let p = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
        vec![
            // Other first bytes before the generator's x; x = p, whose square root exists; x = 1, which is on no point; the
            // identity with something behind it.
            bytes(&format!("00{x}")),
            bytes(&format!("01{x}")),
            bytes(&format!("04{x}")),
            bytes(&format!("05{x}")),
            bytes(&format!("82{x}")),
            bytes(&format!("02{p}")),
            bytes(&format!("02{}", "ff".repeat(32))),
            bytes(&format!("02{}01", "00".repeat(31))),
            bytes(&format!("00{}01", "00".repeat(31))),
        ]
    }
}

fn request<S: Tested>() -> Message {
    let ne = common::ne::<S>();
    let layout = vec![("m1Enc", ne), ("m2Enc", ne), ("proof", 5 * 32)];
    let decode = |bytes: &[u8]| CredentialRequest::<S>::from_bytes(bytes).map(drop);
    Message { name: "credential request", bytes: Run::<S>::of(2).request.clone(), layout, decode: Box::new(decode) }
}

fn response<S: Tested>() -> Message {
    let mut layout = ["U", "encU'", "X0Aux", "X1Aux", "X2Aux", "HAux"].map(|field| (field, common::ne::<S>())).to_vec();
    layout.push(("proof", 8 * 32));
    let decode = |bytes: &[u8]| CredentialResponse::<S>::from_bytes(bytes).map(drop);
    Message { name: "credential response", bytes: Run::<S>::of(2).response.clone(), layout, decode: Box::new(decode) }
}

fn presentation_at<S: Tested>(n: u64) -> Message {
    let run = Run::<S>::of(n);
    let k = run.limit.bits();
    let first = ["U", "U'Commit", "m1Commit", "tag", "nonceCommit"].into_iter().chain(vec!["D"; k]);
    let mut layout: Vec<_> = first.map(|field| (field, common::ne::<S>())).collect();
    layout.push(("proof", (6 + 3 * k) * 32));
    let decode = |bytes: &[u8]| Presentation::<S>::from_bytes(run.limit, bytes).map(drop);
    Message { name: "presentation", bytes: run.presentation.clone(), layout, decode: Box::new(decode) }
}

fn presentation<S: Tested>() -> Message {
    presentation_at::<S>(10)
}

fn public_key<S: Tested>() -> Message {
    let layout = ["X0", "X1", "X2"].map(|field| (field, common::ne::<S>())).to_vec();
    let decode = |bytes: &[u8]| PublicKey::<S>::from_bytes(bytes).map(drop);
    Message { name: "public key", bytes: Run::<S>::of(2).public().to_bytes(), layout, decode: Box::new(decode) }
}

fn secret_key<S: Tested>() -> Message {
    let layout = ["x0", "x1", "x2", "xb"].map(|field| (field, 32)).to_vec();
    let decode = |bytes: &[u8]| SecretKey::<S>::from_scalar_bytes(bytes).map(drop);
    let bytes = Run::<S>::of(2).key.to_bytes()[common::HEAD..].to_vec();
    Message { name: "secret key", bytes, layout, decode: Box::new(decode) }
}

fn saved_key<S: Tested>() -> Message {
    let mut layout = vec![("version", 3)];
    layout.extend(["x0", "x1", "x2", "xb"].map(|field| (field, 32)));
    let decode = |bytes: &[u8]| SecretKey::<S>::from_bytes(bytes).map(drop);
    Message { name: "secret key", bytes: Run::<S>::of(2).key.to_bytes().to_vec(), layout, decode: Box::new(decode) }
}

fn issuance_state<S: Tested>() -> Message {
    let ne = common::ne::<S>();
    let mut layout = vec![("version", 3)];
    layout.extend(["m1", "m2", "r1", "r2"].map(|field| (field, 32)));
    layout.extend([("m1Enc", ne), ("m2Enc", ne)]);
    let decode = |bytes: &[u8]| PreIssuance::<S>::from_bytes(bytes).map(drop);
    Message { name: "issuance state", bytes: Run::<S>::of(2).pre_issuance.clone(), layout, decode: Box::new(decode) }
}

fn holder<S: Tested>(rest: &[(&'static str, usize)]) -> Vec<(&'static str, usize)> {
    let ne = common::ne::<S>();
    [&[("version", 3), ("key", 16), ("m1", 32), ("U", ne), ("U'", ne)], rest].concat()
}

fn credential<S: Tested>() -> Message {
    let run = Run::<S>::of(2);
    let layout = holder::<S>(&[("context", common::ne::<S>())]);
    let decode = |bytes: &[u8]| Credential::<S>::from_bytes(run.public(), bytes).map(drop);
    Message { name: "credential", bytes: run.opened.clone(), layout, decode: Box::new(decode) }
}

fn presentation_state<S: Tested>() -> Message {
    let run = Run::<S>::of(2);
    let layout = holder::<S>(&[("context", common::ne::<S>()), ("counter", 8), ("limit", 8)]);
    let decode = |bytes: &[u8]| PresentationState::<S>::from_bytes(run.public(), bytes).map(drop);
    Message { name: "presentation state", bytes: run.state.clone(), layout, decode: Box::new(decode) }
}

fn closed_context<S: Tested>() -> Message {
    let run = Run::<S>::of(2);
    let layout = holder::<S>(&[("context", common::ne::<S>()), ("counter", 8)]);
    let decode = |bytes: &[u8]| ClosedContext::<S>::from_bytes(run.public(), bytes).map(drop);
    Message { name: "closed context", bytes: run.closed.clone(), layout, decode: Box::new(decode) }
}

/// Two tests for each element of a message, on both groups.
macro_rules! element {
    ($($name:ident: $message:ident, $field:literal;)+) => {
        $(mod $name {
            use super::*;

            #[test]
            fn is_the_identity() {
                let fault = Fault::Encoding(DecodeError::Identity);
                $message::<P256>().refuses($field, &[vec![0; 33]], fault);
                $message::<P256Draft01>().refuses($field, &[vec![0; 33]], fault);
                $message::<Ristretto255>().refuses($field, &[vec![0; 32]], fault);
            }

            #[test]
            fn is_not_canonical() {
                let fault = Fault::Encoding(DecodeError::Element);
                $message::<P256>().refuses($field, &P256::bad(), fault);
                $message::<P256Draft01>().refuses($field, &P256::bad(), fault);
                $message::<Ristretto255>().refuses($field, &Ristretto255::bad(), fault);
            }
        })+
    };
}

element! {
    m1_enc_of_a_request: request, "m1Enc";
    m2_enc_of_a_request: request, "m2Enc";
    u_of_a_response: response, "U";
    enc_u_prime_of_a_response: response, "encU'";
    x0_aux_of_a_response: response, "X0Aux";
    x1_aux_of_a_response: response, "X1Aux";
    x2_aux_of_a_response: response, "X2Aux";
    h_aux_of_a_response: response, "HAux";
    u_of_a_presentation: presentation, "U";
    u_prime_commit_of_a_presentation: presentation, "U'Commit";
    m1_commit_of_a_presentation: presentation, "m1Commit";
    tag_of_a_presentation: presentation, "tag";
    nonce_commit_of_a_presentation: presentation, "nonceCommit";
    every_d_of_a_presentation: presentation, "D";
    x0_of_a_public_key: public_key, "X0";
    x1_of_a_public_key: public_key, "X1";
    x2_of_a_public_key: public_key, "X2";
    m1_enc_of_an_issuance_state: issuance_state, "m1Enc";
    m2_enc_of_an_issuance_state: issuance_state, "m2Enc";
    u_of_a_credential: credential, "U";
    u_prime_of_a_credential: credential, "U'";
    context_of_a_credential: credential, "context";
    u_of_a_presentation_state: presentation_state, "U";
    u_prime_of_a_presentation_state: presentation_state, "U'";
    context_of_a_presentation_state: presentation_state, "context";
    u_of_a_closed_context: closed_context, "U";
    u_prime_of_a_closed_context: closed_context, "U'";
    context_of_a_closed_context: closed_context, "context";
}

/// One bit: D_0 is sent, and decoded like any other.
#[test]
fn the_only_d_of_a_presentation_is_the_identity() {
    let fault = Fault::Encoding(DecodeError::Identity);
    presentation_at::<P256>(2).refuses("D", &[vec![0; 33]], fault);
    presentation_at::<Ristretto255>(2).refuses("D", &[vec![0; 32]], fault);
}

fn scalars<S: Tested>(message: fn() -> Message, fields: &[&'static str]) {
    let bad = [order_bytes::<S>(), vec![0xff; 32]];
    for field in fields {
        message().refuses(field, &bad, Fault::Encoding(DecodeError::Scalar));
    }
}

fn a_scalar_of_a_secret_key_is_not_canonical<S: Tested>() {
    scalars::<S>(secret_key::<S>, &["x0", "x1", "x2", "xb"]);
    scalars::<S>(saved_key::<S>, &["x0", "x1", "x2", "xb"]);
}

fn a_scalar_of_a_secret_key_is_zero<S: Tested>() {
    for field in ["x0", "x1", "x2", "xb"] {
        secret_key::<S>().refuses(field, &[vec![0; 32]], Fault::Zero);
        saved_key::<S>().refuses(field, &[vec![0; 32]], Fault::Zero);
    }
}

fn a_scalar_of_a_state_is_not_canonical<S: Tested>() {
    scalars::<S>(issuance_state::<S>, &["m1", "m2", "r1", "r2"]);
    for message in [credential::<S>, presentation_state::<S>, closed_context::<S>] {
        scalars::<S>(message, &["m1"]);
    }
}

fn a_state_is_of_another_key<S: Tested>() {
    let other = Run::<S>::of(10);
    let fault = Fault::Key;
    for message in [credential::<S>, presentation_state::<S>, closed_context::<S>] {
        message().refuses("key", &[vec![0; 16], other.credential[common::HEAD..HOLDER].to_vec()], fault);
    }
    let refused = Credential::<S>::from_bytes(other.public(), &Run::<S>::of(2).credential).unwrap_err();
    assert_eq!(refused, malformed("key", fault));
}

/// Version, kind, suite.
fn a_state_is_of_another_version_kind_or_suite<S: Tested>() {
    for message in [saved_key::<S>, issuance_state::<S>, credential::<S>, presentation_state::<S>, closed_context::<S>]
    {
        let message = message();
        let head: [u8; 3] = message.bytes[..3].try_into().unwrap();
        let others = (0..3).flat_map(|i| (0..=255).map(move |byte| put(&head, i, &[byte])));
        let others: Vec<_> = others.filter(|other| other[..] != head).collect();
        assert_eq!(others.len(), 3 * 255);
        message.refuses("version", &others, Fault::Version);
    }
}

fn a_message_is_cut_or_lengthened<S: Tested>() {
    for message in [request::<S>, response::<S>, presentation::<S>, public_key::<S>, secret_key::<S>] {
        message().cut_and_lengthened();
    }
    presentation_at::<S>(2).cut_and_lengthened();
}

/// A credential's length says how many contexts it was opened in; what is left over is refused.
fn a_state_is_cut_or_lengthened<S: Tested>() {
    for message in [saved_key::<S>, issuance_state::<S>, presentation_state::<S>, closed_context::<S>] {
        message().cut_and_lengthened();
    }
    let (message, ne) = (credential::<S>(), common::ne::<S>());
    let unopened = message.bytes.len() - ne;
    for actual in (0..message.bytes.len()).filter(|len| *len != unopened) {
        let expected = if actual < unopened { unopened } else { unopened + (actual - unopened) / ne * ne };
        let refused = (message.decode)(&message.bytes[..actual]).unwrap_err();
        assert_eq!(refused, malformed("credential", Fault::Length { expected, actual }));
    }
    let long = [message.bytes.as_slice(), &[0]].concat();
    let fault = Fault::Length { expected: message.bytes.len(), actual: message.bytes.len() + 1 };
    assert_eq!((message.decode)(&long), Err(malformed("credential", fault)));
}

crate::on_every_suite!(
    a_scalar_of_a_secret_key_is_not_canonical,
    a_scalar_of_a_secret_key_is_zero,
    a_scalar_of_a_state_is_not_canonical,
    a_state_is_of_another_key,
    a_state_is_of_another_version_kind_or_suite,
    a_message_is_cut_or_lengthened,
    a_state_is_cut_or_lengthened,
);

/// A state of one suite is not read as another's, although P-256's two suites have one layout.
#[test]
fn a_state_is_of_the_other_format() {
    let run = Run::<P256>::of(2);
    let key = SecretKey::<P256Draft01>::from_scalar_bytes(&run.key.to_bytes()[common::HEAD..]).unwrap();
    let key = key.public_key();
    let expected = malformed("version", Fault::Version);
    assert_eq!(SecretKey::<P256Draft01>::from_bytes(&run.key.to_bytes()).unwrap_err(), expected);
    assert_eq!(PreIssuance::<P256Draft01>::from_bytes(&run.pre_issuance).unwrap_err(), expected);
    assert_eq!(Credential::<P256Draft01>::from_bytes(key, &run.credential).unwrap_err(), expected);
    assert_eq!(PresentationState::<P256Draft01>::from_bytes(key, &run.state).unwrap_err(), expected);
    assert_eq!(ClosedContext::<P256Draft01>::from_bytes(key, &run.closed).unwrap_err(), expected);
}
