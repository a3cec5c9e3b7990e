//! Issuance: the client commits, the issuer answers with a blinded MAC, the client checks and unblinds it.

use alloc::vec::Vec;
use core::fmt;

use farebox_group::{ByteOrder, Group as _, Scalar as _};
use farebox_sigma::{Flavor, Fresh, Hedge, Relation as _, Transcript, witness};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::codec::{Kind, Reader, Writer, element_len, scalar_len};
use crate::error::{own_proof, peer_proof};
use crate::keys::any_identity;
use crate::relation::request::{Request, RequestPublics, RequestSecrets};
use crate::relation::response::{Response, ResponsePublics, ResponseSecrets};
use crate::suite::{base, session};
use crate::{
    BaseSet, Coins, Credential, CredentialRequest, CredentialResponse, Error, Invalid, Malformed, Misuse, Point,
    PublicKey, Refused, RequestContext, Scalar, SecretKey, Statement, Suite,
};

/// The client between request and response. Saved and finished once.
#[must_use = "the credential can only be taken with this state"]
#[doc(alias = "ClientSecrets")]
pub struct PreIssuance<S: Suite> {
    m1: Scalar<S>,
    context: RequestContext<S>,
    r1: Scalar<S>,
    r2: Scalar<S>,
    m1_enc: Point<S>,
    m2_enc: Point<S>,
}

/// What the client draws for a request, in the draft's order.
#[derive(Debug)]
#[cfg_attr(not(feature = "hazmat"), allow(unreachable_pub, reason = "public with `hazmat` only"))]
pub struct RequestCoins<S: Suite> {
    /// The client's secret, which every tag comes from.
    pub m1: Scalar<S>,
    /// The blinding of m1Enc.
    pub r1: Scalar<S>,
    /// The blinding of m2Enc.
    pub r2: Scalar<S>,
    /// The proof's coins: 4 nonces.
    pub proof: Coins<S>,
}

impl<S: Suite> PreIssuance<S> {
    /// Makes a request (arc-crypto-01, "CredentialRequest"). The state has to be kept until the response is there. Draws 64
    /// bytes.
    ///
    /// # Errors
    /// [`Misuse::Coins`] where the generator gives values that make an element the identity, which no working one does.
    pub fn request<R: CryptoRng + ?Sized>(
        context: RequestContext<S>,
        rng: &mut R,
    ) -> Result<(Self, CredentialRequest<S>), Error> {
        let m2 = context.m2.to_bytes(ByteOrder::Little);
        let suite = S::CONTEXT_STRING.as_bytes();
        let mut hedge =
            Hedge::new::<Scalar<S>>(b"farebox-arc request v1", &Fresh::draw(rng), &[], &[suite, m2.as_ref()]);
        let (m1, r1, r2) = (hedge.nonzero_scalar(), hedge.scalar(), hedge.scalar());
        Self::request_body(context, RequestCoins { m1, r1, r2, proof: Coins::<S>::draw(rng) })
    }

    /// [`request`](Self::request) with coins from outside.
    ///
    /// # Errors
    /// [`Misuse::Coins`].
    #[cfg(feature = "hazmat")]
    pub fn request_with_coins(
        context: RequestContext<S>,
        coins: RequestCoins<S>,
    ) -> Result<(Self, CredentialRequest<S>), Error> {
        Self::request_body(context, coins)
    }

    fn request_body(context: RequestContext<S>, coins: RequestCoins<S>) -> Result<(Self, CredentialRequest<S>), Error> {
        let RequestCoins { m1, r1, r2, proof } = coins;
        let (bases, m2) = (S::bases(), context.m2);
        let half = S::Group::halve;
        // m1Enc = m1*G + r1*H, m2Enc = m2*G + r2*H
        let commit = |m, r| bases.mul(base::G, &half(m)) + bases.mul(base::H, &half(r));
        let halves = [commit(&m1, &r1), commit(&m2, &r2)];
        let points = Point::<S>::encode_batch(&halves).map_err(|_| Misuse::Coins)?;
        let &[m1_enc, m2_enc] = points.as_slice() else { return Err(Misuse::Coins.into()) };
        let state = Self { m1, context, r1, r2, m1_enc, m2_enc };

        let transcript = Transcript::<S::Profile>::new().session(session::<S>(Request::NAME));
        let argument = transcript.statement(request_statement::<S>(bases, m1_enc, m2_enc)?).map_err(own_proof)?;
        let mut secrets = RequestSecrets { m1, m2, r1, r2 };
        let witness = witness::<Request, _>(&secrets);
        let RequestSecrets { m1, m2, r1, r2 } = &mut secrets;
        [m1, m2, r1, r2].into_iter().for_each(Zeroize::zeroize);
        let proof = argument.prove_with_coins(Flavor::Compact, &witness, proof).map_err(own_proof)?;
        Ok((state, CredentialRequest { m1_enc, m2_enc, proof }))
    }

