//! A request that can be sent again for each attempt.

use bytes::Bytes;
use http::header::{ACCEPT, CACHE_CONTROL, HOST, HeaderName, HeaderValue};
use http::{HeaderMap, Method};

use super::error::EventSourceError;
use crate::message::{Body, Request, copy_of_head, hide_secrets};
use crate::sse::{EVENT_STREAM, LAST_EVENT_ID};

/// A request that can be sent again.
#[derive(Debug)]
pub(super) struct Prepared {
    head: Request,
    body: Bytes,
}

impl Prepared {
    pub(super) fn is_get(&self) -> bool {
        self.head.method() == Method::GET
    }

    /// Returns the id that the caller has set.
    pub(super) fn last_event_id(&self) -> String {
        let id = self.head.headers().get(LAST_EVENT_ID);
        let id = id.map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned());
        id.unwrap_or_default()
    }

    /// Returns the request of an attempt.
    pub(super) fn with_last_event_id(&self, id: &str) -> Request {
        let mut request = copy_of_head(&self.head);
        *request.body_mut() = Body::from(self.body.clone());
        let headers = request.headers_mut();
        headers.remove(LAST_EVENT_ID);
        // It is sent as the bytes of its UTF-8 (WHATWG HTML §9.2.3).
        match HeaderValue::from_bytes(id.as_bytes()) {
            Ok(_) if id.is_empty() => {}
            Ok(id) => drop(headers.insert(LAST_EVENT_ID, id)),
            Err(_) => log::debug!("a `Last-Event-ID` with control characters is not sent"),
        }
        request
    }
}

/// Checks the request and the fields of the caller.
pub(super) fn prepared(
    request: Result<Request, http::Error>,
    fields: &[(String, String)],
) -> Result<Prepared, EventSourceError> {
    let bad = |reason: String| EventSourceError::BadRequest { reason };
    let (mut head, body) = request
        .map_err(|error| bad(error.to_string()))?
        .into_parts();
    let body = body.as_bytes().cloned();
    let body =
        body.ok_or_else(|| bad("its body is a stream, which cannot be sent again".into()))?;
    add_fields(&mut head.headers, fields).map_err(bad)?;
    hide_secrets(&mut head.headers);
    let defaults = [(ACCEPT, EVENT_STREAM), (CACHE_CONTROL, "no-cache")];
    for (name, value) in defaults {
        head.headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    let head = Request::from_parts(head, Body::empty());
    Ok(Prepared { head, body })
}

fn add_fields(headers: &mut HeaderMap, fields: &[(String, String)]) -> Result<(), String> {
    let single = [ACCEPT, CACHE_CONTROL, LAST_EVENT_ID, HOST];
    for (name, value) in fields {
        let bad = |_| {
            format!(
                "the field `{}` has an invalid name or value",
                name.escape_debug()
            )
        };
        let key = HeaderName::try_from(name.as_str()).map_err(|error| bad(error.to_string()))?;
        let value =
            HeaderValue::try_from(value.as_str()).map_err(|error| bad(error.to_string()))?;
        match single.contains(&key) {
            true => drop(headers.insert(key, value)),
            false => drop(headers.append(key, value)),
        }
    }
    Ok(())
}
