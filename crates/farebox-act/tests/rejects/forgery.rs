//! What a dishonest client can make with the engine, and where it is stopped.

use farebox_act::relation::Act02;
use farebox_act::relation::spend::{Spend, SpendPublics, SpendSecrets};
use farebox_sigma::{BaseSet, F2, Point, Statement, Transcript, witness};

use super::*;

/// The parts of a saved token.
struct Parts {
    a: Element,
    e: Scalar,
    k: Scalar,
    r: Scalar,
    c: Scalar,
    ctx: Scalar,
}

impl Parts {
    fn of(saved: &[u8]) -> Self {
        let scalar = |i: usize| Scalar::from_bytes(&saved[18 + 32 * i..][..32], ByteOrder::Little).unwrap();
        let a = Ristretto255::decode(&saved[18..50]).unwrap().0;
        Self { a, e: scalar(1), k: scalar(2), r: scalar(3), c: scalar(4), ctx: scalar(5) }
    }
}

fn bases(params: &Params) -> BaseSet<Ristretto255> {
    let h: Vec<Element> = params.generators().map(|bytes| Ristretto255::decode(&bytes).unwrap().0).collect();
    BaseSet::new(&h).unwrap()
}

/// A message with any scalar for s, and any m, made with the engine. The engine's verifier, with the issuer's key and
/// all that the draft's text asks for, must accept its proof.
fn spend(run: &Run, s: Scalar, m: u64) -> Vec<u8> {
    let rng = &mut rand::rng();
    let (token, bases, bits) = (Parts::of(&run.token), bases(&run.params), run.params.bits());
    let h = |i: usize| bases.points()[i].element();
    let point = |element| Point::encode(element).unwrap();
    let (r1, r2, kstar) = (random(), random(), random());
    let one = |bit| if bit { Scalar::ONE } else { Scalar::ZERO };
    let b: Vec<Scalar> = (0..bits.get()).map(|j| one(m >> j & 1 == 1)).collect();
    let sigma: Vec<Scalar> = b.iter().map(|_| random()).collect();
    let u = b.iter().zip(&sigma).map(|(b, sigma)| (Scalar::ONE - *b) * *sigma).collect();

    let h1_prime = h(0) + h(2) * &token.k + h(4) * &token.ctx;
    let b_bar = (h1_prime + h(1) * &token.c + h(3) * &token.r) * &r1;
    let a_prime = token.a * &(r1 * r2);
    let mut com: Vec<Element> = b.iter().zip(&sigma).map(|(b, sigma)| h(1) * b + h(3) * sigma).collect();
    com[0] += h(2) * &kstar;
    let total = com.iter().rev().fold(Element::identity(), |sum, com| sum + sum + *com) + h(1) * &s;
    let power = |j| bases.multiple(3, Scalar::from(1u64 << j)).unwrap();

    // The issuer's view: A_bar = sk*A'.
    let sk = Scalar::from_bytes(&run.key.to_bytes()[18..], ByteOrder::Little).unwrap();
    let publics = SpendPublics {
        neg_a_prime: point(-a_prime),
        b_bar: point(b_bar),
        a_bar: point(a_prime * &sk),
        neg_h1: bases.multiple(1, -Scalar::ONE).unwrap(),
        neg_h3: bases.multiple(3, -Scalar::ONE).unwrap(),
        h1_prime: point(h1_prime),
        h1: bases.points()[1],
        h2: bases.points()[2],
        h3: bases.points()[3],
        com: com.iter().map(|com| point(*com)).collect(),
        h1_total: bases.points()[1],
        h2_total: bases.points()[2],
        h3_powers: (0..bits.get()).map(power).collect(),
        com_total: point(total),
    };
    let k2 = (Scalar::ONE - b[0]) * kstar;
    let (e, c, r) = (token.e, token.c, token.r);
    let secrets = SpendSecrets { e, r2, r3: r1.invert(), c, r, b, sigma, u, kstar, k2 };
    let secrets = witness::<Spend, _>(&secrets);
    let statement = Statement::new(&Spend { bits }, &bases, &publics).unwrap();
    assert!(statement.holds_vartime(&secrets));

    let bytes = |scalar: Scalar| scalar.to_bytes(ByteOrder::Little);
    let ds = run.params.domain_separator().as_bytes();
    let session = [ds, b"spend", &bytes(token.k), &bytes(token.ctx)].concat();
    let argument = Transcript::<F2<Act02>>::new().session(session).statement(statement).unwrap();
    let pok = argument.prove(Flavor::Compact, &secrets, rng).unwrap();
    argument.verify(Flavor::Compact, &pok).unwrap();

    let mut message = [bytes(token.k), bytes(s), bytes(token.ctx)].concat();
    let elements = [publics.a_prime(), publics.b_bar].into_iter().chain(publics.com.iter().copied());
    elements.for_each(|point| message.extend_from_slice(point.bytes()));
    message.extend_from_slice(&(pok.len() as u16).to_be_bytes());
    message.extend_from_slice(&pok);
    message
}

