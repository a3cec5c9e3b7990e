//! The story of all five token types on this machine: issuer and origin behind real HTTP on 127.0.0.1, and a client that knows
//! nothing but the origin's address.
//!
//! `cargo run --release --example loopback`
//!
//! Each type goes from 401 to 200. A presentation travels with a companion token,
//! until the next companion is withheld. A spend is sent twice, as after a lost answer, then
//! a second spend of the same balance is refused, and the refund is spent again. The ledger is in memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "an example ends where something is not as it tells"
)]

mod browser;
mod server;
mod story;
mod table;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let address = server::start(server::Kind::Open).await?;
    println!("issuer and origin on http://{address}\n");
    let mut browser = browser::Browser::new(address);
    let mut table = table::Table::default();
    story::single_use(&mut browser, &mut table).await?;
    story::batches(&mut browser, &mut table).await?;
    story::arc(&mut browser, &mut table).await?;
    let mut members = browser::Browser::new(server::start(server::Kind::Members).await?);
    story::paired(&mut members, &mut table).await?;
    story::act(&mut browser, &mut table).await?;
    table.print();
    Ok(())
}
