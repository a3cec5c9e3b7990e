//! The list. A new decoder is one line here, and a check beside those of its crate.

use farebox_group::{P256, P384, Ristretto255};
use farebox_sigma::{F2, F3, F4, P256Draft02, P256Shake128, Ristretto255Shake128};

use crate::{Decoder, act, arc, blind_rsa, entries, group, sigma, tokens, voprf, wire};

/// Every decoder that reads bytes from the network or from storage.
pub const DECODERS: &[Decoder] = &[
    new("ristretto255-element", group::element::<Ristretto255>, group::elements::<Ristretto255>),
    new("ristretto255-scalar-little", group::scalar_little::<Ristretto255>, group::ones_little),
    new("ristretto255-scalar-big", group::scalar_big::<Ristretto255>, group::ones_big),
    new("ristretto255-reduce", group::reduce::<Ristretto255>, group::ones_little),
    new("p256-element", group::element::<P256>, group::elements::<P256>),
    new("p256-scalar-little", group::scalar_little::<P256>, group::ones_little),
    new("p256-scalar-big", group::scalar_big::<P256>, group::ones_big),
    new("p256-reduce", group::reduce::<P256>, group::ones_big),
    new("p384-element", group::element::<P384>, group::elements::<P384>),
    new("p384-scalar-little", group::scalar_little::<P384>, group::ones_little_48),
    new("p384-scalar-big", group::scalar_big::<P384>, group::ones_big_48),
    new("p384-reduce", group::reduce::<P384>, group::ones_big_48),
    new("sigma-f3-ristretto255", sigma::statement::<R3, Ristretto255>, sigma::statements::<R3, Ristretto255>),
    new("sigma-f3-p256", sigma::statement::<P3, P256>, sigma::statements::<P3, P256>),
    new("sigma-f4-p256", sigma::statement::<P4, P256>, sigma::statements::<P4, P256>),
    new("sigma-f2-ristretto255", sigma::statement::<R2, Ristretto255>, sigma::statements::<R2, Ristretto255>),
    new("sigma-f2-p256", sigma::statement::<P2, P256>, sigma::statements::<P2, P256>),
    new("sigma-compact-ristretto255", sigma::compact_ristretto255, sigma::compact_proofs::<R3, Ristretto255>),
    new("sigma-compact-p256", sigma::compact_p256, sigma::compact_proofs::<P3, P256>),
    new("sigma-batchable-ristretto255", sigma::batchable_ristretto255, sigma::batchable_proofs::<R3, Ristretto255>),
    new("sigma-batchable-p256", sigma::batchable_p256, sigma::batchable_proofs::<P3, P256>),
    new("act-domain-separator", act::domain_separator, act::domain_separators),
    new("act-context", act::context, group::ones_little),
    new("act-public-key", act::public_key, act::public_keys),
    new("act-secret-key", act::secret_key, act::secret_keys),
    new("act-secret-scalar", act::secret_scalar, group::ones_little),
    new("act-request", act::request, act::requests),
    new("act-response", act::response, act::responses),
    new("act-response-194", act::response_194, act::responses_194),
    new("act-spend", act::spend, act::spends),
    new("act-spend-batchable", act::spend_batchable, act::spends_batchable),
    new("act-refund", act::refund, act::refunds),
    new("act-pre-issuance", act::pre_issuance, act::pre_issuances),
    new("act-credit-token", act::credit_token, act::credit_tokens),
    new("act-pre-refund", act::pre_refund, act::pre_refunds),
    new("voprf-blinded-ristretto255", voprf::blinded_ristretto255, voprf::blindeds_ristretto255),
    new("voprf-blinded-p384", voprf::blinded_p384, voprf::blindeds_p384),
    new("voprf-evaluation-ristretto255", voprf::evaluation_ristretto255, voprf::evaluations_ristretto255),
    new("voprf-evaluation-p384", voprf::evaluation_p384, voprf::evaluations_p384),
    new("voprf-evaluation-poprf", voprf::evaluation_poprf, voprf::evaluations_poprf),
    new("voprf-state-ristretto255", voprf::state_ristretto255, voprf::states_ristretto255),
    new("voprf-state-poprf", voprf::state_poprf, voprf::states_poprf),
    new("voprf-secret-key", voprf::secret_key, voprf::secret_keys),
    new("voprf-public-key", voprf::public_key, voprf::public_keys),
    new("voprf-verify", voprf::verify, voprf::outputs),
    new("wire-challenge", wire::challenge, wire::challenges),
    new("wire-token", wire::token, wire::tokens),
    new("wire-request", wire::request, wire::requests),
    new("wire-response", wire::response, wire::responses),
    new("wire-response-196", wire::response_196, wire::responses_196),
    new("wire-refund", wire::refund, wire::refunds),
    new("wire-amortized-request", wire::amortized_request, wire::amortized_requests),
    new("wire-amortized-response", wire::amortized_response, wire::amortized_responses),
    new("wire-generic-request", wire::generic_request, wire::generic_requests),
    new("wire-generic-response", wire::generic_response, wire::generic_responses),
    new("wire-www-authenticate", wire::www_authenticate, wire::www_authenticates),
    new("wire-authorization", wire::authorization, wire::authorizations),
    new("wire-reverse", wire::reverse, wire::reverses),
    new("wire-directory", wire::directory, wire::directories),
    new("arc-public-key-p256", arc::public_key::<AP>, arc::public_keys::<AP>),
    new("arc-secret-key-p256", arc::secret_key::<AP>, arc::secret_keys::<AP>),
    new("arc-request-p256", arc::request::<AP>, arc::requests::<AP>),
    new("arc-response-p256", arc::response::<AP>, arc::responses::<AP>),
    new("arc-presentation-p256", arc::presentation::<AP>, arc::presentations::<AP>),
    new(
        "arc-presentation-of-any-limit-p256",
        arc::presentation_of_any_limit::<AP>,
        arc::presentations_of_any_limit::<AP>,
    ),
    new("arc-pre-issuance-p256", arc::pre_issuance::<AP>, arc::pre_issuances::<AP>),
    new("arc-credential-p256", arc::credential::<AP>, arc::credentials::<AP>),
    new("arc-presentation-state-p256", arc::presentation_state::<AP>, arc::presentation_states::<AP>),
    new("arc-closed-context-p256", arc::closed_context::<AP>, arc::closed_contexts::<AP>),
    new("arc-public-key-ristretto255", arc::public_key::<AR>, arc::public_keys::<AR>),
    new("arc-secret-key-ristretto255", arc::secret_key::<AR>, arc::secret_keys::<AR>),
    new("arc-request-ristretto255", arc::request::<AR>, arc::requests::<AR>),
    new("arc-response-ristretto255", arc::response::<AR>, arc::responses::<AR>),
    new("arc-presentation-ristretto255", arc::presentation::<AR>, arc::presentations::<AR>),
    new(
        "arc-presentation-of-any-limit-ristretto255",
        arc::presentation_of_any_limit::<AR>,
        arc::presentations_of_any_limit::<AR>,
    ),
    new("arc-pre-issuance-ristretto255", arc::pre_issuance::<AR>, arc::pre_issuances::<AR>),
    new("arc-credential-ristretto255", arc::credential::<AR>, arc::credentials::<AR>),
    new("arc-presentation-state-ristretto255", arc::presentation_state::<AR>, arc::presentation_states::<AR>),
    new("arc-closed-context-ristretto255", arc::closed_context::<AR>, arc::closed_contexts::<AR>),
    new("arc-v1-request-p256", arc::request::<VP>, arc::requests::<VP>),
    new("arc-v1-response-p256", arc::response::<VP>, arc::responses::<VP>),
    new("arc-v1-presentation-p256", arc::presentation_v1::<VP>, arc::presentations::<VP>),
    new("arc-v1-request-ristretto255", arc::request::<VR>, arc::requests::<VR>),
    new("arc-v1-response-ristretto255", arc::response::<VR>, arc::responses::<VR>),
    new("arc-v1-presentation-ristretto255", arc::presentation_v1::<VR>, arc::presentations::<VR>),
    new("blind-rsa-spki", blind_rsa::spki, blind_rsa::spkis),
    new("blind-rsa-spki-zero", blind_rsa::spki_zero, blind_rsa::spkis_zero),
    new("blind-rsa-pkcs8", blind_rsa::pkcs8, blind_rsa::pkcs8s),
    new("blind-rsa-blinded", blind_rsa::blinded, blind_rsa::blindeds),
    new("blind-rsa-answer", blind_rsa::answer, blind_rsa::answers),
    new("blind-rsa-signature", blind_rsa::signature, blind_rsa::signatures),
    new("blind-rsa-state", blind_rsa::state, blind_rsa::states),
    new("tokens-origin", tokens::origin, tokens::origins),
    new("tokens-origin-pair", tokens::origin_pair, tokens::origin_pairs),
    new("tokens-issuer", tokens::issuer, tokens::issuers),
    new("tokens-entry", entries::entry, entries::entries),
];

type R3 = F3<Ristretto255Shake128>;
type P3 = F3<P256Shake128>;
type P4 = F4<P256Shake128>;
type R2 = F2<sigma::Ristretto255Draft02>;
type P2 = F2<P256Draft02>;
type AP = farebox_arc::P256;
type AR = farebox_arc::Ristretto255;
type VP = farebox_arc::v1::P256;
type VR = farebox_arc::v1::Ristretto255;

const fn new(name: &'static str, decode: fn(&[u8]) -> bool, seeds: fn() -> Vec<Vec<u8>>) -> Decoder {
    Decoder { name, decode, seeds }
}
