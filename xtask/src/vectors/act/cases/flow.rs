//! Honest runs from request to new token, at every L.

use std::fmt::Display;

use farebox_act::BitLength;
use farebox_act::relation::request::Request;
use farebox_act::relation::spend::Spend;
use farebox_sigma::Shape;
use farebox_sigma::relations::Dleq;

use crate::vectors::act::{SPEC, SUITE};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, Draft, Place, Want, Writer, seed};

/// The domain separator of our files.
pub(super) const SEPARATOR: &str = "ACT-v1:farebox:vectors:test:2026-11-21";

/// Parameters, a key and a context, with the operations as functions.
pub(super) struct World<'w> {
    pub(super) writer: &'w mut Writer,
    pub(super) separator: &'static str,
    pub(super) bits: u8,
    pub(super) sk: String,
    pub(super) pk: String,
    /// A context, in hex.
    pub(super) ctx: String,
}

/// The saved token, and the steps that led to it.
pub(super) struct Issued {
    pub(super) request: Fields,
    pub(super) response: String,
    pub(super) token: String,
}

/// A scalar from a text: 252 bits of its bytes, which is below the order.
pub(super) fn context(text: &str) -> String {
    let mut stream = crate::vectors::coins::Stream::from_seed(text.as_bytes());
    let scalar = stream.scalar::<farebox_group::Ristretto255>().unwrap_or_default();
    hex::encode(farebox_group::Scalar::to_bytes(&scalar, farebox_group::ByteOrder::Little))
}

