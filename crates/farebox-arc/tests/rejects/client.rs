//! Degenerate coins, which no working generator draws: each step refuses them before anything leaves.

use super::*;

const COINS: Error = Error::Misuse(Misuse::Coins);

fn request_coins<S: Suite>() -> RequestCoins<S> {
    let [m1, r1, r2] = [(); 3].map(|()| random::<S>());
    RequestCoins { m1, r1, r2, proof: Coins::from_nonces(randoms::<S>(4)) }
}

fn refuses_request_coins<S: Suite>(change: impl FnOnce(&mut RequestCoins<S>)) {
    let mut coins = request_coins::<S>();
    change(&mut coins);
    assert_eq!(PreIssuance::request_with_coins(request_context::<S>(), coins).unwrap_err(), COINS);
}

fn m1_enc_is_the_identity<S: Tested>() {
    refuses_request_coins::<S>(|coins| (coins.m1, coins.r1) = (Scalar::<S>::ZERO, Scalar::<S>::ZERO));
}

fn a_request_has_other_nonces<S: Tested>() {
    for count in [0, 3, 5] {
        refuses_request_coins::<S>(|coins| coins.proof = Coins::from_nonces(randoms::<S>(count)));
    }
    refuses_request_coins::<S>(|coins| coins.proof = Coins::from_nonces(vec![Scalar::<S>::ZERO; 4]));
    // m1 and r1 are the nonces of one commitment.
    refuses_request_coins::<S>(|coins| {
        let zero = Scalar::<S>::ZERO;
        coins.proof = Coins::from_nonces(vec![zero, random::<S>(), zero, random::<S>()]);
    });
    let (_state, _) = PreIssuance::request_with_coins(request_context::<S>(), request_coins()).unwrap();
}

fn refuses_response_coins<S: Tested>(coins: ResponseCoins<S>) {
    let run = Run::<S>::of(2);
    assert_eq!(run.key.issue_with_coins(&run.request(), coins).unwrap_err(), COINS);
}

fn b_is_zero<S: Tested>() {
    let proof = Coins::from_nonces(randoms::<S>(7));
    refuses_response_coins::<S>(ResponseCoins { b: Scalar::<S>::ZERO, proof });
}

fn a_response_has_other_nonces<S: Tested>() {
    for count in [0, 6, 8] {
        refuses_response_coins::<S>(ResponseCoins { b: random::<S>(), proof: Coins::from_nonces(randoms::<S>(count)) });
    }
    let zeros = || Coins::from_nonces(vec![Scalar::<S>::ZERO; 7]);
    refuses_response_coins::<S>(ResponseCoins { b: random::<S>(), proof: zeros() });
}

/// The coins are refused and the state, which comes back, presents the same nonce with others.
fn refuses_presentation_coins<S: Tested>(n: u64, next: u64, change: impl FnOnce(&mut PresentationCoins<S>)) {
    let run = Run::<S>::of(n);
    let mut coins = common::presentation_coins::<S>(run.limit);
    change(&mut coins);
    let refused = run.state_at(next).present_with_coins(coins).unwrap_err();
    assert_eq!(refused.error, COINS);
    assert_eq!(refused.state.used(), next);
    let shown = refused.state.present_with_coins(common::presentation_coins(run.limit)).unwrap();
    let _ = run.verify(&shown.into_parts().0.to_bytes()).unwrap();
}

fn a_is_zero<S: Tested>() {
    refuses_presentation_coins::<S>(2, 0, |coins| coins.a = Scalar::<S>::ZERO);
}

fn z_and_r_are_zero<S: Tested>() {
    for n in [2, 10] {
        refuses_presentation_coins::<S>(n, 1, |coins| (coins.z, coins.r) = (Scalar::<S>::ZERO, Scalar::<S>::ZERO));
    }
}

/// One of them alone hides less, and holds.
fn z_or_r_is_zero<S: Tested>() {
    let run = Run::<S>::of(2);
    for both in [[random::<S>(), Scalar::<S>::ZERO], [Scalar::<S>::ZERO, random::<S>()]] {
        let mut coins = common::presentation_coins::<S>(run.limit);
        [coins.z, coins.r] = both;
        let shown = run.state_at(0).present_with_coins(coins).unwrap();
        let _ = run.verify(&shown.into_parts().0.to_bytes()).unwrap();
    }
}

fn nonce_commit_is_the_identity<S: Tested>() {
    for n in [2, 10] {
        refuses_presentation_coins::<S>(n, 0, |coins| coins.nonce_blinding = Scalar::<S>::ZERO);
    }
}

/// Nonce 5 of N = 10 has the bits 1, 0, 0, 1: s_1 = 0 leaves nothing of D_1.
fn d_is_the_identity<S: Tested>() {
    refuses_presentation_coins::<S>(10, 5, |coins| coins.s[1] = Scalar::<S>::ZERO);
    // The last blinding follows from the others: nonceBlinding - 4*s_0 - 2*s_1 - 2*s_2 with the bit 0 of nonce 4.
    refuses_presentation_coins::<S>(10, 4, |coins| {
        let weighted = [4, 2, 2].into_iter().zip(&coins.s).map(|(base, s)| Scalar::<S>::from(base) * *s);
        coins.nonce_blinding = weighted.fold(Scalar::<S>::ZERO, |sum, term| sum + term);
    });
}

fn there_are_too_few_or_too_many_blindings<S: Tested>() {
    refuses_presentation_coins::<S>(10, 5, |coins| coins.s.truncate(2));
    refuses_presentation_coins::<S>(10, 5, |coins| coins.s.push(random::<S>()));
    refuses_presentation_coins::<S>(2, 0, |coins| coins.s.push(random::<S>()));
}

fn a_presentation_has_other_nonces<S: Tested>() {
    for count in [0, 16, 18] {
        refuses_presentation_coins::<S>(10, 5, |coins| coins.proof = Coins::from_nonces(randoms::<S>(count)));
    }
    refuses_presentation_coins::<S>(10, 5, |coins| coins.proof = Coins::from_nonces(vec![Scalar::<S>::ZERO; 17]));
}

/// The nonces of one commitment at a time, in the order m1, z, -r, nonce, nonceBlinding, b, s, s2.
fn one_commitment_is_the_identity<S: Tested>() {
    // m1Commit; V; nonceCommit; T; D_0 and the bit of D_0 at nonce 0, where its s is s2.
    for zeros in [&[0, 1][..], &[1, 2], &[3, 4], &[0, 3], &[5, 9]] {
        refuses_presentation_coins::<S>(10, 0, |coins| {
            let mut nonces = randoms::<S>(17);
            zeros.iter().for_each(|i| nonces[*i] = Scalar::<S>::ZERO);
            coins.proof = Coins::from_nonces(nonces);
        });
    }
}

crate::on_every_suite!(
    m1_enc_is_the_identity,
    a_request_has_other_nonces,
    b_is_zero,
    a_response_has_other_nonces,
    a_is_zero,
    z_and_r_are_zero,
    z_or_r_is_zero,
    nonce_commit_is_the_identity,
    d_is_the_identity,
    there_are_too_few_or_too_many_blindings,
    a_presentation_has_other_nonces,
    one_commitment_is_the_identity,
);
