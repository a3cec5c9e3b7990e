//! Other implementations: npm @cloudflare/blindrsa-ts in both directions, and the OpenSSL command line as a verifier. Each is
//! skipped with a line where it is not to be had.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use farebox_blind_rsa::{
    PreparedMessage, PssDeterministic, PssRandomized, PssZeroDeterministic, PssZeroRandomized, Signer, Variant,
};
use serde_json::{Value, json};

use common::{key, pkcs8, prepared, signature, signer};

const PACKAGE: &str = "@cloudflare/blindrsa-ts@0.4.4";

/// A folder of this test program's own, under `target`.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What a command gave, if it could be started.
fn run(command: &mut Command) -> Option<Output> {
    command.stdin(Stdio::null()).output().ok()
}

fn succeeds(command: &mut Command) -> bool {
    run(command).is_some_and(|output| output.status.success())
}

/// The folder with the npm package, and the script beside it; or a line that says why not.
fn node_package() -> Option<PathBuf> {
    if !succeeds(Command::new("node").arg("--version")) || !succeeds(Command::new("npm").arg("--version")) {
        println!("skipped: node and npm are not installed");
        return None;
    }
    let folder = folder("blindrsa-ts");
    std::fs::write(folder.join("package.json"), r#"{ "type": "module", "private": true }"#).unwrap();
    std::fs::write(folder.join("counterparty.mjs"), include_str!("interop/counterparty.mjs")).unwrap();
    let mut install = Command::new("npm");
    install.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"]);
    if folder.join("node_modules/@cloudflare/blindrsa-ts").is_dir()
        || succeeds(install.arg(PACKAGE).current_dir(&folder))
    {
        return Some(folder);
    }
    println!("skipped: npm could not install {PACKAGE}; is the registry within reach?");
    None
}

/// The other implementation, in a process that answers a line of JSON with a line of JSON.
struct Counterparty {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    variant: &'static str,
}

impl Counterparty {
    fn start<V: Variant>(folder: &Path) -> Self {
        let mut command = Command::new("node");
        command.arg("counterparty.mjs").current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let mut counterparty = Self { process, input, output, variant: V::NAME };
        assert_eq!(counterparty.ask(json!({ "op": "key", "pkcs8": hex::encode(pkcs8()) }))["name"], V::NAME);
        counterparty
    }

    fn ask(&mut self, mut request: Value) -> Value {
        request["variant"] = self.variant.into();
        writeln!(self.input, "{request}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn bytes(&mut self, request: Value, name: &str) -> Vec<u8> {
        let answer = self.ask(request);
        hex::decode(answer[name].as_str().unwrap_or_else(|| unreachable!("{answer}"))).unwrap()
    }

    fn verifies(&mut self, message: &[u8], signature: &[u8]) -> bool {
        let (message, signature) = (hex::encode(message), hex::encode(signature));
        self.ask(json!({ "op": "verify", "message": message, "signature": signature }))["valid"].as_bool().unwrap()
    }
}

impl Drop for Counterparty {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Their client, our signer and verifier.
fn their_client<V: Variant>(them: &mut Counterparty) {
    let mut signer: Signer<V> = signer();
    let public = signer.public_key().clone();
    let message = them.bytes(json!({ "op": "prepare", "message": hex::encode(b"from there") }), "prepared");
    let started = them.ask(json!({ "op": "blind", "message": hex::encode(&message) }));
    let blinded = hex::decode(started["blinded"].as_str().unwrap()).unwrap();
    let answer = signer.blind_sign(&blinded, &mut rand::rng()).unwrap();
    let finish = json!({
        "op": "finalize", "message": hex::encode(&message), "inv": started["inv"], "answer": hex::encode(answer)
    });
    let signature = them.bytes(finish, "signature");
    let message = PreparedMessage::from_bytes(&message).unwrap();
    assert_eq!(message.message(), b"from there");
    public.verify(&message, &signature).unwrap();
}

/// Our client, their signer and verifier.
fn our_client<V: Variant>(them: &mut Counterparty) {
    let public = key::<V>().public_key().clone();
    let message = prepared::<V>(b"from here");
    let (state, blinded) = public.blind(&message, &mut rand::rng()).unwrap();
    let answer = them.bytes(json!({ "op": "sign", "blinded": hex::encode(blinded) }), "answer");
    let mut signature = state.finalize(&public, &answer).unwrap();
    assert!(them.verifies(message.as_bytes(), &signature));
    signature[100] ^= 1;
    assert!(!them.verifies(message.as_bytes(), &signature));
}

fn both_directions<V: Variant>(folder: &Path) {
    let mut them = Counterparty::start::<V>(folder);
    their_client::<V>(&mut them);
    our_client::<V>(&mut them);
    println!("{}: both directions", V::NAME);
}

#[test]
fn cloudflare_blindrsa_ts() {
    let Some(folder) = node_package() else { return };
    both_directions::<PssRandomized>(&folder);
    both_directions::<PssZeroRandomized>(&folder);
    both_directions::<PssDeterministic>(&folder);
    both_directions::<PssZeroDeterministic>(&folder);
}

/// Whether the command line's verifier takes a signature of the message.
fn openssl_verifies<V: Variant>(folder: &Path, message: &[u8], signature: &[u8]) -> bool {
    let name = |what: &str| folder.join(format!("{}.{what}", V::NAME));
    std::fs::write(name("message"), message).unwrap();
    std::fs::write(name("signature"), signature).unwrap();
    let mut command = Command::new("openssl");
    command.args(["dgst", "-sha384", "-sigopt", "rsa_padding_mode:pss", "-sigopt"]);
    command.arg(format!("rsa_pss_saltlen:{}", V::SALT_LEN)).arg("-verify").arg(name("pem"));
    let output = run(command.arg("-signature").arg(name("signature")).arg(name("message"))).unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.starts_with("Verified OK") == output.status.success(), "{said}");
    output.status.success()
}

fn openssl_command<V: Variant>(folder: &Path) {
    // Our SPKI is one that OpenSSL reads.
    let name = |what: &str| folder.join(format!("{}.{what}", V::NAME));
    std::fs::write(name("der"), key::<V>().public_key().as_spki()).unwrap();
    let mut command = Command::new("openssl");
    command.args(["pkey", "-pubin", "-inform", "DER", "-in"]).arg(name("der"));
    assert!(succeeds(command.arg("-out").arg(name("pem"))), "openssl does not read our public key");

    let message = prepared::<V>(b"for the command line");
    let signature = signature(&message);
    assert!(openssl_verifies::<V>(folder, message.as_bytes(), &signature));
    assert!(!openssl_verifies::<V>(folder, b"another message", &signature));
    println!("{}: verified by the command line", V::NAME);
}

#[test]
fn openssl_command_line() {
    if !succeeds(Command::new("openssl").arg("version")) {
        println!("skipped: the command openssl is not installed");
        return;
    }
    let folder = folder("openssl-command");
    openssl_command::<PssRandomized>(&folder);
    openssl_command::<PssZeroRandomized>(&folder);
    openssl_command::<PssDeterministic>(&folder);
    openssl_command::<PssZeroDeterministic>(&folder);
}

/// Keys that the command line makes, in both kinds of PKCS #8.
#[test]
fn openssl_keys() {
    if !succeeds(Command::new("openssl").arg("version")) {
        println!("skipped: the command openssl is not installed");
        return;
    }
    let folder = folder("openssl-keys");
    for algorithm in ["RSA", "RSA-PSS"] {
        let (pem, path) = (folder.join(format!("{algorithm}.pem")), folder.join(format!("{algorithm}.der")));
        let mut command = Command::new("openssl");
        command.args(["genpkey", "-pkeyopt", "rsa_keygen_bits:2048", "-algorithm", algorithm, "-out"]);
        assert!(succeeds(command.arg(&pem)));
        // In DER, genpkey leaves PKCS #8 out.
        let mut command = Command::new("openssl");
        command.args(["pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in"]).arg(&pem).arg("-out");
        assert!(succeeds(command.arg(&path)));
        let key = farebox_blind_rsa::SecretKey::<PssDeterministic>::from_pkcs8(&std::fs::read(&path).unwrap()).unwrap();
        // And back: what we write, OpenSSL checks.
        std::fs::write(&path, &*key.to_pkcs8()).unwrap();
        let mut command = Command::new("openssl");
        assert!(succeeds(command.args(["pkey", "-inform", "DER", "-check", "-noout", "-in"]).arg(&path)));
    }
}
