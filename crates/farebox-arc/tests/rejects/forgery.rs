//! What a dishonest holder of a credential can make with the engine, and where it is stopped.

use farebox_arc::relation::presentation::{Presentation as Shown, PresentationPublics, PresentationSecrets};
use farebox_sigma::{Flavor, LinearEquation, Profile, Statement, Transcript, Witness, witness};

use super::*;

/// What a credential consists of.
pub(super) struct Holder<S: Suite> {
    pub(super) m1: Scalar<S>,
    pub(super) u: Element<S>,
    pub(super) u_prime: Element<S>,
}

impl<S: Tested> Holder<S> {
    pub(super) fn of(run: &Run<S>) -> Self {
        let point = |at| point_at::<S>(&run.credential, at).element();
        let (m1, ne) = (scalar_at::<S>(&run.credential, HOLDER), common::ne::<S>());
        Self { m1, u: point(HOLDER + 32), u_prime: point(HOLDER + 32 + ne) }
    }
}

/// A nonce with the bits that shall show that it is below the limit. A bit is any number here.
pub(super) struct Claim<S: Suite> {
    pub(super) limit: Limit,
    pub(super) nonce: Scalar<S>,
    pub(super) bits: Vec<u64>,
    /// What nonceCommit's blinding has beyond the sum of the commitments'.
    pub(super) off: Scalar<S>,
}

impl<S: Suite> Claim<S> {
    pub(super) fn new(n: u64, nonce: u64, bits: &[u64]) -> Self {
        Self { limit: limit(n), nonce: nonce.into(), bits: bits.to_vec(), off: Scalar::<S>::ZERO }
    }
}

/// A range proof without its proof.
pub(super) struct Range<S: Suite> {
    pub(super) nonce_blinding: Scalar<S>,
    pub(super) s: Vec<Scalar<S>>,
    pub(super) nonce_commit: Point<S>,
    pub(super) d: Vec<Point<S>>,
}

impl<S: Suite> Range<S> {
    pub(super) fn of(claim: &Claim<S>) -> Self {
        let bases = claim.limit.bases();
        let s = randoms::<S>(bases.len());
        let blinding = bases.iter().zip(&s).fold(claim.off, |sum, (base, s)| sum + Scalar::<S>::from(*base) * *s);
        let commit = |v: &Scalar<S>, s: &Scalar<S>| Point::<S>::encode(g::<S>() * v + h::<S>() * s).unwrap();
        let d = claim.bits.iter().zip(&s).map(|(bit, s)| commit(&(*bit).into(), s)).collect();
        Self { nonce_blinding: blinding, nonce_commit: commit(&claim.nonce, &blinding), s, d }
    }

    /// The scalars of the statement, behind m1, z and -r.
    pub(super) fn secrets(&self, claim: &Claim<S>, [m1, z, neg_r]: [Scalar<S>; 3]) -> PresentationSecrets<Scalar<S>> {
        let b: Vec<Scalar<S>> = claim.bits.iter().map(|bit| (*bit).into()).collect();
        let s2 = b.iter().zip(&self.s).map(|(b, s)| (Scalar::<S>::ONE - *b) * *s).collect();
        let (nonce, nonce_blinding, s) = (claim.nonce, self.nonce_blinding, self.s.clone());
        PresentationSecrets { m1, z, neg_r, nonce, nonce_blinding, b, s, s2 }
    }
}

pub(super) fn g<S: Suite>() -> Element<S> {
    S::Group::generator()
}

pub(super) fn h<S: Suite>() -> Element<S> {
    S::bases().points()[1].element()
}

pub(super) fn x1<S: Tested>(run: &Run<S>) -> Point<S> {
    point_at::<S>(&run.public().to_bytes(), common::ne::<S>())
}

pub(super) fn session<S: Suite>() -> Vec<u8> {
    [S::CONTEXT_STRING.as_bytes(), b"CredentialPresentation"].concat()
}

/// A presentation of the holder's, whatever the claim.
pub(super) struct Forgery<S: Arc01> {
    /// U, U'Commit, m1Commit, tag, nonceCommit, D.
    pub(super) elements: Vec<u8>,
    pub(super) statement: Statement<'static, S::Group>,
    pub(super) witness: Witness<Scalar<S>>,
}

