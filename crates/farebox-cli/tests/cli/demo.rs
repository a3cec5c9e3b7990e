//! `farebox demo`.

use super::common::run;

#[test]
fn the_demonstration_holds() {
    let place = tempfile::tempdir().unwrap();
    let told = run(place.path(), &["--json", "demo", "--requests", "2"]).good().json();
    assert_eq!(told["holds"], true);
    let steps = told["steps"].as_array().unwrap();
    for scheme in ["VOPRF(P-384)", "Blind RSA", "VOPRF(ristretto255)", "ARC(P-256)", "ACT(ristretto255)"] {
        for step in ["challenge", "issue", "redeem"] {
            assert!(steps.iter().any(|row| row["scheme"] == scheme && row["step"] == step), "{scheme} {step}");
        }
    }
    assert!(told["checks"].as_array().unwrap().len() > 15);
}
