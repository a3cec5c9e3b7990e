//! The harness finds a planted leak and stays quiet on a constant function. Nothing here asserts an absolute time.

use std::hint::black_box;

use farebox_timing::{Class, Config, Rng, Verdict, retry, run};
use rand::Rng as _;

const LEN: usize = 4096;
const CONFIG: Config = Config { samples: 4_000, calls: 1 };

/// Two buffers: equal in the fixed class, different from about the first byte on in the random one.
fn buffers(class: Class, rng: &mut Rng) -> (Vec<u8>, Vec<u8>) {
    let (mut a, mut b) = (vec![0; LEN], vec![0; LEN]);
    rng.fill_bytes(&mut a);
    rng.fill_bytes(&mut b);
    if class == Class::Fixed {
        b.copy_from_slice(&a);
    }
    (a, b)
}

/// The planted leak: it stops at the first difference.
fn early_exit((a, b): &(Vec<u8>, Vec<u8>)) -> bool {
    for (x, y) in a.iter().zip(b) {
        if black_box(x) != black_box(y) {
            return false;
        }
    }
    true
}

/// Reads everything, whatever it finds.
fn whole((a, b): &(Vec<u8>, Vec<u8>)) -> bool {
    let mut difference = 0;
    for (x, y) in a.iter().zip(b) {
        difference |= black_box(x) ^ black_box(y);
    }
    difference == 0
}

/// The other planted leak: as many rounds as the secret says.
fn secret_rounds(secret: &u32) -> u32 {
    (0..*secret).fold(1, |x, i| black_box(x ^ i))
}

#[test]
fn finds_an_early_exit() {
    let (report, _) = retry(3, || run(CONFIG, buffers, early_exit), |r| r.verdict() == Verdict::Leak);
    assert_eq!(report.verdict(), Verdict::Leak, "{report}");
    assert!(report.fixed_ns > report.random_ns, "the fixed class is the slow one: {report}");
}

#[test]
fn finds_a_secret_number_of_rounds() {
    let prepare = |class, rng: &mut Rng| {
        let random = rng.next_u32() % 4096;
        if class == Class::Fixed { 0 } else { random }
    };
    let (report, _) = retry(3, || run(CONFIG, prepare, secret_rounds), |r| r.verdict() == Verdict::Leak);
    assert_eq!(report.verdict(), Verdict::Leak, "{report}");
    assert!(report.fixed_ns < report.random_ns, "the fixed class is the fast one: {report}");
}

#[test]
fn quiet_on_a_constant_function() {
    let (report, _) = retry(5, || run(CONFIG, buffers, whole), |r| r.verdict() != Verdict::Leak);
    assert_ne!(report.verdict(), Verdict::Leak, "{report}");
}
