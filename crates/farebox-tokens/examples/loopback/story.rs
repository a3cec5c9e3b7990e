//! What the client does, type by type. Each state's entry would be written to disk where `written` stands.

use farebox_tokens::client::{Cache, JournalEntry, Restored, act, arc, batch, generic, paired, single};
use hyper::StatusCode;
use privacypass_wire::TokenType;

use crate::Failure;
use crate::browser::Browser;
use crate::table::Table;

pub(crate) async fn single_use(browser: &mut Browser, table: &mut Table) -> Result<(), Failure> {
    for (route, title) in [
        ("voprf-p384", "0x0001, VOPRF on P-384"),
        ("blind-rsa", "0x0002, Blind RSA, 2048 bits"),
        ("voprf-ristretto255", "0x0005, VOPRF on ristretto255"),
    ] {
        table.title(title);
        let (offer, _) = browser.challenged(route, table).await?;
        let work = || single::request(&offer, &mut rand::rng());
        let pending = table.client("request", work, size_of_entry)?.written();
        let response = browser.issue(pending.outgoing(), table).await?;
        let held = table.client("finalize", || pending.finish(&response), |_| 0)?.written();
        let redeeming = held.redeem(&offer)?.written();
        let token = table.client(
            "token",
            || redeeming.token(),
            |token| token.as_ref().map_or(0, |token| token.to_bytes().len()),
        )?;
        assert_eq!(browser.redeem(route, &token, table).await?.status, StatusCode::OK);
        // The same bytes again are a retry, which is answered and not served twice.
        assert_eq!(browser.redeem(route, &token, table).await?.status, StatusCode::CONFLICT);
    }
    Ok(())
}

pub(crate) async fn batches(browser: &mut Browser, table: &mut Table) -> Result<(), Failure> {
    table.title("0x0005, 100 tokens under one proof");
    let (offer, _) = browser.challenged("voprf-ristretto255", table).await?;
    let work = || batch::request(&offer, 100, &mut rand::rng());
    let pending = table.client("request", work, size_of_entry)?.written();
    let response = browser.issue(pending.outgoing(), table).await?;
    let tokens = table.client("finalize", || pending.finish(&response), |_| 0)?.written();
    assert_eq!(tokens.len(), 100);
    for held in tokens.into_iter().take(2) {
        let token = held.redeem(&offer)?.written().token()?;
        assert_eq!(browser.redeem("voprf-ristretto255", &token, table).await?.status, StatusCode::OK);
    }

    table.title("one of each single-use type in one message");
    let mut offers = Vec::new();
    for route in ["voprf-p384", "blind-rsa", "voprf-ristretto255"] {
        offers.push(browser.challenged(route, table).await?.0);
    }
    let wishes: Vec<_> = offers.iter().map(generic::Wish::For).collect();
    let work = || generic::request(&wishes, &mut rand::rng());
    let pending = table.client("request", work, size_of_entry)?.written();
    let response = browser.issue(pending.outgoing(), table).await?;
    let gained = table.client("finalize", || pending.finish(&response), |_| 0)?.written();
    assert_eq!(gained.iter().flatten().count(), 3);
    Ok(())
}

pub(crate) async fn arc(browser: &mut Browser, table: &mut Table) -> Result<(), Failure> {
    table.title("0xE5AC, ARC on P-256, 1000 presentations a context");
    let (offer, _) = browser.challenged("arc", table).await?;
    let pending = table.client("request", || arc::request(&offer, &mut rand::rng()), size_of_entry)?.written();
    let response = browser.issue(pending.outgoing(), table).await?;
    let mut holder = table.client("finalize", || pending.finish(&response), |_| 0)?.written();
    for _ in 0..2 {
        let work = || holder.present(&offer, &mut rand::rng());
        let presented = table.client("present", work, size_of_entry)?.written();
        let token = presented.token()?;
        assert_eq!(browser.redeem("arc", &token, table).await?.status, StatusCode::OK);
        // The answer was lost: the same presentation again is answered, and counts once.
        assert_eq!(browser.redeem("arc", &token, table).await?.status, StatusCode::CONFLICT);
        holder = presented.into_holder();
    }
    Ok(())
}

