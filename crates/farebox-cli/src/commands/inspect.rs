//! `farebox inspect`.

use clap::ValueEnum as _;
use serde_json::{Value, json};

use crate::args::{Inspect, Kind};
use crate::exit::{Code, Failure};
use crate::inspect::{Found, Hints, Rejected, inspect, read};
use crate::output::Output;

pub(crate) fn run(args: &Inspect, output: &Output) -> Result<Code, Failure> {
    let input = read(&args.input).map_err(Failure::at(Code::Failure, "the input"))?;
    let hints = Hints { token_type: args.token_type.map(|name| name.token_type()) };
    let found = inspect(&input, args.kind, hints).map_err(|rejected| refused(args.kind, &rejected))?;
    if args.kind.is_none() {
        output.note(&guess(&found));
    }
    output.result(|| found.tree.draw(output, args.full), || to_json(&found, args.kind.is_none()));
    Ok(Code::Success)
}

fn guess(found: &Found) -> String {
    let mut text = format!("a guess: {}, from {}", name(found.kind), found.encoding);
    if !found.also.is_empty() {
        let also: Vec<String> = found.also.iter().map(|kind| name(*kind)).collect();
        text.push_str(&format!("; it could be: {} (--as KIND)", also.join(", ")));
    }
    text
}

fn to_json(found: &Found, guessed: bool) -> Value {
    let also: Vec<String> = found.also.iter().map(|kind| name(*kind)).collect();
    json!({
        "kind": name(found.kind),
        "guessed": guessed,
        "also": also,
        "encoding": found.encoding,
        "message": found.tree.to_json(),
    })
}

/// With a kind, why it is not of that kind. Without, why it is of none.
fn refused(kind: Option<Kind>, rejected: &[Rejected]) -> Failure {
    let mut reasons: Vec<String> = Vec::new();
    for Rejected { kind, reason } in rejected {
        let line = format!("  {}: {reason}", name(*kind));
        let is_about_form = reason.starts_with("this is text") || reason.starts_with("these are bytes");
        if !is_about_form && !reasons.contains(&line) {
            reasons.push(line);
        }
    }
    let head =
        kind.map_or("no message that is known here".to_owned(), |kind| format!("not of the kind {}", name(kind)));
    Failure::new(Code::Malformed, [vec![head], reasons].concat().join("\n"))
}

fn name(kind: Kind) -> String {
    kind.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
