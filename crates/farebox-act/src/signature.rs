//! The issuer's signature on a commitment, with its proof; issuance and refund share it.

use alloc::vec::Vec;

use farebox_group::{Element as _, Group, Ristretto255, Scalar as _};
use farebox_sigma::relations::{Dleq, DleqPublics, Logarithm};
use farebox_sigma::{Coins, Flavor, Point, witness};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::error::{own_proof, peer_proof};
use crate::relation::{Statement, Transcript};
use crate::{Element, Error, Invalid, Misuse, Params, PublicKey, Scalar, SecretKey};

/// `A = (e + sk)^-1 * X_A`, and the proof that `X_A = d*A` and `X_G = d*G` have the same `d = e + sk`.
pub(crate) struct Signature {
    pub(crate) a: Point<Ristretto255>,
    pub(crate) pok: Vec<u8>,
}

/// Signs `x_a`, which is public. Constant time in the key.
pub(crate) fn sign(
    params: &Params,
    key: &SecretKey,
    session: Vec<u8>,
    x_a: Point<Ristretto255>,
    e: Scalar,
    coins: Coins<Scalar>,
) -> Result<Signature, Error> {
    let d = Zeroizing::new(e + key.scalar);
    if d.ct_eq(&Scalar::ZERO).into() {
        return Err(Misuse::Coins.into());
    }
    let inverse = Zeroizing::new(Ristretto255::halve(&d.invert()));
    let half = Zeroizing::new(Ristretto255::halve(&d));
    let halves = [x_a.element() * &inverse, Ristretto255::mul_generator(&half)];
    let points = Point::encode_batch(&halves).map_err(|_| Misuse::Coins)?;
    let &[a, x_g] = points.as_slice() else { return Err(Misuse::Coins.into()) };

    let argument = Transcript::new().session(session).statement(statement(params, a, x_a, x_g)?).map_err(own_proof)?;
    let witness = witness::<Dleq, _>(&Logarithm { log: *d });
    let pok = argument.prove_with_coins(Flavor::Compact, &witness, coins).map_err(own_proof)?;
    Ok(Signature { a, pok })
}

/// Checks a signature that came from the issuer. Variable time; `x_a` may depend on the client's secrets, the scalars do not.
pub(crate) fn verify(
    params: &Params,
    key: &PublicKey,
    session: Vec<u8>,
    x_a: Element,
    e: &Scalar,
    a: Point<Ristretto255>,
    pok: &[u8],
) -> Result<(), Error> {
    if bool::from(a.element().is_identity()) {
        return Err(Invalid::Identity.into());
    }
    // X_G = e*G + W
    let x_g = params.bases.mul(0, e) + key.point.element();
    let encode = |element| Point::encode(element).map_err(|_| Invalid::Identity);
    let statement = statement(params, a, encode(x_a)?, encode(x_g)?)?;
    let argument = Transcript::new().session(session).statement(statement).map_err(peer_proof)?;
    argument.verify(Flavor::Compact, pok).map_err(peer_proof)
}

fn statement(
    params: &Params,
    a: Point<Ristretto255>,
    x_a: Point<Ristretto255>,
    x_g: Point<Ristretto255>,
) -> Result<Statement<'_>, Error> {
    let publics = DleqPublics { g: a, x: x_a, h: params.point(0), y: x_g };
    Statement::new(&Dleq, &params.bases, &publics).map_err(|_| Misuse::Parameters.into())
}
