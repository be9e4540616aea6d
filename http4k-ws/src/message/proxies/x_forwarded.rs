//! The fields `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`, which no document
//! specifies.
//!
//! 1. `For` is a list of addresses, over all lines of the field. An empty element is unreadable, as
//!    a proxy writes it for a client without an address.
//! 2. `Proto` and `Host` cannot be aligned with that list. Their last value is that of the nearest
//!    proxy.

use std::borrow::Cow;

use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::networks::Networks;
use super::node::address;
use super::walk::{Element, Stated, Walk};
use crate::message::http::{HostPort, Scheme};

pub(super) const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
pub(super) const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
pub(super) const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

pub(super) fn walk<'h>(headers: &'h HeaderMap, trusted: &Networks) -> Walk<'h> {
    let mut walk = Walk::default();
    for (index, line) in headers.get_all(FOR).iter().enumerate() {
        let Ok(line) = line.to_str() else {
            walk.visit_unreadable(index);
            continue;
        };
        let mut offset = 0;
        for peer in line.split(',') {
            let element = Element {
                peer: address(peer.trim()),
                ..Element::default()
            };
            walk.visit(element, (index, offset), trusted);
            offset += peer.len() + 1;
        }
    }
    walk.scheme = stated(headers, &PROTO, Scheme::named);
    let host = |host: &'h str| HostPort::parse(host).map(|_| Cow::Borrowed(host));
    walk.host = stated(headers, &HOST, host);
    walk
}

fn stated<'h, T>(
    headers: &'h HeaderMap,
    name: &HeaderName,
    parse: impl FnOnce(&'h str) -> Option<T>,
) -> Stated<T> {
    match last(headers, name) {
        None => Stated::Nothing,
        Some(value) => Stated::of(std::str::from_utf8(value).ok().and_then(parse)),
    }
}

/// Returns the last value of a list, over all lines of the field.
fn last<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h [u8]> {
    let line = headers.get_all(name).iter().next_back()?.as_bytes();
    let value = line.rsplit(|byte| *byte == b',').next()?;
    Some(value.trim_ascii())
}

/// Reduces a field to its last value.
pub(super) fn keep_last(headers: &mut HeaderMap, name: HeaderName) {
    let value = last(headers, &name).and_then(|value| HeaderValue::from_bytes(value).ok());
    if let Some(value) = value {
        headers.insert(name, value);
    }
}
