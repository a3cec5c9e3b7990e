//! The demonstration: an issuer and an origin on loopback, a wallet, and what can go wrong between them.

mod folder;
mod report;
mod transport;

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use farebox_issuer::keystore::{KeySpec, KeyStore, Schedule};
use farebox_wallet::{
    Amount, Caps, Error, FileStore, Paid, Proxies, Recovered, ReqwestTransport, Stage, Transport as _, Wallet,
};
use http::{Request, Response, StatusCode};
use privacypass_wire::directory::ActParameters;

use crate::config::{self, Config, Scheme};
use crate::exit::{Code, Failure};
use crate::output::Output;
use crate::serve::{Insecure, Server};
use crate::time::now;
use crate::wallet::{self, Overrides};

use folder::Folder;
use report::{Check, Report, Row};
use transport::{Kind, Metered};

type DemoWallet = Wallet<Metered, FileStore>;

/// What a new ACT token holds.
const CREDITS: u64 = 1000;
/// What a request of the ACT route costs, and what comes back of it.
const COST: u64 = 5;
const RETURNED: u64 = 2;

const ROUTES: [(&str, &str, Scheme); 5] = [
    ("VOPRF(P-384)", "/voprf-p384", Scheme::VoprfP384),
    ("Blind RSA", "/blind-rsa", Scheme::BlindRsa),
    ("VOPRF(ristretto255)", "/voprf-ristretto255", Scheme::VoprfRistretto255),
    ("ARC(P-256)", "/arc", Scheme::Arc),
    ("ACT(ristretto255)", "/act", Scheme::Act),
];

/// Runs it, with so many requests for each scheme.
///
/// # Errors
/// [`Failure`], where it could not go on. What is not as it should be stands in the report.
pub(crate) async fn run(requests: u32, output: &Output) -> Result<Report, Failure> {
    let folder = Folder::new()?;
    let bar = output.progress(u64::from(requests) * ROUTES.len() as u64 + 3, "making keys");
    let config = prepare(folder.path())?;
    let server = Server::start(config.clone(), Insecure::Refuse, None).await?;
    let transport = ReqwestTransport::new(&Proxies::None).map_err(Failure::at(Code::Failure, "the transport"))?;
    let mut demo = Demo {
        config,
        url: format!("http://{}", server.public),
        transport: Metered::new(transport),
        report: Report::default(),
    };

    for (name, path, _) in ROUTES {
        bar.set_message(format!("paying with {name}"));
        demo.scheme(name, path, requests, || bar.inc(1)).await?;
    }
    bar.set_message("losing an answer");
    demo.lost_answer().await?;
    bar.inc(1);
    bar.set_message("spending twice");
    demo.replayed().await?;
    bar.inc(1);
    demo.copied(folder.path()).await?;
    bar.inc(1);
    let drained = server.drain(std::future::pending()).await;
    demo.report.check("the server ended whole", matches!(drained, Ok(crate::serve::Drained::Whole)));
    bar.finish_and_clear();
    Ok(demo.report)
}

/// Keys, pages and a configuration.
fn prepare(folder: &Path) -> Result<Config, Failure> {
    let keys = KeyStore::create(folder.join("keys")).map_err(Failure::at(Code::Failure, "keys"))?;
    let validity = Schedule::default().validity(now()).map_err(Failure::at(Code::Failure, "keys"))?;
    let act = ActParameters {
        domain_separator: "ACT-v1:farebox:demo:loopback:2026-11-22".into(),
        bit_length: 16,
        initial_credits: CREDITS,
    };
    let specs = [KeySpec::VoprfP384, KeySpec::BlindRsa, KeySpec::VoprfRistretto255, KeySpec::Arc, KeySpec::Act(act)];
    for spec in &specs {
        keys.generate(spec, validity, &mut rand::rng()).map_err(Failure::at(Code::Failure, "keys"))?;
    }
    let mut config = config::defaults()?;
    config.server.listen = ([127, 0, 0, 1], 0).into();
    config.admin.listen = String::new();
    config.keys.folder = folder.join("keys");
    config.ledger.folder = folder.join("ledger");
    config.wallet.folder = folder.join("wallet");
    config.origin.window_secret = folder.join("window-secret");
    config.origin.folder = folder.join("pages");
    config.issuer.rate_per_minute = 0;
    let Some(first) = config.origin.routes.first().cloned() else {
        return Err(Failure::new(Code::Failure, "the defaults have no route"));
    };
    config.origin.routes.clear();
    for (_, path, scheme) in ROUTES {
        let pages = config.origin.folder.join(path.trim_start_matches('/'));
        let written = fs::create_dir_all(&pages).and_then(|()| fs::write(pages.join("page"), "paid for\n"));
        written
            .and_then(|()| fs::write(pages.join("other"), "another\n"))
            .map_err(Failure::at(Code::Failure, "pages"))?;
        let returned = config::Returned::Number(RETURNED);
        config.origin.routes.push(config::Route {
            path: path.into(),
            schemes: vec![scheme],
            cost: COST,
            returned,
            ..first.clone()
        });
    }
    Ok(config)
}

struct Demo {
    config: Config,
    url: String,
    transport: Metered,
    report: Report,
}

impl Demo {
    fn wallet(&self) -> Result<DemoWallet, Failure> {
        wallet::open_over(self.transport.clone(), &self.config.wallet, Overrides::default())
    }

