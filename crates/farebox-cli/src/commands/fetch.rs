//! `farebox fetch`.

use std::io::{Read as _, Write as _};
use std::path::Path;

use bytes::Bytes;
use farebox_wallet::Paid;
use http::{HeaderName, HeaderValue, Method, Request, Response};
use serde_json::json;
use zeroize::Zeroizing;

use crate::args::{Fetch, Global};
use crate::commands::runtime;
use crate::exit::{Code, Failure};
use crate::output::{self, Output};
use crate::wallet::{self, Overrides};
use crate::{config, serve};

pub(crate) fn run(args: &Fetch, global: &Global, output: &Output) -> Result<Code, Failure> {
    let config = config::load(global)?.config;
    let request = request(args)?;
    let _log = serve::log::start(&config.log_of_commands(), output)?;
    let voucher = args.voucher.clone().map(|(issuer, code)| (issuer, Zeroizing::new(code)));
    let overrides = Overrides { max_cost: args.max_cost, budget: args.budget, voucher };
    runtime()?.block_on(async {
        let wallet = wallet::open(&config.wallet, overrides)?;
        let bar = output.progress(0, "waiting for the origin");
        let answer = wallet.fetch(request).await;
        bar.finish_and_clear();
        let response = answer.map_err(wallet::failed)?;
        let paid = response.extensions().get::<Paid>().copied();
        show(args, &response, paid, output)?;
        match paid {
            Some(Paid { settled: false, .. }) => Ok(Code::Unsettled),
            _ => Ok(Code::of_status(response.status())),
        }
    })
}

/// The longest body that is sent. It is read whole, since it may have to be sent again.
const LONGEST_BODY: u64 = 64 << 20;

fn request(args: &Fetch) -> Result<Request<Bytes>, Failure> {
    let usage = |what: &str| Failure::new(Code::Usage, what.to_owned());
    let body = args.data.as_deref().map(data).transpose()?;
    let implied = if body.is_some() { Method::POST } else { Method::GET };
    let method = args.method.as_ref().map_or(Ok(implied), |method| Method::from_bytes(method.as_bytes()));
    let method = method.map_err(|_| usage("-X: not a method"))?;
    let mut request = Request::builder().method(method).uri(&args.url);
    for header in &args.headers {
        let (name, value) = header.split_once(':').ok_or_else(|| usage("-H: `Name: value` is wanted"))?;
        let name: HeaderName = name.trim().parse().map_err(|_| usage("-H: not a name of a header"))?;
        let value: HeaderValue = value.trim().parse().map_err(|_| usage("-H: not a value of a header"))?;
        request = request.header(name, value);
    }
    request.body(body.unwrap_or_default()).map_err(|_| usage("the URL does not read"))
}

/// `@FILE`, `@-` for standard input, or the data itself.
fn data(argument: &str) -> Result<Bytes, Failure> {
    let Some(name) = argument.strip_prefix('@') else { return Ok(Bytes::copy_from_slice(argument.as_bytes())) };
    let failed = || Failure::at(Code::Failure, format!("-d {argument}"));
    let reader: Box<dyn std::io::Read> =
        if name == "-" { Box::new(std::io::stdin()) } else { Box::new(std::fs::File::open(name).map_err(failed())?) };
    let mut bytes = Vec::new();
    reader.take(LONGEST_BODY + 1).read_to_end(&mut bytes).map_err(failed())?;
    if bytes.len() as u64 > LONGEST_BODY {
        return Err(Failure::new(Code::Usage, "-d: more than 64 MiB"));
    }
    Ok(bytes.into())
}

fn show(args: &Fetch, response: &Response<Bytes>, paid: Option<Paid>, output: &Output) -> Result<(), Failure> {
    let status = response.status();
    if let Some(path) = &args.output {
        write(path, response.body())?;
    }
    if output.is_json() {
        let paid = paid.map(
            |paid| json!({ "type": paid.token_type.to_string(), "credits": paid.credits, "settled": paid.settled }),
        );
        let body = args.output.is_none().then(|| String::from_utf8_lossy(response.body()));
        output::print(
            &json!({ "status": status.as_u16(), "paid": paid, "size": response.body().len(), "body": body })
                .to_string(),
        );
        return Ok(());
    }
    if args.include {
        let mut head = format!("HTTP/1.1 {status}\n");
        for (name, value) in response.headers() {
            head.push_str(&format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
        }
        output::print(&head);
    }
    if args.output.is_none() {
        let mut out = std::io::stdout().lock();
        let _closed = out.write_all(response.body()).and_then(|()| out.flush());
    }
    output.note(&summary(status, paid));
    Ok(())
}

fn write(path: &Path, body: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, body).map_err(Failure::at(Code::Failure, format!("-o {}", path.display())))
}

fn summary(status: http::StatusCode, paid: Option<Paid>) -> String {
    match paid {
        None => format!("status {status}, not paid for"),
        Some(Paid { settled: false, credential, .. }) => {
            format!(
                "status {status}; the change did not come: `farebox wallet recover` asks again (credential {credential})"
            )
        }
        Some(Paid { credits: Some(credits), .. }) => format!("status {status}, paid with {credits} credits"),
        Some(Paid { token_type, .. }) => format!("status {status}, paid with a token of type {token_type}"),
    }
}
