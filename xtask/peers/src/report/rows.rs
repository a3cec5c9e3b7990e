//! The cells of the tables, the same in every form.

use crate::goals::Outcome;
use crate::harness::{Measured, Timing};

pub(super) const ROWS_HEADER: [&str; 9] = [
    "row",
    "ours, µs",
    "peer, µs",
    "ratio (medians)",
    "ratio (minima)",
    "min, ours / peer",
    "bytes, ours",
    "bytes, peer",
    "peer is",
];

pub(super) const GOALS_HEADER: [&str; 5] = ["goal", "row", "required", "measured", ""];

const ABSENT: &str = "-";

pub(super) fn row(row: &Measured) -> [String; 9] {
    let (ours, peer) = (row.ours.as_ref(), row.peer.as_ref());
    let min = |side: Option<&Timing>| or_absent(side, |side| micros(side.ns.min));
    let bytes = |side: Option<&Timing>| or_absent(side.and_then(|side| side.message_bytes), |n| n.to_string());
    [
        row.id.clone(),
        or_absent(ours, spread),
        or_absent(peer, spread),
        or_absent(row.ratio_of_medians, times),
        or_absent(row.ratio_of_minima, times),
        format!("{} / {}", min(ours), min(peer)),
        bytes(ours),
        bytes(peer),
        or_absent(peer, |peer| peer.name.to_owned()),
    ]
}

pub(super) fn goal(outcome: &Outcome) -> [String; 5] {
    [
        outcome.goal.to_owned(),
        outcome.row.to_owned(),
        times(outcome.required),
        or_absent(outcome.measured, times),
        outcome.verdict().to_owned(),
    ]
}

fn or_absent<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|| ABSENT.to_owned(), show)
}

fn spread(side: &Timing) -> String {
    format!("{} ({}-{})", micros(side.ns.median), micros(side.ns.p10), micros(side.ns.p90))
}

/// Three significant digits.
fn micros(ns: f64) -> String {
    let us = ns / 1000.0;
    let decimals = if us >= 100.0 { 0 } else { if us >= 10.0 { 1 } else { 2 } };
    format!("{us:.decimals$}")
}

fn times(ratio: f64) -> String {
    format!("{ratio:.2}x")
}
