//! Looks for running time that depends on secret scalars. Skipped unless `FAREBOX_TIMING=long`; see docs/TIMING.md.

use farebox_group::{ByteOrder, FixedBases as _, Group, Scalar as _};
use farebox_timing::{Class, Config, Rng, Suite};

/// Secrets that code in variable time likes best: few digits, long runs of zeros, the top of the range.
fn special<G: Group>() -> [(&'static str, G::Scalar); 3] {
    let mut sparse = [0; 32];
    sparse[0] = 1;
    sparse[31] = 8;
    [("1", G::Scalar::ONE), ("2^251 + 1", G::Scalar::reduce(&sparse, ByteOrder::Little)), ("q - 1", -G::Scalar::ONE)]
}

/// The fixed class has `fixed`, the random class a uniform scalar; both draw one.
fn secret<G: Group>(fixed: G::Scalar) -> impl Fn(Class, &mut Rng) -> G::Scalar {
    move |class, rng| {
        let random = G::Scalar::random(rng);
        if class == Class::Fixed { fixed } else { random }
    }
}

/// Several secrets of one class.
fn secrets<G: Group, const N: usize>(fixed: G::Scalar) -> impl Fn(Class, &mut Rng) -> [G::Scalar; N] {
    let one = secret::<G>(fixed);
    move |class, rng| core::array::from_fn(|_| one(class, rng))
}

/// `samples` that take some seconds.
fn group<G: Group>(samples: usize) -> Result<(), String> {
    let config = Config { samples, calls: 1 };
    let Some(mut suite) = Suite::long(&format!("farebox-group, {}", G::NAME), config) else { return Ok(()) };
    let base = G::mul_generator(&G::Scalar::from(7));
    let bases = G::Bases::new(&[base]);
    for (name, fixed) in special::<G>() {
        suite.constant(&format!("`Element * Scalar`, fixed {name}"), secret::<G>(fixed), |s| base * s);
        suite.constant(&format!("`mul_generator`, fixed {name}"), secret::<G>(fixed), G::mul_generator);
        suite.constant(&format!("`FixedBases::mul`, fixed {name}"), secret::<G>(fixed), |s| bases.mul(1, s));
        suite.constant(&format!("`multi_mul` of 3, fixed {name}"), secrets::<G, 3>(fixed), |s| {
            G::multi_mul(&s.map(|s| (s, base)))
        });
        suite.constant(&format!("`Scalar::invert`, fixed {name}"), secret::<G>(fixed), G::Scalar::invert);
    }
    suite.configure(Config { samples: 20_000, calls: 1 });
    suite.control("`multi_mul_vartime` of 16, fixed 1", secrets::<G, 16>(G::Scalar::ONE), |s| {
        G::multi_mul_vartime(&s.map(|s| (s, base)))
    });
    suite.finish()
}

/// One test, so that no two experiments run at the same time.
#[test]
fn timing() -> Result<(), String> {
    #[cfg(feature = "ristretto255")]
    group::<farebox_group::Ristretto255>(200_000)?;
    #[cfg(feature = "p256")]
    group::<farebox_group::P256>(50_000)?;
    #[cfg(feature = "p384")]
    group::<farebox_group::P384>(20_000)?;
    Ok(())
}
