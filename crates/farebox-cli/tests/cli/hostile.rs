//! Input that is wrong in any way gets an exit code and a reason, in bounded time, and no panic.

use std::path::Path;

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

use super::common::{command, run, run_with};

#[test]
fn input_of_any_kind_is_read_or_refused() {
    let here = std::env::temp_dir();
    let mut rng = SmallRng::seed_from_u64(7);
    let mut inputs: Vec<Vec<u8>> = vec![
        vec![],
        vec![0],
        vec![0xff; 3],
        b"{".to_vec(),
        b"{}".to_vec(),
        b"PrivateToken".to_vec(),
        b"PrivateToken token=".to_vec(),
        b"WWW-Authenticate:".to_vec(),
        b"=".repeat(1000),
        b"[".repeat(100_000),
        vec![0xe5, 0xad],
        vec![0xc0; 200_000],
        hex::encode(vec![0xe5; 100_000]).into_bytes(),
    ];
    for head in [&[0u8, 1][..], &[0, 2], &[0, 5], &[0xe5, 0xac], &[0xe5, 0xad], &[0x02, 0xaa], &[0x40, 0x20]] {
        let mut body = vec![0; rng.random_range(0..5000)];
        rng.fill(&mut body[..]);
        inputs.push([head, &body].concat());
    }
    for input in inputs {
        let told = run_with(command(&here).args(["inspect", "-"]), &input);
        assert!([0, 4].contains(&told.code), "{told:?}");
        assert!(told.code == 0 || told.err.starts_with("farebox: no message"), "{told:?}");
    }
}

#[test]
fn more_than_a_megabyte_is_not_read() {
    let told = run_with(command(&std::env::temp_dir()).args(["inspect", "-"]), &vec![b'0'; (1 << 20) + 1]);
    assert_eq!(told.code, 1);
    assert!(told.err.contains("more than 1048576 bytes"), "{told:?}");
    // It never ends.
    assert_eq!(run(Path::new("/"), &["inspect", "/dev/zero"]).code, 1);
    assert_eq!(run(Path::new("/"), &["inspect", "/no/such/file"]).code, 1);
}

#[test]
fn arguments_that_are_not_good_are_a_code_of_their_own() {
    let here = std::env::temp_dir();
    for arguments in
        [&["fly"][..], &["inspect"], &["inspect", "00", "--as", "tree"], &["keys"], &["fetch"], &["keygen"]]
    {
        let told = run(&here, arguments);
        assert_eq!((told.code, told.out.as_str()), (2, ""), "{told:?}");
    }
    let told = run(&here, &["fetch", "not a url"]);
    assert_eq!(told.code, 2, "{told:?}");
    for header in ["no-colon", "a b: c", "x: \u{1}"] {
        assert_eq!(run(&here, &["fetch", "http://127.0.0.1:1/", "-H", header]).code, 2);
    }
    assert_eq!(run(&here, &["--help"]).good().err, "");
    assert!(run(&here, &["--version"]).good().out.starts_with("farebox 0."));
}