impl<S: Tested> Forgery<S> {
    pub(super) fn new(run: &Run<S>, claim: &Claim<S>) -> Self {
        let (holder, range) = (Holder::of(run), Range::of(claim));
        let [a, r, z] = [(); 3].map(|()| random::<S>());
        let point = |element| Point::<S>::encode(element).unwrap();
        let (u, x1) = (holder.u * &a, x1(run));
        let bases = S::bases();
        let publics = PresentationPublics {
            g: bases.points()[0],
            h: bases.points()[1],
            u: point(u),
            u_prime_commit: point(holder.u_prime * &a + g::<S>() * &r),
            m1_commit: point(u * &holder.m1 + h::<S>() * &z),
            v: point(x1.element() * &z - g::<S>() * &r),
            x1,
            tag: point(point_at::<S>(context::<S>().as_bytes(), 0).element() * &(holder.m1 + claim.nonce).invert()),
            t: point_at::<S>(context::<S>().as_bytes(), 0),
            nonce_commit: range.nonce_commit,
            d: if claim.limit.bits() == 1 { vec![] } else { range.d.clone() },
        };
        let secrets = range.secrets(claim, [holder.m1, z, -r]);
        let statement = Statement::new(&Shown { limit: claim.limit }, bases, &publics).unwrap();
        let shown = [publics.u, publics.u_prime_commit, publics.m1_commit, publics.tag, publics.nonce_commit];
        let elements = shown.iter().chain(&range.d).flat_map(|point| point.bytes().to_vec()).collect();
        Self { elements, statement, witness: witness::<Shown, _>(&secrets) }
    }

    pub(super) fn holds(&self) -> bool {
        self.statement.holds_vartime(&self.witness)
    }

    /// The message, and whether the engine accepts its proof.
    pub(super) fn prove(&self) -> (Vec<u8>, bool) {
        let transcript = Transcript::<S::Profile>::new().session(session::<S>());
        let argument = transcript.statement(self.statement.clone()).unwrap();
        // The engine's prover takes it for granted that the witness fits.
        let proof = ByHand::<S>::of(&self.statement).prove(&self.witness);
        let accepted = argument.verify(Flavor::Compact, &proof).is_ok();
        ([self.elements.as_slice(), &proof].concat(), accepted)
    }
}

/// A statement that is proved and verified without the engine: the equations as they stand, one after the other. It knows
/// elements only, so that one of them can be the identity.
pub(super) struct ByHand<S: Suite> {
    pub(super) label: Vec<u8>,
    pub(super) equations: Vec<LinearEquation<Scalar<S>>>,
    pub(super) elements: Vec<Element<S>>,
}

impl<S: Suite> ByHand<S> {
    pub(super) fn of(statement: &Statement<'_, S::Group>) -> Self {
        let elements = statement.points().iter().map(Point::<S>::element).collect();
        Self { label: S::Profile::label(statement).unwrap(), equations: statement.equations().to_vec(), elements }
    }

    /// The identity in the place of an element, in the label as zeros.
    pub(super) fn with_identity(mut self, element: usize) -> Self {
        let encoded = Point::<S>::encode(self.elements[element]).unwrap();
        let is_there = |window: &[u8]| window == encoded.bytes();
        let places: Vec<usize> = (0..self.label.len() - encoded.bytes().len())
            .filter(|at| is_there(&self.label[*at..at + encoded.bytes().len()]))
            .collect();
        assert_eq!(places.len(), 1);
        self.label[places[0]..places[0] + encoded.bytes().len()].fill(0);
        self.elements[element] = Element::<S>::identity();
        self
    }

    fn images(&self) -> Vec<Element<S>> {
        let sum = |image: &[(usize, Scalar<S>)]| {
            image.iter().fold(Element::<S>::identity(), |sum, (e, c)| sum + self.elements[*e] * c)
        };
        self.equations.iter().map(|equation| sum(&equation.image)).collect()
    }

    fn map(&self, scalars: &[Scalar<S>]) -> Vec<Element<S>> {
        let sum = |terms: &[(usize, usize, Scalar<S>)]| {
            let term = |(s, e, c): &(usize, usize, Scalar<S>)| self.elements[*e] * &(*c * scalars[*s]);
            terms.iter().fold(Element::<S>::identity(), |sum, of| sum + term(of))
        };
        self.equations.iter().map(|equation| sum(&equation.terms)).collect()
    }

