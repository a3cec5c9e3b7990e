//! Anonymous Credit Tokens: messages and saved forms at L = 8. A message that is read goes on to the step that it is for,
//! which has to return as well.

use std::sync::OnceLock;

use farebox_act::{
    BitLength, Context, CreditToken, Credits, DomainSeparator, Expected, IssuanceRequest, IssuanceResponse, Params,
    PreIssuance, PreRefund, PublicKey, Refund, SecretKey, SpendProof,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

/// One honest run: 100 credits, of which 30 are spent and 20 come back.
struct Run {
    params: Params,
    key: SecretKey,
    context: Context,
    credits: Credits,
    charge: Credits,
    request: Vec<u8>,
    response: Vec<u8>,
    spend: Vec<u8>,
    batchable: Vec<u8>,
    refund: Vec<u8>,
    pre_issuance: Vec<u8>,
    token: Vec<u8>,
    pre_refund: Vec<u8>,
}

static RUN: OnceLock<Run> = OnceLock::new();

fn run() -> &'static Run {
    RUN.get_or_init(|| honest().expect("an honest run passes"))
}

fn honest() -> Result<Run, Box<dyn std::error::Error>> {
    let rng = &mut StdRng::seed_from_u64(1);
    let params = Params::new(DomainSeparator::new("farebox", "fuzz", "test", "2026-01-01")?, BitLength::new(8)?)?;
    let key = SecretKey::generate(&params, rng);
    let context = Context::from_hash(&[7; 64]);
    let (credits, charge) = (params.credits(100)?, params.credits(30)?);
    let (state, request) = PreIssuance::request(&params, rng)?;
    let response = key.issue(&params, &request, credits, context, rng)?;
    let pre_issuance = state.into_bytes().to_vec();
    let state = PreIssuance::from_bytes(&params, &pre_issuance)?;
    let token = state.finish(&params, key.public_key(), context, credits, &response)?.into_bytes().to_vec();
    let (batchable, _) = CreditToken::from_bytes(&params, &token)?.spend_batchable(&params, charge, rng)?;
    let (spend, state) = CreditToken::from_bytes(&params, &token)?.spend(&params, charge, rng)?;
    let verified = key.verify(&params, spend.clone(), &Expected { charge, context }, |_| false)?;
    let refund = verified.refund(&params, &key, params.credits(20)?, rng)?.to_bytes();
    let (request, response) = (request.to_bytes(), response.to_bytes());
    let (spend, batchable, pre_refund) = (spend.to_bytes(), batchable.to_bytes(), state.into_bytes().to_vec());
    Ok(Run {
        params,
        key,
        context,
        credits,
        charge,
        request,
        response,
        spend,
        batchable,
        refund,
        pre_issuance,
        token,
        pre_refund,
    })
}

fn one<T: AsRef<[u8]>>(bytes: T) -> Vec<Vec<u8>> {
    vec![bytes.as_ref().to_vec()]
}

pub(crate) fn domain_separator(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let Ok(parsed) = DomainSeparator::parse(text) else { return false };
    assert_eq!(parsed.as_bytes(), data);
    assert_eq!(parsed.to_string(), text);
    // The parts join to the same separator, so no part holds a colon.
    let parts: Vec<&str> = text.split(':').collect();
    let [_, organization, service, deployment, date] = parts.as_slice() else { panic!("five parts") };
    assert_eq!(DomainSeparator::new(organization, service, deployment, date), Ok(parsed));
    true
}

pub(crate) fn domain_separators() -> Vec<Vec<u8>> {
    one(run().params.domain_separator().as_bytes())
}

pub(crate) fn context(data: &[u8]) -> bool {
    let Ok(context) = Context::from_bytes(data) else { return false };
    assert_eq!(context.to_bytes(), data);
    true
}

pub(crate) fn public_key(data: &[u8]) -> bool {
    let Ok(key) = PublicKey::from_bytes(data) else { return false };
    assert_eq!(key.as_bytes(), data);
    true
}

pub(crate) fn public_keys() -> Vec<Vec<u8>> {
    one(run().key.public_key().as_bytes())
}

pub(crate) fn secret_key(data: &[u8]) -> bool {
    let Ok(key) = SecretKey::from_bytes(&run().params, data) else { return false };
    assert_eq!(key.to_bytes()[..], *data);
    true
}

pub(crate) fn secret_keys() -> Vec<Vec<u8>> {
    one(run().key.to_bytes())
}

pub(crate) fn secret_scalar(data: &[u8]) -> bool {
    let Ok(key) = SecretKey::from_scalar_bytes(&run().params, data) else { return false };
    assert_eq!(key.to_bytes()[18..], *data);
    assert!(data.iter().any(|byte| *byte != 0));
    true
}

pub(crate) fn request(data: &[u8]) -> bool {
    let Ok(message) = IssuanceRequest::from_bytes(data) else { return false };
    assert_eq!(message.to_bytes(), data);
    let run = run();
    let issued = run.key.issue(&run.params, &message, run.credits, run.context, &mut StdRng::seed_from_u64(2));
    assert!(issued.is_err() || data == run.request, "a request that nobody made");
    true
}

