//! Spending, at the client.

use super::*;

#[test]
fn more_is_spent_than_the_token_holds() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let refused = run.token().spend(&run.params, run.params.credits(101).unwrap(), rng).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Overdraft));
    assert_eq!(refused.state.balance(), run.balance);
    let (spend, _) = refused.state.spend(&run.params, run.balance, rng).unwrap();
    let expected = Expected { charge: run.balance, context: context() };
    let _ = run.key.verify(&run.params, spend, &expected, |_| true).unwrap();
}

#[test]
fn an_amount_of_2_to_the_l_is_spent() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let refused = run.token().spend(&run.params, params(10).credits(256).unwrap(), rng).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Amount));
    let _ = refused.state.spend(&run.params, run.charge, rng).unwrap();
}

fn spend_coins(bits: usize) -> SpendCoins {
    let proof = Coins::from_nonces((0..3 * bits + 7).map(|_| random()).collect());
    SpendCoins { r1: random(), r2: random(), kstar: random(), sigma: (0..bits).map(|_| random()).collect(), proof }
}

/// A refusal for the coins; the token spends with others.
fn refuses_coins(change: impl FnOnce(&mut SpendCoins)) {
    let run = Run::new(2);
    let mut coins = spend_coins(2);
    change(&mut coins);
    let refused = run.token().spend_with_coins(&run.params, run.charge, Flavor::Compact, coins).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Coins));
    let (spend, _) = refused.state.spend_with_coins(&run.params, run.charge, Flavor::Compact, spend_coins(2)).unwrap();
    let _ = run.key.verify(&run.params, spend, &run.expected(), |_| true).unwrap();
}

#[test]
fn r1_is_zero() {
    refuses_coins(|coins| coins.r1 = Scalar::ZERO);
}

#[test]
fn r2_is_zero() {
    refuses_coins(|coins| coins.r2 = Scalar::ZERO);
}

#[test]
fn there_are_too_few_or_too_many_sigma() {
    refuses_coins(|coins| coins.sigma.truncate(1));
    refuses_coins(|coins| coins.sigma.push(random()));
}

#[test]
fn there_are_too_few_or_too_many_nonces_of_a_spend() {
    refuses_coins(|coins| coins.proof = Coins::from_nonces(vec![random(); 12]));
    refuses_coins(|coins| coins.proof = Coins::from_nonces(vec![random(); 14]));
}

/// m = 2 has b_0 = 0 and b_1 = 1.
#[test]
fn a_commitment_to_a_bit_is_the_identity() {
    refuses_coins(|coins| {
        coins.kstar = Scalar::ZERO;
        coins.sigma[0] = Scalar::ZERO;
    });
}

#[test]
fn every_nonce_is_zero() {
    refuses_coins(|coins| coins.proof = Coins::from_nonces(vec![Scalar::ZERO; 13]));
}

#[test]
fn a_request_commits_to_nothing() {
    let coins = |k, r, nonces| RequestCoins { k, r, proof: Coins::from_nonces(nonces) };
    let request = |coins| PreIssuance::request_with_coins(&params(2), coins).map(drop);
    let misuse = Err(Error::Misuse(Misuse::Coins));
    assert_eq!(request(coins(Scalar::ZERO, Scalar::ZERO, vec![random(), random()])), misuse);
    assert_eq!(request(coins(random(), random(), vec![Scalar::ZERO; 2])), misuse);
    assert_eq!(request(coins(random(), random(), vec![random()])), misuse);
    assert_eq!(request(coins(random(), random(), vec![random(); 3])), misuse);
    assert_eq!(request(coins(random(), random(), vec![random(); 2])), Ok(()));
}

#[test]
fn e_is_minus_sk() {
    let run = Run::new(2);
    let sk = Scalar::from_bytes(&run.key.to_bytes()[18..], ByteOrder::Little).unwrap();
    let coins = |e, nonces| SignatureCoins { e, proof: Coins::from_nonces(nonces) };
    let bad = || [coins(-sk, vec![random()]), coins(random(), vec![]), coins(random(), vec![random(); 2])];
    let misuse = Error::Misuse(Misuse::Coins);
    let request = IssuanceRequest::from_bytes(&run.request).unwrap();
    for coins in bad() {
        let refused = run.key.issue_with_coins(&run.params, &request, run.balance, context(), coins).unwrap_err();
        assert_eq!(refused, misuse);
    }
    let mut verified = run.verified();
    for coins in bad() {
        let refused = verified.refund_with_coins(&run.params, &run.key, run.returned, coins).unwrap_err();
        assert_eq!(refused.error, misuse);
        verified = *refused.state;
    }
    let _ = verified.refund_with_coins(&run.params, &run.key, run.returned, coins(random(), vec![random()])).unwrap();
}
