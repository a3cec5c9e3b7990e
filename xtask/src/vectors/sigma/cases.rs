//! Our own files for the engine.

mod flavors;
mod instances;

use farebox_group::{P256, Ristretto255, Scalar as _};
use farebox_sigma::{F2, F3, P256Draft02, P256Shake128, Profile, Ristretto255Shake128};

use super::{DRAFT_02, DRAFT_03, P256_SUITE, RISTRETTO255, SharedBases};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, Draft, INVALID, MALFORMED, MISUSE, Place, Want, Writer, seed};
use instances::Sample;

/// Writes all of them.
pub(crate) fn write(writer: &mut Writer) -> Result<(), String> {
    Suite::<F3<Ristretto255Shake128>, Ristretto255>::new(DRAFT_03, "03", RISTRETTO255).write(writer)?;
    Suite::<F3<P256Shake128>, P256>::new(DRAFT_03, "03", P256_SUITE).write(writer)?;
    Suite::<F2<P256Draft02>, P256>::new(DRAFT_02, "02", P256_SUITE).write(writer)
}

const FLAVORS: [&str; 2] = ["compact", "batchable"];

struct Suite<P, G> {
    spec: &'static str,
    draft: &'static str,
    suite: &'static str,
    profile: std::marker::PhantomData<(P, G)>,
}

impl<P: Profile<G>, G: SharedBases> Suite<P, G> {
    fn new(spec: &'static str, draft: &'static str, suite: &'static str) -> Self {
        Self { spec, draft, suite, profile: std::marker::PhantomData }
    }

    fn is_03(&self) -> bool {
        self.spec == DRAFT_03
    }

    fn add(
        &self,
        writer: &mut Writer,
        operation: &'static str,
        relation: &str,
        draft: Draft,
    ) -> Result<Fields, String> {
        let params = fields([("relation", relation.to_owned())]);
        let (spec, suite, statement) = (self.spec, self.suite, instances::statement(self.is_03()));
        let place = Place { spec, draft: Some(self.draft), suite, operation, statement, params, keys: Fields::new() };
        writer.add(&place, draft)
    }

    fn coins(&self, relation: &str, flavor: &str) -> Fields {
        seed(&format!("farebox sigma {} {} {relation} {flavor}", self.draft, self.suite))
    }

    fn write(&self, writer: &mut Writer) -> Result<(), String> {
        for sample in instances::samples::<P, G>(self.is_03())? {
            for flavor in FLAVORS {
                let proof = self.prove(writer, &sample, flavor)?;
                if ["dleq", "pedersen"].contains(&sample.relation) {
                    self.proofs(writer, &sample, flavor, &proof)?;
                }
                if sample.relation == "dleq" {
                    self.statements(writer, &sample, flavor, &proof)?;
                }
            }
        }
        self.flavors(writer)?;
        if self.is_03() { self.ten_checks(writer) } else { Ok(()) }
    }

    fn input(&self, sample: &Sample, flavor: &str) -> Fields {
        fields([
            ("session", hex::encode(format!("farebox-vectors-{}", sample.relation))),
            ("flavor", flavor.to_owned()),
            ("instance", hex::encode(&sample.instance)),
        ])
    }

