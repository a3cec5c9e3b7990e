//! Completions, manual pages, and how things are printed.

use super::common::{command, run, run_with};

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let printed = run(&std::env::temp_dir(), &["completions", shell]).good().out;
        assert!(printed.contains("farebox") && printed.contains("inspect"), "{shell}");
    }
}

#[test]
fn every_command_has_a_page() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("man");
    run(place.path(), &["man", folder.to_str().unwrap()]).good();
    let page = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert!(page("farebox.1").contains("Exit codes"));
    for name in ["farebox-serve.1", "farebox-fetch.1", "farebox-wallet-recover.1", "farebox-config-check.1"] {
        assert!(page(name).contains(".TH"), "{name}");
    }
}

#[test]
fn there_are_no_colours_and_bars_without_a_terminal() {
    let request = format!("0005aa{}", "17".repeat(32));
    let here = std::env::temp_dir();
    for variable in ["", "1"] {
        let mut shown = command(&here);
        let shown =
            run_with(shown.env("NO_COLOR", variable).env("CLICOLOR_FORCE", "1").args(["inspect", &request]), b"")
                .good();
        assert!(!shown.out.contains('\u{1b}') && !shown.err.contains('\u{1b}'), "{shown:?}");
    }
    let quiet = run(&here, &["-q", "inspect", &request]).good();
    assert_eq!(quiet.err, "");
    assert!(quiet.out.contains("blinded_msg [32]"), "{quiet:?}");
}