pub(crate) fn requests() -> Vec<Vec<u8>> {
    one(&run().request)
}

pub(crate) fn response(data: &[u8]) -> bool {
    let run = run();
    let Ok(message) = IssuanceResponse::from_bytes(&run.params, data) else { return false };
    assert_eq!(message.to_bytes(), data);
    assert!(message.credits() <= Credits::new(255, run.params.bits()).expect("fits"));
    finish_issuance(&message);
    true
}

fn finish_issuance(message: &IssuanceResponse) {
    let run = run();
    let state = PreIssuance::from_bytes(&run.params, &run.pre_issuance).expect("saved");
    let finished = state.finish(&run.params, run.key.public_key(), run.context, message.credits(), message);
    assert!(finished.is_err() || message.to_bytes() == run.response, "a response that the issuer did not make");
}

pub(crate) fn responses() -> Vec<Vec<u8>> {
    one(&run().response)
}

pub(crate) fn response_194(data: &[u8]) -> bool {
    let run = run();
    let Ok(message) = IssuanceResponse::from_bytes_194(&run.params, run.context, data) else { return false };
    // The context stands between `c` and `pok`; it is left out when the message is written.
    assert_eq!([&data[..96], &data[128..]].concat(), message.to_bytes());
    assert_eq!(data[96..128], run.context.to_bytes());
    finish_issuance(&message);
    true
}

pub(crate) fn responses_194() -> Vec<Vec<u8>> {
    let run = run();
    one([&run.response[..96], &run.context.to_bytes(), &run.response[96..]].concat())
}

pub(crate) fn spend(data: &[u8]) -> bool {
    let run = run();
    let Ok(message) = SpendProof::from_bytes(&run.params, data) else { return false };
    assert_eq!(message.to_bytes(), data);
    verify(message, data == run.spend);
    true
}

pub(crate) fn spend_batchable(data: &[u8]) -> bool {
    let run = run();
    let Ok(message) = SpendProof::from_bytes_batchable(&run.params, data) else { return false };
    assert_eq!(message.to_bytes(), data);
    let expected = Expected { charge: message.charge(), context: run.context };
    let batch = [(message.clone(), expected)];
    let verified = run.key.verify_batch(&run.params, &batch, |_| true);
    assert!(verified.is_err() || data == run.batchable, "a spend that no client made");
    verify(message, data == run.batchable);
    true
}

fn verify(message: SpendProof, made: bool) {
    let run = run();
    let expected = Expected { charge: message.charge(), context: run.context };
    let bytes = message.to_bytes();
    match run.key.verify(&run.params, message, &expected, |_| true) {
        Ok(_) => assert!(made, "a spend that no client made"),
        Err(refused) => assert_eq!(refused.into_parts().0.to_bytes(), bytes, "a refused spend comes back"),
    }
}

pub(crate) fn spends() -> Vec<Vec<u8>> {
    one(&run().spend)
}

pub(crate) fn spends_batchable() -> Vec<Vec<u8>> {
    one(&run().batchable)
}

pub(crate) fn refund(data: &[u8]) -> bool {
    let run = run();
    let Ok(message) = Refund::from_bytes(&run.params, data) else { return false };
    assert_eq!(message.to_bytes(), data);
    let state = PreRefund::from_bytes(&run.params, &run.pre_refund).expect("saved");
    let finished = state.finish(&run.params, run.key.public_key(), &message);
    assert!(finished.is_err() || data == run.refund, "a refund that the issuer did not make");
    true
}

pub(crate) fn refunds() -> Vec<Vec<u8>> {
    one(&run().refund)
}

pub(crate) fn pre_issuance(data: &[u8]) -> bool {
    let run = run();
    let read = || PreIssuance::from_bytes(&run.params, data);
    let Ok(state) = read() else { return false };
    assert_eq!(state.into_bytes()[..], *data);
    let response = IssuanceResponse::from_bytes(&run.params, &run.response).expect("honest");
    let _ = read().expect("read before").finish(&run.params, run.key.public_key(), run.context, run.credits, &response);
    true
}

pub(crate) fn pre_issuances() -> Vec<Vec<u8>> {
    one(&run().pre_issuance)
}

pub(crate) fn credit_token(data: &[u8]) -> bool {
    let run = run();
    let read = || CreditToken::from_bytes(&run.params, data);
    let Ok(token) = read() else { return false };
    assert_eq!(token.into_bytes()[..], *data);
    let _ = read().expect("read before").spend(&run.params, run.charge, &mut StdRng::seed_from_u64(3));
    true
}

pub(crate) fn credit_tokens() -> Vec<Vec<u8>> {
    one(&run().token)
}

pub(crate) fn pre_refund(data: &[u8]) -> bool {
    let run = run();
    let read = || PreRefund::from_bytes(&run.params, data);
    let Ok(state) = read() else { return false };
    assert_eq!(state.into_bytes()[..], *data);
    let refund = Refund::from_bytes(&run.params, &run.refund).expect("honest");
    let _ = read().expect("read before").finish(&run.params, run.key.public_key(), &refund);
    true
}

pub(crate) fn pre_refunds() -> Vec<Vec<u8>> {
    one(&run().pre_refund)
}
