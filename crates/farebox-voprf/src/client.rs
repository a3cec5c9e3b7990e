//! The client: it blinds its inputs, and finishes when the evaluation is there.

use core::fmt;

use alloc::vec::Vec;

use farebox_group::Group as _;
use farebox_sigma::{Fresh, Hedge};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::codec::{self, Reader};
use crate::dleq::Statement;
use crate::domain::Domain;
use crate::mode::sealed::{Part as _, Public as _};
use crate::{
    BlindedElements, Evaluation, Fault, Group, Info, Invalid, MAX_BATCH, MAX_INPUT, Malformed, Misuse, Mode, Oprf,
    Output, Point, Poprf, PublicKey, Refused, Scalar, Suite, Voprf, WithoutInfo, parallel,
};

/// The client between its message and the server's. Saved and finished once.
///
/// One state takes one evaluation:
///
/// ```
/// # use farebox_voprf::{ClientState, Evaluation, Oprf, Refused, Ristretto255Sha512 as S};
/// fn finish(state: ClientState<S, Oprf>, evaluation: &Evaluation<S, Oprf>) -> Result<(), Refused<ClientState<S, Oprf>>> {
///     let outputs = state.finalize(evaluation)?;
///     Ok(())
/// }
/// ```
///
/// A second one does not compile (E0382, use of a moved value):
///
/// ```compile_fail,E0382
/// # use farebox_voprf::{ClientState, Evaluation, Oprf, Refused, Ristretto255Sha512 as S};
/// fn finish(state: ClientState<S, Oprf>, evaluation: &Evaluation<S, Oprf>) -> Result<(), Refused<ClientState<S, Oprf>>> {
///     let outputs = state.finalize(evaluation)?;
///     let again = state.finalize(evaluation)?;
///     Ok(())
/// }
/// ```
///
/// Neither does an evaluation of another mode (E0308, mismatched types):
///
/// ```compile_fail,E0308
/// # use farebox_voprf::{ClientState, Evaluation, Oprf, Voprf, Refused, Ristretto255Sha512 as S};
/// fn finish(state: ClientState<S, Oprf>, evaluation: &Evaluation<S, Voprf>) -> Result<(), Refused<ClientState<S, Oprf>>> {
///     let outputs = state.finalize(evaluation)?;
///     Ok(())
/// }
/// ```
#[must_use = "the evaluation can only be used with this state"]
pub struct ClientState<S: Suite, M: Mode> {
    entries: Vec<Entry<S>>,
    /// The blinded elements, in the order of the entries.
    blinded: Vec<Point<S>>,
    info: M::Info<S>,
}

/// One input. Erased when dropped.
struct Entry<S: Suite> {
    blind: Scalar<S>,
    input: Zeroizing<Vec<u8>>,
}

/// What the client draws for its inputs: a scalar other than 0 for each, in their order.
#[cfg_attr(not(feature = "hazmat"), allow(unreachable_pub, reason = "public with `hazmat` only"))]
pub struct BlindCoins<S: Suite> {
    /// The blinds.
    pub blinds: Vec<Scalar<S>>,
}

impl<S: Suite> BlindCoins<S> {
    /// Draws 32 bytes, from which the blinds are derived together with the inputs: no blind serves two inputs.
    fn draw<M: Mode, R: CryptoRng + ?Sized>(rng: &mut R, inputs: &[&[u8]]) -> Self {
        let context = Domain::<S, M>::tag("farebox-voprf blind v1 ").concat();
        let mut hedge = Hedge::new::<Scalar<S>>(&context, &Fresh::draw(rng), &[], inputs);
        Self { blinds: inputs.iter().map(|_| hedge.nonzero_scalar()).collect() }
    }
}

impl<S: Suite> Drop for BlindCoins<S> {
    fn drop(&mut self) {
        self.blinds.zeroize();
    }
}

impl<S: Suite> fmt::Debug for BlindCoins<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlindCoins(..)")
    }
}

impl<S: Suite, M: WithoutInfo> ClientState<S, M> {
    /// Blinds 1 to 65,535 inputs of at most 65,535 bytes each (RFC 9497, Sections 3.3.1 and 3.3.2). The state has to be kept
    /// until the evaluation is there. Draws 32 bytes.
    ///
    /// # Errors
    /// [`Misuse::Batch`], [`Misuse::Input`].
    #[doc(alias = "Blind")]
    pub fn blind<R: CryptoRng + ?Sized>(inputs: &[&[u8]], rng: &mut R) -> Result<(Self, BlindedElements<S>), Misuse> {
        check_inputs(inputs)?;
        Self::blind_body(inputs, M::no_info(), BlindCoins::draw::<M, R>(rng, inputs))
    }