pub(crate) async fn paired(browser: &mut Browser, table: &mut Table) -> Result<(), Failure> {
    table.title("ARC with a companion, which can be withheld (experimental)");
    let (offer, companion_offer) = browser.challenged("paired", table).await?;
    let companion_offer = companion_offer.ok_or("no companion asked for")?;
    let wishes = [generic::Wish::For(&offer), generic::Wish::For(&companion_offer)];
    let pending = generic::request(&wishes, &mut rand::rng())?.written();
    let response = browser.issue(pending.outgoing(), table).await?;
    let gained: Vec<_> = pending.finish(&response)?.written().into_iter().flatten().collect();
    let Ok([generic::Gained::Credential(holder), generic::Gained::Token(companion)]) =
        <[generic::Gained; 2]>::try_from(gained)
    else {
        return Err("not both".into());
    };
    let mut pair = paired::Pair { holder, companion };
    for _ in 0..2 {
        let work = || pair.present(&offer, &companion_offer, &mut rand::rng());
        let shown = table.client("present both, ask for the next", work, size_of_entry)?.written();
        let answer = browser.show("paired", &shown.authorization()?, Some(shown.reverse()), table).await?;
        assert_eq!(answer.status, StatusCode::OK);
        pair = table
            .client("take the next companion", || shown.finish_header(answer.reverse()?).map_err(Failure::from), |_| 0)?
            .written();
    }
    // The server has had enough: it serves the request and withholds the next companion. There is no other way to one.
    let shown = pair.present(&offer, &companion_offer, &mut rand::rng())?.written();
    let answer = browser.show("paired", &shown.authorization()?, Some(shown.reverse()), table).await?;
    assert_eq!((answer.status, answer.reverse().is_ok()), (StatusCode::OK, false));
    let _alone = shown.withheld().written();
    let pending = single::request(&companion_offer, &mut rand::rng())?.written();
    assert_eq!(browser.asked(pending.outgoing()).await?, StatusCode::FORBIDDEN);
    Ok(())
}

pub(crate) async fn act(browser: &mut Browser, table: &mut Table) -> Result<(), Failure> {
    table.title("0xE5AD, ACT on ristretto255, 100 credits, 30 a request, 20 come back");
    let (offer, _) = browser.challenged("act", table).await?;
    let directory = browser.directory().await?;
    let entry = directory.key_for(TokenType::ACT, crate::server::NOW).and_then(|key| key.act.as_ref());
    let cache = &mut Cache::default();
    let parameters = act::Parameters::from_directory(entry.ok_or("no parameters")?, cache)?;
    let work = || act::request(&offer, &parameters, &mut rand::rng());
    let pending = table.client("request", work, size_of_entry)?.written();
    let response = browser.issue(pending.outgoing(), table).await?;
    let balance = table.client("finalize", || pending.finish(&response), |_| 0)?.written();
    assert_eq!(balance.balance().get(), 100);

    // A thief has a copy of the wallet's file.
    let stolen = Restored::from_entry(balance.entry().as_bytes(), cache)?;

    let spent = table.client("spend 30", || balance.spend(&offer, &mut rand::rng()), size_of_entry)?.written();
    let first = browser.redeem("act", &spent.token()?, table).await?;
    assert_eq!(first.status, StatusCode::OK);
    // The answer was lost. The same bytes bring the same refund, and the request is not served again.
    let second = browser.redeem("act", &spent.token()?, table).await?;
    assert_eq!((second.status, second.reverse()?), (StatusCode::CONFLICT, first.reverse()?));
    let work = || spent.refund_header(second.reverse()?).map_err(Failure::from);
    let balance = table.client("take the refund of 20", work, |_| 0)?.written();
    assert_eq!(balance.balance().get(), 90);

    let Restored::ActIdle(stolen) = stolen else { return Err("not a balance".into()) };
    let theft = stolen.spend(&offer, &mut rand::rng())?.written();
    let refused = browser.redeem("act", &theft.token()?, table).await?;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "a double spend");

    let spent =
        table.client("spend 30 of the change", || balance.spend(&offer, &mut rand::rng()), size_of_entry)?.written();
    let answer = browser.redeem("act", &spent.token()?, table).await?;
    let balance = spent.refund_header(answer.reverse()?)?.written();
    assert_eq!(balance.balance().get(), 80);
    println!("100 credits, two requests of 30 with 20 back: {} are left", balance.balance().get());
    Ok(())
}

/// Bytes of the journal entry that is written before anything is sent.
fn size_of_entry<T, E>(step: &Result<farebox_tokens::client::Unwritten<T>, E>) -> usize {
    step.as_ref().map_or(0, |unwritten| JournalEntry::as_bytes(unwritten.entry()).len())
}