    /// An honest proof, verified, and what a prover refuses.
    fn prove(&self, writer: &mut Writer, sample: &Sample, flavor: &str) -> Result<Vec<u8>, String> {
        let relation = sample.relation;
        let mut prove = |comment: &str, flags: &[&'static str], coins: Fields, witness: &[u8], want| {
            let mut input = self.input(sample, flavor);
            input.insert("witness".into(), hex::encode(witness));
            let draft = Draft { comment: format!("{flavor}: {comment}"), flags: flags.to_vec(), coins, input, want };
            self.add(writer, "prove", relation, draft)
        };
        let coins = self.coins(relation, flavor);
        let out = prove("honest", &[], coins.clone(), &sample.witness, ACCEPT)?;
        let proof = hex::decode(out.get("proof").ok_or("no proof")?).map_err(|error| error.to_string())?;
        let count = sample.witness.len() / G::SCALAR_LEN;
        let short: Vec<u8> = sample.witness.iter().skip(G::SCALAR_LEN).copied().collect();
        prove("a scalar too few", &["witness"], coins.clone(), &short, MISUSE)?;
        let long: Vec<u8> = sample.witness.iter().copied().chain(vec![0; G::SCALAR_LEN]).collect();
        prove("a scalar too many", &["witness"], coins.clone(), &long, MISUSE)?;
        prove("a witness that does not fit", &["witness"], coins.clone(), &vec![1; sample.witness.len()], INVALID)?;
        let above: Vec<u8> = vec![0xff; sample.witness.len()];
        prove("a witness above the group order", &["non-canonical-scalar"], coins, &above, MALFORMED)?;
        let zeros = Fields::from([("scalars".to_owned(), hex::encode(vec![0; count * G::SCALAR_LEN]))]);
        prove(
            "nonces of 0, so that the commitments are the identity",
            &["degenerate-coins"],
            zeros,
            &sample.witness,
            INVALID,
        )?;

        let input = self.verify_input(sample, flavor, &proof);
        self.verify(writer, relation, &format!("{flavor}: honest"), &[], input, ACCEPT)?;
        Ok(proof)
    }

    fn verify_input(&self, sample: &Sample, flavor: &str, proof: &[u8]) -> Fields {
        let mut input = self.input(sample, flavor);
        input.insert("proof".into(), hex::encode(proof));
        input
    }

    fn verify(
        &self,
        writer: &mut Writer,
        relation: &str,
        comment: &str,
        flags: &[&'static str],
        input: Fields,
        want: Want,
    ) -> Result<(), String> {
        let draft = Draft { comment: comment.to_owned(), flags: flags.to_vec(), coins: Fields::new(), input, want };
        self.add(writer, "verify", relation, draft).map(|_| ())
    }

    /// Every element and scalar of a proof, one at a time, and its length.
    fn proofs(&self, writer: &mut Writer, sample: &Sample, flavor: &str, proof: &[u8]) -> Result<(), String> {
        let mut add = |comment: String, flag: &'static str, proof: Vec<u8>, want| {
            let input = self.verify_input(sample, flavor, &proof);
            self.verify(writer, sample.relation, &format!("{flavor}: {comment}"), &[flag], input, want)
        };
        let scalars = sample.witness.len() / G::SCALAR_LEN + usize::from(flavor == "compact");
        let elements = (proof.len() - scalars * G::SCALAR_LEN) / G::ELEMENT_LEN;
        let replace = |at: usize, value: &[u8]| {
            let (head, tail) = (proof.iter().take(at), proof.iter().skip(at + value.len()));
            head.chain(value).chain(tail).copied().collect::<Vec<u8>>()
        };
        let generator = G::encode(&G::generator()).map_err(|error| error.to_string())?;
        for i in 0..elements {
            let at = i * G::ELEMENT_LEN;
            add(
                format!("commitment {i} is the identity"),
                "identity",
                replace(at, &vec![0; G::ELEMENT_LEN]),
                MALFORMED,
            )?;
            add(
                format!("commitment {i} is no element"),
                "non-canonical-element",
                replace(at, &vec![0xff; G::ELEMENT_LEN]),
                MALFORMED,
            )?;
            add(
                format!("commitment {i} is the generator"),
                "swapped-element",
                replace(at, generator.as_ref()),
                INVALID,
            )?;
        }
        let minus_one = (-G::Scalar::ONE).to_bytes(P::SCALAR_ORDER);
        for i in 0..scalars {
            let at = elements * G::ELEMENT_LEN + i * G::SCALAR_LEN;
            let mut order = minus_one.as_ref().to_vec();
            let last =
                if G::SCALAR_ORDER == farebox_group::ByteOrder::Little { order.first_mut() } else { order.last_mut() };
            last.into_iter().for_each(|byte| *byte += 1);
            add(format!("scalar {i} is the group order"), "non-canonical-scalar", replace(at, &order), MALFORMED)?;
            add(
                format!("scalar {i} is 2^256 - 1"),
                "non-canonical-scalar",
                replace(at, &vec![0xff; G::SCALAR_LEN]),
                MALFORMED,
            )?;
            add(
                format!("scalar {i} is the group order minus 1"),
                "bit-flip",
                replace(at, minus_one.as_ref()),
                INVALID,
            )?;
            let middle = at + 16;
            let flipped = proof.get(middle).copied().unwrap_or_default() ^ 8;
            add(format!("a bit of scalar {i} is flipped"), "bit-flip", replace(middle, &[flipped]), INVALID)?;
        }
        add("the last byte is cut".into(), "length", proof.iter().take(proof.len() - 1).copied().collect(), MALFORMED)?;
        add("a zero byte follows".into(), "length", proof.iter().copied().chain([0]).collect(), MALFORMED)?;
        add(
            "a scalar of 0 follows".into(),
            "length",
            proof.iter().copied().chain(vec![0; G::SCALAR_LEN]).collect(),
            MALFORMED,
        )?;
        add("no bytes".into(), "length", Vec::new(), MALFORMED)?;
        let want = if elements > 0 { MALFORMED } else { INVALID };
        add("all bytes are 0".into(), "identity", vec![0; proof.len()], want)
    }