    fn challenge(&self, commitments: &[Element<S>]) -> Scalar<S> {
        let mut sponge = S::Profile::begin(&session::<S>(), Flavor::Compact, &self.label);
        for commitment in commitments {
            S::Profile::commit(&mut sponge, Point::<S>::encode(*commitment).unwrap().bytes());
        }
        S::Profile::challenge(&sponge)
    }

    pub(super) fn prove(&self, witness: &[Scalar<S>]) -> Vec<u8> {
        let nonces = randoms::<S>(witness.len());
        let challenge = self.challenge(&self.map(&nonces));
        let factor = S::Profile::factor(challenge);
        let responses = nonces.iter().zip(witness).map(|(nonce, secret)| *nonce + factor * *secret);
        [challenge].into_iter().chain(responses).flat_map(bytes_of::<S>).collect()
    }

    pub(super) fn verify(&self, proof: &[u8]) -> bool {
        let scalars: Vec<_> = (0..proof.len()).step_by(32).map(|at| scalar_at::<S>(proof, at)).collect();
        let factor = S::Profile::factor(scalars[0]);
        let images = self.images();
        let commitments: Vec<_> =
            self.map(&scalars[1..]).into_iter().zip(images).map(|(of, image)| of - image * &factor).collect();
        self.challenge(&commitments) == scalars[0]
    }
}

/// The tool is sound: the issuer accepts what it makes of an honest claim.
fn an_honest_claim_is_accepted<S: Tested>() {
    for (n, nonce, bits) in [(2, 1, &[1][..]), (3, 2, &[1, 1]), (10, 5, &[1, 0, 0, 1]), (10, 9, &[1, 1, 1, 1])] {
        let (run, claim) = (Run::<S>::of(n), Claim::new(n, nonce, bits));
        let forgery = Forgery::new(run, &claim);
        assert!(forgery.holds());
        let (message, accepted) = forgery.prove();
        assert!(accepted);
        assert_eq!(message.len(), run.presentation.len());
        let _ = run.verify(&message).unwrap();
    }
}

/// 2 of N = 10 is the second base or the third. Clients take the second; which one was taken cannot be seen, so taking the
/// other is no forgery.
fn another_decomposition_is_accepted<S: Tested>() {
    let run = Run::<S>::of(10);
    assert_eq!(run.limit.bases(), [4, 2, 2, 1]);
    for bits in [&[0, 1, 0, 0], &[0, 0, 1, 0]] {
        let (message, accepted) = Forgery::new(run, &Claim::new(10, 2, bits)).prove();
        assert!(accepted);
        let _ = run.verify(&message).unwrap();
    }
}

/// A claim whose proof the engine accepts, and which the sum of the commitments refutes.
fn refused_by_the_sum<S: Tested>(claims: impl IntoIterator<Item = Claim<S>>) {
    for claim in claims {
        let run = Run::<S>::of(claim.limit.get());
        let forgery = Forgery::new(run, &claim);
        assert!(forgery.holds());
        let (message, accepted) = forgery.prove();
        assert!(accepted, "the proof holds");
        assert_eq!(run.verify(&message).unwrap_err(), INVALID);
    }
}

/// Bits cannot say more than N - 1, so they say N - 1, or nothing.
fn the_nonce_is_n<S: Tested>() {
    refused_by_the_sum::<S>([
        Claim::new(3, 3, &[1, 1]),
        Claim::new(10, 10, &[1, 1, 1, 1]),
        Claim::new(10, 10, &[0, 0, 0, 0]),
        Claim::new(16, 16, &[1, 1, 1, 1]),
    ]);
}

fn the_nonce_is_far_above_n<S: Tested>() {
    let minus_one = Claim { nonce: -Scalar::<S>::ONE, ..Claim::new(10, 0, &[1, 1, 1, 1]) };
    let any = Claim { nonce: random::<S>(), ..Claim::new(10, 0, &[1, 0, 1, 1]) };
    refused_by_the_sum::<S>([Claim::new(10, 11, &[1, 1, 1, 1]), Claim::new(10, 1 << 32, &[1; 4]), minus_one, any]);
}