    fn get(&self, path: &str) -> Result<Request<Bytes>, Failure> {
        let request = Request::get(format!("{}{path}", self.url)).body(Bytes::new());
        request.map_err(Failure::at(Code::Failure, "a request"))
    }

    /// Pays some requests, and adds what they took.
    async fn scheme(&mut self, name: &'static str, path: &str, requests: u32, done: impl Fn()) -> Result<(), Failure> {
        let wallet = self.wallet()?;
        self.transport.take();
        let mut paid = 0;
        for _ in 0..requests {
            let response = wallet.fetch(self.get(&format!("{path}/page"))?).await.map_err(wallet::failed)?;
            paid += u32::from(is_paid(&response));
            done();
        }
        self.report.check(format!("{name}: {requests} requests were paid and served"), paid == requests);
        let seen = self.transport.take();
        for (step, kind) in [("challenge", Kind::Plain), ("issue", Kind::Issue), ("redeem", Kind::Redeem)] {
            self.report.rows.extend(Row::of(name, step, seen.iter().filter(|one| one.kind == kind)));
        }
        if path == "/act" {
            let held = credits(&wallet);
            let spent: u64 = wallet.spent().iter().map(|(_, credits)| credits).sum();
            let expected = u64::from(requests) * (COST - RETURNED);
            self.report.check("ACT: issued = spent + held", (spent, held + spent) == (expected, CREDITS));
        }
        Ok(())
    }

    /// The answer to a spend is lost, with all tries; a restarted wallet settles it.
    async fn lost_answer(&mut self) -> Result<(), Failure> {
        for (name, path) in [("ACT", "/act"), ("ARC", "/arc"), ("VOPRF", "/voprf-ristretto255")] {
            let wallet = self.wallet()?;
            let before = credits(&wallet);
            self.transport.lose.store(u32::MAX, Ordering::SeqCst);
            let lost = wallet.fetch(self.get(&format!("{path}/page"))?).await;
            self.transport.lose.store(0, Ordering::SeqCst);
            let is_lost = matches!(lost, Err(Error::Unanswered { .. }));
            drop(wallet);
            let wallet = self.wallet()?;
            let waiting = wallet.holdings().iter().filter(|holding| holding.stage == Stage::InFlight).count();
            let recovered = wallet.recover().await;
            // 409: it was served before, and is not served again.
            let is_settled =
                matches!(&recovered[..], [(_, Recovered::Settled(answer))] if answer.status() == StatusCode::CONFLICT);
            let paid = if path == "/act" { COST - RETURNED } else { 0 };
            let is_whole = credits(&wallet) + paid == before;
            self.report.check(format!("{name}: a lost answer is in the journal"), is_lost && waiting == 1);
            self.report.check(
                format!("{name}: and is recovered, without a second run, for one price"),
                is_settled && is_whole,
            );
        }
        Ok(())
    }

    /// The very bytes of a spent token, for another page.
    async fn replayed(&mut self) -> Result<(), Failure> {
        for (name, path, _) in ROUTES {
            let wallet = self.wallet()?;
            wallet.fetch(self.get(&format!("{path}/page"))?).await.map_err(wallet::failed)?;
            let Some(token) = self.transport.last_token() else {
                self.report.check(format!("{name}: a token was seen"), false);
                continue;
            };
            let mut request = self.get(&format!("{path}/other"))?;
            request.headers_mut().insert(http::header::AUTHORIZATION, token);
            let answer = self.transport.send(request, Caps::ORIGIN).await;
            let is_refused = answer.is_ok_and(|answer| answer.status() == StatusCode::CONFLICT && !served(&answer));
            self.report.check(format!("{name}: a token that is shown again brings nothing"), is_refused);
        }
        Ok(())
    }

    /// A copy of the wallet, made before a spend, spends the same credits once more: other bytes, one serial.
    async fn copied(&mut self, folder: &Path) -> Result<(), Failure> {
        let copy = folder.join("copy");
        folder::copy(&self.config.wallet.folder, &copy)?;
        let wallet = self.wallet()?;
        let first = wallet.fetch(self.get("/act/page")?).await.map_err(wallet::failed)?;
        drop(wallet);
        let copied = config::Wallet { folder: copy, ..self.config.wallet.clone() };
        let thief = wallet::open_over(self.transport.clone(), &copied, Overrides::default())?;
        let second = thief.fetch(self.get("/act/page")?).await;
        let is_refused = matches!(second, Err(Error::Refused | Error::RefusedInFlight { .. }));
        self.report.check("ACT: a copied wallet cannot spend the same credits again", is_paid(&first) && is_refused);
        Ok(())
    }
}

fn is_paid(response: &Response<Bytes>) -> bool {
    let is_settled = response.extensions().get::<Paid>().is_some_and(|paid| paid.settled);
    is_settled && served(response)
}

fn served(response: &Response<Bytes>) -> bool {
    response.status() == StatusCode::OK && !response.body().is_empty()
}

/// Credits that can be spent.
fn credits(wallet: &DemoWallet) -> u64 {
    let one = |amount| if let Amount::Credits { balance, .. } = amount { balance } else { 0 };
    wallet.holdings().iter().map(|holding| one(holding.amount)).sum()
}

impl Report {
    fn check(&mut self, what: impl Into<String>, holds: bool) {
        self.checks.push(Check { what: what.into(), holds });
    }
}
