//! Contexts, limits and keys.

use farebox_group::Scalar as _;

use super::flow::{World, bytes, case};
use crate::vectors::arc::Named;
use crate::vectors::arc::draft::Scalar;
use crate::vectors::arc::forge::joined;
use crate::vectors::arc::layout::{Layout, order, replace};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, MALFORMED, MISUSE, Want, Writer};

pub(super) fn write<S: Named>(writer: &mut Writer) -> Result<(), String> {
    let mut world = World::<S>::new(writer)?;
    contexts(&mut world)?;
    limits(&mut world)?;
    degenerate_keys(&mut world)?;
    secret_keys(&mut world)?;
    public_keys(&mut world)
}

/// Any bytes are a context.
fn contexts<S: Named>(world: &mut World<'_, S>) -> Result<(), String> {
    for (operation, published) in
        [("request-context", "test request context"), ("presentation-context", "test presentation context")]
    {
        let contexts = [
            ("the context of the published files", hex::encode(published)),
            ("no bytes", String::new()),
            ("600 bytes", "61".repeat(600)),
        ];
        for (comment, context) in contexts {
            world.add(operation, case(comment, &[], Fields::new(), fields([("context", context)]), ACCEPT))?;
        }
    }
    Ok(())
}

fn limits<S: Named>(world: &mut World<'_, S>) -> Result<(), String> {
    let good = [2, 3, 4, 5, 8, 9, 10, 100, 1000, 10000, 65536, 1 << 32].map(|n: u64| (n, &[][..], ACCEPT));
    let bad = [0, 1, (1 << 32) + 1, u64::MAX].map(|n: u64| (n, &["limit"][..], MISUSE));
    for (limit, flags, want) in good.into_iter().chain(bad) {
        let input = fields([("limit", limit.to_string())]);
        world.add("limit", case(format!("N = {limit}"), flags, Fields::new(), input, want))?;
    }
    Ok(())
}

/// Scalars of 7 for coins, with 0 at some places, as the group encodes them.
pub(super) fn sevens<S: Named>(count: usize, zeros: &[usize]) -> Fields {
    use farebox_group::Group as _;
    let scalar = |i| Scalar::<S>::from(if zeros.contains(&i) { 0 } else { 7 });
    let scalars: Vec<u8> =
        (0..count).flat_map(|i| scalar(i).to_bytes(S::Group::SCALAR_ORDER).as_ref().to_vec()).collect();
    Fields::from([("scalars".to_owned(), hex::encode(scalars))])
}

pub(super) fn degenerate_keys<S: Named>(world: &mut World<'_, S>) -> Result<(), String> {
    for (i, name) in ["x0", "x1", "x2", "xb"].into_iter().enumerate() {
        let comment = format!("the coins give {name} = 0");
        let flags = ["zero-key", "degenerate-coins"];
        world.add("keygen", case(comment, &flags, sevens::<S>(4, &[i]), Fields::new(), MISUSE))?;
    }
    Ok(())
}

fn secret_keys<S: Named>(world: &mut World<'_, S>) -> Result<(), String> {
    let number = |n: u64| Scalar::<S>::from(n);
    let small = bytes(&joined::<S>(&[number(1), number(2), number(3), number(4)]))?;
    let largest = bytes(&joined::<S>(&[-number(1); 4]))?;
    // X0 = x0*G + xb*H is the identity for no xb that anyone knows.
    let mut cases: Vec<(String, Vec<&'static str>, Vec<u8>, Want)> = vec![
        ("x0 = 1, x1 = 2, x2 = 3, xb = 4".into(), vec![], small.clone(), ACCEPT),
        ("all scalars are q - 1".into(), vec!["boundary"], largest, ACCEPT),
        ("127 bytes".into(), vec!["length"], small.iter().take(127).copied().collect(), MALFORMED),
        ("129 bytes".into(), vec!["length"], small.iter().copied().chain([0]).collect(), MALFORMED),
        ("no bytes".into(), vec!["length"], Vec::new(), MALFORMED),
    ];
    for (i, name) in ["x0", "x1", "x2", "xb"].into_iter().enumerate() {
        cases.push((format!("{name} = 0"), vec!["zero-key"], replace(&small, 32 * i, &[0; 32]), MALFORMED));
        let above = replace(&small, 32 * i, &order::<S>());
        cases.push((format!("{name} = q"), vec!["zero-key", "non-canonical-scalar"], above, MALFORMED));
    }
    for (comment, flags, sk, want) in cases {
        world.add("secret-key", case(comment, &flags, Fields::new(), fields([("sk", hex::encode(sk))]), want))?;
    }
    Ok(())
}

fn public_keys<S: Named>(world: &mut World<'_, S>) -> Result<(), String> {
    let pk = world.pk.clone();
    let draft = case("honest", &[], Fields::new(), fields([("pk", pk.clone())]), ACCEPT);
    world.add("public-key", draft)?;
    for fault in World::<S>::tried(Layout::<S>::public_key().faults(&bytes(&pk)?)?) {
        let input = fields([("pk", hex::encode(fault.bytes))]);
        world.add("public-key", case(fault.comment, &[fault.flag], Fields::new(), input, fault.want))?;
    }
    Ok(())
}