    /// Checks the response and takes the credential (arc-crypto-01, "FinalizeCredential"). `key` is the one that the client
    /// pinned.
    ///
    /// # Errors
    /// The state comes back, so that another response can be tried, with [`Invalid`] or [`Malformed`].
    #[doc(alias = "FinalizeCredential")]
    pub fn finish(self, key: &PublicKey<S>, response: &CredentialResponse<S>) -> Result<Credential<S>, Refused<Self>> {
        match self.unblind(key, response) {
            Ok(credential) => Ok(credential),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    fn unblind(&self, key: &PublicKey<S>, response: &CredentialResponse<S>) -> Result<Credential<S>, Error> {
        if any_identity::<S>(response.points()) {
            return Err(Invalid.into());
        }
        let statement = response_statement(key, self.m1_enc, self.m2_enc, response)?;
        let transcript = Transcript::<S::Profile>::new().session(session::<S>(Response::NAME));
        let argument = transcript.statement(statement).map_err(peer_proof)?;
        argument.verify(Flavor::Compact, &response.proof).map_err(peer_proof)?;

        // U' = encU' - X0Aux - r1*X1Aux - r2*X2Aux
        let blinds = Zeroizing::new([self.r1, self.r2]);
        let [r1, r2] = &*blinds;
        let mask = S::Group::multi_mul(&[(*r1, response.x1_aux.element()), (*r2, response.x2_aux.element())]);
        let u_prime = response.enc_u_prime.element() - response.x0_aux.element() - mask;
        let u_prime = Point::<S>::encode(u_prime).map_err(|_| Invalid)?;
        Ok(Credential::new(key.clone(), self.m1, response.u, u_prime))
    }

    /// Bytes of a saved state, without version, kind and suite.
    const SAVED_LEN: usize = 4 * scalar_len::<S>() + 2 * element_len::<S>();

    /// The saved form: version, kind, suite, `m1 | m2 | r1 | r2 | m1Enc | m2Enc`.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        let writer = Writer::<S>::state(Kind::PreIssuance, Self::SAVED_LEN).scalar(&self.m1).scalar(&self.context.m2);
        let writer = writer.scalar(&self.r1).scalar(&self.r2).points([&self.m1_enc, &self.m2_enc]);
        Zeroizing::new(writer.finish())
    }

    /// Reads the saved form.
    ///
    /// # Errors
    /// [`Malformed`], also for a state of another suite. That the elements commit to the scalars is not checked.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::<S>::state(Kind::PreIssuance, "issuance state", bytes, Self::SAVED_LEN)?;
        let (m1, m2) = (reader.scalar("m1")?, reader.scalar("m2")?);
        let (r1, r2) = (reader.scalar("r1")?, reader.scalar("r2")?);
        let (m1_enc, m2_enc) = (reader.point("m1Enc")?, reader.point("m2Enc")?);
        Ok(Self { m1, context: RequestContext { m2 }, r1, r2, m1_enc, m2_enc })
    }
}

impl<S: Suite> Drop for PreIssuance<S> {
    fn drop(&mut self) {
        // m2 is known to whoever knows the context, and the issuer must not learn which client asked for it.
        [&mut self.m1, &mut self.context.m2, &mut self.r1, &mut self.r2].into_iter().for_each(Zeroize::zeroize);
    }
}

impl<S: Suite> ZeroizeOnDrop for PreIssuance<S> {}

impl<S: Suite> fmt::Debug for PreIssuance<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreIssuance(..)")
    }
}

/// What the issuer draws for a response, in the draft's order.
#[derive(Debug)]
#[cfg_attr(not(feature = "hazmat"), allow(unreachable_pub, reason = "public with `hazmat` only"))]
pub struct ResponseCoins<S: Suite> {
    /// The MAC's randomness; not 0.
    pub b: Scalar<S>,
    /// The proof's coins: 7 nonces.
    pub proof: Coins<S>,
}

impl<S: Suite> SecretKey<S> {
    /// Answers a request (arc-crypto-01, "CredentialResponse"). Draws 64 bytes.
    ///
    /// # Errors
    /// [`Invalid`] or [`Malformed`] where the request does not hold.
    pub fn issue<R: CryptoRng + ?Sized>(
        &self,
        request: &CredentialRequest<S>,
        rng: &mut R,
    ) -> Result<CredentialResponse<S>, Error> {
        let secrets = Zeroizing::new([self.x0, self.x1, self.x2, self.xb]);
        let asked = [request.m1_enc.bytes(), request.m2_enc.bytes()];
        let mut hedge = Hedge::new(b"farebox-arc issue v1", &Fresh::draw(rng), secrets.as_ref(), &asked);
        self.issue_body(request, ResponseCoins { b: hedge.nonzero_scalar(), proof: Coins::<S>::draw(rng) })
    }

