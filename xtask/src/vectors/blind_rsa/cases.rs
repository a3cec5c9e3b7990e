//! Our own files for Blind RSA.

use farebox_blind_rsa::{
    PssDeterministic, PssRandomized, PssZeroDeterministic, PssZeroRandomized, PublicKey, SecretKey, Variant,
};
use sha2::{Digest as _, Sha384};

use super::{SPEC, faults, keys};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, Draft, Place, Want, Writer};

/// Writes all of them.
pub(crate) fn write(writer: &mut Writer) -> Result<(), String> {
    of_variant::<PssRandomized>(writer)?;
    of_variant::<PssZeroRandomized>(writer)?;
    of_variant::<PssDeterministic>(writer)?;
    of_variant::<PssZeroDeterministic>(writer)?;
    // The larger size once: what is refused does not depend on it.
    let mut world = World::<PssRandomized>::new(writer, keys::P_4096, keys::Q_4096)?;
    world.run(b"a message under a longer key", "4096 bits").map(|_| ())
}

fn of_variant<V: Variant>(writer: &mut Writer) -> Result<(), String> {
    let mut world = World::<V>::new(writer, keys::P_2048, keys::Q_2048)?;
    let honest = world.run(b"a message of a client", "2048 bits")?;
    let other = world.run(b"another message", "another run")?;
    world.run(b"", "an empty message")?;
    faults::write(&mut world, &honest, &other)
}

/// One key of one variant.
pub(super) struct World<'a, V> {
    pub(super) writer: &'a mut Writer,
    pub(super) public: PublicKey<V>,
    pub(super) pkcs8: String,
}

/// What an honest run leaves.
pub(super) struct Honest {
    pub(super) input_msg: String,
    pub(super) state: String,
    pub(super) blinded_msg: String,
    pub(super) blind_sig: String,
    pub(super) sig: String,
}

impl<'a, V: Variant> World<'a, V> {
    fn new(writer: &'a mut Writer, p: &str, q: &str) -> Result<Self, String> {
        let bytes = |text: &str| hex::decode(text).map_err(|error| error.to_string());
        let secret = SecretKey::<V>::from_primes(&bytes(p)?, &bytes(q)?, &[1, 0, 1]);
        let secret = secret.map_err(|error| error.to_string())?;
        Ok(Self { writer, public: secret.public_key().clone(), pkcs8: hex::encode(&*secret.to_pkcs8()) })
    }

    pub(super) fn spki(&self) -> String {
        hex::encode(self.public.as_spki())
    }

    /// Bytes that look random, for this variant and use.
    pub(super) fn draw(&self, what: &str, len: usize) -> Vec<u8> {
        let block = |i: usize| Sha384::digest(format!("farebox RFC 9474 {} {what} {i}", V::NAME));
        (0..).flat_map(block).take(len).collect()
    }

    /// An integer below n: its first byte is 0.
    pub(super) fn factor(&self, what: &str) -> Vec<u8> {
        [&[0], &self.draw(what, self.public.modulus_len() - 1)[..]].concat()
    }

    /// Runs a case under the group's key, and gives what it gave.
    pub(super) fn add(
        &mut self,
        operation: &'static str,
        comment: &str,
        flags: &[&'static str],
        coins: Fields,
        input: Fields,
        want: Want,
    ) -> Result<Fields, String> {
        let keys = match operation {
            "public-key" | "secret-key" | "prepare" => Fields::new(),
            "blind-sign" => fields([("pkcs8", self.pkcs8.clone())]),
            _ => fields([("spki", self.spki())]),
        };
        let (statement, params) = (Vec::new(), Fields::new());
        let place = Place { spec: SPEC, draft: None, suite: V::NAME, operation, statement, params, keys };
        self.writer.add(&place, Draft { comment: comment.to_owned(), flags: flags.to_vec(), coins, input, want })
    }

    /// Keys, then the five steps of the RFC.
    fn run(&mut self, message: &[u8], comment: &str) -> Result<Honest, String> {
        let none = Fields::new;
        self.add("public-key", comment, &[], none(), fields([("spki", self.spki())]), ACCEPT)?;
        self.add("secret-key", comment, &[], none(), fields([("pkcs8", self.pkcs8.clone())]), ACCEPT)?;
        let prefix = hex::encode(self.draw(&format!("prefix {comment}"), V::PREFIX_LEN));
        let msg = fields([("msg", hex::encode(message))]);
        let prepared = self.add("prepare", comment, &[], fields([("prefix", prefix)]), msg, ACCEPT)?;
        let input_msg = output(&prepared, "input_msg")?;
        let salt = hex::encode(self.draw(&format!("salt {comment}"), V::SALT_LEN));
        let r = hex::encode(self.factor(&format!("r {comment}")));
        let (coins, input) = (fields([("salt", salt), ("r", r)]), fields([("input_msg", input_msg.clone())]));
        let blinded = self.add("blind", comment, &[], coins, input, ACCEPT)?;
        let (blinded_msg, state) = (output(&blinded, "blinded_msg")?, output(&blinded, "state")?);
        let input = fields([("blinded_msg", blinded_msg.clone())]);
        let blind_sig = output(&self.add("blind-sign", comment, &[], none(), input, ACCEPT)?, "blind_sig")?;
        let input = fields([("state", state.clone()), ("blind_sig", blind_sig.clone())]);
        let sig = output(&self.add("finalize", comment, &[], none(), input, ACCEPT)?, "sig")?;
        let input = fields([("input_msg", input_msg.clone()), ("sig", sig.clone())]);
        self.add("verify", comment, &[], none(), input, ACCEPT)?;
        self.add("state", comment, &[], none(), fields([("bytes", state.clone())]), ACCEPT)?;
        Ok(Honest { input_msg, state, blinded_msg, blind_sig, sig })
    }
}

pub(super) fn output(fields: &Fields, name: &str) -> Result<String, String> {
    fields.get(name).cloned().ok_or_else(|| format!("no output {name}"))
}
