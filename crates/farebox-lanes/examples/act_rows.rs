//! The 23 sums of an ACT spend with ten bits, against curve25519-dalek's own: minima and medians, interleaved.
//!
//! `cargo run --release -p farebox-lanes --example act_rows`
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::hint::black_box;
use std::time::Instant;

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint, VartimeRistrettoPrecomputation};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimePrecomputedMultiscalarMul;
use farebox_lanes::{Kernel, Row, Tables};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn scalar(rng: &mut StdRng) -> [u8; 32] {
    let mut wide = [0; 64];
    rng.fill_bytes(&mut wide);
    Scalar::from_bytes_mod_order_wide(&wide).to_bytes()
}

fn act_rows(rng: &mut StdRng) -> Vec<Row> {
    let mut row = |fixed: &[usize], dynamic: &[usize]| Row {
        fixed: fixed.iter().map(|i| (*i, scalar(rng))).collect(),
        dynamic: dynamic.iter().map(|i| (*i, scalar(rng))).collect(),
    };
    // Elements: 0 A', 1 B_bar, 2 A_bar, 3 H1', 4 Com_total, 5.. Com_j.
    let mut rows = vec![row(&[], &[0, 1, 2]), row(&[1, 3], &[1, 3])];
    rows.extend([row(&[1, 2, 3], &[5]), row(&[2, 3], &[5])]);
    for j in 1..10 {
        rows.extend([row(&[1, 3], &[5 + j]), row(&[3], &[5 + j])]);
    }
    rows.push(row(&[1, 2, 3], &[4]));
    rows
}

fn time<T>(f: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(f());
    start.elapsed().as_nanos() as f64 / 1000.0
}

fn main() {
    let Some(kernel) = Kernel::detect() else { return println!("this processor has no AVX-512 IFMA") };
    let rng = &mut StdRng::seed_from_u64(1);
    let mut points = |count| -> Vec<RistrettoPoint> {
        (0..count).map(|_| RistrettoPoint::mul_base(&Scalar::from_bytes_mod_order(scalar(rng)))).collect()
    };
    let (bases, elements) = (points(5), points(15));
    let encode = |points: &[RistrettoPoint]| -> Vec<_> { points.iter().map(|point| point.compress().0).collect() };
    let (bases_bytes, elements_bytes) = (encode(&bases), encode(&elements));
    let rows = act_rows(rng);
    let tables = Tables::new(kernel, &bases_bytes).unwrap();
    let precomputed = VartimeRistrettoPrecomputation::new(&bases);
    let usual = |rows: &[Row]| -> Vec<_> {
        let half = |scalar: &[u8; 32]| Scalar::from_bytes_mod_order(*scalar).div_by_2();
        let sum = |row: &Row| {
            let mut fixed = [Scalar::ZERO; 5];
            for (index, scalar) in &row.fixed {
                fixed[*index] = half(scalar);
            }
            let (scalars, points): (Vec<_>, Vec<_>) = row.dynamic.iter().map(|(i, s)| (half(s), elements[*i])).unzip();
            precomputed.vartime_mixed_multiscalar_mul(fixed, scalars, points)
        };
        let sums: Vec<_> = rows.iter().map(sum).collect();
        RistrettoPoint::double_and_compress_batch(&sums).iter().map(|bytes| bytes.0).collect()
    };

    for count in [1, 2, 3, 4, 8, 12, 23] {
        // The last rows first: the first one is longer than the others.
        let rows = &rows[rows.len() - count..];
        assert_eq!(tables.combine(&elements_bytes, rows).unwrap(), usual(rows));
        interleaved(
            &format!("{count} rows: curve25519-dalek, lanes"),
            || usual(black_box(rows)),
            || tables.combine(black_box(&elements_bytes), black_box(rows)),
        );
    }
    interleaved(
        "5 bases: tables of curve25519-dalek (variable time), of lanes",
        || VartimeRistrettoPrecomputation::new(black_box(&bases)),
        || Tables::new(kernel, black_box(&bases_bytes)),
    );
    let one = |i| Row { fixed: vec![], dynamic: vec![(i, [0; 32])] };
    let zeros: Vec<_> = (0..8).map(one).collect();
    interleaved(
        "8 rows: curve25519-dalek decodes and encodes, lanes do that, build tables and double",
        || -> Vec<_> {
            let decode = |bytes: &[u8; 32]| CompressedRistretto(*black_box(bytes)).decompress().unwrap().compress();
            elements_bytes.iter().take(8).map(decode).collect()
        },
        || tables.combine(&elements_bytes, black_box(&zeros)),
    );
}

fn interleaved<A, B>(name: &str, mut a: impl FnMut() -> A, mut b: impl FnMut() -> B) {
    let (mut first, mut second): (Vec<_>, Vec<_>) = (0..301).map(|_| (time(&mut a), time(&mut b))).unzip();
    first.sort_by(f64::total_cmp);
    second.sort_by(f64::total_cmp);
    let [a, b] = [first, second].map(|times| format!("{:.1} us (median {:.1})", times[0], times[times.len() / 2]));
    println!("{name}: {a}, {b}");
}
