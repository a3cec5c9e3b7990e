//! What each step sent, and how long it took.

use std::time::{Duration, Instant};

/// The rows, as they come.
#[derive(Default)]
pub(crate) struct Table(Vec<[String; 4]>);

impl Table {
    /// A step of the client: how long it worked, and what it sends.
    pub(crate) fn client<T>(&mut self, step: &str, work: impl FnOnce() -> T, bytes: impl FnOnce(&T) -> usize) -> T {
        let start = Instant::now();
        let done = work();
        let took = start.elapsed();
        let bytes = match bytes(&done) {
            0 => String::new(),
            bytes => bytes.to_string(),
        };
        self.0.push([step.to_owned(), "client".to_owned(), bytes, micros(took)]);
        done
    }

    /// A step of the server: what it says itself about its time.
    pub(crate) fn server(&mut self, step: &str, bytes: usize, took: Duration) {
        let bytes = if bytes == 0 { String::new() } else { bytes.to_string() };
        self.0.push([step.to_owned(), "server".to_owned(), bytes, micros(took)]);
    }

    /// A line that stands alone.
    pub(crate) fn title(&mut self, text: &str) {
        self.0.push([text.to_owned(), String::new(), String::new(), String::new()]);
    }

    pub(crate) fn print(&self) {
        println!("{:<44} {:>7} {:>7} {:>9}", "step", "who", "bytes", "us");
        for [step, who, bytes, took] in &self.0 {
            if who.is_empty() {
                println!("\n{step}");
            } else {
                println!("  {step:<42} {who:>7} {bytes:>7} {took:>9}");
            }
        }
    }
}

fn micros(took: Duration) -> String {
    took.as_micros().to_string()
}
