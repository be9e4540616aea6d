//! One attempt to open a stream: a request, its redirects, and the check of the response.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use http::header::CONTENT_TYPE;
use tokio::time::timeout;

use super::error::EventSourceError;
use super::redirect;
use super::request::Observer;
use crate::client::connect::refusal;
use crate::client::reconnect::ReconnectPolicy;
use crate::message::{Body, Request, Response, copy_of_head};
use crate::sse::{SseReader, is_stream};

pub(super) type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Sends one request.
pub(super) type SendRequest =
    Arc<dyn Fn(Request) -> Boxed<Result<Response, EventSourceError>> + Send + Sync>;

/// The rules of each attempt.
#[derive(Clone)]
pub(super) struct Rules {
    pub(super) send: SendRequest,
    pub(super) max_redirects: u32,
    /// A response without a Content-Type is accepted.
    pub(super) lenient: bool,
    /// The time limit of the attempt.
    pub(super) limit: Duration,
}

/// The settings of a source.
pub(super) struct Settings {
    pub(super) rules: Rules,
    pub(super) reconnection: bool,
    pub(super) retried_refusals: bool,
    pub(super) max_event: usize,
    pub(super) max_silence: Option<Duration>,
    pub(super) policy: ReconnectPolicy,
    pub(super) observer: Option<Observer>,
}

/// Opens a stream with `request`.
pub(super) async fn attempt(rules: Rules, request: Request) -> Result<SseReader, EventSourceError> {
    let after = rules.limit;
    timeout(after, open(rules, request))
        .await
        .unwrap_or(Err(EventSourceError::Timeout { after }))
}

async fn open(rules: Rules, request: Request) -> Result<SseReader, EventSourceError> {
    let response = send(&rules, request).await?;
    let has_no_type = || !response.headers().contains_key(CONTENT_TYPE);
    let is_accepted = is_stream(&response)
        || rules.lenient && response.status() == StatusCode::OK && has_no_type();
    if !is_accepted {
        let response = refusal(response).await;
        return Err(EventSourceError::Refused { response });
    }
    Ok(SseReader::lenient(response))
}

/// Sends `request`, and follows redirects.
async fn send(rules: &Rules, mut request: Request) -> Result<Response, EventSourceError> {
    // In memory, as `Prepared` has checked.
    let body = request.body().as_bytes().cloned().unwrap_or_default();
    let mut redirects = 0;
    loop {
        let mut next = copy_of_head(&request);
        let response = (rules.send)(request).await?;
        let Some(location) = redirect::location(&response).filter(|_| rules.max_redirects > 0)
        else {
            return Ok(response);
        };
        redirects += 1;
        if redirects > rules.max_redirects {
            let limit = rules.max_redirects;
            return Err(EventSourceError::TooManyRedirects { limit });
        }
        *next.body_mut() = Body::from(body.clone());
        redirect::follow(&mut next, response.status(), &location?)?;
        request = next;
    }
}
