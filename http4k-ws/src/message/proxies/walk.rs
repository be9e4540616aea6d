//! The walk from the server to the client, over the proxies that are trusted.
//!
//! Each proxy appends an element: the peer that sent it the request. The last element is therefore
//! from the nearest proxy. The walk starts there and ends at the first peer that is not trusted,
//! because that peer may have forged all elements before its own.
//!
//! 1. The elements are visited from the left to the right, and the walk starts anew at each peer
//!    that is not trusted. The result is the same, in one pass and without a list of elements.
//! 2. An element without a readable address starts it anew, too, and the client is then unknown. It
//!    is never the element before, for which no trusted proxy vouches.
//! 3. The scheme and the host are those of the last element that the walk has visited and that
//!    states them.

use std::borrow::Cow;
use std::net::IpAddr;

use super::networks::Networks;
use crate::message::http::Scheme;

/// A value that a proxy states.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Stated<T> {
    #[default]
    Nothing,
    /// A value that violates its rule.
    Invalid,
    Value(T),
}

impl<T> Stated<T> {
    /// Returns the value, which is valid if there is one.
    pub(super) fn of(value: Option<T>) -> Self {
        value.map_or(Self::Invalid, Self::Value)
    }

    fn or(self, other: Self) -> Self {
        match self {
            Self::Nothing => other,
            stated => stated,
        }
    }
}

/// A request as the proxy that received it describes it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Element<'h> {
    /// The peer of the proxy, or `None` if its address cannot be read.
    pub(super) peer: Option<IpAddr>,
    pub(super) scheme: Stated<Scheme>,
    pub(super) host: Stated<Cow<'h, str>>,
}

/// The place of an element: the index of its line among those of the field, and its offset there.
pub(super) type Place = (usize, usize);

/// The client of a request, as far as it is known.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Client {
    /// The proxies state nothing: the nearest is the client itself.
    #[default]
    Nearest,
    Unknown,
    Known(IpAddr),
}

/// The state of the walk, for the elements visited so far.
#[derive(Debug, Default)]
pub(super) struct Walk<'h> {
    pub(super) client: Client,
    pub(super) scheme: Stated<Scheme>,
    pub(super) host: Stated<Cow<'h, str>>,
    /// The first element that a trusted proxy vouches for.
    pub(super) first: Place,
}

impl<'h> Walk<'h> {
    /// Visits the next element to the right, which is at `place`.
    pub(super) fn visit(&mut self, element: Element<'h>, place: Place, trusted: &Networks) {
        let is_trusted = element.peer.is_some_and(|peer| trusted.contains(peer));
        if !is_trusted || self.client == Client::Nearest {
            *self = Self {
                client: element.peer.map_or(Client::Unknown, Client::Known),
                scheme: element.scheme,
                host: element.host,
                first: place,
            };
        } else {
            self.scheme = element.scheme.or(self.scheme);
            self.host = element.host.or(std::mem::take(&mut self.host));
        }
    }

    /// Visits a line without any structure, which has the index `line`. Everything before the next
    /// line is unknown.
    pub(super) fn visit_unreadable(&mut self, line: usize) {
        *self = Self {
            client: Client::Unknown,
            scheme: Stated::Invalid,
            host: Stated::Nothing,
            first: (line + 1, 0),
        };
    }
}
