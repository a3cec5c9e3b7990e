//! The hashes of RFC 9497, each under its domain separation tag.

use core::marker::PhantomData;

use farebox_group::{Element as _, Group as _};

use crate::codec::length;
use crate::{Element, Group, MAX_INPUT, Misuse, Mode, Output, Scalar, Suite};

/// The hashes of one suite in one mode.
pub(crate) struct Domain<S, M>(PhantomData<(S, M)>);

impl<S: Suite, M: Mode> Domain<S, M> {
    /// `prefix || contextString`, where contextString = "OPRFV1-" || I2OSP(mode, 1) || "-" || identifier.
    pub(crate) fn tag(prefix: &'static str) -> [&'static [u8]; 5] {
        [prefix.as_bytes(), b"OPRFV1-", M::BYTE, b"-", S::ID.as_bytes()]
    }

    /// The input's element.
    #[doc(alias = "HashToGroup")]
    pub(crate) fn hash_to_group(input: &[u8]) -> Result<Element<S>, Misuse> {
        if input.len() > MAX_INPUT {
            return Err(Misuse::Input);
        }
        let element = Group::<S>::hash_to_group(&[input], &Self::tag("HashToGroup-")).map_err(|_| Misuse::Input)?;
        if element.is_identity().into() { Err(Misuse::Input) } else { Ok(element) }
    }

    pub(crate) fn hash_to_scalar(prefix: &'static str, parts: &[&[u8]]) -> Scalar<S> {
        // The tag is never empty.
        Group::<S>::hash_to_scalar(parts, &Self::tag(prefix)).unwrap_or_default()
    }

    /// The scalar that tweaks the key: m = HashToScalar("Info" || I2OSP(len(info), 2) || info)
    pub(crate) fn tweak(info: &[u8]) -> Result<Scalar<S>, Misuse> {
        if info.len() > MAX_INPUT {
            return Err(Misuse::Info);
        }
        Ok(Self::hash_to_scalar("HashToScalar-", &[b"Info", &length(info), info]))
    }

    /// Hash(I2OSP(len(input), 2) || input || [I2OSP(len(info), 2) || info ||] I2OSP(Ne, 2) || issuedElement || "Finalize")
    pub(crate) fn finalize(input: &[u8], info: Option<&[u8]>, issued: &[u8]) -> Output<S> {
        let info_length = info.map(length);
        let framed: [&[u8]; 2] = [info_length.as_ref().map_or(&[], |length| length), info.unwrap_or(&[])];
        let [info_length, info] = framed;
        Output(S::hash(&[&length(input), input, info_length, info, &length(issued), issued, b"Finalize"]))
    }
}
