//! The choice between a page and a stream of events at one path, by the `Accept` field.

use std::cell::Cell;

use http::{HeaderMap, Method};

use crate::lens::Accept;

/// The media type of a stream of events.
pub(super) const EVENT_STREAM: &str = "text/event-stream";

/// The method of one request, and the media types that its client accepts.
///
/// The fields are read only if a path has a stream for the method.
#[derive(Debug)]
pub(super) struct Accepted<'r> {
    pub(super) method: &'r Method,
    fields: Option<&'r HeaderMap>,
    read: Cell<Option<Streams>>,
}

/// The order of streams and pages at one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Streams {
    /// A stream is found before a page: `Accept` names its media type, and prefers no other.
    First,
    /// A stream is found if there is no page.
    Last,
    /// A stream is never found, because `Accept` excludes its media type.
    Excluded,
}

impl<'r> Accepted<'r> {
    #[inline]
    pub(super) fn new(method: &'r Method, fields: &'r HeaderMap) -> Self {
        Self {
            fields: Some(fields),
            ..Self::every_type(method)
        }
    }

    /// Returns those of a request without fields.
    #[inline]
    pub(super) fn every_type(method: &'r Method) -> Self {
        Self {
            method,
            fields: None,
            read: Cell::new(None),
        }
    }

    /// Returns the order of streams and pages for this request.
    pub(super) fn streams(&self) -> Streams {
        if let Some(streams) = self.read.get() {
            return streams;
        }
        let streams = self.fields.map_or(Streams::Last, Streams::of);
        self.read.set(Some(streams));
        streams
    }

    /// Returns `true` if the route depends on the fields.
    #[inline]
    pub(super) fn is_read(&self) -> bool {
        self.read.get().is_some()
    }
}

impl Streams {
    fn of(fields: &HeaderMap) -> Self {
        let accept = Accept::of_fields(fields);
        if accept.choose(&[EVENT_STREAM]).is_none() {
            Self::Excluded
        } else if accept.prefers(EVENT_STREAM) {
            Self::First
        } else {
            Self::Last
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::ACCEPT;

    use super::*;

    #[test]
    fn a_stream_is_first_if_accept_names_it_and_prefers_no_other_type() {
        use Streams::{Excluded, First, Last};
        for (fields, expected) in [
            (&[] as &[&'static str], Last),
            (&["*/*"], Last),
            (&["text/*"], Last),
            (&["text/html, */*;q=0.8"], Last),
            (&["text/event-stream"], First),
            (&["Text/Event-Stream; charset=utf-8"], First),
            (&["application/json, text/event-stream"], First),
            (&["application/json", "text/event-stream"], First),
            (&["text/event-stream;q=0.5"], First),
            (&["text/html;q=0.9, text/event-stream"], First),
            (&["text/html, text/event-stream;q=0.9"], Last),
            (&["*/*, text/event-stream;q=0.5"], Last),
            (&["text/event-stream;q=0.001"], First),
            (&["text/html"], Excluded),
            (&["image/*"], Excluded),
            (&["text/event-stream;q=0"], Excluded),
            (&["text/event-stream;q=0.000, */*"], Excluded),
            (&["text/*;q=0, */*"], Excluded),
            (&["text/*;q=0, text/event-stream"], First),
            // A range that is not valid is ignored.
            (&["text/event-stream;q=2"], Last),
            (&["text"], Last),
        ] {
            let mut headers = HeaderMap::new();
            for field in fields {
                headers.append(ACCEPT, HeaderValue::from_static(field));
            }
            let accepted = Accepted::new(&Method::GET, &headers);
            assert!(!accepted.is_read());
            assert_eq!(accepted.streams(), expected, "{fields:?}");
            assert!(accepted.is_read());
        }
    }
}