/// Below N, but not what the bits say.
fn the_bits_sum_to_another_nonce<S: Tested>() {
    refused_by_the_sum::<S>([
        Claim::new(10, 5, &[1, 0, 0, 0]),
        Claim::new(10, 0, &[0, 0, 0, 1]),
        Claim::new(3, 1, &[1, 1]),
    ]);
}

/// The values agree, and the blindings do not.
fn the_blindings_sum_to_another<S: Tested>() {
    refused_by_the_sum::<S>([Claim { off: Scalar::<S>::ONE, ..Claim::new(10, 5, &[1, 0, 0, 1]) }]);
}

/// The sum is right because a bit is none: the proof refuses it.
fn a_bit_is_2<S: Tested>() {
    for (n, nonce, bits) in
        [(2, 2, &[2][..]), (3, 3, &[2, 1]), (10, 10, &[2, 1, 0, 0]), (10, 18, &[2, 2, 2, 2]), (10, 11, &[1, 1, 1, 3])]
    {
        let (run, claim) = (Run::<S>::of(n), Claim::new(n, nonce, bits));
        let forgery = Forgery::new(run, &claim);
        assert!(!forgery.holds());
        let (message, accepted) = forgery.prove();
        assert!(!accepted);
        assert_eq!(run.verify(&message).unwrap_err(), INVALID);
    }
}

/// With one bit the sum is D_0 = nonceCommit, and the proof is about nonceCommit only: the bytes of D_0 are bound by the
/// comparison alone.
fn d_0_is_not_nonce_commit<S: Tested>() {
    let run = Run::<S>::of(2);
    let place = at::d::<S>(0);
    let nonce_commit = at::nonce_commit::<S>();
    let len = common::ne::<S>();
    assert_eq!(run.presentation[place..place + len], run.presentation[nonce_commit..nonce_commit + len]);
    for d_0 in [shift::<S>(&run.presentation, place)[place..place + len].to_vec(), context::<S>().as_bytes().to_vec()] {
        let message = put(&run.presentation, place, &d_0);
        assert_eq!(run.verify(&message).unwrap_err(), INVALID);
    }
    // Both moved: the proof is about nonceCommit.
    let message = shift::<S>(&shift::<S>(&run.presentation, place), nonce_commit);
    assert_eq!(run.verify(&message).unwrap_err(), INVALID);
    run.verify(&run.presentation).unwrap();
}

/// A presentation with the tag of another nonce: the proof refuses it.
fn the_tag_is_of_another_nonce<S: Tested>() {
    let run = Run::<S>::of(10);
    let (message, _) = Forgery::new(run, &Claim::new(10, 5, &[1, 0, 0, 1])).prove();
    let (other, _) = Forgery::new(run, &Claim::new(10, 4, &[1, 0, 0, 0])).prove();
    let tag = at::tag::<S>();
    let mixed = put(&message, tag, &other[tag..tag + common::ne::<S>()]);
    assert_eq!(run.verify(&mixed).unwrap_err(), INVALID);
}

/// A credential that nobody issued: U' is not the MAC of m1 and the request context under the key.
fn the_credential_is_made_up<S: Tested>() {
    let run = Run::<S>::of(10);
    for at in [HOLDER, HOLDER + 32, HOLDER + 32 + common::ne::<S>()] {
        let saved = if at == HOLDER { common::bump::<S>(&run.credential, at) } else { shift::<S>(&run.credential, at) };
        let mut credential = Credential::from_bytes(run.public(), &saved).unwrap();
        let state = credential.open(context(), run.limit).unwrap();
        let (message, _) = state.present(&mut rand::rng()).unwrap().into_parts();
        assert_eq!(run.verify(&message.to_bytes()).unwrap_err(), INVALID);
    }
}

crate::on_every_suite!(
    an_honest_claim_is_accepted,
    another_decomposition_is_accepted,
    the_nonce_is_n,
    the_nonce_is_far_above_n,
    the_bits_sum_to_another_nonce,
    the_blindings_sum_to_another,
    a_bit_is_2,
    d_0_is_not_nonce_commit,
    the_tag_is_of_another_nonce,
    the_credential_is_made_up,
);
