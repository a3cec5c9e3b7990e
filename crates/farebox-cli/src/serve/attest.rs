//! Who gets tokens, by the configuration.

use std::fs;
use std::time::Duration;

use farebox_issuer::Attester;
use farebox_issuer::attest::{AnyOf, Open, ProofOfWork, SharedSecret, Vouchers};
use zeroize::Zeroizing;

use crate::config::{Attestation, Issuer};
use crate::exit::{Code, Failure};

/// The attester, and the vouchers, which can be read again.
pub(crate) struct Attesters {
    pub(crate) attester: AnyOf,
    pub(crate) vouchers: Option<Vouchers>,
}

/// # Errors
/// [`Code::Config`], where a file does not read.
pub(crate) fn attesters(issuer: &Issuer) -> Result<Attesters, Failure> {
    let mut all: Vec<Box<dyn Attester>> = Vec::new();
    let mut vouchers = None;
    for kind in &issuer.attestation {
        match kind {
            Attestation::Open => all.push(Box::new(Open)),
            Attestation::Secret => all.push(Box::new(secrets(issuer)?)),
            Attestation::Pow => {
                let lifetime = Duration::from_secs(issuer.pow_lifetime.into());
                all.push(Box::new(ProofOfWork::new(issuer.pow_difficulty, lifetime)));
            }
            Attestation::Vouchers => {
                let opened = Vouchers::open(&issuer.vouchers, &issuer.vouchers_used);
                let opened = opened.map_err(Failure::at(Code::Config, "issuer.vouchers"))?;
                all.push(Box::new(opened.clone()));
                vouchers = Some(opened);
            }
        }
    }
    Ok(Attesters { attester: AnyOf::new(all), vouchers })
}

fn secrets(issuer: &Issuer) -> Result<SharedSecret, Failure> {
    let read = fs::read_to_string(&issuer.secrets);
    let text = Zeroizing::new(
        read.map_err(Failure::at(Code::Config, format!("issuer.secrets: {}", issuer.secrets.display())))?,
    );
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return Err(Failure::new(Code::Config, "issuer.secrets: no secret in it"));
    }
    SharedSecret::new(lines).map_err(Failure::at(Code::Config, "issuer.secrets"))
}
