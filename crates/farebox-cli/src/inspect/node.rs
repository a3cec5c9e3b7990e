//! A decoded message as a tree of named fields.

use serde_json::{Map, Value, json};

use crate::output::Output;

/// A field: its value, what is to be said of it, and the fields inside.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    name: String,
    value: Shown,
    note: Option<String>,
    children: Vec<Node>,
}

/// The value of a field.
#[derive(Clone, Debug)]
pub(crate) enum Shown {
    /// Only what is inside.
    Group {
        /// Bytes of all that is inside, where it is one piece.
        size: Option<usize>,
    },
    Bytes(Vec<u8>),
    Text(String),
    Number(u64),
}

/// Bytes of a field that are shown, unless all are asked for.
const SHOWN: usize = 32;

impl Node {
    pub(crate) fn new(name: impl Into<String>, value: Shown) -> Self {
        Self { name: name.into(), value, note: None, children: Vec::new() }
    }

    pub(crate) fn group(name: impl Into<String>, size: usize) -> Self {
        Self::new(name, Shown::Group { size: Some(size) })
    }

    pub(crate) fn bytes(name: impl Into<String>, bytes: &[u8]) -> Self {
        Self::new(name, Shown::Bytes(bytes.to_vec()))
    }

    pub(crate) fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(name, Shown::Text(text.into()))
    }

    pub(crate) fn number(name: impl Into<String>, number: u64) -> Self {
        Self::new(name, Shown::Number(number))
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    pub(crate) fn with(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    pub(crate) fn all(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// The tree as lines. `whole` shows long fields whole.
    pub(crate) fn draw(&self, output: &Output, whole: bool) -> String {
        let mut lines = vec![self.line(output, whole)];
        self.draw_children("", output, whole, &mut lines);
        lines.join("\n")
    }

    fn draw_children(&self, indent: &str, output: &Output, whole: bool, lines: &mut Vec<String>) {
        for (i, child) in self.children.iter().enumerate() {
            let is_last = i + 1 == self.children.len();
            let (branch, below) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            lines.push(format!("{indent}{branch}{}", child.line(output, whole)));
            child.draw_children(&format!("{indent}{below}"), output, whole, lines);
        }
    }

    fn line(&self, output: &Output, whole: bool) -> String {
        let name = output.bold(&escaped(&self.name));
        let value = match &self.value {
            Shown::Group { size: None } => String::new(),
            Shown::Group { size: Some(size) } => format!(" [{size}]"),
            Shown::Bytes(bytes) => format!(" [{}] {}", bytes.len(), shortened(bytes, whole)),
            Shown::Text(text) => format!(": {}", escaped(text)),
            Shown::Number(number) => format!(": {number}"),
        };
        let note = self.note.as_ref().map(|note| output.dim(&format!("  # {}", escaped(note))));
        format!("{name}{value}{}", note.unwrap_or_default())
    }

    /// The tree as JSON: `name`, then `hex` and `size`, `text` or `number`, then `note` and `fields` where there are some.
    pub(crate) fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("name".into(), json!(self.name));
        match &self.value {
            Shown::Group { size: None } => {}
            Shown::Group { size: Some(size) } => {
                members.insert("size".into(), json!(size));
            }
            Shown::Bytes(bytes) => {
                members.insert("size".into(), json!(bytes.len()));
                members.insert("hex".into(), json!(hex::encode(bytes)));
            }
            Shown::Text(text) => {
                members.insert("text".into(), json!(text));
            }
            Shown::Number(number) => {
                members.insert("number".into(), json!(number));
            }
        }
        if let Some(note) = &self.note {
            members.insert("note".into(), json!(note));
        }
        if !self.children.is_empty() {
            let fields: Vec<Value> = self.children.iter().map(Self::to_json).collect();
            members.insert("fields".into(), Value::Array(fields));
        }
        Value::Object(members)
    }
}

fn shortened(bytes: &[u8], whole: bool) -> String {
    match bytes.get(..SHOWN) {
        Some(head) if !whole && bytes.len() > SHOWN => format!("{}…", hex::encode(head)),
        _ if bytes.is_empty() => "(empty)".into(),
        _ => hex::encode(bytes),
    }
}

/// Text of strangers goes to a terminal: nothing in it may move the cursor or colour the screen.
fn escaped(text: &str) -> String {
    let shown = |c: char| if c.is_control() || is_bidi(c) { c.escape_unicode().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

/// Marks that reorder what is read.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
