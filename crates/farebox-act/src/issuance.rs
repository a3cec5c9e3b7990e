//! Issuance: the client commits, the issuer signs, the client checks.

use core::fmt;

use alloc::vec::Vec;

use farebox_group::{ByteOrder, Group as _, Ristretto255, Scalar as _};
use farebox_sigma::{Coins, Flavor, Fresh, Hedge, Point, witness};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::codec::{Kind, Reader, Writer};
use crate::error::{own_proof, peer_proof};
use crate::params::{ParamsId, base, multiple_vartime};
use crate::relation::request::{Request, RequestPublics, RequestSecrets};
use crate::relation::{Statement, Transcript};
use crate::signature::{Signature, sign, verify};
use crate::{
    Context, CreditToken, Credits, Element, Error, Invalid, IssuanceRequest, IssuanceResponse, Malformed, Misuse,
    Params, PublicKey, Refused, Scalar, SecretKey,
};

/// The client between request and response. Saved and finished once.
#[must_use = "the credits that the issuer grants can only be taken with this state"]
pub struct PreIssuance {
    k: Scalar,
    r: Scalar,
    commitment: Point<Ristretto255>,
    params: ParamsId,
}

/// What the client draws for a request, in the draft's order. The nullifier and the blinding are chosen here, so they are as
/// secret as the token.
#[derive(Debug)]
#[cfg_attr(not(feature = "hazmat"), allow(unreachable_pub, reason = "public with `hazmat` only"))]
pub struct RequestCoins {
    /// The nullifier of the first token.
    pub k: Scalar,
    /// Its blinding.
    pub r: Scalar,
    /// The proof's coins.
    pub proof: Coins<Scalar>,
}

impl PreIssuance {
    /// Makes a request (draft, "Client: Issuance Request"). The state has to be kept until the response is there. Draws 64
    /// bytes.
    ///
    /// # Errors
    /// [`Misuse::Coins`] where the generator gives values that make an element the identity, which no working one does.
    #[doc(alias = "IssueRequest")]
    pub fn request<R: CryptoRng + ?Sized>(params: &Params, rng: &mut R) -> Result<(Self, IssuanceRequest), Error> {
        let mut hedge = Hedge::new::<Scalar>(b"farebox-act request v1", &Fresh::draw(rng), &[], &[&params.id()]);
        let (k, r) = (hedge.scalar(), hedge.scalar());
        Self::request_body(params, RequestCoins { k, r, proof: Coins::draw(rng) })
    }

    /// [`request`](Self::request) with coins from outside.
    ///
    /// # Errors
    /// [`Misuse::Coins`].
    #[cfg(feature = "hazmat")]
    pub fn request_with_coins(params: &Params, coins: RequestCoins) -> Result<(Self, IssuanceRequest), Error> {
        Self::request_body(params, coins)
    }

    fn request_body(params: &Params, coins: RequestCoins) -> Result<(Self, IssuanceRequest), Error> {
        let RequestCoins { k, r, proof } = coins;
        // K = k*H2 + r*H3
        let half =
            params.bases.mul(base::H2, &Ristretto255::halve(&k)) + params.bases.mul(base::H3, &Ristretto255::halve(&r));
        let points = Point::encode_batch(&[half]).map_err(|_| Misuse::Coins)?;
        let &[commitment] = points.as_slice() else { return Err(Misuse::Coins.into()) };
        let state = Self { k, r, commitment, params: params.id() };

        let statement = request_statement(params, commitment)?;
        let argument = Transcript::new().session(params.session(b"request", &[]));
        let argument = argument.statement(statement).map_err(own_proof)?;
        let witness = witness::<Request, _>(&RequestSecrets { k, r });
        let pok = argument.prove_with_coins(Flavor::Compact, &witness, proof).map_err(own_proof)?;
        Ok((state, IssuanceRequest { commitment, pok }))
    }

    /// Checks the response and takes the token (draft, "Client: Token Verification"). `key` is the one that the client
    /// pinned, `context` its own, `expected` the credits that it asked for.
    ///
    /// # Errors
    /// The state comes back, so that another response can be tried: with [`Invalid::Credits`], [`Invalid::Proof`] or
    /// [`Invalid::Identity`] for the response, and with [`Misuse::Parameters`] or [`Misuse::Amount`] where state or response
    /// belong to other parameters.
    #[doc(alias = "VerifyIssuance")]
    pub fn finish(
        self,
        params: &Params,
        key: &PublicKey,
        context: Context,
        expected: Credits,
        response: &IssuanceResponse,
    ) -> Result<CreditToken, Refused<Self>> {
        match self.check(params, key, context, expected, response) {
            Ok(()) => {
                let (a, e, credits) = (response.a, response.e, response.credits);
                Ok(CreditToken { a, e, k: self.k, r: self.r, credits, context, params: self.params })
            }
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    fn check(
        &self,
        params: &Params,
        key: &PublicKey,
        context: Context,
        expected: Credits,
        response: &IssuanceResponse,
    ) -> Result<(), Error> {
        if self.params != params.id() {
            return Err(Misuse::Parameters.into());
        }
        response.credits.fits(params.bits())?;
        if response.credits != expected {
            return Err(Invalid::Credits.into());
        }
        let x_a = message_point(params, response.credits, context) + self.commitment.element();
        let session = respond_session(params, response.credits, context);
        verify(params, key, session, x_a, &response.e, response.a, &response.pok)
    }

    /// The saved form: version, kind, parameters, `k | r | K`; 18 + 96 bytes.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        let writer = Writer::state(Kind::PreIssuance, self.params, 96).scalar(&self.k).scalar(&self.r);
        Zeroizing::new(writer.point(&self.commitment).finish())
    }

    /// Reads the saved form.
    ///
    /// # Errors
    /// [`Malformed`], also for a state of other parameters. That `K` commits to `k` and `r` is not checked.
    pub fn from_bytes(params: &Params, bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        reader.head(Kind::PreIssuance, params)?;
        let (k, r, commitment) = (reader.scalar("k")?, reader.scalar("r")?, reader.point("K")?);
        reader.end()?;
        Ok(Self { k, r, commitment, params: params.id() })
    }
}

impl Drop for PreIssuance {
    fn drop(&mut self) {
        self.k.zeroize();
        self.r.zeroize();
    }
}

impl ZeroizeOnDrop for PreIssuance {}

impl fmt::Debug for PreIssuance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreIssuance(..)")
    }
}

