//! Sizes of the messages, and the printed statements.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use common::{Run, params};
use farebox_act::relation::request::Request;
use farebox_act::relation::spend::Spend;
use farebox_act::{BitLength, IssuanceRequest, IssuanceResponse, Refund, SpendProof};
use farebox_group::Ristretto255;
use farebox_sigma::Shape;
use farebox_sigma::relations::Dleq;

/// L, bytes of a spend, bytes of a batchable spend's proof.
const TABLE: [(u8, usize, usize); 5] =
    [(8, 1442, 1600), (10, 1698, 1920), (16, 2466, 2880), (32, 4514, 5440), (64, 8610, 10560)];

#[test]
fn messages() {
    assert_eq!((IssuanceRequest::LEN, IssuanceResponse::LEN, Refund::LEN), (130, 162, 162));
    for (bits, spend, batchable) in TABLE {
        let run = Run::new(bits);
        let l = usize::from(bits);
        assert_eq!(run.request.len(), 130);
        assert_eq!(run.response.len(), 162);
        assert_eq!(run.spend.len(), spend);
        assert_eq!(SpendProof::len(&run.params), spend);
        assert_eq!(spend, 128 * l + 418);
        assert_eq!(run.refund.len(), 162);
        // The batchable form: the same fields before the proof.
        assert_eq!(batchable, 32 * (5 * l + 10));
        assert_eq!(run.batchable.len(), 162 + 32 * l + batchable);
        // The draft's stored token, behind our head of 18 bytes.
        assert_eq!(run.token.len(), 18 + 192);
    }
}

#[test]
fn every_l_between() {
    for bits in 1..=64 {
        assert_eq!(SpendProof::len(&params(bits)), 128 * usize::from(bits) + 418);
    }
}

#[test]
fn proofs_are_as_long_as_their_shapes_say() {
    let request = Shape::of(&Request);
    assert_eq!((request.equations(), request.secrets().len()), (1, 2));
    assert_eq!(request.compact_len::<Ristretto255>(), 96);
    let dleq = Shape::of(&Dleq);
    assert_eq!((dleq.equations(), dleq.secrets().len()), (2, 1));
    assert_eq!(dleq.compact_len::<Ristretto255>(), 64);
    for bits in 1..=64 {
        let spend = Shape::of(&Spend { bits: BitLength::new(bits).unwrap() });
        let l = usize::from(bits);
        assert_eq!((spend.equations(), spend.secrets().len()), (2 * l + 3, 3 * l + 7));
        assert_eq!(spend.compact_len::<Ristretto255>(), 32 * (3 * l + 8));
        assert_eq!(spend.batchable_len::<Ristretto255>(), 32 * (5 * l + 10));
    }
}

/// In the draft's order, which is the order on the wire.
#[test]
fn printed_statements() {
    assert_eq!(Shape::of(&Request).to_string(), "commitment = k * h2 + r * h3\n");
    assert_eq!(Shape::of(&Dleq).to_string(), "x = log * g\ny = log * h\n");
    let spend = Shape::of(&Spend { bits: BitLength::new(2).unwrap() });
    let expected = "\
a_bar = e * neg_a_prime + r2 * b_bar
h1_prime = r3 * b_bar + c * neg_h1 + r * neg_h3
com[0] = b[0] * h1 + kstar * h2 + sigma[0] * h3
com[0] = b[0] * com[0] + k2 * h2 + u[0] * h3
com[1] = b[1] * h1 + sigma[1] * h3
com[1] = b[1] * com[1] + u[1] * h3
com_total = c * h1_total + kstar * h2_total + sigma[0] * h3_powers[0] + sigma[1] * h3_powers[1]
";
    assert_eq!(spend.to_string(), expected);
    let secrets: Vec<String> = spend.secrets().iter().map(ToString::to_string).collect();
    let order = "e r2 r3 c r b[0] b[1] sigma[0] sigma[1] u[0] u[1] kstar k2";
    assert_eq!(secrets.join(" "), order);
}

/// 184L + 484 bytes of label: less would mean that variables were told apart by value.
#[test]
fn the_label_of_a_spend() {
    use farebox_act::relation::Act02;
    use farebox_act::relation::spend::SpendPublics;
    use farebox_sigma::{BaseSet, F2, Statement, Transcript};

    for (bits, len) in [(1, 668), (8, 1956), (64, 12260)] {
        let bases = BaseSet::<Ristretto255>::new(&[]).unwrap();
        // The values do not matter, and all are the same.
        let g = bases.points()[0];
        let publics = SpendPublics {
            neg_a_prime: g,
            b_bar: g,
            a_bar: g,
            neg_h1: g,
            neg_h3: g,
            h1_prime: g,
            h1: g,
            h2: g,
            h3: g,
            com: vec![g; bits.into()],
            h1_total: g,
            h2_total: g,
            h3_powers: vec![g; bits.into()],
            com_total: g,
        };
        let statement = Statement::new(&Spend { bits: BitLength::new(bits).unwrap() }, &bases, &publics).unwrap();
        let argument = Transcript::<F2<Act02>>::new().session(b"label").statement(statement).unwrap();
        assert_eq!(argument.label().len(), len);
        assert_eq!(len, 184 * usize::from(bits) + 484);
    }
}
