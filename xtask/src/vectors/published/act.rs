//! The two published files of ACT-02. The nonces of their proofs are not published, so that proofs are verified, and all else
//! is made again.

use farebox_act::{
    BitLength, Context, CreditToken, DomainSeparator, Expected, IssuanceRequest, IssuanceResponse, Params, PreIssuance,
    Refund, RequestCoins, SecretKey, SignatureCoins, SpendCoins, SpendProof,
};
use farebox_group::ristretto255::Scalar;
use farebox_group::{ByteOrder, Ristretto255, Scalar as _};
use farebox_sigma::{Coins, Flavor, Shake128, Xof};
use serde_json::Value;
use sha2::{Digest as _, Sha512};
use sha3::digest::XofReader as _;

use super::Report;
use super::json::{at, bytes, same, text};
use crate::vectors::coins::Stream;

/// The files' generator: SHAKE128 over a padded label and the seed; each 48 bytes become a scalar through
/// expand_message_xmd.
struct Drng(<Shake128 as Xof>::Reader);

impl Drng {
    fn new(file: &Value, seed: &str) -> Result<Self, String> {
        let mut xof = Shake128::domain(b"sigma-proofs/TestDRNG/SHAKE128");
        xof.absorb(&bytes(file, seed)?);
        Ok(Self(xof.reader()))
    }

    fn scalar(&mut self) -> Scalar {
        let mut chunk = [0; 48];
        self.0.read(&mut chunk);
        // expand_message_xmd with SHA-512 for 64 bytes (RFC 9380, 5.3.1)
        let tag = b"sigma-proofs-ristretto255-v1\x1c";
        let b0 = Sha512::digest([&[0; 128][..], &chunk, &[0, 64, 0], tag].concat());
        Scalar::reduce(&Sha512::digest([b0.as_slice(), &[1], tag].concat()), ByteOrder::Little)
    }
}

/// Nonces of our own: proofs are not compared.
fn nonces(count: usize) -> Result<Coins<Scalar>, String> {
    Ok(Stream::from_seed(b"published ACT-02 files").nonces::<Ristretto255>(count)?)
}

fn head(bytes: &[u8], len: usize) -> Result<&[u8], String> {
    bytes.get(..len).ok_or_else(|| "too short".to_owned())
}

fn tail(bytes: &[u8]) -> &[u8] {
    bytes.get(18..).unwrap_or_default()
}

fn amount(params: &Params, file: &Value, path: &str) -> Result<farebox_act::Credits, String> {
    let amount = text(file, path)?.parse().map_err(|error| format!("{path}: {error}"))?;
    params.credits(amount).map_err(|error| error.to_string())
}

/// The run of the file: keys, four messages, two tokens.
pub(super) fn run(file: &Value, report: &mut Report) -> Result<(), String> {
    let error = |error: farebox_act::Error| error.to_string();
    let bits = at(file, "parameters.L")?.as_u64().and_then(|bits| u8::try_from(bits).ok()).ok_or("parameters.L")?;
    let separator = DomainSeparator::parse(text(file, "parameters.domain_separator")?).map_err(|e| e.to_string())?;
    let params = BitLength::new(bits).and_then(|bits| Params::new(separator, bits)).map_err(|e| e.to_string())?;
    let context = Context::from_bytes(&bytes(file, "issuance.ctx")?).map_err(|e| e.to_string())?;

    let sk = Drng::new(file, "seeds.key_gen")?.scalar().to_bytes(ByteOrder::Little);
    report.record("private_key", same("sk", &sk, &bytes(file, "key_generation.private_key")?));
    let key = SecretKey::from_scalar_bytes(&params, &sk).map_err(|e| e.to_string())?;
    let public = key.public_key();
    report.record("public_key", same("W", public.as_bytes(), &bytes(file, "key_generation.public_key")?));

    let mut drng = Drng::new(file, "seeds.issuance")?;
    let (k, r, e) = (drng.scalar(), drng.scalar(), drng.scalar());
    let coins = RequestCoins { k, r, proof: nonces(2)? };
    let (state, ours) = PreIssuance::request_with_coins(&params, coins).map_err(error)?;
    let published = bytes(file, "issuance.issuance_request")?;
    report.record("issuance_request", same("before the proof", head(&ours.to_bytes(), 34)?, head(&published, 34)?));
    let request = IssuanceRequest::from_bytes(&published).map_err(|e| e.to_string())?;
    let credits = amount(&params, file, "issuance.credit_amount")?;
    let coins = SignatureCoins { e, proof: nonces(1)? };
    // The issuer verifies the published request here.
    let ours = key.issue_with_coins(&params, &request, credits, context, coins).map_err(error)?;
    let published = bytes(file, "issuance.issuance_response")?;
    report.record("issuance_response", same("before the proof", head(&ours.to_bytes(), 96)?, head(&published, 96)?));
    let response = IssuanceResponse::from_bytes_194(&params, context, &published).map_err(|e| e.to_string())?;
    let token = state.finish(&params, public, context, credits, &response).map_err(|r| error(r.error))?;
    let saved = token.into_bytes();
    report.record("credit_token", same("token", tail(&saved), &bytes(file, "issuance.credit_token")?));

    let token = CreditToken::from_bytes(&params, &saved).map_err(|e| e.to_string())?;
    let mut drng = Drng::new(file, "seeds.spend")?;
    let (r1, r2, kstar) = (drng.scalar(), drng.scalar(), drng.scalar());
    let bits = params.bits().get();
    let sigma = (0..bits).map(|_| drng.scalar()).collect();
    let coins = SpendCoins { r1, r2, kstar, sigma, proof: nonces(3 * bits + 7)? };
    let charge = amount(&params, file, "spending.spend_amount")?;
    let spent = token.spend_with_coins(&params, charge, Flavor::Compact, coins).map_err(|r| error(r.error));
    let (ours, next) = spent?;
    let published = bytes(file, "spending.spend_proof")?;
    let len = 32 * (5 + bits) + 2;
    report.record("spend_proof", same("before the proof", head(&ours.to_bytes(), len)?, head(&published, len)?));
    let spend = SpendProof::from_bytes(&params, &published).map_err(|e| e.to_string())?;
    report.record("nullifier", same("k", &spend.nullifier(), &bytes(file, "spending.nullifier")?));
    let verified = key.verify(&params, spend, &Expected { charge, context }, |_| false).map_err(|r| error(r.error))?;

    let returned = amount(&params, file, "refund.refund_amount")?;
    let coins = SignatureCoins { e: Drng::new(file, "seeds.refund")?.scalar(), proof: nonces(1)? };
    let ours = verified.refund_with_coins(&params, &key, returned, coins).map_err(|r| error(r.error))?;
    let published = bytes(file, "refund.refund")?;
    report.record("refund", same("before the proof", head(&ours.to_bytes(), 98)?, head(&published, 98)?));
    let refund = Refund::from_bytes(&params, &published).map_err(|e| e.to_string())?;
    let token = next.finish(&params, public, &refund).map_err(|r| error(r.error))?;
    let balance = amount(&params, file, "refund.remaining_balance")?;
    let same_balance = if token.balance() == balance { Ok(()) } else { Err(token.balance().to_string()) };
    report.record("remaining_balance", same_balance);
    report
        .record("new_credit_token", same("token", tail(&token.into_bytes()), &bytes(file, "refund.new_credit_token")?));
    Ok(())
}
