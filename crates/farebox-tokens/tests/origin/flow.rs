//! From an offer to an answer, for every type.

use farebox_tokens::Validity;
use farebox_tokens::origin::{Decision, Demand, Offer, Offers, Outcome};
use futures_executor::block_on;
use privacypass_wire::http::{Authorization, Reading, Style, WwwAuthenticate};
use privacypass_wire::{Any, Limits, Token, TokenType};

use crate::common::flow::{answered, granted, ledger, redeem};
use crate::common::{COST, EPOCH, LIMIT, NOW, terms, world};

#[test]
fn offer_header_token_answer() {
    for token_type in TokenType::KNOWN {
        let offer = world().offer(token_type);
        let offers = Offers::new([offer.clone()]);
        assert_eq!(offers.iter().map(Offer::digest).collect::<Vec<_>>(), [offer.digest()]);

        // 401, with what a client needs.
        let header = offer.to_wire().to_header_value(Style::Quoted).unwrap();
        let read = WwwAuthenticate::parse([header], Reading::Strict, &Limits::DEFAULT).unwrap();
        let [read] = read.challenges.as_slice() else { panic!() };
        let Any::Known(challenge) = read.decode().unwrap() else { panic!() };
        assert_eq!(&challenge, offer.challenge());
        assert_eq!(read.token_key, Some(world().key(token_type).key().public_key()));
        assert_eq!(read.max_age, Some(60));
        assert_eq!(read.cost, (token_type == TokenType::ACT).then_some(COST));
        assert_eq!(read.rate_limit, (token_type == TokenType::ARC).then_some(LIMIT));
        assert!(read.others.is_empty());

        // The client asks the issuer, and sends the token.
        let (asked, request) = world().ask(&challenge);
        let held = asked.finish(&world().issuer.issue(&request, NOW, &mut rand::rng()).unwrap());
        let token = Token::from_bytes(&held.token(&offer).0).unwrap();
        let header = Authorization::new(&token).to_header_value(Style::Quoted).unwrap();
        let sent = Authorization::parse(header.as_bytes(), Reading::Strict, &Limits::DEFAULT).unwrap().unwrap();

        let bound = offers.bind(&sent.token, sent.companion.as_deref(), NOW).unwrap();
        assert_eq!(bound.offer().digest(), offer.digest());
        let verified = bound.verify(|_| panic!("a spend that costs something")).unwrap();
        assert_eq!(verified.charge(), (token_type == TokenType::ACT).then_some(COST));
        assert_eq!((verified.serials().len(), verified.offer().digest()), (1, offer.digest()));
        let ledger = ledger();
        let grant = granted(block_on(verified.reserve(&ledger, None)).unwrap());
        assert_eq!(grant.charge(), (token_type == TokenType::ACT).then_some(COST));
        let served = answered(grant, Decision::Nothing, &ledger);
        // ACT always gets a refund, with which the rest can be spent.
        let len = served.reverse.as_ref().map(Vec::len);
        assert_eq!(len, (token_type == TokenType::ACT).then_some(164));

        // The same bytes again give that answer, and no second run.
        match redeem(&offers, &sent.token, &ledger) {
            Outcome::Replayed(again) => assert_eq!(again, served),
            other => panic!("{other:?}"),
        }
        assert_eq!(ledger.store().len(), 1);
    }
}

/// An origin of Blind RSA tokens needs no secret.
#[test]
fn blind_rsa_with_the_public_key_only() {
    let world = world();
    let spki = world.key(TokenType::BLIND_RSA).key().public_key();
    let public = farebox_blind_rsa::PublicKey::from_spki(&spki).unwrap();
    let offer = Offer::new(
        &terms(TokenType::BLIND_RSA),
        Demand::BlindRsa(public, Validity { epoch: EPOCH, ..Validity::ALWAYS }),
    )
    .unwrap();
    assert_eq!(offer.digest(), world.offer(TokenType::BLIND_RSA).digest());
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let token = world.token(&offer);
    let served = answered(granted(redeem(&offers, &token, &ledger)), Decision::Nothing, &ledger);
    assert_eq!(served.reverse, None);
    // It is the serial that an origin with the secret key has.
    let twin = Offers::new([world.offer(TokenType::BLIND_RSA)]);
    assert!(matches!(redeem(&twin, &token, &ledger), Outcome::Replayed(_)));
}

/// The field is in the draft and says nothing: clients send 0, and whatever comes is ignored.
#[test]
fn the_nonce_of_an_arc_token_is_ignored() {
    let offer = world().offer(TokenType::ARC);
    let offers = Offers::new([offer.clone()]);
    let ledger = ledger();
    let mut token = world().token(&offer);
    assert_eq!(token[2..6], [0; 4]);
    token[2..6].copy_from_slice(&0xffff_fff7_u32.to_be_bytes());
    let _grant = granted(redeem(&offers, &token, &ledger));
    // It makes other bytes of the same presentation, which counts once.
    token[2..6].fill(0);
    assert!(matches!(redeem(&offers, &token, &ledger), Outcome::DoubleSpend));
}

/// N presentations, not one more.
#[test]
fn arc_up_to_the_limit() {
    let offer = world().offer(TokenType::ARC);
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let key_id = world().key_id(TokenType::ARC);
    let context = offer.challenge().arc_presentation_context(&key_id).unwrap();
    let context = farebox_arc::PresentationContext::new(&context).unwrap();
    let mut credential = world().held(offer.challenge()).arc();
    let mut state = credential.open(context, farebox_arc::Limit::new(LIMIT).unwrap()).unwrap();
    for used in 1..=LIMIT {
        let (presentation, next) = state.present(&mut rand::rng()).unwrap().into_parts();
        let token = privacypass_wire::ArcToken::new(offer.digest(), key_id, &presentation.to_bytes()).unwrap();
        let _grant = granted(redeem(&offers, &token.to_bytes(), &ledger));
        assert_eq!(ledger.store().len() as u64, used);
        state = match next {
            farebox_arc::ContextState::Open(state) => state,
            farebox_arc::ContextState::Closed(_) => {
                assert_eq!(used, LIMIT);
                return;
            }
        };
    }
    panic!("the context is still open");
}
