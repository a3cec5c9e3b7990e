//! Against another implementation of RFC 9497: the npm package @noble/curves, as client and as server, one input and
//! batches. Skipped, with a line that says so, where node, npm or the package registry is missing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use common::{INFO, inputs, rng, slices};
use farebox_voprf::{
    BlindedElements, ClientState, Evaluation, Mode, Oprf, Output, P256Sha256, P384Sha384, Poprf, PublicKey,
    Ristretto255Sha512, SecretKey, Suite, Voprf,
};
use serde_json::{Value, json};

const FILES: [&str; 3] = ["package.json", "package-lock.json", "voprf.mjs"];

/// The package in a folder of its own under `target`, at the versions of the lock file.
fn install() -> Result<PathBuf, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("voprf-interop");
    std::fs::create_dir_all(&folder).unwrap();
    let same =
        |name: &&str| std::fs::read(source.join(name)).unwrap() == std::fs::read(folder.join(name)).unwrap_or_default();
    if FILES.iter().all(same) && folder.join("node_modules/@noble/curves/package.json").is_file() {
        return Ok(folder);
    }
    for name in FILES {
        std::fs::copy(source.join(name), folder.join(name)).unwrap();
    }
    let options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=20000"];
    let npm = Command::new("npm").args(options).current_dir(&folder).output();
    let npm = npm.map_err(|error| format!("npm does not run: {error}"))?;
    if npm.status.success() {
        return Ok(folder);
    }
    let said = String::from_utf8_lossy(&npm.stderr).into_owned();
    Err(format!("npm cannot install the package: {}", said.lines().find(|line| line.contains("error")).unwrap_or("")))
}

/// The program at the other end.
struct Peer {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    asked: usize,
}

