//! A failure as an answer: `application/problem+json` (RFC 9457).

use super::LensFailure;
use crate::message::{IntoResponse, Rejection, Response, ResponseExt};

/// The status, and every failure as `application/problem+json`; as plain text without the feature `json`.
///
/// A failure [`in_answer`](LensFailure::in_answer) is logged, and only the status told.
impl IntoResponse for LensFailure {
    fn into_response(self) -> Response {
        if self.is_in_answer() {
            log::error!("an answer could not be read: {self}");
        }
        described(&self).with_status(self.status())
    }
}

/// What a route's `_` argument gives back where it fails.
impl From<LensFailure> for Rejection {
    fn from(failure: LensFailure) -> Self {
        Self::new(failure)
    }
}

#[cfg(not(feature = "json"))]
fn described(failure: &LensFailure) -> Response {
    if failure.is_in_answer() {
        return ().into_response();
    }
    failure.to_string().into_response()
}

#[cfg(feature = "json")]
fn described(failure: &LensFailure) -> Response {
    let status = failure.status();
    let told = if failure.is_in_answer() {
        &[]
    } else {
        failure.failures()
    };
    let problem = Problem {
        title: status.canonical_reason().unwrap_or_default(),
        status: status.as_u16(),
        detail: (!told.is_empty()).then(|| failure.to_string()),
        failures: told.iter().map(Part::new).collect(),
    };
    match serde_json::to_vec(&problem) {
        Ok(json) => json
            .into_response()
            .with_header("content-type", "application/problem+json"),
        // Text and numbers have JSON, so this is not reached; were it, the text says the same.
        Err(_) => failure.to_string().into_response(),
    }
}

/// The members of RFC 9457 §3.1; `type` is left out, and so is `about:blank` (§4.2.1).
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
#[derive(serde::Serialize)]
struct Part<'a> {
    kind: &'static str,
    location: &'static str,
    name: &'a str,
    expected: &'a str,
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

    fn told(response: &Response) -> Value {
        assert_eq!(
            response.header("content-type"),
            Some("application/problem+json")
        );
        serde_json::from_slice(response.body().as_bytes().unwrap()).unwrap()
    }

    #[test]
    fn every_failure_is_told() {
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
        assert_eq!(told(&response), expected);
    }

    #[test]
    fn of_an_answer_only_the_status_is_told() {
        let response = failure().in_answer().into_response();
        assert_eq!(response.status(), 502);
        assert_eq!(
            told(&response),
            json!({"title": "Bad Gateway", "status": 502})
        );
    }
}