/// What the file of an operation prints: the statement at L = 8.
fn statement(operation: &str) -> Vec<String> {
    match operation {
        "issue-request" => Shape::of(&Request).lines(),
        "issue-response" | "finalize-issuance" | "refund" | "finalize-refund" => Shape::of(&Dleq).lines(),
        "spend" | "spend-batchable" | "verify-spend" | "verify-spend-batchable" | "verify-batch" => {
            BitLength::new(8).map(|bits| Shape::of(&Spend { bits }).lines()).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

pub(super) fn place(operation: &'static str, params: Fields, keys: Fields) -> Place {
    let statement = statement(operation);
    Place { spec: SPEC, draft: Some("02"), suite: SUITE, operation, statement, params, keys }
}

pub(super) fn case(comment: impl Display, flags: &[&'static str], coins: Fields, input: Fields, want: Want) -> Draft {
    Draft { comment: comment.to_string(), flags: flags.to_vec(), coins, input, want }
}

/// One output of a case.
pub(super) fn output(outputs: &Fields, name: &str) -> Result<String, String> {
    outputs.get(name).cloned().ok_or_else(|| format!("{name} was not given"))
}

impl<'w> World<'w> {
    pub(super) fn new(writer: &'w mut Writer, separator: &'static str, bits: u8) -> Result<Self, String> {
        let params = fields([("domain_separator", separator.into()), ("L", bits.to_string())]);
        let coins = seed(&format!("farebox ACT-02 key {separator} {bits}"));
        let keygen = place("keygen", params, Fields::new());
        let key = writer.add(&keygen, case("a key", &[], coins, Fields::new(), ACCEPT))?;
        let ctx = context("farebox ACT-02 context");
        Ok(Self { separator, bits, sk: output(&key, "sk")?, pk: output(&key, "pk")?, ctx, writer })
    }

    pub(super) fn params(&self) -> Fields {
        fields([("domain_separator", self.separator.into()), ("L", self.bits.to_string())])
    }

    /// Adds a case of an operation with this world's parameters, and with the key that the operation reads.
    pub(super) fn add(&mut self, operation: &'static str, draft: Draft) -> Result<Fields, String> {
        let keys = match operation {
            "issue-response" | "refund" | "verify-spend" | "verify-spend-batchable" | "verify-batch" => {
                fields([("sk", self.sk.clone())])
            }
            "finalize-issuance" | "finalize-refund" => fields([("pk", self.pk.clone())]),
            _ => Fields::new(),
        };
        self.writer.add(&place(operation, self.params(), keys), draft)
    }

    /// Seeds differ between operations, parameters and runs.
    pub(super) fn coins(&self, operation: &str, run: &str) -> Fields {
        seed(&format!("farebox ACT-02 {operation} {} {} {run}", self.separator, self.bits))
    }

    pub(super) fn request(&mut self, run: &str) -> Result<Fields, String> {
        let coins = self.coins("issue-request", run);
        self.add("issue-request", case(run, &[], coins, Fields::new(), ACCEPT))
    }

    pub(super) fn issue(&mut self, credits: u64, flags: &[&'static str], run: &str) -> Result<Issued, String> {
        let request = self.request(run)?;
        let asked = [("credits", credits.to_string()), ("ctx", self.ctx.clone())];
        let mut input = fields(asked.clone());
        input.insert("request".into(), output(&request, "request")?);
        let coins = self.coins("issue-response", run);
        let response = self.add("issue-response", case(run, flags, coins, input, ACCEPT))?;
        let response = output(&response, "response")?;
        let mut input = fields(asked);
        input.insert("state".into(), output(&request, "state")?);
        input.insert("response".into(), response.clone());
        let token = self.add("finalize-issuance", case(run, flags, Fields::new(), input, ACCEPT))?;
        Ok(Issued { request, response, token: output(&token, "token")? })
    }

    /// The spend message and the state.
    pub(super) fn spend(
        &mut self,
        operation: &'static str,
        token: &str,
        charge: u64,
        flags: &[&'static str],
        run: &str,
    ) -> Result<(String, String), String> {
        let input = fields([("token", token.into()), ("charge", charge.to_string())]);
        let coins = self.coins(operation, run);
        let spent = self.add(operation, case(run, flags, coins, input, ACCEPT))?;
        Ok((output(&spent, "spend")?, output(&spent, "state")?))
    }

    /// What the issuer reads of a spend.
    pub(super) fn expecting(&self, spend: &str, charge: u64) -> Fields {
        fields([("spend", spend.into()), ("charge", charge.to_string()), ("ctx", self.ctx.clone())])
    }

    /// From a token to the next: spend, verification, refund, and the new token.
    pub(super) fn redeem(
        &mut self,
        token: &str,
        charge: u64,
        returned: u64,
        flags: &[&'static str],
        run: &str,
    ) -> Result<String, String> {
        let (spend, state) = self.spend("spend", token, charge, flags, run)?;
        let input = self.expecting(&spend, charge);
        self.add("verify-spend", case(run, flags, Fields::new(), input, ACCEPT))?;
        let refund = self.refund(&spend, charge, returned, flags, run)?;
        let input = fields([("state", state), ("refund", refund)]);
        let next = self.add("finalize-refund", case(run, flags, Fields::new(), input, ACCEPT))?;
        output(&next, "token")
    }

    pub(super) fn refund(
        &mut self,
        spend: &str,
        charge: u64,
        returned: u64,
        flags: &[&'static str],
        run: &str,
    ) -> Result<String, String> {
        let mut input = self.expecting(spend, charge);
        input.insert("returned".into(), returned.to_string());
        let coins = self.coins("refund", run);
        let refund = self.add("refund", case(run, flags, coins, input, ACCEPT))?;
        output(&refund, "refund")
    }
}

/// `(credits, charge, returned)` of the honest runs for an L.
fn runs(bits: u8) -> Vec<(u64, u64, u64)> {
    let max = u64::MAX >> (64 - bits);
    match bits {
        1 => vec![(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1)],
        64 => vec![(max, max, max), (max, 1, 0)],
        32 => vec![(max, max, 1), (1, 1, 0)],
        _ => vec![
            (100, 30, 10),
            (100, 0, 0),
            (100, 100, 0),
            (100, 100, 100),
            (100, 1, 1),
            (0, 0, 0),
            (max, max, max),
            (max, 1, 0),
        ],
    }
}

/// All of them; the token of the first run at L = 8 is spent twice more.
pub(super) fn honest(writer: &mut Writer) -> Result<(), String> {
    for bits in [1, 8, 10, 16, 32, 64] {
        let mut world = World::new(writer, SEPARATOR, bits)?;
        for (number, (credits, charge, returned)) in runs(bits).into_iter().enumerate() {
            let mut flags = Vec::new();
            if charge == 0 {
                flags.push("zero-spend");
            }
            if credits == 0 || credits == u64::MAX >> (64 - bits) {
                flags.push("boundary");
            }
            let run = format!("c = {credits}, s = {charge}, t = {returned}");
            let issued = world.issue(credits, &flags, &run)?;
            let next = world.redeem(&issued.token, charge, returned, &flags, &run)?;
            if bits == 8 && number == 0 {
                let next = world.redeem(&next, 50, 0, &[], "the change is spent: c = 80, s = 50, t = 0")?;
                world.redeem(&next, 30, 30, &[], "the change of the change is spent: c = 30, s = 30, t = 30")?;
            }
        }
    }
    Ok(())
}
