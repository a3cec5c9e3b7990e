//! How a command ends: exit codes, and failures with one.

use std::fmt;
use std::process::ExitCode;

/// Exit codes. They are part of the interface: a number keeps its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// All is as it was asked for.
    Success = 0,
    /// Anything that has no code of its own.
    Failure = 1,
    /// The arguments are not good.
    Usage = 2,
    /// The configuration is not good.
    Config = 3,
    /// The input is no message that is known here.
    Malformed = 4,
    /// Another process has what is needed: a ledger, a wallet, a key folder, an address.
    InUse = 5,
    /// Something that is needed is away: a server, an issuer, a database.
    Unavailable = 6,
    /// The origin wants to be paid, and it was not. Nothing was spent.
    NotPaid = 7,
    /// A token was sent, and what became of it is not known. `farebox wallet recover` finds out.
    Unsettled = 8,
    /// The final status was a redirection, which is not followed.
    Redirection = 13,
    /// The final status was 4xx.
    ClientError = 14,
    /// The final status was 5xx.
    ServerError = 15,
}

impl Code {
    /// The code of a final status.
    pub(crate) fn of_status(status: http::StatusCode) -> Self {
        match status.as_u16() {
            300..=399 => Self::Redirection,
            400..=499 => Self::ClientError,
            500..=599 => Self::ServerError,
            _ => Self::Success,
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

/// Why a command did not do what it was asked for. The message has no secret in it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// For `map_err`: what was tried, and why it failed.
    pub(crate) fn at<E: std::error::Error>(code: Code, what: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |error| Self::new(code, format!("{what}: {}", chain(&error)))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// An error with its causes, unless the text has them already.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}
