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
    let usual = || -> Vec<_> {
        let sums: Vec<_> = rows
            .iter()
            .map(|row| {
                let mut fixed = [Scalar::ZERO; 5];
                for (index, scalar) in &row.fixed {
                    fixed[*index] = Scalar::from_bytes_mod_order(*scalar).div_by_2();
                }
                let (scalars, points): (Vec<_>, Vec<_>) = row
                    .dynamic
                    .iter()
                    .map(|(i, s)| (Scalar::from_bytes_mod_order(*s).div_by_2(), elements[*i]))
                    .unzip();
                precomputed.vartime_mixed_multiscalar_mul(fixed, scalars, points)
            })
            .collect();
        RistrettoPoint::double_and_compress_batch(&sums).iter().map(|bytes| bytes.0).collect()
    };
    assert_eq!(tables.combine(&elements_bytes, &rows).unwrap(), usual());

    let identity_rows: Vec<_> =
        (0..15).map(|i| Row { fixed: vec![], dynamic: vec![(i, Scalar::ONE.to_bytes())] }).collect();
    let mut names = Vec::new();
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); 6];
    for _ in 0..400 {
        names = vec![
            "sums, curve25519-dalek",
            "sums, lanes",
            "decode 15, curve25519-dalek",
            "one digit, 15 rows",
            "Tables::new(5)",
            "sums of 8 rows, 1 fixed each",
        ];
        times[0].push(time(usual));
        times[1].push(time(|| tables.combine(black_box(&elements_bytes), black_box(&rows))));
        times[2].push(time(|| -> Vec<_> {
            elements_bytes.iter().map(|bytes| CompressedRistretto(*black_box(bytes)).decompress()).collect()
        }));
        times[3].push(time(|| tables.combine(&elements_bytes, black_box(&identity_rows))));
        times[4].push(time(|| Tables::new(kernel, black_box(&bases_bytes))));
        let fixed: Vec<_> = (0..8).map(|i| Row { fixed: vec![(i % 5, rows[3].fixed[0].1)], dynamic: vec![] }).collect();
        times[5].push(time(|| tables.combine(&[], black_box(&fixed))));
    }
    for (name, times) in names.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        println!("{name:32} min {:8.1} us   median {:8.1} us", times[0], times[times.len() / 2]);
    }
}
