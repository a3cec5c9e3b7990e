//! Honest runs from request to the last presentation, under every limit.

use std::fmt::Display;
use std::marker::PhantomData;

use farebox_arc::relation::presentation::Presentation;
use farebox_arc::relation::request::Request;
use farebox_arc::relation::response::Response;
use farebox_arc::{Arc01, Limit, v1};
use farebox_sigma::Shape;

use crate::vectors::arc::layout::Fault;
use crate::vectors::arc::{DRAFT_00, Named, ON_P256_F1B};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, Draft, Place, Want, Writer, seed};

/// The contexts of our files.
pub(super) const REQUEST_CONTEXT: &str = "farebox request context";
pub(super) const CONTEXT: &str = "farebox presentation context";

/// A key, with the operations as functions.
pub(super) struct World<'w, S> {
    pub(super) writer: &'w mut Writer,
    pub(super) sk: String,
    pub(super) pk: String,
    suite: PhantomData<S>,
}

/// The saved credential, and the steps that led to it.
pub(super) struct Issued {
    pub(super) request: String,
    pub(super) state: String,
    pub(super) response: String,
    pub(super) credential: String,
}

/// What the file of an operation prints: the statement, at N = 10 where it depends on N.
fn statement(spec: &str, operation: &str) -> Vec<String> {
    match operation {
        "request" => Shape::of(&Request).lines(),
        "response" | "finalize" => Shape::of(&Response).lines(),
        "present" | "verify" if spec == DRAFT_00 => Shape::of(&v1::Shown).lines(),
        "present" | "verify" => {
            Limit::new(10).map(|limit| Shape::of(&Presentation { limit }).lines()).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

pub(super) fn case(comment: impl Display, flags: &[&'static str], coins: Fields, input: Fields, want: Want) -> Draft {
    Draft { comment: comment.to_string(), flags: flags.to_vec(), coins, input, want }
}

/// One output of a case.
pub(super) fn output(outputs: &Fields, name: &str) -> Result<String, String> {
    outputs.get(name).cloned().ok_or_else(|| format!("{name} was not given"))
}

pub(super) fn bytes(text: &str) -> Result<Vec<u8>, String> {
    hex::decode(text).map_err(|error| error.to_string())
}

pub(super) fn changed(honest: &Fields, change: &[(&str, String)]) -> Fields {
    let mut input = honest.clone();
    input.extend(change.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    input
}

impl<'w, S: Named> World<'w, S> {
    pub(super) fn new(writer: &'w mut Writer) -> Result<Self, String> {
        let mut world = Self { writer, sk: String::new(), pk: String::new(), suite: PhantomData };
        (world.sk, world.pk) = world.key("a key")?;
        Ok(world)
    }

    /// The same key, for a while.
    pub(super) fn with_key<T>(
        &mut self,
        (sk, pk): (String, String),
        run: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        let own = (std::mem::replace(&mut self.sk, sk), std::mem::replace(&mut self.pk, pk));
        let result = run(self);
        (self.sk, self.pk) = own;
        result
    }

    /// Secret and public key.
    pub(super) fn key(&mut self, name: &str) -> Result<(String, String), String> {
        let key = self.add("keygen", case(name, &[], Self::coins("keygen", name), Fields::new(), ACCEPT))?;
        Ok((output(&key, "sk")?, output(&key, "pk")?))
    }

    /// Adds a case of an operation, with the key that the operation reads.
    pub(super) fn add(&mut self, operation: &'static str, draft: Draft) -> Result<Fields, String> {
        let keys = match operation {
            "response" | "verify" => fields([("sk", self.sk.clone())]),
            "finalize" | "open" | "present" | "with-limit" | "skip" | "state" => fields([("pk", self.pk.clone())]),
            _ => Fields::new(),
        };
        let statement = statement(S::SPEC, operation);
        let (spec, draft_number) = (S::SPEC, Some(S::draft()));
        let place =
            Place { spec, draft: draft_number, suite: S::NAME, operation, statement, params: Fields::new(), keys };
        self.writer.add(&place, draft)
    }

    /// Seeds differ between suites, operations and runs.
    pub(super) fn coins(operation: &str, run: &str) -> Fields {
        seed(&format!("farebox {} {} {operation} {run}", S::SPEC, S::NAME))
    }

    /// The faults to try. F1b differs from F2 in its transcript alone, so one in eight is enough there.
    pub(super) fn tried(faults: Vec<Fault>) -> Vec<Fault> {
        faults.into_iter().step_by(if S::NAME == ON_P256_F1B { 8 } else { 1 }).collect()
    }

    pub(super) fn request(&mut self, run: &str) -> Result<(String, String), String> {
        let input = fields([("request_context", hex::encode(REQUEST_CONTEXT))]);
        let request = self.add("request", case(run, &[], Self::coins("request", run), input, ACCEPT))?;
        Ok((output(&request, "request")?, output(&request, "state")?))
    }

    pub(super) fn issue(&mut self, run: &str) -> Result<Issued, String> {
        let (request, state) = self.request(run)?;
        let input = fields([("request", request.clone())]);
        let response = self.add("response", case(run, &[], Self::coins("response", run), input, ACCEPT))?;
        let response = output(&response, "response")?;
        let input = fields([("state", state.clone()), ("response", response.clone())]);
        let credential = self.add("finalize", case(run, &[], Fields::new(), input, ACCEPT))?;
        Ok(Issued { request, state, response, credential: output(&credential, "credential")? })
    }

    /// What the verifier reads beside a presentation.
    pub(super) fn expecting(presentation: &str, limit: u64, context: &str) -> Fields {
        fields([
            ("presentation", presentation.to_owned()),
            ("limit", limit.to_string()),
            ("request_context", hex::encode(REQUEST_CONTEXT)),
            ("presentation_context", hex::encode(context)),
        ])
    }
}

impl<S: Named + Arc01> World<'_, S> {
    /// The credential and the state of a newly opened context.
    pub(super) fn open(&mut self, credential: &str, context: &str, limit: u64) -> Result<(String, String), String> {
        let input = fields([
            ("credential", credential.to_owned()),
            ("presentation_context", hex::encode(context)),
            ("limit", limit.to_string()),
        ]);
        let opened = self.add("open", case(format!("N = {limit}"), &[], Fields::new(), input, ACCEPT))?;
        Ok((output(&opened, "credential")?, output(&opened, "state")?))
    }

    /// The presentation and the state after it.
    pub(super) fn present(&mut self, state: &str, run: &str) -> Result<(String, String), String> {
        let input = fields([("state", state.to_owned())]);
        let shown = self.add("present", case(run, &[], Self::coins("present", run), input, ACCEPT))?;
        Ok((output(&shown, "presentation")?, output(&shown, "state")?))
    }

    pub(super) fn skip(&mut self, state: &str, next: u64) -> Result<String, String> {
        let input = fields([("state", state.to_owned()), ("next", next.to_string())]);
        let comment = format!("to nonce {next}");
        let skipped = self.add("skip", case(comment, &[], Fields::new(), input, ACCEPT))?;
        output(&skipped, "state")
    }
}

/// The first, a middle and the last nonce under each limit.
pub(super) fn honest<S: Named + Arc01>(writer: &mut Writer, limits: &[u64]) -> Result<(), String> {
    let mut world = World::<S>::new(writer)?;
    let mut credential = world.issue("a credential that is presented under several limits")?.credential;
    for limit in limits {
        let context = format!("{CONTEXT}, N = {limit}");
        let (opened, mut state) = world.open(&credential, &context, *limit)?;
        credential = opened;
        let mut next = 0;
        for nonce in [0, limit / 2, limit - 1] {
            if nonce < next {
                continue;
            }
            if nonce > next {
                state = world.skip(&state, nonce)?;
            }
            next = nonce + 1;
            let run = format!("N = {limit}, nonce = {nonce}");
            let (presentation, after) = world.present(&state, &run)?;
            state = after;
            let input = World::<S>::expecting(&presentation, *limit, &context);
            world.add("verify", case(run, &[], Fields::new(), input, ACCEPT))?;
        }
    }
    Ok(())
}