    /// [`issue`](Self::issue) with coins from outside.
    ///
    /// # Errors
    /// As [`issue`](Self::issue), and [`Misuse::Coins`].
    #[cfg(feature = "hazmat")]
    pub fn issue_with_coins(
        &self,
        request: &CredentialRequest<S>,
        coins: ResponseCoins<S>,
    ) -> Result<CredentialResponse<S>, Error> {
        self.issue_body(request, coins)
    }

    fn issue_body(
        &self,
        request: &CredentialRequest<S>,
        coins: ResponseCoins<S>,
    ) -> Result<CredentialResponse<S>, Error> {
        self.check(request)?;
        let ResponseCoins { b, proof } = coins;
        let (b, bases, half) = (Zeroizing::new(b), self.public.bases(), S::Group::halve);
        let half_b = Zeroizing::new(half(&b));
        let [t1, t2] = *Zeroizing::new([*b * self.x1, *b * self.x2]);
        let secrets = Zeroizing::new([*half_b * self.x0, *half_b * self.xb, half(&t1), half(&t2)]);
        let [half_bx0, half_bxb, half_t1, half_t2] = &*secrets;
        // U = b*G, X0Aux = b*xb*H, X1Aux = t1*H, X2Aux = t2*H, HAux = b*H,
        // encU' = b*X0 + t1*m1Enc + t2*m2Enc with b*X0 = b*x0*G + X0Aux
        let x0_aux = bases.mul(base::H, half_bxb);
        let attributes =
            S::Group::multi_mul(&[(*half_t1, request.m1_enc.element()), (*half_t2, request.m2_enc.element())]);
        let halves = [
            bases.mul(base::G, &half_b),
            bases.mul(base::G, half_bx0) + x0_aux + attributes,
            x0_aux,
            bases.mul(base::H, half_t1),
            bases.mul(base::H, half_t2),
            bases.mul(base::H, &half_b),
        ];
        let points = Point::<S>::encode_batch(&halves).map_err(|_| Misuse::Coins)?;
        let &[u, enc_u_prime, x0_aux, x1_aux, x2_aux, h_aux] = points.as_slice() else {
            return Err(Misuse::Coins.into());
        };
        let mut response = CredentialResponse { u, enc_u_prime, x0_aux, x1_aux, x2_aux, h_aux, proof: Vec::new() };

        let statement = response_statement(&self.public, request.m1_enc, request.m2_enc, &response)?;
        let transcript = Transcript::<S::Profile>::new().session(session::<S>(Response::NAME));
        let argument = transcript.statement(statement).map_err(own_proof)?;
        let (x0, x1, x2, xb) = (self.x0, self.x1, self.x2, self.xb);
        let mut secrets = ResponseSecrets { x0, x1, x2, xb, b: *b, t1, t2 };
        let witness = witness::<Response, _>(&secrets);
        let ResponseSecrets { x0, x1, x2, xb, b, t1, t2 } = &mut secrets;
        [x0, x1, x2, xb, b, t1, t2].into_iter().for_each(Zeroize::zeroize);
        response.proof = argument.prove_with_coins(Flavor::Compact, &witness, proof).map_err(own_proof)?;
        Ok(response)
    }

    /// Verifies a request's proof before its elements meet the key.
    fn check(&self, request: &CredentialRequest<S>) -> Result<(), Error> {
        if any_identity::<S>([&request.m1_enc, &request.m2_enc]) {
            return Err(Invalid.into());
        }
        let statement = request_statement::<S>(S::bases(), request.m1_enc, request.m2_enc)?;
        let transcript = Transcript::<S::Profile>::new().session(session::<S>(Request::NAME));
        let argument = transcript.statement(statement).map_err(peer_proof)?;
        argument.verify(Flavor::Compact, &request.proof).map_err(peer_proof)
    }
}

fn request_statement<S: Suite>(
    bases: &BaseSet<S>,
    m1_enc: Point<S>,
    m2_enc: Point<S>,
) -> Result<Statement<'_, S>, Error> {
    let &[g, h, ..] = bases.points() else { return Err(Misuse::Coins.into()) };
    let publics = RequestPublics { g, h, m1_enc, m2_enc };
    Statement::<S>::new(&Request, bases, &publics).map_err(|_| Invalid.into())
}

fn response_statement<'k, S: Suite>(
    key: &'k PublicKey<S>,
    m1_enc: Point<S>,
    m2_enc: Point<S>,
    response: &CredentialResponse<S>,
) -> Result<Statement<'k, S>, Error> {
    let CredentialResponse { u, enc_u_prime, x0_aux, x1_aux, x2_aux, h_aux, .. } = *response;
    let publics = ResponsePublics {
        g: key.point(base::G),
        h: key.point(base::H),
        m1_enc,
        m2_enc,
        u,
        enc_u_prime,
        x0: key.x0(),
        x1: key.x1(),
        x2: key.x2(),
        x0_aux,
        x1_aux,
        x2_aux,
        h_aux,
    };
    Statement::<S>::new(&Response, key.bases(), &publics).map_err(|_| Invalid.into())
}
