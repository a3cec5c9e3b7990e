//! The list. A new decoder is one line here, and a check beside those of its crate.

use farebox_group::{P256, Ristretto255};
use farebox_sigma::{F2, F3, F4, P256Draft02, P256Shake128, Ristretto255Shake128};

use crate::{Decoder, act, blind_rsa, group, sigma};

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
    new("blind-rsa-spki", blind_rsa::spki, blind_rsa::spkis),
    new("blind-rsa-spki-zero", blind_rsa::spki_zero, blind_rsa::spkis_zero),
    new("blind-rsa-pkcs8", blind_rsa::pkcs8, blind_rsa::pkcs8s),
    new("blind-rsa-blinded", blind_rsa::blinded, blind_rsa::blindeds),
    new("blind-rsa-answer", blind_rsa::answer, blind_rsa::answers),
    new("blind-rsa-signature", blind_rsa::signature, blind_rsa::signatures),
    new("blind-rsa-state", blind_rsa::state, blind_rsa::states),
];

type R3 = F3<Ristretto255Shake128>;
type P3 = F3<P256Shake128>;
type P4 = F4<P256Shake128>;
type R2 = F2<sigma::Ristretto255Draft02>;
type P2 = F2<P256Draft02>;

const fn new(name: &'static str, decode: fn(&[u8]) -> bool, seeds: fn() -> Vec<Vec<u8>>) -> Decoder {
    Decoder { name, decode, seeds }
}
