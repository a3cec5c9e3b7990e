//! Tokens, made by the client's machines before the clock starts.

use std::net::SocketAddr;

use farebox_tokens::client::{Cache, Offer, Outgoing, act, arc, batch, generic};
use privacypass_wire::{Token, TokenType};

use crate::load;
use crate::site::{LIMIT, Site, now};

/// What is redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    VoprfP384,
    BlindRsa,
    VoprfRistretto255,
    Arc,
    Act,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] = [Self::Act, Self::Arc, Self::VoprfRistretto255, Self::VoprfP384, Self::BlindRsa];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::VoprfP384 => "voprf-p384",
            Self::BlindRsa => "blind-rsa-2048",
            Self::VoprfRistretto255 => "voprf-ristretto255",
            Self::Arc => "arc-p256-1000",
            Self::Act => "act-8",
        }
    }

    pub(crate) fn token_type(self) -> TokenType {
        match self {
            Self::VoprfP384 => TokenType::VOPRF_P384,
            Self::BlindRsa => TokenType::BLIND_RSA,
            Self::VoprfRistretto255 => TokenType::VOPRF_RISTRETTO255,
            Self::Arc => TokenType::ARC,
            Self::Act => TokenType::ACT,
        }
    }

    /// So many fewer tokens in a round: they cost the client more.
    pub(crate) fn weight(self) -> usize {
        match self {
            Self::VoprfRistretto255 => 1,
            Self::Act | Self::VoprfP384 => 2,
            Self::Arc | Self::BlindRsa => 4,
        }
    }
}

/// Header values of so many tokens for what this gate asks.
pub(crate) fn make(site: &Site, kind: Kind, gate: SocketAddr, count: usize, cores: usize) -> Vec<Vec<u8>> {
    let offer = load::offer(gate);
    let share = count.div_ceil(cores);
    let mut all: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let offer = &offer;
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(move || some(site, kind, offer, share))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    all.truncate(count);
    all
}

fn some(site: &Site, kind: Kind, offer: &Offer, count: usize) -> Vec<Vec<u8>> {
    let rng = &mut rand::rng();
    let ask =
        |outgoing: Outgoing<'_>| site.issuer.answer(outgoing.content_type, outgoing.body, now(), &mut rand::rng()).body;
    match kind {
        Kind::VoprfP384 | Kind::VoprfRistretto255 => {
            let pending = batch::request(offer, count.min(1000), rng).unwrap().written();
            let answer = ask(pending.outgoing());
            let mut tokens: Vec<_> = pending.finish(&answer).unwrap().written();
            while tokens.len() < count {
                let pending = batch::request(offer, (count - tokens.len()).min(1000), rng).unwrap().written();
                let answer = ask(pending.outgoing());
                tokens.extend(pending.finish(&answer).unwrap().written());
            }
            tokens.into_iter().map(|held| held.redeem(offer).unwrap().written().token_bytes()).collect()
        }
        Kind::BlindRsa => {
            let mut tokens = Vec::new();
            while tokens.len() < count {
                let wishes = vec![generic::Wish::For(offer); (count - tokens.len()).min(500)];
                let pending = generic::request(&wishes, rng).unwrap().written();
                let answer = ask(pending.outgoing());
                for gained in pending.finish(&answer).unwrap().written().into_iter().flatten() {
                    let generic::Gained::Token(held) = gained else { continue };
                    tokens.push(held.redeem(offer).unwrap().written().token_bytes());
                }
            }
            tokens
        }
        Kind::Arc => {
            let mut tokens = Vec::new();
            while tokens.len() < count {
                let pending = arc::request(offer, rng).unwrap().written();
                let answer = ask(pending.outgoing());
                let mut holder = pending.finish(&answer).unwrap().written();
                for _ in 0..(count - tokens.len()).min(LIMIT as usize) {
                    let presented = holder.present(offer, rng).unwrap().written();
                    tokens.push(presented.token_bytes().to_vec());
                    holder = presented.into_holder();
                }
            }
            tokens
        }
        Kind::Act => {
            let directory = site.issuer.directory("/", now());
            let entry = directory.key_for(TokenType::ACT, now()).and_then(|key| key.act.clone()).unwrap();
            let parameters = act::Parameters::from_directory(&entry, &mut Cache::default()).unwrap();
            let one = || {
                let pending = act::request(offer, &parameters, &mut rand::rng()).unwrap().written();
                let answer = ask(pending.outgoing());
                let idle = pending.finish(&answer).unwrap().written();
                idle.spend(offer, &mut rand::rng()).unwrap().written().token_bytes().to_vec()
            };
            (0..count).map(|_| one()).collect()
        }
    }
}

/// The field `Authorization`.
pub(crate) fn authorization(token: &[u8]) -> String {
    use privacypass_wire::http::{Authorization, Style};
    Authorization::new(&Token::from_bytes(token).unwrap()).to_header_value(Style::Quoted).unwrap()
}
