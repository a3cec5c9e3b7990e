//! The experimental form of a spend, and batches of it.

use super::flow::{SEPARATOR, World, case};
use super::redemption::{bytes, changed};
use crate::vectors::act::forge::Forger;
use crate::vectors::act::layout::Layout;
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, INVALID, MALFORMED, MISUSE, Want, Writer};

/// The experimental form: honest spends at several L, its faults at L = 8, and batches.
pub(super) fn write(writer: &mut Writer) -> Result<(), String> {
    for bits in [1, 16, 64] {
        let mut world = World::new(writer, SEPARATOR, bits)?;
        let name = format!("batchable, L = {bits}");
        let token = world.issue(1, &[], &name)?.token;
        let (spend, _) = world.spend("spend-batchable", &token, 1, &[], &name)?;
        let input = world.expecting(&spend, 1);
        world.add("verify-spend-batchable", case(name, &[], Fields::new(), input, ACCEPT))?;
    }
    let mut world = World::new(writer, SEPARATOR, 8)?;
    let token = world.issue(100, &[], "batchable")?.token;
    let (compact, _) = world.spend("spend", &token, 30, &[], "the same token in both forms")?;
    let (spend, _) = world.spend("spend-batchable", &token, 30, &[], "the same token in both forms")?;
    let honest = world.expecting(&spend, 30);
    let forger = Forger::new(SEPARATOR, &bytes(&world.sk)?)?;

    for (comment, flag, charge) in [("s = c + 1", "too-much", "101"), ("s = 2^L", "range", "256")] {
        let input = fields([("token", token.clone()), ("charge", charge.to_owned())]);
        let coins = world.coins("spend-batchable", "more than the token holds");
        world.add("spend-batchable", case(comment, &[flag], coins, input, MISUSE))?;
    }
    for fault in Layout::spend_batchable(8).faults(&bytes(&spend)?)? {
        // A flipped or another commitment does not decode, or changes the challenge.
        let input = changed(&honest, &[("spend", hex::encode(fault.bytes))]);
        let want = if fault.flag == "swapped-element" { Want::Refused } else { fault.want };
        world.add("verify-spend-batchable", case(fault.comment, &[fault.flag], Fields::new(), input, want))?;
    }
    let input = |spend: &str| changed(&honest, &[("spend", spend.to_owned())]);
    let to_batchable = hex::encode(forger.recode(&bytes(&compact)?, 8, true)?);
    let to_compact = hex::encode(forger.recode(&bytes(&spend)?, 8, false)?);
    let cases = [
        ("verify-spend-batchable", "honest", &[][..], spend.clone(), ACCEPT),
        ("verify-spend-batchable", "the compact form", &["flavor"][..], compact.clone(), MALFORMED),
        ("verify-spend", "the batchable form", &["flavor"], spend.clone(), MALFORMED),
        ("verify-spend", "the compact form of the same token", &[], compact, ACCEPT),
        ("verify-spend-batchable", "a compact proof, written with its commitments", &["flavor"], to_batchable, INVALID),
        ("verify-spend", "a batchable proof, written with its challenge", &["flavor"], to_compact, INVALID),
    ];
    for (operation, comment, flags, spend, want) in cases {
        world.add(operation, case(comment, flags, Fields::new(), input(&spend), want))?;
    }
    batches(&mut world, &spend)
}

fn batches(world: &mut World<'_>, first: &str) -> Result<(), String> {
    let mut members = vec![(first.to_owned(), 30)];
    for (name, charge) in [("second of a batch", 1), ("third of a batch", 0)] {
        let token = world.issue(100, &[], name)?.token;
        members.push((world.spend("spend-batchable", &token, charge, &[], name)?.0, charge));
    }
    let ctx = world.ctx.clone();
    let input = |members: &[(String, u64)]| {
        let named = members.iter().enumerate().flat_map(|(i, (spend, charge))| {
            [
                (format!("spend_{i}"), spend.clone()),
                (format!("charge_{i}"), charge.to_string()),
                (format!("ctx_{i}"), ctx.clone()),
            ]
        });
        named.collect::<Fields>()
    };
    let mut add = |comment: &str, flags: &[&'static str], members: &[(String, u64)], want: Want| {
        world.add("verify-batch", case(comment, flags, Fields::new(), input(members), want)).map(|_| ())
    };
    add("an empty batch", &[], &[], ACCEPT)?;
    add("three honest spends", &[], &members, ACCEPT)?;
    let mut faulty = members.clone();
    for (member, _) in faulty.iter_mut().skip(1).take(1) {
        let mut spend = bytes(member)?;
        if let Some(last) = spend.iter_mut().rev().nth(31) {
            *last ^= 1;
        }
        *member = hex::encode(spend);
    }
    add("the last response of member 1 is changed", &["bit-flip"], &faulty, INVALID)?;
    let mut cheap = members.clone();
    cheap.iter_mut().skip(2).for_each(|member| member.1 = 1);
    add("member 2 spends less than it should", &["cost"], &cheap, INVALID)?;
    let same = [members.first().cloned(), members.first().cloned()].into_iter().flatten().collect::<Vec<_>>();
    add("a spend twice: the ledger finds that, not the proof", &[], &same, ACCEPT)
}