trait APrime {
    fn a_prime(&self) -> Point<Ristretto255>;
}

impl APrime for SpendPublics<Point<Ristretto255>> {
    fn a_prime(&self) -> Point<Ristretto255> {
        Point::encode(-self.neg_a_prime.element()).unwrap()
    }
}

/// The tool is sound: with an honest s the issuer accepts what it makes.
#[test]
fn an_honest_spend_of_the_same_make_is_accepted() {
    let run = Run::new(8);
    let message = spend(&run, Scalar::from(30), 70);
    let message = SpendProof::from_bytes(&run.params, &message).unwrap();
    let _ = run.key.verify(&run.params, message, &run.expected(), |_| true).unwrap();
}

/// 100 credits, s = -1, m = 101: the proof holds, and only the range of s stands between the client and a token of 101
/// credits.
#[test]
fn s_is_minus_one_and_the_proof_holds() {
    let run = Run::new(8);
    assert_eq!(run.balance.get(), 100);
    let message = spend(&run, -Scalar::ONE, 101);
    assert_eq!(message[32..64], minus_one());
    let refused = SpendProof::from_bytes(&run.params, &message).unwrap_err();
    assert_eq!(refused, malformed("s", Fault::Amount));
}

/// The same up to the largest m: s = c - (2^L - 1).
#[test]
fn s_is_negative_and_the_proof_holds() {
    let run = Run::new(8);
    let message = spend(&run, Scalar::from(100) - Scalar::from(255), 255);
    let refused = SpendProof::from_bytes(&run.params, &message).unwrap_err();
    assert_eq!(refused, malformed("s", Fault::Amount));
}

/// With A' = identity and r2 = 0 the first equation says 0 = 0, and the second holds for any c: no signature is needed.
/// All equations but the first hold for a balance that nobody issued. The first cannot be written down: the identity is
/// no [`Point`], neither from bytes nor computed, and the message does not decode.
#[test]
fn a_prime_is_the_identity_and_needs_no_signature() {
    let run = Run::new(8);
    let (bases, bits) = (bases(&run.params), run.params.bits());
    let h = |i: usize| bases.points()[i].element();
    let point = |element| Point::<Ristretto255>::encode(element).unwrap();
    let (k, r, ctx, kstar) = (random(), random(), random(), random());
    let (c, one, zero) = (Scalar::from(255), Scalar::ONE, Scalar::ZERO);
    let sigma: Vec<Scalar> = (0..8).map(|_| random()).collect();
    let mut com: Vec<Element> = sigma.iter().map(|sigma| h(1) + h(3) * sigma).collect();
    com[0] += h(2) * &kstar;
    let total = com.iter().rev().fold(Element::identity(), |sum, com| sum + sum + *com);
    let h1_prime = h(0) + h(2) * &k + h(4) * &ctx;
    let b_bar = h1_prime + h(1) * &c + h(3) * &r;
    let publics = SpendPublics {
        // Stand-ins, since the identity has no place here.
        neg_a_prime: bases.points()[0],
        a_bar: bases.points()[0],
        b_bar: point(b_bar),
        neg_h1: bases.multiple(1, -one).unwrap(),
        neg_h3: bases.multiple(3, -one).unwrap(),
        h1_prime: point(h1_prime),
        h1: bases.points()[1],
        h2: bases.points()[2],
        h3: bases.points()[3],
        com: com.iter().map(|com| point(*com)).collect(),
        h1_total: bases.points()[1],
        h2_total: bases.points()[2],
        h3_powers: (0..8).map(|j| bases.multiple(3, Scalar::from(1u64 << j)).unwrap()).collect(),
        com_total: point(total),
    };
    let (b, u) = (vec![one; 8], vec![zero; 8]);
    let secrets = SpendSecrets { e: random(), r2: zero, r3: one, c, r, b, sigma, u, kstar, k2: zero };
    let secrets = witness::<Spend, _>(&secrets);
    let whole = Statement::new(&Spend { bits }, &bases, &publics).unwrap();
    assert!(!whole.holds_vartime(&secrets));
    let rest = whole.equations()[1..].to_vec();
    let rest = Statement::from_equations(&bases, whole.points().to_vec(), rest).unwrap();
    assert!(rest.holds_vartime(&secrets));
    // The first equation, A_bar = e*(-A') + r2*B_bar, with A' and A_bar = sk*A' the identity.
    let identity = Element::identity();
    assert_eq!(identity, identity * &secrets[0] + b_bar * &secrets[1]);

    assert!(Point::<Ristretto255>::encode(identity).is_err());
    assert_eq!(Point::<Ristretto255>::decode(&[0; 32]).unwrap_err(), DecodeError::Identity);
    let message = put(&run.spend, 96, &[0; 32]);
    let refused = SpendProof::from_bytes(&run.params, &message).unwrap_err();
    assert_eq!(refused, malformed("A'", Fault::Encoding(DecodeError::Identity)));
}
