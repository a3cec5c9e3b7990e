//! `farebox keygen`, `keys` and `vouchers`.

use super::common::Place;

#[test]
fn keys_are_made_listed_rotated_and_kept_until_they_are_over() {
    let place = Place::new(&["act", "voprf-ristretto255"], "");
    let list = || place.run(&["--json", "keys", "list"]).good().json();
    let states = || -> Vec<String> {
        let keys = list();
        keys.as_array().unwrap().iter().map(|key| key["state"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(states(), ["issues", "issues"]);
    // A second key that issues needs a word.
    let refused = place.run(&["keygen", "act"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("keys rotate"), "{refused:?}");

    place.run(&["keys", "rotate", "act"]).good();
    assert_eq!(states(), ["issues", "issues", "announced"]);
    place.run(&["keys", "rotate"]).good();
    assert_eq!(states(), ["issues", "announced", "issues", "announced"]);
    assert_eq!(place.run(&["--json", "keys", "retire"]).good().json()["retired"].as_array().unwrap().len(), 0);
    let table = place.run(&["keys", "list"]).good().out;
    assert!(table.contains("L = 8, 200 credits") && table.contains("announced"), "{table}");
    let missing = place.run(&["keys", "rotate", "blind-rsa"]);
    assert_eq!(missing.code, 1, "{missing:?}");
}

#[test]
fn keys_that_are_over_are_retired() {
    let place = Place::new(&["act"], "");
    place.run(&["keygen", "arc", "--not-before", "1000"]).good();
    let gone = place.run(&["--json", "keys", "retire"]).good().json();
    assert_eq!(gone["retired"].as_array().unwrap().len(), 1);
    assert_eq!(place.run(&["--json", "keys", "list"]).good().json().as_array().unwrap().len(), 1);
}

#[test]
fn a_bad_parameter_makes_no_key() {
    let place = Place::new(&["act"], "");
    for bad in [&["--act-domain", "x"][..], &["--act-bits", "4", "--act-credits", "16"]] {
        let told = place.run(&[&["keygen", "act", "--force"], bad].concat());
        assert_eq!(told.code, 1, "{told:?}");
    }
    assert_eq!(place.run(&["--json", "keys", "list"]).good().json().as_array().unwrap().len(), 1);
}
