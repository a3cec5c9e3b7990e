//! `farebox config`.

use serde_json::json;

use crate::args::{Config as Args, ConfigAction, Global};
use crate::config::{self, DEFAULT};
use crate::exit::{Code, Failure};
use crate::output::{self, Output};

pub(crate) fn run(args: &Args, global: &Global, output: &Output) -> Result<Code, Failure> {
    match &args.action {
        ConfigAction::Print => output::print(DEFAULT.trim_end()),
        ConfigAction::Show => show(global, output)?,
        ConfigAction::Check { file } => {
            let loaded = match file {
                Some(file) => config::load_file(Some(file))?,
                None => config::load(global)?,
            };
            let place = loaded.file.map_or("the defaults".to_owned(), |path| path.display().to_string());
            output.result(|| format!("{place}: good"), || json!({ "file": place, "good": true }));
        }
    }
    Ok(Code::Success)
}

/// What is in force. The database's connection may have a password in it.
fn show(global: &Global, output: &Output) -> Result<(), Failure> {
    let mut table = config::load(global)?.table;
    if let Some(toml::Value::Table(ledger)) = table.get_mut("ledger") {
        let has_url = ledger.get("url").and_then(toml::Value::as_str).is_some_and(|url| !url.is_empty());
        if has_url {
            ledger.insert("url".into(), toml::Value::String("(not shown)".into()));
        }
    }
    output.result(|| table.to_string().trim_end().to_owned(), || json!(table));
    Ok(())
}