    /// [`blind`](Self::blind) with coins from outside.
    ///
    /// # Errors
    /// As [`blind`](Self::blind), and [`Misuse::Coins`].
    #[cfg(feature = "hazmat")]
    pub fn blind_with_coins(inputs: &[&[u8]], coins: BlindCoins<S>) -> Result<(Self, BlindedElements<S>), Misuse> {
        check_inputs(inputs)?;
        Self::blind_body(inputs, M::no_info(), coins)
    }
}

impl<S: Suite> ClientState<S, Poprf> {
    /// Blinds 1 to 65,535 inputs of at most 65,535 bytes each, for the public input `info` of at most 65,535 bytes and the
    /// server's key (RFC 9497, Section 3.3.3). The state has to be kept until the evaluation is there. Draws 32 bytes.
    ///
    /// # Errors
    /// [`Misuse::Batch`], [`Misuse::Input`], [`Misuse::Info`], [`Misuse::Tweak`].
    #[doc(alias = "Blind")]
    pub fn blind<R: CryptoRng + ?Sized>(
        inputs: &[&[u8]],
        info: &[u8],
        key: &PublicKey<S, Poprf>,
        rng: &mut R,
    ) -> Result<(Self, BlindedElements<S>), Misuse> {
        check_inputs(inputs)?;
        let info = Info::new(info, key.tweaked(info)?);
        Self::blind_body(inputs, info, BlindCoins::draw::<Poprf, R>(rng, inputs))
    }

    /// [`blind`](Self::blind) with coins from outside.
    ///
    /// # Errors
    /// As [`blind`](Self::blind), and [`Misuse::Coins`].
    #[cfg(feature = "hazmat")]
    pub fn blind_with_coins(
        inputs: &[&[u8]],
        info: &[u8],
        key: &PublicKey<S, Poprf>,
        coins: BlindCoins<S>,
    ) -> Result<(Self, BlindedElements<S>), Misuse> {
        check_inputs(inputs)?;
        Self::blind_body(inputs, Info::new(info, key.tweaked(info)?), coins)
    }
}

fn check_inputs(inputs: &[&[u8]]) -> Result<(), Misuse> {
    if !(1..=MAX_BATCH).contains(&inputs.len()) {
        return Err(Misuse::Batch);
    }
    if inputs.iter().any(|input| input.len() > MAX_INPUT) { Err(Misuse::Input) } else { Ok(()) }
}

impl<S: Suite, M: Mode> ClientState<S, M> {
    fn blind_body(
        inputs: &[&[u8]],
        info: M::Info<S>,
        coins: BlindCoins<S>,
    ) -> Result<(Self, BlindedElements<S>), Misuse> {
        if coins.blinds.len() != inputs.len() {
            return Err(Misuse::Coins);
        }
        let entry =
            |(blind, input): (&Scalar<S>, &&[u8])| Entry { blind: *blind, input: Zeroizing::new(input.to_vec()) };
        let entries: Vec<Entry<S>> = coins.blinds.iter().zip(inputs).map(entry).collect();
        // blindedElement = blind * HashToGroup(input)
        let halves = parallel::map(&entries, |Entry { blind, input }| {
            let element = Zeroizing::new(Domain::<S, M>::hash_to_group(input)?);
            Ok(*element * &Group::<S>::halve(blind))
        });
        let halves = halves.into_iter().collect::<Result<Vec<_>, Misuse>>()?;
        let blinded = parallel::encode::<S>(&halves).map_err(|_| Misuse::Coins)?;
        Ok((Self { entries, blinded: blinded.clone(), info }, BlindedElements { points: blinded }))
    }

    /// How many inputs there are.
    #[allow(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The outputs of elements that were checked as far as the mode can.
    fn unblind(&self, evaluated: &[Point<S>]) -> Result<Vec<Output<S>>, Invalid> {
        let mut inverses = Zeroizing::new(self.entries.iter().map(|entry| entry.blind).collect::<Vec<_>>());
        Group::<S>::invert_batch(&mut inverses);
        // N = blind^-1 * evaluatedElement
        let pairs: Vec<_> = evaluated.iter().zip(inverses.iter()).collect();
        let halves =
            Zeroizing::new(parallel::map(&pairs, |(point, inverse)| point.element() * &Group::<S>::halve(inverse)));
        let issued = parallel::encode::<S>(&halves).map_err(|_| Invalid)?;
        let pairs: Vec<_> = self.entries.iter().zip(&issued).collect();
        Ok(parallel::map(&pairs, |(entry, issued)| {
            Domain::<S, M>::finalize(&entry.input, self.info.info(), issued.bytes())
        }))
    }

    /// Hands the state back where `outputs` are refused.
    fn refuse_or<T>(self, outputs: Result<T, Invalid>) -> Result<T, Refused<Self>> {
        outputs.map_err(|error| Refused::new(self, error))
    }

    fn check_len(&self, evaluation: &Evaluation<S, M>) -> Result<(), Invalid> {
        if evaluation.len() == self.len() { Ok(()) } else { Err(Invalid) }
    }

