//! Our own files for RFC 9497.
#![allow(clippy::indexing_slicing, reason = "these are honest messages of ours, made a line above")]

use farebox_group::{ByteOrder, Group as _, Scalar as _};
use farebox_voprf::{P256Sha256, P384Sha384, Ristretto255Sha512, Suite};

use super::SPEC;
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, Draft, INVALID, MALFORMED, MISUSE, Place, Want, Writer, seed};

/// Writes all of them.
pub(crate) fn write(writer: &mut Writer) -> Result<(), String> {
    of_suite::<Ristretto255Sha512>(writer)?;
    of_suite::<P256Sha256>(writer)?;
    of_suite::<P384Sha384>(writer)
}

fn of_suite<S: Suite>(writer: &mut Writer) -> Result<(), String> {
    for mode in ["oprf", "voprf", "poprf"] {
        let mut world = World::new(S::ID, mode, writer);
        derivations::<S>(&mut world)?;
        if mode == "voprf" {
            keys::<S>(&mut world)?;
        }
        let one = world.run("one input", &["00"])?;
        let two = world.run("two inputs", &["00", "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"])?;
        world.run("five inputs, one of them empty and two the same", &["", "01", "02", "01", "0304"])?;
        blinds::<S>(&mut world)?;
        evaluations::<S>(&mut world, &two)?;
        finalizations::<S>(&mut world, &one, &two)?;
        outputs(&mut world, &two)?;
        states::<S>(&mut world, &two)?;
        if mode == "poprf" {
            tweaks_to_zero::<S>(&mut world)?;
        }
    }
    Ok(())
}

/// "a public input"
const INFO: &str = "61207075626c696320696e707574";

/// One suite in one mode, with a key.
struct World<'w> {
    writer: &'w mut Writer,
    suite: &'static str,
    mode: &'static str,
    sk: String,
    pk: String,
}

/// An honest run.
struct Honest {
    inputs: Vec<String>,
    blinded: String,
    state: String,
    evaluation: String,
    outputs: Vec<String>,
}

fn value(fields: &Fields, name: &str) -> Result<String, String> {
    fields.get(name).cloned().ok_or_else(|| format!("no {name}"))
}

fn decoded(text: &str) -> Result<Vec<u8>, String> {
    hex::decode(text).map_err(|error| error.to_string())
}

/// `value` at `at`.
fn replace(bytes: &[u8], at: usize, value: &[u8]) -> Vec<u8> {
    let tail = bytes.iter().skip(at + value.len());
    bytes.iter().take(at).chain(value).chain(tail).copied().collect()
}

/// The group order, encoded: one more than order - 1, which has no carry.
fn order<S: Suite>() -> Vec<u8> {
    let minus_one = -<S::Group as farebox_group::Group>::Scalar::ONE;
    let mut bytes = minus_one.to_bytes(S::Group::SCALAR_ORDER).as_ref().to_vec();
    let last = if S::Group::SCALAR_ORDER == ByteOrder::Little { bytes.first_mut() } else { bytes.last_mut() };
    last.into_iter().for_each(|byte| *byte += 1);
    bytes
}

