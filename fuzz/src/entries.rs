//! Entries of a wallet's journal: one of each kind, from honest runs against the issuer.

use farebox_tokens::client::{self, Cache, Offer, Restored, act, arc, batch, generic, paired, single};
use farebox_tokens::issuer::Issuer;
use farebox_tokens::origin;
use privacypass_wire::TokenType;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::tokens::{Failure, NOW, world};

/// An entry is read to its end or refused, and what is read and can be written is written as it was.
pub(crate) fn entry(data: &[u8]) -> bool {
    let Ok(state) = Restored::from_entry(data, &mut Cache::default()) else { return false };
    let written = match &state {
        Restored::Held(held) => Some(held.entry()),
        Restored::ArcHolder(holder) => Some(holder.entry()),
        Restored::ActIdle(idle) => Some(idle.entry()),
        Restored::Pair(pair) => Some(pair.entry()),
        _ => None,
    };
    if let Some(written) = written {
        assert_eq!(written.as_bytes(), data, "another entry for the same state");
    }
    true
}

pub(crate) fn entries() -> Vec<Vec<u8>> {
    honest().expect("an honest run passes")
}

/// What the steps of a run write.
#[derive(Default)]
struct Journal(Vec<Vec<u8>>);

impl Journal {
    fn write<T>(&mut self, step: client::Unwritten<T>) -> T {
        self.0.push(step.entry().as_bytes().to_vec());
        step.written()
    }
}

fn answer(issuer: &Issuer, request: client::Outgoing<'_>, rng: &mut StdRng) -> Vec<u8> {
    issuer.answer(request.content_type, request.body, NOW, rng).body
}

/// The client's view of an offer.
fn received(offer: &origin::Offer) -> Result<Offer, Failure> {
    Ok(Offer::new(&offer.to_wire(), "origin.example", None)?)
}

fn honest() -> Result<Vec<Vec<u8>>, Failure> {
    let (world, rng) = (world(), &mut StdRng::seed_from_u64(3));
    let offer = |token_type| {
        let found = world.offers.iter().find(|offer| offer.challenge().token_type() == token_type);
        received(found.ok_or("no such offer")?)
    };
    let mut journal = Journal::default();
    let (once, issuer) = (offer(TokenType::VOPRF_RISTRETTO255)?, &world.issuer);
    for token_type in [TokenType::VOPRF_P384, TokenType::BLIND_RSA, TokenType::VOPRF_RISTRETTO255] {
        let offer = offer(token_type)?;
        let pending = journal.write(single::request(&offer, rng)?);
        let answer = answer(issuer, pending.outgoing(), rng);
        let held = journal.write(pending.finish(&answer)?);
        let _shown = journal.write(held.redeem(&offer)?);
    }
    let pending = journal.write(batch::request(&once, 3, rng)?);
    let body = answer(issuer, pending.outgoing(), rng);
    let _tokens = journal.write(pending.finish(&body)?);

    let presented = offer(TokenType::ARC)?;
    let pending = journal.write(arc::request(&presented, rng)?);
    let body = answer(issuer, pending.outgoing(), rng);
    let holder = journal.write(pending.finish(&body)?);
    let shown = journal.write(holder.present(&presented, rng)?);
    let holder = shown.into_holder();
    journal.0.push(holder.entry().as_bytes().to_vec());

    let charged = offer(TokenType::ACT)?;
    let parameters = parameters()?;
    let pending = journal.write(act::request(&charged, &parameters, rng)?);
    let body = answer(issuer, pending.outgoing(), rng);
    let idle = journal.write(pending.finish(&body)?);
    let _spent = journal.write(idle.spend(&charged, rng)?);

    let wishes =
        [generic::Wish::For(&once), generic::Wish::For(&presented), generic::Wish::Credits(&charged, &parameters)];
    let pending = journal.write(generic::request(&wishes, rng)?);
    let body = answer(issuer, pending.outgoing(), rng);
    let _gained = journal.write(pending.finish(&body)?);

    let companion = single::request(&once, rng)?.written();
    let body = answer(issuer, companion.outgoing(), rng);
    let pair = paired::Pair { holder, companion: companion.finish(&body)?.written() };
    journal.0.push(pair.entry().as_bytes().to_vec());
    let _shown = journal.write(pair.present(&presented, &once, rng)?);
    Ok(journal.0)
}

fn parameters() -> Result<act::Parameters, Failure> {
    let directory = world().issuer.directory("/token-request", NOW);
    let entry = directory.token_keys.iter().find_map(|key| key.act.as_ref()).ok_or("no ACT key")?;
    Ok(act::Parameters::from_directory(entry, &mut Cache::default())?)
}