    /// The saved form: version, kind, mode, suite (a byte each), the number of inputs in two bytes; in POPRF mode `info` behind
    /// its length in two bytes, and the tweaked key; for each input the blind, the blinded element, and the input behind its
    /// length in two bytes.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        let inputs: usize = self.entries.iter().map(|entry| entry.input.len()).sum();
        let each = 2 + Group::<S>::SCALAR_LEN + Group::<S>::ELEMENT_LEN;
        let info = self.info.info().map_or(0, |info| 2 + info.len() + Group::<S>::ELEMENT_LEN);
        // The capacity is given up front, so that no copy of a secret is left behind by growing.
        let mut out = Zeroizing::new(Vec::with_capacity(6 + info + self.len() * each + inputs));
        out.extend_from_slice(&Self::HEAD);
        out.extend_from_slice(&(self.len() as u16).to_be_bytes());
        self.info.write(&mut out);
        for (entry, blinded) in self.entries.iter().zip(&self.blinded) {
            codec::write_scalar::<S>(&mut out, &entry.blind);
            out.extend_from_slice(blinded.bytes());
            codec::write_prefixed(&mut out, &entry.input);
        }
        out
    }

    /// Reads the saved form.
    ///
    /// # Errors
    /// [`Malformed`], also for a state of another mode or suite. That the blinded elements are those of blinds and inputs is not
    /// checked.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        if reader.take("version", Self::HEAD.len())? != Self::HEAD {
            return Err(Malformed { field: "version", fault: Fault::Version });
        }
        let count = reader.number("inputs")?;
        if count == 0 {
            return Err(Malformed { field: "inputs", fault: Fault::Count(0) });
        }
        let info = M::Info::<S>::read(&mut reader)?;
        let (mut entries, mut blinded) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let blind = reader.nonzero::<S>("blind")?;
            blinded.push(reader.point::<S>("blindedElement")?);
            entries.push(Entry { blind, input: Zeroizing::new(reader.prefixed("input")?.to_vec()) });
        }
        reader.end()?;
        Ok(Self { entries, blinded, info })
    }

    const HEAD: [u8; 4] = [1, 1, M::BYTE[0], S::NUMBER];
}

impl<S: Suite> ClientState<S, Oprf> {
    /// The outputs, in the order of the inputs (RFC 9497, Section 3.3.1). Nothing shows that the server used the key it should.
    ///
    /// # Errors
    /// The state comes back, with [`Invalid`] where there are not as many elements as inputs.
    #[doc(alias = "Finalize")]
    pub fn finalize(self, evaluation: &Evaluation<S, Oprf>) -> Result<Vec<Output<S>>, Refused<Self>> {
        let outputs = self.check_len(evaluation).and_then(|()| self.unblind(&evaluation.points));
        self.refuse_or(outputs)
    }
}

impl<S: Suite> ClientState<S, Voprf> {
    /// Checks the proof and takes the outputs, in the order of the inputs (RFC 9497, Section 3.3.2). `key` is the one that the
    /// client pinned.
    ///
    /// # Errors
    /// The state comes back, with [`Invalid`].
    #[doc(alias = "Finalize")]
    pub fn finalize(
        self,
        key: &PublicKey<S, Voprf>,
        evaluation: &Evaluation<S, Voprf>,
    ) -> Result<Vec<Output<S>>, Refused<Self>> {
        let statement = Statement { key: &key.point, c: &self.blinded, d: &evaluation.points };
        let checked = self.check_len(evaluation).and_then(|()| statement.verify::<Voprf>(&evaluation.proof));
        let outputs = checked.and_then(|()| self.unblind(&evaluation.points));
        self.refuse_or(outputs)
    }
}

impl<S: Suite> ClientState<S, Poprf> {
    /// Checks the proof and takes the outputs, in the order of the inputs (RFC 9497, Section 3.3.3), for the public input and the
    /// key that the state was made with.
    ///
    /// # Errors
    /// The state comes back, with [`Invalid`].
    #[doc(alias = "Finalize")]
    pub fn finalize(self, evaluation: &Evaluation<S, Poprf>) -> Result<Vec<Output<S>>, Refused<Self>> {
        // The key's multiple is the blinded element here.
        let statement = Statement { key: &self.info.tweaked, c: &evaluation.points, d: &self.blinded };
        let checked = self.check_len(evaluation).and_then(|()| statement.verify::<Poprf>(&evaluation.proof));
        let outputs = checked.and_then(|()| self.unblind(&evaluation.points));
        self.refuse_or(outputs)
    }
}

impl<S: Suite> Drop for Entry<S> {
    fn drop(&mut self) {
        self.blind.zeroize();
    }
}

impl<S: Suite, M: Mode> ZeroizeOnDrop for ClientState<S, M> {}

impl<S: Suite, M: Mode> fmt::Debug for ClientState<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientState(..)")
    }
}