fn draft(comment: impl Into<String>, flags: &[&'static str], coins: Fields, input: Fields, want: Want) -> Draft {
    Draft { comment: comment.into(), flags: flags.to_vec(), coins, input, want }
}

impl<'w> World<'w> {
    fn new(suite: &'static str, mode: &'static str, writer: &'w mut Writer) -> Self {
        Self { writer, suite, mode, sk: String::new(), pk: String::new() }
    }

    fn info(&self) -> Fields {
        let info = INFO.to_owned();
        if self.mode == "poprf" { fields([("info", info)]) } else { Fields::new() }
    }

    fn add(&mut self, operation: &'static str, draft: Draft) -> Result<Fields, String> {
        let keys = match (operation, self.mode) {
            ("blind-evaluate" | "evaluate" | "verify", _) => fields([("sk", self.sk.clone())]),
            ("blind", "poprf") | ("finalize", "voprf") => fields([("pk", self.pk.clone())]),
            _ => Fields::new(),
        };
        let params = fields([("mode", self.mode.to_owned())]);
        let place =
            Place { spec: SPEC, draft: None, suite: self.suite, operation, statement: Vec::new(), params, keys };
        self.writer.add(&place, draft)
    }

    /// No coins where there is no proof.
    fn nonce(&self, text: &str) -> Fields {
        if self.mode == "oprf" { Fields::new() } else { seed(text) }
    }

    fn run(&mut self, comment: &str, inputs: &[&str]) -> Result<Honest, String> {
        let mut input = self.info();
        input.extend(inputs.iter().enumerate().map(|(i, bytes)| (format!("input_{i}"), (*bytes).to_owned())));
        let blinded = self.add("blind", draft(comment, &[], seed(&format!("blind {comment}")), input, ACCEPT))?;
        let (blinded, state) = (value(&blinded, "blinded")?, value(&blinded, "state")?);
        let mut input = self.info();
        input.insert("blinded".to_owned(), blinded.clone());
        let coins = self.nonce(&format!("prove {comment}"));
        let evaluation = self.add("blind-evaluate", draft(comment, &[], coins, input, ACCEPT))?;
        let evaluation = value(&evaluation, "evaluation")?;
        let input = fields([("state", state.clone()), ("evaluation", evaluation.clone())]);
        let finalized = self.add("finalize", draft(comment, &[], Fields::new(), input, ACCEPT))?;
        let mut outputs = Vec::new();
        for (i, shown) in inputs.iter().enumerate() {
            let mut input = self.info();
            input.insert("input".to_owned(), (*shown).to_owned());
            let comment = format!("{comment}: input {i}");
            let evaluated = self.add("evaluate", draft(comment, &[], Fields::new(), input, ACCEPT))?;
            let output = value(&finalized, &format!("output_{i}"))?;
            if value(&evaluated, "output")? != output {
                return Err("client and server have different outputs".to_owned());
            }
            outputs.push(output);
        }
        let inputs = inputs.iter().map(|input| (*input).to_owned()).collect();
        Ok(Honest { inputs, blinded, state, evaluation, outputs })
    }
}

/// The last good one is the key of the cases that follow.
fn derivations<S: Suite>(world: &mut World<'_>) -> Result<(), String> {
    let ns = S::Group::SCALAR_LEN;
    let mut add = |comment: &str, flags: &[&'static str], seed: Vec<u8>, info: &str, want: Want| {
        let input = fields([("seed", hex::encode(seed)), ("info", hex::encode(info))]);
        world.add("derive-key-pair", draft(comment, flags, Fields::new(), input, want))
    };
    add("a seed of zeros and no info", &[], vec![0; ns], "", ACCEPT)?;
    add("the seed has a byte less", &["length"], vec![0xa3; ns - 1], "test key", MISUSE)?;
    add("the seed has a byte more", &["length"], vec![0xa3; ns + 1], "test key", MISUSE)?;
    add("no seed", &["length"], Vec::new(), "test key", MISUSE)?;
    let key = add("the key of the other files", &[], vec![0xa3; ns], "test key", ACCEPT)?;
    (world.sk, world.pk) = (value(&key, "sk")?, value(&key, "pk")?);
    Ok(())
}

fn keys<S: Suite>(world: &mut World<'_>) -> Result<(), String> {
    let (ne, ns) = (S::Group::ELEMENT_LEN, S::Group::SCALAR_LEN);
    let (sk, pk) = (decoded(&world.sk)?, decoded(&world.pk)?);
    let mut add = |operation, name: &str, comment: &str, flags: &[&'static str], bytes: &[u8], want: Want| {
        let input = fields([(name, hex::encode(bytes))]);
        world.add(operation, draft(comment, flags, Fields::new(), input, want)).map(|_| ())
    };
    add("secret-key", "sk", "honest", &[], &sk, ACCEPT)?;
    add("secret-key", "sk", "sk = 0", &["zero-key"], &vec![0; ns], MALFORMED)?;
    add("secret-key", "sk", "the group order", &["non-canonical-scalar"], &order::<S>(), MALFORMED)?;
    add("secret-key", "sk", "the last byte is cut", &["length"], &replace(&sk, ns, &[])[..ns - 1], MALFORMED)?;
    add("secret-key", "sk", "a byte follows", &["length"], &[&sk[..], &[0]].concat(), MALFORMED)?;
    add("public-key", "pk", "honest", &[], &pk, ACCEPT)?;
    add("public-key", "pk", "the identity", &["identity"], &vec![0; ne], MALFORMED)?;
    add("public-key", "pk", "no element", &["non-canonical-element"], &vec![0xff; ne], MALFORMED)?;
    add("public-key", "pk", "the last byte is cut", &["length"], &pk[..ne - 1], MALFORMED)?;
    add("public-key", "pk", "a byte follows", &["length"], &[&pk[..], &[0]].concat(), MALFORMED)
}

fn blinds<S: Suite>(world: &mut World<'_>) -> Result<(), String> {
    let ns = S::Group::SCALAR_LEN;
    let one = <S::Group as farebox_group::Group>::Scalar::ONE.to_bytes(S::Group::SCALAR_ORDER).as_ref().to_vec();
    let coins = |scalars: &[&[u8]]| Fields::from([("scalars".to_owned(), hex::encode(scalars.concat()))]);
    let mut input = world.info();
    input.insert("input_0".to_owned(), "00".to_owned());
    world.add("blind", draft("the blind is 1", &[], coins(&[&one]), input.clone(), ACCEPT))?;
    let zero = draft("the blind is 0", &["degenerate-coins"], coins(&[&vec![0; ns]]), input.clone(), MISUSE);
    world.add("blind", zero)?;
    input.insert("input_1".to_owned(), "01".to_owned());
    let zero = draft("the second blind is 0", &["degenerate-coins"], coins(&[&one, &vec![0; ns]]), input, MISUSE);
    world.add("blind", zero)?;
    let none = draft("no inputs", &["count"], coins(&[]), world.info(), MISUSE);
    world.add("blind", none).map(|_| ())
}

fn evaluations<S: Suite>(world: &mut World<'_>, honest: &Honest) -> Result<(), String> {
    let (ne, ns) = (S::Group::ELEMENT_LEN, S::Group::SCALAR_LEN);
    let bytes = decoded(&honest.blinded)?;
    let mut add = |comment: &str, flags: &[&'static str], bytes: &[u8], coins: Option<Fields>, want: Want| {
        let mut input = world.info();
        input.insert("blinded".to_owned(), hex::encode(bytes));
        let coins = coins.unwrap_or_else(|| world.nonce("faults"));
        world.add("blind-evaluate", draft(comment, flags, coins, input, want)).map(|_| ())
    };
    for (i, at) in [0, ne].into_iter().enumerate() {
        let comment = format!("element {i} is the identity");
        add(&comment, &["identity"], &replace(&bytes, at, &vec![0; ne]), None, MALFORMED)?;
        let comment = format!("element {i} is no element");
        add(&comment, &["non-canonical-element"], &replace(&bytes, at, &vec![0xff; ne]), None, MALFORMED)?;
    }
    add("the last byte is cut", &["length"], &bytes[..2 * ne - 1], None, MALFORMED)?;
    add("a zero byte follows", &["length"], &[&bytes[..], &[0]].concat(), None, MALFORMED)?;
    add("no bytes at all", &["length"], &[], None, MALFORMED)?;
    add("the elements in the other order", &[], &[&bytes[ne..], &bytes[..ne]].concat(), None, ACCEPT)?;
    if world.mode != "oprf" {
        let mut input = world.info();
        input.insert("blinded".to_owned(), honest.blinded.clone());
        let zero = Fields::from([("scalars".to_owned(), "00".repeat(ns))]);
        let zero = draft("the nonce is 0", &["degenerate-coins"], zero, input, MISUSE);
        world.add("blind-evaluate", zero)?;
    }
    Ok(())
}

fn finalizations<S: Suite>(world: &mut World<'_>, one: &Honest, two: &Honest) -> Result<(), String> {
    let (ne, ns) = (S::Group::ELEMENT_LEN, S::Group::SCALAR_LEN);
    let proven = world.mode != "oprf";
    let (bytes, single) = (decoded(&two.evaluation)?, decoded(&one.evaluation)?);
    let mut add = |comment: &str, flags: &[&'static str], bytes: &[u8], want: Want| {
        let input = fields([("state", two.state.clone()), ("evaluation", hex::encode(bytes))]);
        world.add("finalize", draft(comment, flags, Fields::new(), input, want)).map(|_| ())
    };
    for (i, at) in [0, ne].into_iter().enumerate() {
        let comment = format!("element {i} is the identity");
        add(&comment, &["identity"], &replace(&bytes, at, &vec![0; ne]), MALFORMED)?;
        let comment = format!("element {i} is no element");
        add(&comment, &["non-canonical-element"], &replace(&bytes, at, &vec![0xff; ne]), MALFORMED)?;
    }
    add("the last byte is cut", &["length"], &bytes[..bytes.len() - 1], MALFORMED)?;
    add("a zero byte follows", &["length"], &[&bytes[..], &[0]].concat(), MALFORMED)?;
    add("no bytes at all", &["length"], &[], MALFORMED)?;
    add("the first element is missing", &["count"], &bytes[ne..], INVALID)?;
    add("the first element stands twice", &["count"], &[&bytes[..ne], &bytes[..]].concat(), INVALID)?;
    add("the evaluation of one input", &["count", "other-message"], &single, INVALID)?;
    if !proven {
        return Ok(());
    }
    let swapped = [&bytes[ne..2 * ne], &bytes[..ne], &bytes[2 * ne..]].concat();
    add("the elements in the other order", &["swapped-order"], &swapped, INVALID)?;
    let other = [&bytes[..ne], &single[..ne], &bytes[2 * ne..]].concat();
    add("element 1 is another", &["swapped-element"], &other, INVALID)?;
    for (name, at) in [("c", 2 * ne), ("s", 2 * ne + ns)] {
        let comment = format!("{name} is the group order");
        add(&comment, &["non-canonical-scalar"], &replace(&bytes, at, &order::<S>()), MALFORMED)?;
        let comment = format!("{name} is 0");
        add(&comment, &["swapped-element"], &replace(&bytes, at, &vec![0; ns]), INVALID)?;
        for bit in [0, 77] {
            let byte = at + bit / 8;
            let flipped = bytes.get(byte).map_or(0, |byte| byte ^ (1 << (bit % 8)));
            let comment = format!("bit {bit} of {name} is flipped");
            add(&comment, &["bit-flip"], &replace(&bytes, byte, &[flipped]), Want::Refused)?;
        }
    }
    let proof = [&bytes[..2 * ne], &single[ne..]].concat();
    add("the proof of another run", &["other-message"], &proof, INVALID)?;
    add("no proof", &["length"], &bytes[..2 * ne], Want::Refused)?;
    if world.mode == "voprf" {
        let input = fields([("state", two.state.clone()), ("evaluation", two.evaluation.clone())]);
        let other = fields([("seed", "00".repeat(ns)), ("info", String::new())]);
        let other = world.add("derive-key-pair", draft("", &[], Fields::new(), other, ACCEPT))?;
        let pk = std::mem::replace(&mut world.pk, value(&other, "pk")?);
        world.add("finalize", draft("another key", &["other-key"], Fields::new(), input, INVALID))?;
        world.pk = pk;
    } else {
        let input = fields([("blinded", two.blinded.clone()), ("info", "00".to_owned())]);
        let other = draft("another public input", &[], seed("another public input"), input, ACCEPT);
        let other = value(&world.add("blind-evaluate", other)?, "evaluation")?;
        let input = fields([("state", two.state.clone()), ("evaluation", other)]);
        let other = draft("evaluated for another public input", &["other-info"], Fields::new(), input, INVALID);
        world.add("finalize", other)?;
    }
    Ok(())
}

fn outputs(world: &mut World<'_>, honest: &Honest) -> Result<(), String> {
    let ([input, other, ..], [output, ..]) = (&honest.inputs[..], &honest.outputs[..]) else {
        return Err("two inputs".to_owned());
    };
    let bytes = decoded(output)?;
    let flipped = bytes.first().map_or(0, |byte| byte ^ 1);
    let mut add =
        |comment: &str, flags: &[&'static str], input: &str, output: &[u8], info: Option<&str>, want: Want| {
            let mut fields = world.info();
            fields.insert("input".to_owned(), input.to_owned());
            fields.insert("output".to_owned(), hex::encode(output));
            fields.extend(info.map(|info| ("info".to_owned(), info.to_owned())));
            world.add("verify", draft(comment, flags, Fields::new(), fields, want)).map(|_| ())
        };
    add("honest", &[], input, &bytes, None, ACCEPT)?;
    add("another input", &["other-message"], other, &bytes, None, INVALID)?;
    add("bit 0 of the output is flipped", &["bit-flip"], input, &replace(&bytes, 0, &[flipped]), None, INVALID)?;
    add("the output is cut", &["length"], input, &bytes[..bytes.len() - 1], None, INVALID)?;
    add("a byte follows the output", &["length"], input, &[&bytes[..], &[0]].concat(), None, INVALID)?;
    add("no output", &["length"], input, &[], None, INVALID)?;
    if world.mode == "poprf" {
        let mut fields = fields([("input", input.clone()), ("output", output.clone())]);
        fields.insert("info".to_owned(), "00".to_owned());
        world.add("verify", draft("another public input", &["other-info"], Fields::new(), fields, INVALID))?;
    }
    Ok(())
}

fn states<S: Suite>(world: &mut World<'_>, honest: &Honest) -> Result<(), String> {
    let (ne, ns) = (S::Group::ELEMENT_LEN, S::Group::SCALAR_LEN);
    let bytes = decoded(&honest.state)?;
    // Version, kind, mode and suite, the number of inputs, and in POPRF mode the public input and the tweaked key.
    let info = if world.mode == "poprf" { 2 + INFO.len() / 2 + ne } else { 0 };
    let first = 6 + info;
    let mut add = |comment: &str, flags: &[&'static str], bytes: &[u8], want: Want| {
        let input = fields([("bytes", hex::encode(bytes))]);
        world.add("state", draft(comment, flags, Fields::new(), input, want)).map(|_| ())
    };
    add("honest", &[], &bytes, ACCEPT)?;
    for (at, name) in [(0, "version"), (1, "kind"), (2, "mode"), (3, "suite")] {
        add(&format!("another {name}"), &["version"], &replace(&bytes, at, &[9]), MALFORMED)?;
    }
    add("no inputs", &["count"], &replace(&bytes, 4, &[0, 0]), MALFORMED)?;
    add("one input less than there are", &["count"], &replace(&bytes, 4, &[0, 1]), MALFORMED)?;
    add("65,535 inputs", &["count"], &replace(&bytes, 4, &[0xff, 0xff]), MALFORMED)?;
    add("the first blind is 0", &["zero-key"], &replace(&bytes, first, &vec![0; ns]), MALFORMED)?;
    add("the first blind is the order", &["non-canonical-scalar"], &replace(&bytes, first, &order::<S>()), MALFORMED)?;
    let at = first + ns;
    add("the first element is the identity", &["identity"], &replace(&bytes, at, &vec![0; ne]), MALFORMED)?;
    add("the first element is none", &["non-canonical-element"], &replace(&bytes, at, &vec![0xff; ne]), MALFORMED)?;
    add("the last byte is cut", &["length"], &bytes[..bytes.len() - 1], MALFORMED)?;
    add("a zero byte follows", &["length"], &[&bytes[..], &[0]].concat(), MALFORMED)?;
    add("no bytes at all", &["length"], &[], MALFORMED)?;
    if info > 0 {
        let at = first - ne;
        add("the tweaked key is the identity", &["identity"], &replace(&bytes, at, &vec![0; ne]), MALFORMED)?;
    }
    Ok(())
}

/// sk = -m for the m of the public input.
fn tweaks_to_zero<S: Suite>(world: &mut World<'_>) -> Result<(), String> {
    let info = decoded(INFO)?;
    let framed = [&b"Info"[..], &(info.len() as u16).to_be_bytes(), &info].concat();
    let tag: [&[u8]; 2] = [b"HashToScalar-OPRFV1-\x02-", S::ID.as_bytes()];
    let m = S::Group::hash_to_scalar(&[&framed], &tag).map_err(|error| error.to_string())?;
    let sk = std::mem::replace(&mut world.sk, hex::encode((-m).to_bytes(S::Group::SCALAR_ORDER)));
    let mut input = world.info();
    input.insert("input".to_owned(), "00".to_owned());
    let comment = "the public input tweaks the key to 0";
    world.add("evaluate", draft(comment, &["zero-key"], Fields::new(), input, MISUSE))?;
    world.sk = sk;
    Ok(())
}
