//! A token's whole way, in a task of its own: what was reserved is answered and stored though the client goes away.

use std::sync::Arc;

use axum::body::Body;
use farebox_ledger::Store;
use http::Response;
use tokio::sync::oneshot;

use crate::admit::{Admitted, admit};
use crate::arrive::Shown;
use crate::refusal::{Refusal, attach, not_for_caches};
use crate::route::Route;
use crate::settle::settle;
use crate::{Redeemed, Return, meter};

/// What a handler came to.
pub(crate) struct Done {
    pub(crate) response: Response<Body>,
    pub(crate) returned: Return,
    /// For metrics.
    pub(crate) outcome: &'static str,
}

/// Verifies, reserves, works, answers.
pub(crate) async fn redeem<S, W, F>(route: &Arc<Route<S>>, shown: Shown, work: W) -> Result<Response<Body>, Refusal>
where
    S: Store + 'static,
    W: FnOnce(Redeemed) -> F + Send + 'static,
    F: Future<Output = Done> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    let task = run(Arc::clone(route), shown, work, Reply { sender: Some(sender) });
    tokio::spawn(task);
    // Without an answer the task panicked, or the runtime is shutting down.
    receiver.await.unwrap_or(Err(Refusal::Machine))
}

/// To the client, if it is still there. The first counts.
struct Reply {
    sender: Option<oneshot::Sender<Result<Response<Body>, Refusal>>>,
}

impl Reply {
    fn send(&mut self, answer: Result<Response<Body>, Refusal>) {
        if let Some(sender) = self.sender.take() {
            let _gone = sender.send(answer);
        }
    }
}

async fn run<S, W, F>(route: Arc<Route<S>>, shown: Shown, work: W, mut reply: Reply)
where
    S: Store + 'static,
    W: FnOnce(Redeemed) -> F + Send + 'static,
    F: Future<Output = Done> + Send + 'static,
{
    let name = Arc::clone(&route.policy.name);
    let (ticket, done) = match admit(&route, shown).await {
        Ok(Admitted::Fresh(ticket)) => {
            let done = work(ticket.redeemed.clone()).await;
            (ticket, Some(done))
        }
        Ok(Admitted::CutOff(ticket)) => (ticket, None),
        Err(refusal) => {
            meter::request(&name, refusal.label());
            return reply.send(Err(refusal));
        }
    };
    let returned = done.as_ref().map_or(route.policy.on_failure, |done| done.returned);
    let settled = settle(&route, ticket, returned, || reply.send(Err(Refusal::StoreAway))).await;
    let answer = match (settled, done) {
        (Ok(served), Some(Done { mut response, outcome, .. })) => {
            meter::request(&name, outcome);
            not_for_caches(response.headers_mut());
            attach(response.headers_mut(), &served);
            Ok(response)
        }
        (Ok(served), None) => {
            meter::request(&name, "recovered");
            Err(Refusal::Answered(served))
        }
        (Err(refusal), _) => {
            meter::request(&name, refusal.label());
            Err(refusal)
        }
    };
    reply.send(answer);
}
