//! A token request, from its head to its answer: what is cheap to refuse is refused first.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use farebox_tokens::issuer::{Answer, Asked, Issuer};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;

use crate::attest::{Admission, Attempt, Outcome, Refusal, header as attestations};
use crate::meter::{self, Measure};
use crate::pool::{Place, Undone};
use crate::reply::{self, Declined};
use crate::service::Shared;

/// Answers a POST.
pub(crate) async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let start = Instant::now();
    let mut measure = Measure::default();
    let response = match answered(&shared, request, &mut measure).await {
        Ok(response) => response,
        Err(declined) => {
            note(&declined);
            declined.into_response()
        }
    };
    meter::request(measure, response.status().as_u16(), start.elapsed());
    response
}

/// The stages, in their order.
async fn answered(shared: &Arc<Shared>, request: Request, measure: &mut Measure) -> Result<Response, Declined> {
    let (head, body) = request.into_parts();
    let now = shared.now();
    limit_rate(shared, &head)?;
    let media_type = look_at(shared, &head, now)?;

    let in_flight = shared.in_flight.try_acquire().map_err(|_| shed("requests"))?;
    let body = tokio::time::timeout(shared.config.body_timeout, read(body, shared.config.body_limit));
    let body = body.await.map_err(|_| Declined::new(StatusCode::REQUEST_TIMEOUT, "slow body"))??;
    // A place to compute comes before the first look at the body.
    let place = shared.pool.enter().ok_or_else(|| shed("threads"))?;

    let issuer = shared.issuer();
    let asked = match issuer.read(&media_type, &body, now) {
        Ok(asked) => asked,
        Err(refused) => return respond(refused),
    };
    *measure = Measure::of(asked.token_type(), asked.tokens());
    let attempt =
        Attempt { headers: &head.headers, body: &body, tokens: asked.tokens(), binding: asked.binding(), now };
    let admission = shared.attester.attest(attempt).await.map_err(|refusal| refused(shared, refusal, now))?;

    // A client that goes away now leaves the work to its end: what the admission uses up is settled in any case.
    let job = Job { shared: shared.clone(), issuer, asked, now, place, admission, measure: *measure };
    let done = tokio::spawn(job.run()).await;
    drop(in_flight);
    done.unwrap_or_else(|_| Err(Declined::new(StatusCode::INTERNAL_SERVER_ERROR, "panic")))
}

fn limit_rate(shared: &Shared, head: &Parts) -> Result<(), Declined> {
    let Some(rate) = &shared.rate else { return Ok(()) };
    let client = shared.config.client_key.of(head);
    rate.admit(client.as_deref(), shared.started.elapsed()).map_err(Declined::too_many)
}

/// What the head alone says. Gives the media type.
fn look_at(shared: &Shared, head: &Parts, now: u64) -> Result<String, Declined> {
    let unsupported = |reason| Declined::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason);
    let twice = |_: Refusal| Declined::new(StatusCode::BAD_REQUEST, "a header that stands twice, or is no text");
    let media_type = attestations::single(&head.headers, header::CONTENT_TYPE).map_err(twice)?;
    let media_type = media_type.filter(|it| Issuer::takes(it)).ok_or_else(|| unsupported("media type"))?;
    if head.headers.contains_key(header::CONTENT_ENCODING) {
        return Err(unsupported("content encoding"));
    }
    let length = head.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > shared.config.body_limit as u64) {
        return Err(too_large());
    }
    shared.attester.screen(&head.headers, now).map_err(|refusal| refused(shared, refusal, now))?;
    Ok(media_type.to_owned())
}

/// The body, in one piece. Many small chunks take no more room than their bytes.
async fn read(mut body: Body, limit: usize) -> Result<Vec<u8>, Declined> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Declined::new(StatusCode::BAD_REQUEST, "broken body"))?;
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > limit - bytes.len() {
            return Err(too_large());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// A request that was admitted.
struct Job {
    shared: Arc<Shared>,
    issuer: Arc<Issuer>,
    asked: Asked,
    now: u64,
    place: Place,
    admission: Box<dyn Admission>,
    measure: Measure,
}

impl Job {
    /// Computes, settles, and only then answers.
    async fn run(self) -> Result<Response, Declined> {
        let Self { shared, issuer, asked, now, place, admission, measure } = self;
        let work = move || {
            let start = Instant::now();
            let answer = issuer.grant(&asked, now, &mut rand::rng());
            meter::computed(measure, start.elapsed());
            answer
        };
        let answer = match place.run(shared.config.request_timeout, work).await {
            Ok(answer) => answer,
            Err(Undone::TooLate) => return Err(shed("waiting")),
            Err(Undone::Panicked) => return Err(Declined::new(StatusCode::INTERNAL_SERVER_ERROR, "panic")),
        };
        let outcome = if matches!(answer.status, 200 | 206) { Outcome::Issued } else { Outcome::Refused };
        admission.settle(outcome).await.map_err(|refusal| refused(&shared, refusal, now))?;
        respond(answer)
    }
}

/// What the machines answered.
fn respond(answer: Answer) -> Result<Response, Declined> {
    if let Some(error) = &answer.error {
        match answer.status {
            500 => tracing::error!(%error, "the issuer failed"),
            status => tracing::debug!(status, %error, "token request refused"),
        }
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = reply::with_body(status, &[], answer.body.into());
    if let Some(media_type) = answer.media_type {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    Ok(response)
}

fn refused(shared: &Shared, refusal: Refusal, now: u64) -> Declined {
    let challenges = match refusal {
        Refusal::Missing | Refusal::Stale => shared.attester.challenges(now),
        _ => Vec::new(),
    };
    Declined::by_attester(refusal, challenges)
}

fn too_large() -> Declined {
    Declined::new(StatusCode::PAYLOAD_TOO_LARGE, "body")
}

fn shed(stage: &'static str) -> Declined {
    meter::shed(stage);
    Declined::shed(stage)
}

fn note(declined: &Declined) {
    let (status, reason) = (declined.status.as_u16(), declined.reason);
    match status {
        500 => tracing::error!(reason, "the issuer failed"),
        _ => tracing::debug!(status, reason, "token request declined"),
    }
}
