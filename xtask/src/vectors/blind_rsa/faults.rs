//! What is refused, one fault in each case.

use farebox_blind_rsa::Variant;
use sha2::{Digest as _, Sha384};

use super::cases::{Honest, World, output};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, INVALID, MALFORMED, MISUSE, Want};

pub(super) fn write<V: Variant>(world: &mut World<'_, V>, honest: &Honest, other: &Honest) -> Result<(), String> {
    public_keys(world)?;
    secret_keys(world)?;
    coins(world, honest)?;
    blind_sign(world, honest)?;
    finalize(world, honest, other)?;
    verify(world, honest, other)?;
    states(world, honest)
}

/// A case with one input and no coins.
fn one<V: Variant>(
    world: &mut World<'_, V>,
    operation: &'static str,
    name: &str,
    (comment, flag, bytes, want): (&str, &'static str, String, Want),
) -> Result<(), String> {
    let flags = [flag];
    let flags = if flag.is_empty() { &[][..] } else { &flags[..] };
    world.add(operation, comment, flags, Fields::new(), fields([(name, bytes)]), want).map(|_| ())
}

/// Hex with one bit of a byte turned.
fn flip(hex: &str, at: usize) -> Result<String, String> {
    let mut bytes = decode(hex)?;
    bytes.get_mut(at).map(|byte| *byte ^= 1).ok_or("too short")?;
    Ok(hex::encode(bytes))
}

fn decode(hex: &str) -> Result<Vec<u8>, String> {
    hex::decode(hex).map_err(|error| error.to_string())
}

fn cut(hex: &str) -> String {
    hex.get(..hex.len() - 2).unwrap_or_default().to_owned()
}

/// The last byte changed by a number that does not carry.
fn add_to_last(hex: &str, number: u8) -> Result<String, String> {
    let mut bytes = decode(hex)?;
    bytes.last_mut().map(|byte| *byte = byte.wrapping_add(number)).ok_or("empty")?;
    Ok(hex::encode(bytes))
}

/// Parts of the SPKI's template: its head of 81 bytes, n, and e with its own head of two.
fn public_keys<V: Variant>(world: &mut World<'_, V>) -> Result<(), String> {
    let spki = world.spki();
    let (n, salt) = (hex::encode(world.public.modulus()), V::SALT_LEN);
    let edit = |from: &str, to: &str| spki.replacen(from, to, 1);
    let of_salt = |salt: u8| edit(&format!("a203020{}", tail(V::SALT_LEN as u8)), &format!("a203020{}", tail(salt)));
    let even = edit(&n, &add_to_last(&n, 0xff)?);
    // Shorter by a byte: no sign in front of n. By two: e in one byte.
    let shorter = |outer, bits, key| {
        let of_bits = spki.replacen("30820152", outer, 1).replacen("0382010f", bits, 1);
        of_bits.replacen("3082010a", key, 1)
    };
    let rest = n.get(2..).unwrap_or_default();
    let short = shorter("30820151", "0382010e", "30820109").replacen(
        &format!("0282010100{n}"),
        &format!("028201007f{rest}"),
        1,
    );
    let one_as_e = shorter("30820150", "0382010d", "30820108").replacen("0203010001", "020101", 1);
    let null = null_parameters(&spki);
    let encryption =
        format!("30820122300d06092a864886f70d01010105000382010f{}", spki.split_once("0382010f").ok_or("no key")?.1);
    for case in [
        ("rsaEncryption", "algorithm", encryption, MALFORMED),
        ("another salt length", "algorithm", of_salt(if salt == 0 { 48 } else { 0 }), MALFORMED),
        ("a salt of 20 bytes", "algorithm", of_salt(20), MALFORMED),
        ("SHA-256", "algorithm", edit("608648016503040202", "608648016503040201"), MALFORMED),
        ("NULL as the hash's parameters: the bytes are kept", "", null, ACCEPT),
        ("a modulus of 2047 bits", "modulus", short, MALFORMED),
        ("an even modulus", "modulus", even, MALFORMED),
        ("e = 1", "exponent", one_as_e, MALFORMED),
        ("e = 65536", "exponent", edit("0203010001", "0203010000"), MALFORMED),
        ("a byte behind", "length", spki.clone() + "00", MALFORMED),
        ("a byte less", "length", cut(&spki), MALFORMED),
        ("nothing", "length", String::new(), MALFORMED),
        ("unused bits in the bit string", "encoding", edit("0382010f00", "0382010f01"), MALFORMED),
        ("a negative modulus", "encoding", edit("0282010100", "0282010180"), MALFORMED),
    ] {
        one(world, "public-key", "spki", case)?;
    }
    Ok(())
}

/// The end of `02 01 salt` in hex.
fn tail(salt: u8) -> String {
    format!("1{salt:02x}")
}

/// The template with `05 00` in both hash algorithms, and the lengths around them.
fn null_parameters(spki: &str) -> String {
    let longer = spki.replace("300b0609608648016503040202", "300d06096086480165030402020500");
    let longer = longer.replacen("30820152303d", "308201563041", 1).replacen("3030a00d", "3034a00f", 1);
    longer.replacen("a11a3018", "a11c301a", 1)
}

fn secret_keys<V: Variant>(world: &mut World<'_, V>) -> Result<(), String> {
    let pkcs8 = world.pkcs8.clone();
    let len = pkcs8.len() / 2;
    // In 26 bytes of head: versions and algorithm. n begins at 37, e is at 294, d behind it; the inverse of q comes last.
    for case in [
        ("another inverse of q", "bit-flip", flip(&pkcs8, len - 1)?, MALFORMED),
        ("another modulus", "bit-flip", flip(&pkcs8, 100)?, MALFORMED),
        ("another d", "bit-flip", flip(&pkcs8, 400)?, MALFORMED),
        ("another p", "bit-flip", flip(&pkcs8, 640)?, MALFORMED),
        ("a byte behind", "length", pkcs8.clone() + "00", MALFORMED),
        ("a byte less", "length", cut(&pkcs8), MALFORMED),
    ] {
        one(world, "secret-key", "pkcs8", case)?;
    }
    Ok(())
}

fn coins<V: Variant>(world: &mut World<'_, V>, honest: &Honest) -> Result<(), String> {
    let msg = || fields([("msg", hex::encode("message"))]);
    let prefix = "00".repeat(if V::PREFIX_LEN == 0 { 32 } else { 31 });
    let other = fields([("prefix", prefix)]);
    world.add("prepare", "a prefix of another length", &["degenerate-coins"], other, msg(), MISUSE)?;

    let (n, salt) = (hex::encode(world.public.modulus()), hex::encode(world.draw("salt of faults", V::SALT_LEN)));
    let fits = hex::encode(world.factor("r of faults"));
    let other_salt = "00".repeat(48 - V::SALT_LEN.min(47));
    let one = format!("{:0>1$}", 1, n.len());
    for (comment, name, factor, salt, want) in [
        ("r = 1 hides nothing, and is a unit", "r", one, &salt, ACCEPT),
        ("by the inverse of r", "inv", fits.clone(), &salt, ACCEPT),
        ("r = 0", "r", "00".repeat(n.len() / 2), &salt, MISUSE),
        ("r = n", "r", n.clone(), &salt, MISUSE),
        ("r in fewer bytes", "r", cut(&fits), &salt, MISUSE),
        ("inv = 0", "inv", "00".repeat(n.len() / 2), &salt, MISUSE),
        ("a salt of another length", "r", fits.clone(), &other_salt, MISUSE),
    ] {
        let coins = fields([("salt", salt.clone()), (name, factor)]);
        let input = fields([("input_msg", honest.input_msg.clone())]);
        let flags: &[&'static str] = if comment.starts_with("by") { &[] } else { &["degenerate-coins"] };
        world.add("blind", comment, flags, coins, input, want)?;
    }
    if V::PREFIX_LEN > 0 {
        let (coins, input) = (fields([("salt", salt), ("r", fits)]), fields([("input_msg", "00".repeat(31))]));
        world.add("blind", "a message without its whole prefix", &["length"], coins, input, MALFORMED)?;
    }
    Ok(())
}

fn blind_sign<V: Variant>(world: &mut World<'_, V>, honest: &Honest) -> Result<(), String> {
    let n = hex::encode(world.public.modulus());
    for case in [
        ("m = n - 1, whose power is itself", "boundary", add_to_last(&n, 0xff)?, ACCEPT),
        ("m = 0", "boundary", "00".repeat(n.len() / 2), ACCEPT),
        ("m = n", "modulus", n.clone(), MALFORMED),
        ("m = 2^2048 - 1", "modulus", "ff".repeat(n.len() / 2), MALFORMED),
        ("a byte less", "length", cut(&honest.blinded_msg), MALFORMED),
        ("a byte more", "length", format!("00{}", honest.blinded_msg), MALFORMED),
        ("nothing", "length", String::new(), MALFORMED),
    ] {
        one(world, "blind-sign", "blinded_msg", case)?;
    }
    Ok(())
}

fn finalize<V: Variant>(world: &mut World<'_, V>, honest: &Honest, other: &Honest) -> Result<(), String> {
    let n = hex::encode(world.public.modulus());
    // An odd modulus of this size; what its factors are does not matter here.
    let foreign = world.spki().replacen(&n, &add_to_last(&n, 2)?, 1);
    for (comment, flag, blind_sig, want) in [
        ("one bit of the answer", "bit-flip", flip(&honest.blind_sig, 255)?, INVALID),
        ("the answer of another run", "other-message", other.blind_sig.clone(), INVALID),
        ("an answer of 0", "boundary", "00".repeat(n.len() / 2), INVALID),
        ("an answer of n", "modulus", n.clone(), MALFORMED),
        ("a byte less", "length", cut(&honest.blind_sig), MALFORMED),
        ("a byte more", "length", format!("00{}", honest.blind_sig), MALFORMED),
        ("nothing", "length", String::new(), MALFORMED),
    ] {
        let input = fields([("state", honest.state.clone()), ("blind_sig", blind_sig)]);
        world.add("finalize", comment, &[flag], Fields::new(), input, want)?;
    }
    // The state names its key by the hash of the template's SPKI.
    let fingerprint = hex::encode(sha2::Sha256::digest(decode(&foreign)?));
    let state = [honest.state.get(..4), Some(&fingerprint), honest.state.get(68..)];
    let state: String = state.into_iter().flatten().collect();
    let input = fields([("state", state), ("blind_sig", honest.blind_sig.clone()), ("state_spki", foreign)]);
    world.add("finalize", "a state of another key, read as such", &["foreign-state"], Fields::new(), input, MISUSE)?;
    Ok(())
}

/// EMSA-PSS with a salt of any length.
fn emsa_pss(message: &[u8], salt: &[u8], k: usize) -> Vec<u8> {
    let h = Sha384::digest([&[0; 8][..], &Sha384::digest(message), salt].concat());
    let mut db = vec![0; k - 49 - salt.len() - 1];
    db.push(1);
    db.extend_from_slice(salt);
    let mask = (0u32..).flat_map(|i| Sha384::digest([&h[..], &i.to_be_bytes()].concat()));
    db.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    db.iter_mut().take(1).for_each(|byte| *byte &= 0x7f);
    [&db[..], &h, &[0xbc]].concat()
}

fn verify<V: Variant>(world: &mut World<'_, V>, honest: &Honest, other: &Honest) -> Result<(), String> {
    let n = hex::encode(world.public.modulus());
    let message = decode(&honest.input_msg)?;
    let mut add = |comment: &str, flag: &'static str, message: &str, sig: String, want: Want| {
        let input = fields([("input_msg", message.to_owned()), ("sig", sig)]);
        world.add("verify", comment, &[flag], Fields::new(), input, want).map(|_| ())
    };
    let input = honest.input_msg.as_str();
    add("one bit of the signature", "bit-flip", input, flip(&honest.sig, 255)?, INVALID)?;
    add("one bit of the message", "bit-flip", &flip(input, message.len() - 1)?, honest.sig.clone(), INVALID)?;
    add("the signature of another message", "other-message", input, other.sig.clone(), INVALID)?;
    add("a signature of 0", "boundary", input, "00".repeat(n.len() / 2), INVALID)?;
    add("a signature of n", "modulus", input, n.clone(), MALFORMED)?;
    add("a byte less", "length", input, cut(&honest.sig), MALFORMED)?;
    add("a byte more", "length", input, format!("00{}", honest.sig), MALFORMED)?;
    add("nothing", "length", input, String::new(), MALFORMED)?;
    if V::PREFIX_LEN > 0 {
        add("a message without its whole prefix", "length", &"00".repeat(31), honest.sig.clone(), MALFORMED)?;
    }
    let k = world.public.modulus_len();
    let mut encodings = Vec::new();
    for len in [V::SALT_LEN, 48 - V::SALT_LEN, 20, 47] {
        encodings.push((format!("a salt of {len} bytes, signed"), "salt", emsa_pss(&message, &vec![7; len], k)));
    }
    let mut trailer = emsa_pss(&message, &vec![7; V::SALT_LEN], k);
    trailer.last_mut().map(|byte| *byte = 0xcc).ok_or("empty")?;
    encodings.push(("another trailer, signed".to_owned(), "consistent-forgery", trailer));
    for (comment, flag, em) in encodings {
        // Whoever signs blindly signs any integer below n.
        let signed = fields([("blinded_msg", hex::encode(em))]);
        let signed = world.add("blind-sign", &comment, &[], Fields::new(), signed, ACCEPT)?;
        let input = fields([("input_msg", honest.input_msg.clone()), ("sig", output(&signed, "blind_sig")?)]);
        let own = comment.starts_with(&format!("a salt of {} bytes", V::SALT_LEN));
        let want = if own { ACCEPT } else { INVALID };
        world.add("verify", &comment, &[flag], Fields::new(), input, want)?;
    }
    Ok(())
}

fn states<V: Variant>(world: &mut World<'_, V>, honest: &Honest) -> Result<(), String> {
    let state = &honest.state;
    let with = |at: usize, to: &str| {
        let parts = [state.get(..2 * at), Some(to), state.get(2 * at + to.len()..)];
        parts.into_iter().flatten().collect::<String>()
    };
    let n = hex::encode(world.public.modulus());
    for case in [
        ("version 0", "version", with(0, "00"), MALFORMED),
        ("version 2", "version", with(0, "02"), MALFORMED),
        ("another variant", "version", with(1, "00"), MALFORMED),
        ("another key", "foreign-state", flip(state, 2)?, MALFORMED),
        ("inv = n", "modulus", with(82, &n), MALFORMED),
        ("a byte less", "length", cut(state), MALFORMED),
        ("a byte more", "length", state.clone() + "00", MALFORMED),
        ("nothing", "length", String::new(), MALFORMED),
    ] {
        one(world, "state", "bytes", case)?;
    }
    Ok(())
}
