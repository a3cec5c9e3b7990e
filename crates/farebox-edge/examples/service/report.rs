//! The figures.

/// Requests in a second, round by round.
pub(crate) struct Row {
    name: &'static str,
    pub(crate) verify: Vec<f64>,
    pub(crate) memory: Vec<f64>,
    pub(crate) durable: Vec<f64>,
}

impl Row {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, verify: Vec::new(), memory: Vec::new(), durable: Vec::new() }
    }
}

pub(crate) struct Report {
    cores: usize,
    rounds: usize,
    rows: Vec<Row>,
}

/// The goal for ACT at L = 8: so much of what verification alone allows, with durable records.
const GOAL: f64 = 0.7;

impl Report {
    pub(crate) fn new(cores: usize, rounds: usize) -> Self {
        Self { cores, rounds, rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn print(&self) {
        println!(
            "redemptions per second on {} cores, client included; medians of {} rounds (least-most)",
            self.cores, self.rounds
        );
        println!(
            "{:20} {:>22} {:>22} {:>22} {:>8}",
            "", "verification alone", "ledger in memory", "durable ledger", "share"
        );
        for row in &self.rows {
            let [verify, memory, durable] = [&row.verify, &row.memory, &row.durable].map(|all| spread(all));
            println!("{:20} {verify:>22} {memory:>22} {durable:>22} {:>8.2}", row.name, share(row));
        }
        for row in self.rows.iter().filter(|row| row.name.starts_with("act")) {
            let met = if share(row) >= GOAL { "met" } else { "missed" };
            println!(
                "goal: {} with durable records at {GOAL} of verification alone: {:.2}, {met}",
                row.name,
                share(row)
            );
        }
    }

    pub(crate) fn print_json(&self) {
        let rows: Vec<String> = self.rows.iter().map(json).collect();
        println!("{{\"cores\":{},\"rounds\":{},\"rows\":[{}]}}", self.cores, self.rounds, rows.join(","));
    }
}

fn json(row: &Row) -> String {
    let list = |all: &[f64]| all.iter().map(|rate| format!("{rate:.1}")).collect::<Vec<_>>().join(",");
    format!(
        "{{\"name\":\"{}\",\"verify\":[{}],\"memory\":[{}],\"durable\":[{}]}}",
        row.name,
        list(&row.verify),
        list(&row.memory),
        list(&row.durable)
    )
}

/// Durable redemptions as a part of verifications.
fn share(row: &Row) -> f64 {
    median(&row.durable) / median(&row.verify)
}

fn median(all: &[f64]) -> f64 {
    let mut sorted = all.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn spread(all: &[f64]) -> String {
    let (least, most) =
        all.iter().fold((f64::INFINITY, 0f64), |(least, most), rate| (least.min(*rate), most.max(*rate)));
    format!("{:.0} ({least:.0}-{most:.0})", median(all))
}
