//! What an operation does with a case: fields, a refusal by one of three layers, or a case that says nothing.

use super::schema::{Expect, Fields};

/// The result of an operation.
pub(crate) type Outcome = Result<Fields, Failure>;

/// Why an operation gave nothing.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A layer refused, for the reason given. The fields say more where the operation has more to say.
    Refused(Expect, String, Fields),
    /// The case does not have what the operation needs, or has it in another form.
    Case(String),
}

impl Failure {
    pub(crate) fn refused(layer: Expect, reason: impl ToString) -> Self {
        Self::Refused(layer, reason.to_string(), Fields::new())
    }

    pub(crate) fn malformed(reason: impl ToString) -> Self {
        Self::refused(Expect::Malformed, reason)
    }

    pub(crate) fn invalid(reason: impl ToString) -> Self {
        Self::refused(Expect::Invalid, reason)
    }

    pub(crate) fn misuse(reason: impl ToString) -> Self {
        Self::refused(Expect::Misuse, reason)
    }
}

/// The errors of a crate that says `Malformed` and `Misuse`.
macro_rules! bytes_and_calls {
    ($($krate:ident),*) => {$(
        impl From<$krate::Malformed> for Failure {
            fn from(error: $krate::Malformed) -> Self {
                Self::malformed(error)
            }
        }

        impl From<$krate::Misuse> for Failure {
            fn from(error: $krate::Misuse) -> Self {
                Self::misuse(error)
            }
        }
    )*};
}
bytes_and_calls!(farebox_act, farebox_arc, farebox_voprf, farebox_blind_rsa, privacypass_wire);

/// The errors of a scheme, and its refused states.
macro_rules! scheme {
    ($($krate:ident $({ $($own:ident),+ })?),*) => {$(
        impl From<$krate::Error> for Failure {
            fn from(error: $krate::Error) -> Self {
                match error {
                    $krate::Error::Malformed(error) => Self::malformed(error),
                    $krate::Error::Invalid(error) => Self::invalid(error),
                    $krate::Error::Misuse(error) => Self::misuse(error),
                    $($($krate::Error::$own => Self::Case(error.to_string()),)+)?
                }
            }
        }

        impl<S> From<$krate::Refused<S>> for Failure {
            fn from(refused: $krate::Refused<S>) -> Self {
                refused.error.into()
            }
        }
    )*};
}
scheme!(farebox_act, farebox_arc, farebox_voprf, farebox_blind_rsa { SigningFailure });

impl From<farebox_sigma::Error> for Failure {
    fn from(error: farebox_sigma::Error) -> Self {
        match error {
            farebox_sigma::Error::Malformed(error) => Self::malformed(error),
            farebox_sigma::Error::Statement(_) | farebox_sigma::Error::Invalid => Self::invalid(error),
            farebox_sigma::Error::Misuse(error) => Self::misuse(error),
        }
    }
}

impl From<farebox_group::DecodeError> for Failure {
    fn from(error: farebox_group::DecodeError) -> Self {
        Self::malformed(error)
    }
}

/// Fields from names and values.
pub(crate) fn fields<const N: usize>(pairs: [(&str, String); N]) -> Fields {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
