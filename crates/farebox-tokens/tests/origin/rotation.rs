//! Keys, windows and costs that change while clients hold tokens of the old ones.

use farebox_ledger::{Epoch, Store as _};
use farebox_tokens::issuer::Issuer;
use farebox_tokens::origin::{Decision, Demand, Offer, Offers, Outcome, Terms};
use farebox_tokens::{Error, Invalid, KeyRing, Registered, Validity};
use futures_executor::block_on;
use privacypass_wire::{TokenResponse, TokenType};

use crate::common::client::Held;
use crate::common::flow::{Memory, answered, granted, ledger};
use crate::common::{COST, INITIAL, ORIGIN, World, demand, key, params, terms, world};

const R: TokenType = TokenType::VOPRF_RISTRETTO255;
/// The old key issues until then, and is accepted until `OVER`.
const TURN: u64 = 1000;
const OVER: u64 = 2000;

/// Issuers with an old and a new key of a type, in one ring.
fn two(token_type: TokenType) -> (World, [Registered; 2]) {
    let mut ring = KeyRing::default();
    let old = Validity { issue_until: TURN, accept_until: OVER, epoch: Epoch(1), ..Validity::ALWAYS };
    let new = Validity { not_before: TURN, epoch: Epoch(2), ..Validity::ALWAYS };
    for validity in [old, new] {
        // Another key where the truncated id is taken.
        while ring.register(key(token_type), validity).is_err() {}
    }
    let mut registered: Vec<Registered> = ring.iter().cloned().collect();
    registered.sort_by_key(|key| key.validity.not_before);
    let mut issuer = Issuer::new("issuer.example", ring);
    issuer.act_origin_info = ORIGIN.into();
    issuer.act_credential_context = Some([9; 32]);
    (World { issuer, params: params() }, registered.try_into().unwrap())
}

/// A token for the offer, of its key.
fn token(world: &World, key: &Registered, offer: &Offer) -> Vec<u8> {
    let (asked, request) = crate::common::Asked::new(offer.challenge(), &key.key().public_key(), &world.params);
    let response = world.issuer.issue(&request, key.validity.not_before, &mut rand::rng()).unwrap();
    asked.finish(&response).token(offer).0
}

fn outcome(offers: &Offers, token: &[u8], now: u64, ledger: &Memory) -> Outcome {
    let verified = offers.bind(token, None, now).unwrap().verify(|_| false).unwrap();
    block_on(verified.reserve(ledger, None)).unwrap()
}

#[test]
fn tokens_of_the_old_key_are_good_until_its_time_is_over() {
    for token_type in TokenType::KNOWN.into_iter().filter(|token_type| *token_type != TokenType::BLIND_RSA) {
        let (world, keys) = two(token_type);
        let [old, new] = keys.clone().map(|key| Offer::new(&terms(token_type), demand(key)).unwrap());
        assert_eq!(old.digest(), new.digest(), "the key is not in the challenge");
        let tokens: Vec<_> = (0..3).map(|_| token(&world, &keys[0], &old)).collect();
        let fresh = token(&world, &keys[1], &new);
        let ledger = ledger();
        let mut offers = Offers::new([new]);
        assert_eq!(offers.bind(&tokens[0], None, TURN).unwrap_err(), Invalid::Key.into());
        offers.accept(old);
        assert_eq!(offers.iter().count(), 1, "the old key is not asked for");
        let served = answered(granted(outcome(&offers, &tokens[0], TURN, &ledger)), Decision::Nothing, &ledger);
        let _cut_off = granted(outcome(&offers, &tokens[1], OVER - 1, &ledger));
        let before = ledger.store().len();
        let grants = [OVER - 1, OVER].map(|now| offers.bind(&tokens[2], None, now).unwrap().grants());
        assert_eq!(grants, [true, false]);
        // From then on nothing is granted; who was answered finds the answer, and who was cut off can be answered.
        assert!(matches!(outcome(&offers, &tokens[2], OVER, &ledger), Outcome::Expired));
        assert!(matches!(outcome(&offers, &tokens[0], OVER, &ledger), Outcome::Replayed(again) if again == served));
        assert!(matches!(outcome(&offers, &tokens[1], OVER, &ledger), Outcome::Interrupted(_)));
        assert_eq!(ledger.store().len(), before);
        let _grant = granted(outcome(&offers, &fresh, OVER, &ledger));
    }
}

/// An offer that is over answers what came before, and grants nothing: an ended window, a cost that was raised.
#[test]
fn an_offer_that_is_over_answers_only_what_came_before() {
    let key = world().key(TokenType::ACT);
    let offer = |cost| Offer::new(&terms(TokenType::ACT), Demand::Act(key.clone(), cost)).unwrap();
    let (cheap, dear, ledger) = (offer(COST), offer(COST + 1), ledger());
    let tokens: Vec<_> = (0..3).map(|_| world().token(&cheap)).collect();
    let offers = Offers::new([cheap.clone()]);
    let served = answered(granted(outcome(&offers, &tokens[0], 0, &ledger)), Decision::Return(1), &ledger);
    let _cut_off = granted(outcome(&offers, &tokens[1], 0, &ledger));
    let mut offers = Offers::new([dear.clone()]);
    offers.retire(cheap);
    assert!(!offers.bind(&tokens[2], None, 0).unwrap().grants());
    assert!(matches!(outcome(&offers, &tokens[0], 0, &ledger), Outcome::Replayed(again) if again == served));
    let Outcome::Interrupted(interrupted) = outcome(&offers, &tokens[1], 0, &ledger) else { panic!() };
    assert!(answered(interrupted.recover(), Decision::ReturnAll, &ledger).reverse.is_some());
    assert!(matches!(outcome(&offers, &tokens[2], 0, &ledger), Outcome::Expired));
    let _grant = granted(outcome(&offers, &world().token(&dear), 0, &ledger));
    // A charge that was never asked for is verified against what is asked for now.
    let never = world().token(&offer(INITIAL));
    assert_eq!(offers.bind(&never, None, 0).unwrap().verify(|_| false).unwrap_err(), Invalid::Scheme.into());
}

