//! The bytes of a kept request: its path parameters, target, version, method and fields.

use std::cell::RefCell;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Method, Uri, Version};

use crate::message::body::Body;
use crate::message::http::Request;
use crate::message::path_params::PathParams;

/// The versions of HTTP, whose places are their bytes.
pub(super) const VERSIONS: [Version; 5] = [
    Version::HTTP_11,
    Version::HTTP_2,
    Version::HTTP_10,
    Version::HTTP_3,
    Version::HTTP_09,
];

/// The flags of a field.
const SENSITIVE: u8 = 1;

/// The largest buffer that a thread keeps.
const KEPT: usize = 4 * 1024;

thread_local! {
    /// The buffer in which a request is packed, before its bytes get memory of their length.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Returns the path parameters, target, version, method and fields as bytes. Each text follows its
/// length.
pub(super) fn packed<B>(request: &http::Request<B>, params: Option<&PathParams>) -> Box<[u8]> {
    let target = request
        .uri()
        .path_and_query()
        .map_or("", PathAndQuery::as_str);
    let version = VERSIONS
        .iter()
        .position(|known| *known == request.version());
    let method = request.method().as_str().as_bytes();
    boxed(|bytes| {
        put_params(bytes, params);
        put(bytes, target.as_bytes());
        bytes.push(u8::try_from(version.unwrap_or(0)).unwrap_or(0));
        put(bytes, method);
        for (name, value) in request.headers() {
            bytes.push(if value.is_sensitive() { SENSITIVE } else { 0 });
            put(bytes, name.as_str().as_bytes());
            put(bytes, value.as_bytes());
        }
    })
}

/// Returns the bytes of [`packed`] with other path parameters.
pub(super) fn with_params(head: &[u8], params: &PathParams) -> Box<[u8]> {
    let mut rest = Unpacked(head);
    rest.skip_params();
    boxed(|bytes| {
        put_params(bytes, Some(params));
        bytes.extend_from_slice(rest.0);
    })
}

/// Returns the bytes that `write` appends.
fn boxed(write: impl FnOnce(&mut Vec<u8>)) -> Box<[u8]> {
    SCRATCH.with_borrow_mut(|bytes| {
        write(bytes);
        let boxed = Box::from(&bytes[..]);
        bytes.clear();
        bytes.shrink_to(KEPT);
        boxed
    })
}

fn put_params(bytes: &mut Vec<u8>, params: Option<&PathParams>) {
    // One more than their number, and 0 if the request was not routed.
    put_length(bytes, params.map_or(0, |params| params.iter().count() + 1));
    for (name, value) in params.into_iter().flat_map(PathParams::iter) {
        put(bytes, name.as_bytes());
        put(bytes, value.as_bytes());
    }
}

#[inline]
fn put(bytes: &mut Vec<u8>, text: &[u8]) {
    put_length(bytes, text.len());
    bytes.extend_from_slice(text);
}

/// Appends a number in groups of seven bits, the lowest first. All but the last have the high bit.
#[inline]
fn put_length(bytes: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        bytes.push((length & 0x7F) as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
}

/// Builds the request and the path parameters from the bytes of [`packed`].
pub(super) fn unpacked(head: &[u8]) -> (Request, Option<PathParams>) {
    let all = Bytes::copy_from_slice(head);
    let mut rest = Unpacked(&all);
    let mut request = Request::new(Body::empty());
    let params = rest.params();
    // Each text was of its type before, so no conversion fails.
    let target = PathAndQuery::from_maybe_shared(all.slice_ref(rest.bytes()));
    *request.uri_mut() = target.map(Uri::from).unwrap_or_default();
    let version = VERSIONS.get(usize::from(rest.byte()));
    *request.version_mut() = version.copied().unwrap_or_default();
    *request.method_mut() = Method::from_bytes(rest.bytes()).unwrap_or_default();
    while !rest.0.is_empty() {
        let sensitive = rest.byte() & SENSITIVE != 0;
        let name = HeaderName::from_bytes(rest.bytes());
        let value = HeaderValue::from_maybe_shared(all.slice_ref(rest.bytes()));
        if let (Ok(name), Ok(mut value)) = (name, value) {
            value.set_sensitive(sensitive);
            request.headers_mut().append(name, value);
        }
    }
    (request, params)
}

/// Returns the target.
pub(super) fn target_of(head: &[u8]) -> &str {
    let mut head = Unpacked(head);
    head.skip_params();
    head.text()
}

/// The bytes that are not read yet.
struct Unpacked<'a>(&'a [u8]);

impl<'a> Unpacked<'a> {
    fn byte(&mut self) -> u8 {
        let (byte, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *byte
    }

    fn length(&mut self) -> usize {
        let (mut length, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            length |= usize::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return length;
            }
            shift += 7;
        }
    }

    fn bytes(&mut self) -> &'a [u8] {
        let length = self.length().min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        text
    }

    fn skip_params(&mut self) {
        let texts = 2 * self.length().saturating_sub(1);
        for _ in 0..texts {
            self.bytes();
        }
    }

    fn params(&mut self) -> Option<PathParams> {
        let count = self.length().checked_sub(1)?;
        let pairs = (0..count).map(|_| (self.text().to_owned(), self.text().to_owned()));
        Some(pairs.collect())
    }

    fn text(&mut self) -> &'a str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }
}