    /// The same proof for another session, another statement, and statements that cannot be read.
    fn statements(&self, writer: &mut Writer, sample: &Sample, flavor: &str, proof: &[u8]) -> Result<(), String> {
        let mut add = |comment: &str, flag: &'static str, name: &str, value: String, want| {
            let mut input = self.verify_input(sample, flavor, proof);
            input.insert(name.to_owned(), value);
            self.verify(writer, sample.relation, &format!("{flavor}: {comment}"), &[flag], input, want)
        };
        let instance = &sample.instance;
        add("another session", "other-session", "session", hex::encode("another session"), INVALID)?;
        add("no session", "other-session", "session", String::new(), INVALID)?;
        let head: Vec<u8> = instance.iter().take(instance.len() - G::ELEMENT_LEN).copied().collect();
        let with = |tail: &[u8]| hex::encode([&head, tail].concat());
        let generator = G::encode(&G::generator()).map_err(|error| error.to_string())?;
        add(
            "the last element of the statement is the generator",
            "swapped-element",
            "instance",
            with(generator.as_ref()),
            INVALID,
        )?;
        add(
            "the last element of the statement is no element",
            "non-canonical-element",
            "instance",
            with(&vec![0xff; G::ELEMENT_LEN]),
            MALFORMED,
        )?;
        add("the last element of the statement is missing", "statement", "instance", with(&[]), INVALID)?;
        add(
            "the last element of the statement is cut",
            "length",
            "instance",
            with(&vec![2; G::ELEMENT_LEN - 1]),
            MALFORMED,
        )?;
        add("a statement of three bytes", "length", "instance", "010000".into(), MALFORMED)?;
        add("a statement that counts 2^32 - 1 equations", "length", "instance", "ffffffff".into(), MALFORMED)?;
        add("no statement", "length", "instance", String::new(), MALFORMED)
    }

    /// Statements that ValidateInstance refuses, whatever the proof is.
    fn ten_checks(&self, writer: &mut Writer) -> Result<(), String> {
        for (comment, instance, len) in instances::refused::<G>()? {
            let sample = Sample { relation: "refused", instance, witness: Vec::new() };
            let input = self.verify_input(&sample, "batchable", &vec![1; len]);
            self.verify(writer, "refused", comment, &["statement"], input, Want::Refused)?;
        }
        Ok(())
    }
}