impl Peer {
    fn start() -> Result<Self, String> {
        let mut node = Command::new("node");
        node.arg(install()?.join("voprf.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = node.spawn().map_err(|error| format!("node does not run: {error}"))?;
        let (to, from) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Ok(Self { child, to, from, asked: 0 })
    }

    /// What the program answers, or the error that it gives.
    fn try_ask<S: Suite>(&mut self, mode: &str, op: &str, request: Value) -> Result<Value, String> {
        let mut line = json!({ "suite": S::ID, "mode": mode, "op": op, "info": hex::encode(INFO) });
        line.as_object_mut().unwrap().extend(request.as_object().unwrap().clone());
        writeln!(self.to.as_ref().unwrap(), "{line}").unwrap();
        let mut answer = String::new();
        self.from.read_line(&mut answer).unwrap();
        self.asked += 1;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        answer.get("error").map_or(Ok(answer.clone()), |error| Err(error.to_string()))
    }

    fn ask<S: Suite>(&mut self, mode: &str, op: &str, request: Value) -> Value {
        self.try_ask::<S>(mode, op, request).unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The end of its input ends the program.
        self.to = None;
        let _ = self.child.wait();
    }
}

fn list(value: &Value) -> Vec<Vec<u8>> {
    value.as_array().unwrap().iter().map(|item| hex::decode(item.as_str().unwrap()).unwrap()).collect()
}

fn chunks(bytes: &[u8], len: usize) -> Vec<String> {
    bytes.chunks(len).map(hex::encode).collect()
}

fn bytes<S: Suite>(outputs: &[Output<S>]) -> Vec<Vec<u8>> {
    outputs.iter().map(|output| output.as_bytes().to_vec()).collect()
}

/// The same key on both sides.
fn key<S: Suite, M: Mode>(peer: &mut Peer, mode: &str) -> (SecretKey<S, M>, Value) {
    let (seed, info) = ([0x5a; 32], b"interop");
    let key = SecretKey::<S, M>::derive_from_any_seed(&seed, info).unwrap();
    let request = json!({ "seed": hex::encode(seed), "keyInfo": hex::encode(info) });
    let theirs = peer.ask::<S>(mode, "keys", request);
    assert_eq!(theirs["secretKey"], hex::encode(&*key.to_bytes()));
    assert_eq!(theirs["publicKey"], hex::encode(key.public_key().as_bytes()));
    (key, theirs)
}

/// Our client's message as the peer reads it, and its answer as ours.
fn their_evaluation<S: Suite>(peer: &mut Peer, mode: &str, keys: &Value, blinded: &BlindedElements<S>) -> Vec<u8> {
    let (ne, _) = common::lengths::<S>();
    let request =
        json!({ "sk": keys["secretKey"], "pk": keys["publicKey"], "blinded": chunks(&blinded.to_bytes(), ne) });
    let answer = peer.ask::<S>(mode, "evaluate", request);
    let proof = hex::decode(answer["proof"].as_str().unwrap()).unwrap();
    [list(&answer["evaluated"]).concat(), proof].concat()
}

/// The peer's client with our server: what it sends, and what it makes of the answer. A swapped batch is refused.
fn their_client<S: Suite>(
    peer: &mut Peer,
    mode: &str,
    keys: &Value,
    inputs: &[&[u8]],
    evaluate: impl FnOnce(&BlindedElements<S>) -> Vec<u8>,
) -> Vec<Vec<u8>> {
    let hex_inputs: Vec<String> = inputs.iter().map(hex::encode).collect();
    let blinded = peer.ask::<S>(mode, "blind", json!({ "inputs": hex_inputs, "pk": keys["publicKey"] }));
    let sent: Vec<u8> = blinded["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|i| hex::decode(i["blinded"].as_str().unwrap()).unwrap())
        .collect();
    let evaluation = evaluate(&BlindedElements::from_bytes(&sent).unwrap());
    let (ne, _) = common::lengths::<S>();
    let (elements, proof) = evaluation.split_at(inputs.len() * ne);
    let mut request = json!({
        "pk": keys["publicKey"], "items": blinded["items"], "evaluated": chunks(elements, ne), "proof": hex::encode(proof),
    });
    let answer = peer.ask::<S>(mode, "finalize", request.clone());
    if mode != "oprf" && inputs.len() > 1 {
        request["evaluated"].as_array_mut().unwrap().swap(0, 1);
        assert!(peer.try_ask::<S>(mode, "finalize", request).is_err());
    }
    list(&answer["outputs"])
}

fn suite<S: Suite>(peer: &mut Peer, count: usize) {
    let rng = &mut rng(count as u64);
    let inputs = inputs(count);
    let inputs = slices(&inputs);

    let (key, keys) = key::<S, Oprf>(peer, "oprf");
    let expected = bytes(&key.evaluate_batch(&inputs).unwrap());
    let (state, blinded) = ClientState::<S, Oprf>::blind(&inputs, rng).unwrap();
    let evaluation = Evaluation::from_bytes(&their_evaluation(peer, "oprf", &keys, &blinded)).unwrap();
    assert_eq!(bytes(&state.finalize(&evaluation).unwrap()), expected);
    let evaluate = |blinded: &BlindedElements<S>| key.blind_evaluate(blinded).unwrap().to_bytes();
    assert_eq!(their_client(peer, "oprf", &keys, &inputs, evaluate), expected);

    let (key, keys) = self::key::<S, Voprf>(peer, "voprf");
    let expected = bytes(&key.evaluate_batch(&inputs).unwrap());
    let public = PublicKey::from_bytes(&hex::decode(keys["publicKey"].as_str().unwrap()).unwrap()).unwrap();
    let (state, blinded) = ClientState::<S, Voprf>::blind(&inputs, rng).unwrap();
    let evaluation = Evaluation::from_bytes(&their_evaluation(peer, "voprf", &keys, &blinded)).unwrap();
    assert_eq!(bytes(&state.finalize(&public, &evaluation).unwrap()), expected);
    let evaluate = |blinded: &BlindedElements<S>| key.blind_evaluate(blinded, rng).unwrap().to_bytes();
    assert_eq!(their_client(peer, "voprf", &keys, &inputs, evaluate), expected);

    let (key, keys) = self::key::<S, Poprf>(peer, "poprf");
    let expected = bytes(&key.evaluate_batch(&inputs, INFO).unwrap());
    let public = PublicKey::from_bytes(&hex::decode(keys["publicKey"].as_str().unwrap()).unwrap()).unwrap();
    let (state, blinded) = ClientState::<S, Poprf>::blind(&inputs, INFO, &public, rng).unwrap();
    let evaluation = Evaluation::from_bytes(&their_evaluation(peer, "poprf", &keys, &blinded)).unwrap();
    assert_eq!(bytes(&state.finalize(&evaluation).unwrap()), expected);
    let evaluate = |blinded: &BlindedElements<S>| key.blind_evaluate(blinded, INFO, rng).unwrap().to_bytes();
    assert_eq!(their_client(peer, "poprf", &keys, &inputs, evaluate), expected);
}

#[test]
fn noble_curves() {
    let mut peer = match Peer::start() {
        Ok(peer) => peer,
        Err(why) => {
            assert!(std::env::var_os("FAREBOX_INTEROP").is_none(), "FAREBOX_INTEROP asks for this test: {why}");
            // Not with a macro, which the test harness would swallow.
            let _ = writeln!(std::io::stderr(), "skipped: interoperation with @noble/curves: {why}");
            return;
        }
    };
    for count in [1, 2, 7] {
        suite::<Ristretto255Sha512>(&mut peer, count);
        suite::<P256Sha256>(&mut peer, count);
        suite::<P384Sha384>(&mut peer, count);
    }
    // Keys, our client, their client in two steps, for each suite, mode and batch; and the swapped batches.
    assert_eq!(peer.asked, 3 * (3 * 3 * 4 + 2 * 2));
}