/// What the issuer draws for a signature, in the draft's order.
#[derive(Debug)]
#[cfg_attr(not(feature = "hazmat"), allow(unreachable_pub, reason = "public with `hazmat` only"))]
pub struct SignatureCoins {
    /// The signature's randomness; `e + sk` must not be 0.
    pub e: Scalar,
    /// The proof's coins.
    pub proof: Coins<Scalar>,
}

impl SignatureCoins {
    /// Draws `e` hedged with the key and with what is signed: an `e` that repeats would reveal the key.
    pub(crate) fn draw<R: CryptoRng + ?Sized>(rng: &mut R, key: &SecretKey, domain: &[u8], signed: &[&[u8]]) -> Self {
        let fresh = Fresh::draw(rng);
        let mut hedge = Hedge::new(domain, &fresh, core::slice::from_ref(&key.scalar), signed);
        Self { e: hedge.scalar(), proof: Coins::draw(rng) }
    }
}

impl SecretKey {
    /// Signs a request for `credits` in `context` (draft, "Issuer: Issuance Response"). Both are the issuer's own decision; 0
    /// credits are allowed. Draws 64 bytes.
    ///
    /// # Errors
    /// [`Invalid::Proof`] or [`Invalid::Identity`] where the request does not hold, [`Misuse::Amount`],
    /// [`Misuse::Parameters`].
    #[doc(alias = "IssueResponse")]
    pub fn issue<R: CryptoRng + ?Sized>(
        &self,
        params: &Params,
        request: &IssuanceRequest,
        credits: Credits,
        context: Context,
        rng: &mut R,
    ) -> Result<IssuanceResponse, Error> {
        let signed = [request.commitment.bytes(), &respond_session(params, credits, context)];
        let coins = SignatureCoins::draw(rng, self, b"farebox-act issue v1", &signed);
        self.issue_body(params, request, credits, context, coins)
    }

    /// [`issue`](Self::issue) with coins from outside.
    ///
    /// # Errors
    /// As [`issue`](Self::issue), and [`Misuse::Coins`].
    #[cfg(feature = "hazmat")]
    pub fn issue_with_coins(
        &self,
        params: &Params,
        request: &IssuanceRequest,
        credits: Credits,
        context: Context,
        coins: SignatureCoins,
    ) -> Result<IssuanceResponse, Error> {
        self.issue_body(params, request, credits, context, coins)
    }

    fn issue_body(
        &self,
        params: &Params,
        request: &IssuanceRequest,
        credits: Credits,
        context: Context,
        coins: SignatureCoins,
    ) -> Result<IssuanceResponse, Error> {
        self.check(params)?;
        credits.fits(params.bits())?;
        let commitment = request.commitment;
        if farebox_group::Element::is_identity(&commitment.element()).into() {
            return Err(Invalid::Identity.into());
        }
        let argument = Transcript::new().session(params.session(b"request", &[]));
        let argument = argument.statement(request_statement(params, commitment)?).map_err(peer_proof)?;
        argument.verify(Flavor::Compact, &request.pok).map_err(peer_proof)?;

        // X_A = G + c*H1 + ctx*H4 + K
        let x_a = message_point(params, credits, context) + commitment.element();
        let x_a = Point::encode(x_a).map_err(|_| Invalid::Identity)?;
        let session = respond_session(params, credits, context);
        let e = coins.e;
        let Signature { a, pok } = sign(params, self, session, x_a, e, coins.proof)?;
        Ok(IssuanceResponse { a, e, credits, pok })
    }
}

fn request_statement(params: &Params, commitment: Point<Ristretto255>) -> Result<Statement<'_>, Error> {
    let publics = RequestPublics { h2: params.point(base::H2), h3: params.point(base::H3), commitment };
    Statement::new(&Request, &params.bases, &publics).map_err(|_| Misuse::Parameters.into())
}

fn respond_session(params: &Params, credits: Credits, context: Context) -> Vec<u8> {
    params.session(b"respond", &[&credits.scalar().to_bytes(ByteOrder::Little), &context.to_bytes()])
}

/// `G + amount*H1 + ctx*H4`, the public part of what is signed.
pub(crate) fn message_point(params: &Params, amount: Credits, context: Context) -> Element {
    Ristretto255::generator()
        + multiple_vartime(params.point(base::H1).element(), amount)
        + params.bases.mul(base::H4, &context.0)
}