/// Serials of a window go with the window's epoch, those of the key stay.
#[test]
fn the_epoch_of_a_context_ends_before_the_key() {
    for token_type in [R, TokenType::ARC] {
        let demand = || world().demand(token_type);
        let window = Terms { redemption_context: Some([5; 32]), context_epoch: Some(Epoch(3)), ..terms(token_type) };
        let [window, lasting] = [window, terms(token_type)].map(|terms| Offer::new(&terms, demand()).unwrap());
        let (offers, ledger) = (Offers::new([window.clone(), lasting.clone()]), ledger());
        let [first, second] = [(); 2].map(|()| world().token(&window));
        answered(granted(outcome(&offers, &first, 0, &ledger)), Decision::Nothing, &ledger);
        assert_eq!(block_on(ledger.store().forget(Epoch(4))).unwrap(), 1);
        for token in [&first, &second] {
            assert!(matches!(outcome(&offers, token, 0, &ledger), Outcome::Expired));
        }
        let _grant = granted(outcome(&offers, &world().token(&lasting), 0, &ledger));
    }
}

/// Both companions are taken while keys rotate; fresh ones are of the key that issues.
#[test]
fn companions_live_through_a_rotation() {
    let (world_r, keys) = two(R);
    let beside = keys.clone().map(|key| {
        let mut key = key;
        key.validity.epoch = crate::common::EPOCH;
        Offer::new(&terms(R), Demand::Once(key)).unwrap()
    });
    let arc = world().offer(TokenType::ARC);
    let both = arc.clone().with_companion(beside[1].clone()).unwrap().with_companion(beside[0].clone()).unwrap();
    let (offers, ledger) = (Offers::new([both]), ledger());
    let try_both = |key: &Registered, companion: &Offer, renew: &Registered, now| {
        let (shown, companion) = (world().token(&arc), token(&world_r, key, companion));
        let (asked, request) =
            crate::common::Asked::new(beside[0].challenge(), &renew.key().public_key(), &world_r.params);
        let verified = offers.bind(&shown, Some(&companion), now).unwrap().verify(|_| false).unwrap();
        block_on(verified.reserve(&ledger, Some(&request.to_bytes()))).map(|outcome| (asked, outcome))
    };
    for (i, renew, now, good) in
        [(0, 0, TURN - 1, true), (0, 1, TURN, true), (1, 1, OVER, true), (0, 0, TURN, false), (1, 0, TURN, false)]
    {
        let reserved = ledger.store().len();
        match try_both(&keys[i], &beside[i], &keys[renew], now) {
            Ok((asked, outcome)) => {
                assert!(good);
                let renewed = answered(granted(outcome), Decision::Renew, &ledger).reverse.unwrap();
                let held = asked.finish(&TokenResponse::from_bytes(R, &renewed).unwrap());
                assert!(matches!(held, Held::Once(_)));
            }
            Err(error) => {
                assert!(!good, "{error}");
                let farebox_tokens::origin::Unreserved::Refused(error) = error else { panic!() };
                assert_eq!(error, Error::Invalid(Invalid::Companion));
                assert_eq!(ledger.store().len(), reserved, "nothing is taken");
            }
        }
    }
    // A companion of the old key after its time: nothing is granted.
    let shown = (world().token(&arc), token(&world_r, &keys[0], &beside[0]));
    assert!(!offers.bind(&shown.0, Some(&shown.1), OVER).unwrap().grants());
    let Ok((_, outcome)) = try_both(&keys[0], &beside[0], &keys[1], OVER) else { panic!() };
    assert!(matches!(outcome, Outcome::Expired));
}

#[test]
fn no_stage_prints_a_token() {
    let offer = world().offer(TokenType::ACT);
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let bound = offers.bind(&world().token(&offer), None, 0).unwrap();
    assert_eq!(format!("{bound:?}"), "BoundToken(..)");
    let verified = bound.verify(|_| false).unwrap();
    assert_eq!(format!("{verified:?}"), "VerifiedToken(..)");
    let outcome = block_on(verified.reserve(&ledger, None)).unwrap();
    assert_eq!(format!("{outcome:?}"), "Granted(Grant(..))");
    let ready = granted(outcome).decide(Decision::ReturnAll, &mut rand::rng()).unwrap();
    assert_eq!(format!("{ready:?}"), "Ready(..)");
    assert_eq!(format!("{:?}", block_on(ready.store(&ledger)).unwrap()), "Served(..)");
}
