//! Laying one table over another, with faults that name their key.

use std::ffi::OsString;

use toml::{Table, Value};

use super::{Config, DEFAULT, Fault};

const ROUTES: &str = "origin.routes";

/// The defaults with this text over them, and the environment over both.
pub(super) fn merge(
    text: &str,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Table, Vec<Fault>> {
    let defaults = parse(DEFAULT)?;
    let mut table = defaults.clone();
    let mut faults = Vec::new();
    overlay(&mut table, parse(text)?, "", &mut faults);
    for (name, value) in environment {
        if let (Some(name), Some(value)) = (name.to_str(), value.to_str()) {
            faults.extend(from_environment(&mut table, &defaults, name, value).err());
        }
    }
    if faults.is_empty() { Ok(table) } else { Err(faults) }
}

fn parse(text: &str) -> Result<Table, Vec<Fault>> {
    text.parse::<Table>().map_err(|error| vec![Fault::new("", error.to_string().trim_end())])
}

/// Section by section, so that a fault in one does not hide those of the others.
pub(super) fn config(table: Table) -> Result<Config, Vec<Fault>> {
    let mut faults = Vec::new();
    for (section, value) in &table {
        for (key, value) in value.as_table().into_iter().flatten() {
            let path = format!("{section}.{key}");
            if let (ROUTES, Some(routes)) = (path.as_str(), value.as_array()) {
                routes.iter().enumerate().for_each(|(i, route)| faults.extend(route_faults(i, route)));
            } else if let Err(error) = alone(section, key, value) {
                faults.push(Fault::new(path, error));
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Config::try_from_table(table).map_err(|reason| vec![Fault::new("", reason)])
}

/// Whether a value is good for its key, with everything else at its default.
fn alone(section: &str, key: &str, value: &Value) -> Result<(), String> {
    let Ok(mut table) = parse(DEFAULT) else { return Ok(()) };
    if let Some(Value::Table(section)) = table.get_mut(section) {
        section.insert(key.to_owned(), value.clone());
    }
    Config::try_from_table(table).map(drop)
}

fn route_faults(at: usize, route: &Value) -> Vec<Fault> {
    let keys = route.as_table().into_iter().flatten();
    let one = |(key, value): (&String, &Value)| {
        let mut route = default_route()?;
        route.insert(key.clone(), value.clone());
        let mut table = parse(DEFAULT).ok()?;
        if let Some(Value::Table(origin)) = table.get_mut("origin") {
            origin.insert("routes".into(), Value::Array(vec![Value::Table(route)]));
        }
        let reason = Config::try_from_table(table).err()?;
        Some(Fault::new(format!("{ROUTES}[{at}].{key}"), reason))
    };
    keys.filter_map(one).collect()
}

impl Config {
    fn try_from_table(table: Table) -> Result<Self, String> {
        // The error's own text ends with the key, which is said in another way here.
        table.try_into().map_err(|error: toml::de::Error| error.message().to_owned())
    }
}

fn default_route() -> Option<Table> {
    let defaults = parse(DEFAULT).ok()?;
    defaults.get("origin")?.get("routes")?.as_array()?.first()?.as_table().cloned()
}

/// Puts the values of `over` into `under`, which has every key that there is.
fn overlay(under: &mut Table, over: Table, path: &str, faults: &mut Vec<Fault>) {
    for (key, value) in over {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let Some(old) = under.get_mut(&key) else {
            faults.push(unknown(under, path, &key));
            continue;
        };
        match (old, value) {
            (Value::Table(old), Value::Table(new)) => overlay(old, new, &full, faults),
            (old, Value::Array(routes)) if full == ROUTES => *old = Value::Array(lay_routes(routes, faults)),
            (old, new) => match mismatch(old, &new, &full) {
                Some(fault) => faults.push(fault),
                None => *old = new,
            },
        }
    }
}

/// Routes do not add to the default one; each has its defaults from it.
fn lay_routes(routes: Vec<Value>, faults: &mut Vec<Fault>) -> Vec<Value> {
    let mut all = Vec::new();
    for (i, route) in routes.into_iter().enumerate() {
        let path = format!("{ROUTES}[{i}]");
        match (route, default_route()) {
            (Value::Table(route), Some(mut whole)) => {
                if !route.contains_key("path") {
                    faults.push(Fault::new(format!("{path}.path"), "a route needs a path"));
                }
                overlay(&mut whole, route, &path, faults);
                all.push(Value::Table(whole));
            }
            (other, _) => faults.push(Fault::new(path, format!("a table is wanted, and this is {}", name(&other)))),
        }
    }
    all
}

fn unknown(table: &Table, path: &str, key: &str) -> Fault {
    let full = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    let what = if path.is_empty() { "no such section" } else { "no such key" };
    let near = table.keys().filter(|known| distance(known, key) <= 2).min_by_key(|known| distance(known, key));
    let hint = near.map(|near| format!("; did you mean {}?", full(near))).unwrap_or_default();
    Fault::new(full(key), format!("{what}{hint}"))
}

fn mismatch(old: &Value, new: &Value, path: &str) -> Option<Fault> {
    // It takes a word or a number.
    let is_either = path.ends_with(".returned") || path.ends_with(".returned_on_failure");
    if is_either && (new.is_integer() || new.is_str()) {
        return None;
    }
    if !old.same_type(new) {
        let reason = format!("{} is wanted, and this is {}", name(old), name(new));
        return Some(Fault::new(path, reason));
    }
    let wrong = |(_, value): &(usize, &Value)| !value.is_str();
    let (i, value) = new.as_array()?.iter().enumerate().find(wrong)?;
    Some(Fault::new(format!("{path}[{i}]"), format!("a string is wanted, and this is {}", name(value))))
}

fn name(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a string",
        Value::Integer(_) => "an integer",
        Value::Float(_) => "a float",
        Value::Boolean(_) => "a boolean",
        Value::Datetime(_) => "a time",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
    }
}

/// A variable of the environment, as the kind of value that its key has.
fn from_environment(table: &mut Table, defaults: &Table, variable: &str, value: &str) -> Result<(), Fault> {
    let Some(rest) = variable.strip_prefix("FAREBOX_").map(str::to_ascii_lowercase) else { return Ok(()) };
    let of_section =
        |(section, _): &(&String, &Value)| rest.strip_prefix(section.as_str()).is_some_and(|key| key.starts_with('_'));
    let Some((section, Value::Table(keys))) = defaults.iter().find(of_section) else { return Ok(()) };
    let key = rest.get(section.len() + 1..).unwrap_or_default();
    let Some(old) = keys.get(key).filter(|old| !matches!(old, Value::Table(_))) else {
        return Err(Fault::new(variable, format!("no such key in the section {section}")));
    };
    let new = value_of(old, value).map_err(|reason| Fault::new(format!("{section}.{key} ({variable})"), reason))?;
    if let Some(Value::Table(keys)) = table.get_mut(section) {
        keys.insert(key.to_owned(), new);
    }
    Ok(())
}

fn value_of(old: &Value, text: &str) -> Result<Value, String> {
    match old {
        Value::Integer(_) => text.trim().parse().map(Value::Integer).map_err(|_| "an integer is wanted".into()),
        Value::Boolean(_) => text.trim().parse().map(Value::Boolean).map_err(|_| "true or false is wanted".into()),
        Value::Array(old) if old.iter().any(Value::is_table) => Err("routes stand in the file alone".into()),
        Value::Array(_) => {
            let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
            Ok(Value::Array(words.map(|word| Value::String(word.to_owned())).collect()))
        }
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// Letters to change, insert or leave out.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (b, above) in other.chars().zip(row.iter().skip(1)) {
            let change = before + usize::from(a != b);
            left = change.min(above + 1).min(left + 1);
            before = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
