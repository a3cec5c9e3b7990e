//! The older draft's challenge: a hash to a scalar of all elements and commitments.

use alloc::vec::Vec;

use farebox_group::{ByteOrder, Group};
use farebox_sigma::{BaseSet, Error, Flavor, Malformed, Profile, Shake128, Statement, Xof};

/// `challenge = HashToScalar(len || element || .. || len || commitment || .., contextString || label)`, with `u16` lengths,
/// and `response = nonce - challenge * secret`. The equations are not hashed; the label stands for them.
///
/// The tag of the hash has the context string twice, once from the suite and once from the session's `info`.
#[derive(Clone, Copy, Debug, Default)]
pub struct HashedToScalar;

impl<G: Group> Profile<G> for HashedToScalar {
    type Xof = Message;
    const SCALAR_ORDER: ByteOrder = G::SCALAR_ORDER;

    fn label(statement: &Statement<'_, G>) -> Result<Vec<u8>, Error> {
        let mut label = Vec::with_capacity((2 + G::ELEMENT_LEN) * statement.points().len());
        statement.points().iter().for_each(|point| prefixed(&mut label, point.bytes()));
        Ok(label)
    }

    fn parse<'b>(_: &'b BaseSet<G>, _: &[u8]) -> Result<Statement<'b, G>, Error> {
        Err(Malformed::Statement("the equations are not written").into())
    }

    fn begin(session: &[u8], _: Flavor, label: &[u8]) -> Message {
        Message { session: session.to_vec(), elements: label.to_vec() }
    }

    fn commit(message: &mut Message, commitment: &[u8]) {
        prefixed(&mut message.elements, commitment);
    }

    fn challenge(message: &Message) -> G::Scalar {
        // Only an empty tag is refused, and this one is not.
        G::hash_to_scalar(&[&message.elements], &[b"HashToScalar-", &message.session]).unwrap_or_default()
    }

    fn factor(challenge: G::Scalar) -> G::Scalar {
        -challenge
    }
}

fn prefixed(message: &mut Vec<u8>, bytes: &[u8]) {
    message.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
    message.extend_from_slice(bytes);
}

/// What is hashed, collected.
#[derive(Clone, Debug, Default)]
pub struct Message {
    session: Vec<u8>,
    elements: Vec<u8>,
}

/// The stream is for the weights of batches, which are local.
impl Xof for Message {
    const NAME: &'static str = "HashToScalar";
    const RATE: usize = Shake128::RATE;
    type Reader = <Shake128 as Xof>::Reader;

    fn absorb(&mut self, bytes: &[u8]) {
        self.elements.extend_from_slice(bytes);
    }

    fn reader(&self) -> Self::Reader {
        let mut xof = Shake128::default();
        xof.absorb(&(self.session.len() as u64).to_le_bytes());
        xof.absorb(&self.session);
        xof.absorb(&self.elements);
        xof.reader()
    }
}
