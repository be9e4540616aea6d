//! Failures as responses: `application/problem+json` (RFC 9457).

use http::StatusCode;

use super::failure::{Blame, LensFailure};
use crate::message::{IntoResponse, Rejection, Response, ResponseExt, printable};

/// The response has the status, and every failure as `application/problem+json`, or as plain text
/// without the feature `json`.
///
/// A failure [`in_response`](LensFailure::in_response), [`in_writing`](LensFailure::in_writing) or
/// [`in_program`](LensFailure::in_program) is logged, and the response has only its status.
///
/// The extensions of the response hold the failure, so that a filter can replace the response:
///
/// ```
/// use http4k_ws::{Filter, HttpHandler, IntoResponse, Next, Request, Response, StatusCode};
/// use http4k_ws::lens::{LensFailure, Query};
///
/// async fn teapot(request: Request, next: Next) -> Response {
///     let response = next.call(request).await;
///     match response.extensions().get::<LensFailure>() {
///         Some(failure) => (StatusCode::IM_A_TEAPOT, failure.to_string()).into_response(),
///         None => response,
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let page = |request: Request| {
///     Query::int("page").required().get(&request).map(|page| page.to_string())
/// };
/// let response = teapot.then(page).call(Request::default()).await;
/// assert_eq!(response.status(), 418);
/// assert_eq!(response.body(), "query `page` is required");
/// # }
/// ```
impl IntoResponse for LensFailure {
    fn into_response(self) -> Response {
        match self.blame() {
            Blame::Peer => {}
            Blame::Response => log::error!("failed to read a response: {}", printable(&self)),
            Blame::Writing => log::error!("failed to write a message: {}", printable(&self)),
            Blame::Program => {
                log::error!(
                    "this program reads a value that no message has: {}",
                    printable(&self)
                );
            }
        }
        let mut response = described(&self).with_status(self.status());
        response.extensions_mut().insert(self);
        response
    }
}

/// A `_` argument of a route that cannot be read.
impl From<LensFailure> for Rejection {
    fn from(failure: LensFailure) -> Self {
        Self::new(failure)
    }
}

/// Returns a response with the status, and `detail` as `application/problem+json`, or as plain text
/// without the feature `json`.
pub(crate) fn problem(status: StatusCode, detail: &str) -> Response {
    #[cfg(feature = "json")]
    return Problem {
        title: status.canonical_reason().unwrap_or_default(),
        status: status.as_u16(),
        detail: Some(detail.to_owned()),
        failures: Vec::new(),
    }
    .into_response();
    #[cfg(not(feature = "json"))]
    (status, detail.to_owned()).into_response()
}

#[cfg(not(feature = "json"))]
fn described(failure: &LensFailure) -> Response {
    if failure.blame() != Blame::Peer {
        return ().into_response();
    }
    failure.to_string().into_response()
}

#[cfg(feature = "json")]
fn described(failure: &LensFailure) -> Response {
    let status = failure.status();
    let sent = match failure.blame() {
        Blame::Peer => failure.failures(),
        Blame::Response | Blame::Writing | Blame::Program => &[],
    };
    Problem {
        title: status.canonical_reason().unwrap_or_default(),
        status: status.as_u16(),
        detail: (!sent.is_empty()).then(|| failure.to_string()),
        failures: sent.iter().map(Part::new).collect(),
    }
    .into_response()
}

/// The members of RFC 9457 §3.1. A missing `type` is `about:blank` (§4.2.1).
#[cfg(feature = "json")]
#[derive(serde::Serialize)]
struct Problem<'a> {
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failures: Vec<Part<'a>>,
}

#[cfg(feature = "json")]
impl IntoResponse for Problem<'_> {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or_default();
        match serde_json::to_vec(&self) {
            Ok(json) => json
                .into_response()
                .with_header("content-type", "application/problem+json"),
            // Not reached, since text and numbers always have JSON.
            Err(_) => self.detail.unwrap_or_default().into_response(),
        }
        .with_status(status)
    }
}

#[cfg(feature = "json")]
#[derive(serde::Serialize)]
struct Part<'a> {
    kind: &'static str,
    location: &'static str,
    name: &'a str,
    expected: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
}

#[cfg(feature = "json")]
impl<'a> Part<'a> {
    fn new(failure: &'a super::Failure) -> Self {
        Self {
            kind: failure.kind().as_str(),
            location: failure.location().as_str(),
            name: failure.name(),
            expected: failure.expected(),
            path: failure.path(),
            cause: failure.cause().map(ToString::to_string),
        }
    }
}

#[cfg(all(test, feature = "json"))]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::lens::{Failure, LensFailureKind, Location};

    fn failure() -> LensFailure {
        let key = Failure::new(
            LensFailureKind::Missing,
            Location::Header,
            "x-key",
            "string",
        );
        let person = Failure::new(
            LensFailureKind::Unsupported,
            Location::Body,
            "Person",
            "JSON",
        );
        LensFailure::from(key).and(person.with_cause("it is text/html"))
    }

    fn sent(response: &Response) -> Value {
        assert_eq!(
            response.header("content-type"),
            Some("application/problem+json")
        );
        serde_json::from_slice(response.body().as_bytes().unwrap()).unwrap()
    }

    #[test]
    fn every_failure_is_sent() {
        let response = failure().into_response();
        assert_eq!(response.status(), 415);
        let expected = json!({
            "title": "Unsupported Media Type",
            "status": 415,
            "detail": "header `x-key` is required; \
                body `Person` has a format that is not JSON: it is text/html",
            "failures": [
                {"kind": "missing", "location": "header", "name": "x-key", "expected": "string"},
                {"kind": "unsupported", "location": "body", "name": "Person", "expected": "JSON",
                 "cause": "it is text/html"},
            ],
        });
        assert_eq!(sent(&response), expected);
    }

    #[test]
    fn only_the_status_is_sent_if_the_peer_is_not_to_blame() {
        for (failure, status, title) in [
            (failure().in_response(), 502, "Bad Gateway"),
            (failure().in_writing(), 500, "Internal Server Error"),
        ] {
            let response = failure.into_response();
            assert_eq!(response.status(), status);
            assert_eq!(sent(&response), json!({"title": title, "status": status}));
        }
    }
}
