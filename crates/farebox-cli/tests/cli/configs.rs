//! `farebox config`.

use super::common::{command, run, run_with};

#[test]
fn the_default_file_is_printed_and_is_good() {
    let place = tempfile::tempdir().unwrap();
    let printed = run(place.path(), &["config", "print"]).good().out;
    let path = place.path().join("farebox.toml");
    std::fs::write(&path, &printed).unwrap();
    let file = path.to_str().unwrap();
    assert_eq!(run(place.path(), &["config", "check", file]).good().out, format!("{file}: good\n"));
    let shown = run(place.path(), &["config", "show"]).good().out;
    let of_file = run(place.path(), &["-c", file, "config", "show"]).good().out;
    assert_eq!(shown, of_file);
    let json = run(place.path(), &["--json", "config", "show"]).good().json();
    assert_eq!(json["server"]["max_headers"], 100);
}

#[test]
fn the_usual_place_is_looked_at() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("config/farebox");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("farebox.toml"), "[server]\nmax_headers = 50\n").unwrap();
    let shown = run(place.path(), &["--json", "config", "show"]).good().json();
    assert_eq!(shown["server"]["max_headers"], 50);
    // The environment's file counts more, and the command line's most.
    let other = place.path().join("other.toml");
    std::fs::write(&other, "server.max_headers = 60").unwrap();
    let mut named = command(place.path());
    named.env("FAREBOX_CONFIG", &other).args(["--json", "config", "show"]);
    assert_eq!(run_with(&mut named, b"").json()["server"]["max_headers"], 60);
    let missing = run(place.path(), &["-c", "/no/such/file", "config", "check"]);
    assert_eq!(missing.code, 3, "{missing:?}");
}

#[test]
fn all_faults_are_told_with_the_path_of_the_key() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("bad.toml");
    std::fs::write(&path, "[server]\nmax_headrs = 1\n[ledger]\nkind = 3\n").unwrap();
    let told = run(place.path(), &["config", "check", path.to_str().unwrap()]);
    assert_eq!((told.code, told.out.as_str()), (3, ""));
    assert!(told.err.contains("server.max_headrs: no such key; did you mean server.max_headers?"), "{told:?}");
    assert!(told.err.contains("ledger.kind: a string is wanted, and this is an integer"), "{told:?}");
    let json = run(place.path(), &["--json", "config", "check", path.to_str().unwrap()]);
    let error: serde_json::Value = serde_json::from_str(&json.err).unwrap();
    assert_eq!(error["code"], 3);
}

#[test]
fn the_environment_counts_and_a_password_is_not_shown() {
    let place = tempfile::tempdir().unwrap();
    let mut shown = command(place.path());
    shown.env("FAREBOX_LEDGER_URL", "host=x password=hunter2").env("FAREBOX_LEDGER_KIND", "postgres");
    let shown = run_with(shown.args(["--json", "config", "show"]), b"").good();
    assert_eq!(shown.json()["ledger"]["kind"], "postgres");
    assert!(!shown.out.contains("hunter2"));
    let mut wrong = command(place.path());
    let told = run_with(wrong.env("FAREBOX_SERVER_LISTEN", "nowhere").args(["config", "check"]), b"");
    assert_eq!(told.code, 3);
    assert!(told.err.contains("server.listen"), "{told:?}");
}
