//! Vectors of `farebox-arc`: the current draft on three suites, the older one on two.

mod cases;
mod contexts;
mod draft;
mod forge;
mod issuance;
mod keys;
mod layout;
mod older;
mod presentation;
mod state;
#[cfg(test)]
mod tests;

use farebox_arc::{Limit, P256, P256Draft01, Ristretto255, Suite, v1};
use farebox_group::ByteOrder;

use super::inputs::{Inputs, Part};
use super::outcome::{Failure, Outcome};
use super::runner::Operation;
use draft::Format;

pub(crate) use cases::write;

pub(crate) const DRAFT_01: &str = "draft-ietf-privacypass-arc-crypto-01";
pub(crate) const DRAFT_00: &str = "draft-ietf-privacypass-arc-crypto-00";

const ON_P256: &str = "ARCV1-P256";
const ON_P256_F1B: &str = "ARCV1-P256-F1b";
const ON_RISTRETTO255: &str = "ARCV1-Ristretto255";

/// A suite, as vector files name it and as the draft's model computes it.
trait Named: Suite {
    const SPEC: &'static str;
    const NAME: &'static str;
    const FORMAT: Format;
    /// The byte order of scalars in messages, keys and states.
    const ORDER: ByteOrder;

    fn draft() -> &'static str {
        if Self::SPEC == DRAFT_01 { "01" } else { "00" }
    }
}

macro_rules! named {
    ($suite:ty, $spec:ident, $name:ident, $order:ident, $format:expr) => {
        impl Named for $suite {
            const SPEC: &'static str = $spec;
            const NAME: &'static str = $name;
            const FORMAT: Format = $format;
            const ORDER: ByteOrder = ByteOrder::$order;
        }
    };
}
named!(P256, DRAFT_01, ON_P256, Big, Format::HashedSession("sigma-proofs_Shake128_P256"));
named!(P256Draft01, DRAFT_01, ON_P256_F1B, Big, Format::Prefixed("sigma-proofs_Shake128_P256"));
named!(Ristretto255, DRAFT_01, ON_RISTRETTO255, Big, Format::HashedSession("ietf sigma proof linear relation"));
named!(v1::P256, DRAFT_00, ON_P256, Big, Format::ToScalar);
named!(v1::Ristretto255, DRAFT_00, ON_RISTRETTO255, Little, Format::ToScalar);

/// An operation on the suites of arc-crypto-01.
macro_rules! current {
    ($module:ident::$function:ident) => {
        |inputs| match inputs.suite {
            ON_RISTRETTO255 => $module::$function::<Ristretto255>(inputs),
            ON_P256_F1B => $module::$function::<P256Draft01>(inputs),
            _ => $module::$function::<P256>(inputs),
        }
    };
}

/// An operation on the suites of the older draft.
macro_rules! older {
    ($module:ident::$function:ident) => {
        |inputs| match inputs.suite {
            ON_RISTRETTO255 => $module::$function::<v1::Ristretto255>(inputs),
            _ => $module::$function::<v1::P256>(inputs),
        }
    };
}

type Names = &'static [&'static str];
type Run = fn(&Inputs<'_>) -> Outcome;

const NONE: Names = &[];
const COINS: Names = &["seed", "scalars"];
const KEY: Names = &["sk", "pk", "saved"];
const OPENED: Names = &["credential", "presentation_context", "limit"];
const SHOWN: Names = &["presentation", "request_context", "presentation_context", "limit", "decoded_limit"];
const OLDER_SHOWN: Names = &["presentation", "nonce", "request_context", "presentation_context", "limit"];
const OLDER_OPENED: Names = &["credential", "presentation_context", "limit", "nonce"];
const NEXT: Names = &["presentation", "tag", "kind", "state"];
const STATE: Names = &["kind", "state"];

pub(crate) const OPERATIONS: &[Operation] = &[
    of_01("request-context", NONE, NONE, &["context"], &["m2"], current!(contexts::request)),
    of_01("presentation-context", NONE, NONE, &["context"], &["T"], current!(contexts::presentation)),
    of_01("limit", NONE, NONE, &["limit"], &["k", "base_N", "length"], current!(contexts::limit)),
    of_01("keygen", NONE, COINS, NONE, KEY, current!(keys::generate)),
    of_01("secret-key", NONE, NONE, &["sk"], &["pk", "saved"], current!(keys::secret)),
    of_01("public-key", NONE, NONE, &["pk"], &["pk"], current!(keys::public)),
    of_01("request", NONE, COINS, &["request_context"], &["request", "state"], current!(issuance::request)),
    of_01("response", &["sk"], COINS, &["request"], &["response"], current!(issuance::response)),
    of_01("finalize", &["pk"], NONE, &["state", "response"], &["credential"], current!(issuance::finalize)),
    of_01("open", &["pk"], NONE, OPENED, &["credential", "kind", "state"], current!(state::open)),
    of_01("present", &["pk"], COINS, &["state"], NEXT, current!(presentation::present)),
    of_01("verify", &["sk"], NONE, SHOWN, &["tag"], current!(presentation::verify)),
    of_01("with-limit", &["pk"], NONE, &["kind", "state", "limit"], STATE, current!(state::with_limit)),
    of_01("skip", &["pk"], NONE, &["state", "next"], STATE, current!(state::skip)),
    of_01("state", &["pk"], NONE, &["kind", "bytes"], &["bytes"], current!(state::reread)),
    of_00("keygen", NONE, COINS, NONE, KEY, older!(keys::generate)),
    of_00("request", NONE, COINS, &["request_context"], &["request", "state"], older!(issuance::request)),
    of_00("response", &["sk"], COINS, &["request"], &["response"], older!(issuance::response)),
    of_00("finalize", &["pk"], NONE, &["state", "response"], &["credential"], older!(issuance::finalize)),
    of_00("present", &["pk"], COINS, OLDER_OPENED, &["presentation", "tag"], older!(older::present)),
    of_00("verify", &["sk"], NONE, OLDER_SHOWN, &["tag"], older!(older::verify)),
];

const fn of_01(name: &'static str, keys: Names, coins: Names, input: Names, output: Names, run: Run) -> Operation {
    let suites = &[ON_P256, ON_P256_F1B, ON_RISTRETTO255];
    Operation { spec: DRAFT_01, suites, name, params: &[], keys, coins, input, output, run }
}

const fn of_00(name: &'static str, keys: Names, coins: Names, input: Names, output: Names, run: Run) -> Operation {
    let suites = &[ON_P256, ON_RISTRETTO255];
    Operation { spec: DRAFT_00, suites, name, params: &[], keys, coins, input, output, run }
}

/// A limit of the case, which may be none.
fn limit(part: Part<'_>, name: &str) -> Result<Limit, Failure> {
    Ok(Limit::new(part.number(name)?)?)
}
