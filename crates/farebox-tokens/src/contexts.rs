//! The contexts that ARC and ACT bind a credential to, from a challenge and a key: the drafts' rules, for both sides.

use farebox_act::Context;
use farebox_arc::{P256, PresentationContext, RequestContext};
use privacypass_wire::{KeyId, TokenChallenge};
use sha3::digest::{ExtendableOutput as _, Update as _, XofReader as _};

use crate::Error;

/// What an ARC credential is bound to: issuer, origins, credential context and key.
pub(crate) fn arc_request(challenge: &TokenChallenge, key: &KeyId) -> Result<RequestContext<P256>, Error> {
    Ok(RequestContext::new(&challenge.arc_request_context(key)?))
}

/// Where an ARC credential is presented: the redemption context takes the place of the credential context.
pub(crate) fn arc_presentation(challenge: &TokenChallenge, key: &KeyId) -> Result<PresentationContext<P256>, Error> {
    Ok(PresentationContext::new(&challenge.arc_presentation_context(key)?)?)
}

/// `ctx = SHAKE128(issuer_name, origin_info, credential_context, issuer_key_id; each behind its length)[0..64] mod q`.
pub(crate) fn act(challenge: &TokenChallenge, key: &KeyId) -> Result<Context, Error> {
    let mut hash = sha3::Shake128::default();
    hash.update(&challenge.act_context_input(key)?);
    let mut wide = [0; 64];
    hash.finalize_xof().read(&mut wide);
    Ok(Context::from_hash(&wide))
}
