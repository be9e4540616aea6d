//! The heads of requests that hyper need not read.
//!
//! 1. The same parser as hyper's reads them, with the same settings, so that hyper reads each of
//!    them alike. What it refuses, and what is not all there, is left to hyper.
//! 2. A head is within the limits of the server, and has at most [`FIELDS`] fields.
//! 3. The request shares its bytes: those of the connection, or one copy.

use std::cell::Cell;
use std::mem::MaybeUninit;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use httparse::{Header, Status};

use crate::server::ServerConfig;

/// The most fields of a head that is read here.
pub(super) const FIELDS: usize = 64;

/// The limits for heads of a server.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeadLimits {
    max_head: usize,
    max_fields: usize,
}

impl HeadLimits {
    pub(super) fn new(config: &ServerConfig) -> Self {
        Self {
            max_head: config.max_head,
            max_fields: config.max_fields.min(FIELDS),
        }
    }
}

/// Reads the request at the start of `bytes`, if it is all there. Returns it and its length.
///
/// `body_length` returns the length of the body by the fields, or `None` if hyper must read the
/// request. `share` then returns the bytes up to a length, which the request shares. Nothing is
/// allocated before.
pub(super) fn read_request(
    bytes: &[u8],
    limits: &HeadLimits,
    body_length: impl FnOnce(&[Header<'_>]) -> Option<usize>,
    share: impl FnOnce(usize) -> Bytes,
) -> Option<(Request<Bytes>, usize)> {
    let mut fields = [const { MaybeUninit::uninit() }; FIELDS];
    let mut head = httparse::Request::new(&mut []);
    let parsed = head.parse_with_uninit_headers(bytes, &mut fields);
    let Ok(Status::Complete(head_length)) = parsed else {
        return None;
    };
    let (target, fields) = (head.path?, &*head.headers);
    let is_within = head_length <= limits.max_head && fields.len() <= limits.max_fields;
    if !is_within || head.version != Some(1) || target.contains('#') {
        return None;
    }
    let length = head_length.checked_add(body_length(fields)?)?;
    if length > bytes.len() {
        return None;
    }
    let shared = share(length);
    let part = |part: &[u8]| {
        let start = part.as_ptr().addr() - bytes.as_ptr().addr();
        shared.slice(start..start + part.len())
    };
    let method = Method::from_bytes(head.method?.as_bytes()).ok()?;
    let uri = Uri::from_maybe_shared(part(target.as_bytes())).ok()?;
    let mut headers = spare_headers();
    headers.try_reserve(fields.len()).ok()?;
    for field in fields {
        let name = HeaderName::from_bytes(field.name.as_bytes()).ok()?;
        let value = HeaderValue::from_maybe_shared(part(field.value)).ok()?;
        headers.append(name, value);
    }
    let mut request = Request::new(shared.slice(head_length..));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    Some((request, length))
}

thread_local! {
    /// An empty map that has memory for fields.
    static SPARE: Cell<Option<HeaderMap>> = const { Cell::new(None) };
}

fn spare_headers() -> HeaderMap {
    SPARE.take().unwrap_or_default()
}

/// Keeps the memory of `headers` for the next request of the thread.
pub(super) fn keep_spare(mut headers: HeaderMap) {
    if (1..=FIELDS).contains(&headers.capacity()) {
        headers.clear();
        SPARE.set(Some(headers));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spare_memory_has_no_fields() {
        let bytes = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        let limits = HeadLimits::new(&ServerConfig::default());
        for _ in 0..2 {
            let read = read_request(bytes, &limits, |_| Some(0), |_| Bytes::from_static(bytes));
            let (request, length) = read.expect("a request");
            assert_eq!((request.headers().len(), length), (1, bytes.len()));
            keep_spare(request.into_parts().0.headers);
        }
        assert!(spare_headers().is_empty());
    }
}
