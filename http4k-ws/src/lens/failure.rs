//! Why values could not be read from a message, or written to one.

use std::error::Error;
use std::fmt;

use http::StatusCode;

use super::{Failure, LensFailureKind, Location};
use crate::message::{BodyError, WsStatus};

/// Why values could not be read from a message, or written to one: at least one [`Failure`].
///
/// A handler returns it with `?`: as a response it is the [`status`](Self::status), and every failure as
/// `application/problem+json` (RFC 9457). A consumer does so too: its socket closes with 1007.
///
/// Its text holds the causes, because there may be several: [`source`](Error::source) gives none, and
/// [`Failure::cause`] each.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoResponse;
/// use http4k_ws::lens::{Failure, LensFailure, LensFailureKind, Location};
/// use http4k_ws::message::ResponseExt;
///
/// let key = Failure::new(LensFailureKind::Missing, Location::Header, "x-key", "string");
/// let page = Failure::new(LensFailureKind::Invalid, Location::Query, "page", "integer");
/// let failure = LensFailure::from(key).and(page);
///
/// assert_eq!(failure.to_string(), "header `x-key` is required; query `page` must be integer");
/// assert_eq!(failure.kind(), LensFailureKind::Invalid);
/// assert_eq!(failure.into_response().status(), 400);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LensFailure {
    // Never empty.
    failures: Vec<Failure>,
    blame: Blame,
}

/// Whose message it is that failed; of several, the last one here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Blame {
    /// Whoever asked us.
    Peer,
    /// Whoever we asked.
    Answer,
    /// Ourselves: the value was to be written.
    Ours,
    /// This program: no message can have what it reads.
    Program,
}

impl LensFailure {
    /// Both failures, of one message.
    #[must_use]
    pub fn and(mut self, other: impl Into<Self>) -> Self {
        let other = other.into();
        self.failures.extend(other.failures);
        self.blame = self.blame.max(other.blame);
        self
    }

    /// The same failure, of somebody else's answer: whoever asked us is not to blame, so that it becomes 502 and
    /// the parts are logged instead of told.
    #[must_use]
    pub fn in_answer(self) -> Self {
        self.blamed_on(Blame::Answer)
    }

    /// The same failure, of a value that was to be written: it is our own, so that it becomes 500 and the parts are
    /// logged instead of told.
    #[must_use]
    pub fn in_writing(self) -> Self {
        self.blamed_on(Blame::Ours)
    }

    /// The same failure, caused by this program and not by any message, such as a handler that
    /// reads a path parameter that its route lacks. It becomes 500, and the parts are logged
    /// instead of sent.
    ///
    /// A [`Failure`] that is Missing in the path is one from the start.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::IntoRequest;
    /// use http4k_ws::lens::{Failure, LensFailure, LensFailureKind, Location, Path};
    ///
    /// let unrouted = "/".into_request().unwrap();
    /// let failure = Path::int("id").required().get(&unrouted).unwrap_err();
    /// assert_eq!(failure.status(), 500);
    ///
    /// let invalid = Failure::new(LensFailureKind::Invalid, Location::Query, "q", "a flat type");
    /// assert_eq!(LensFailure::from(invalid).in_program().status(), 500);
    /// ```
    #[must_use]
    pub fn in_program(self) -> Self {
        self.blamed_on(Blame::Program)
    }

    fn blamed_on(mut self, blame: Blame) -> Self {
        self.blame = self.blame.max(blame);
        self
    }

    /// The same failure, whose parts stand at `location`.
    pub(super) fn moved_to(mut self, location: Location) -> Self {
        let failures = self.failures.into_iter();
        self.failures = failures.map(|part| part.moved_to(location)).collect();
        self
    }

    /// Each failure, in the order met.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// What is wrong in all: Unsupported where one failure is, else Invalid where one is, else Missing.
    pub fn kind(&self) -> LensFailureKind {
        let some = |kind| self.failures.iter().any(|failure| failure.kind() == kind);
        [LensFailureKind::Unsupported, LensFailureKind::Invalid]
            .into_iter()
            .find(|kind| some(*kind))
            .unwrap_or(LensFailureKind::Missing)
    }

    /// The status of the answer: 415 for Unsupported, 413 for a body past its limit, else 400; 502 for a failure
    /// [`in_answer`](Self::in_answer), 500 for one [`in_writing`](Self::in_writing) or
    /// [`in_program`](Self::in_program).
    pub fn status(&self) -> StatusCode {
        match self.blame {
            Blame::Peer => {}
            Blame::Answer => return StatusCode::BAD_GATEWAY,
            Blame::Ours | Blame::Program => return StatusCode::INTERNAL_SERVER_ERROR,
        }
        let of_body = self.failures.iter().find_map(|failure| {
            let cause = failure.cause()?.downcast_ref::<BodyError>()?;
            Some(cause.status())
        });
        match (self.kind(), of_body) {
            (LensFailureKind::Unsupported, _) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            (_, Some(status)) => status,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The status that a socket is closed with: 1007 and as much of the text as a close frame holds, which is 123
    /// bytes; 1011, which tells nothing, where the peer is not to blame.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::{Message, WsMessage};
    ///
    /// let failure = <String as Message>::from_message(WsMessage::from(b"\xff")).unwrap_err();
    /// assert_eq!(failure.ws_status().code(), 1007);
    /// assert!(failure.ws_status().reason().starts_with("message `String` must be text"));
    /// assert_eq!(failure.in_answer().ws_status().code(), 1011);
    /// ```
    pub fn ws_status(&self) -> WsStatus {
        const ROOM: usize = 123;
        if self.blame != Blame::Peer {
            return WsStatus::INTERNAL_ERROR;
        }
        let mut reason = self.to_string();
        if reason.len() > ROOM {
            let end = (0..=ROOM).rev().find(|end| reason.is_char_boundary(*end));
            reason.truncate(end.unwrap_or_default());
        }
        WsStatus::new(1007, reason).unwrap_or(WsStatus::INVALID_PAYLOAD)
    }

    /// Whose message it is that failed.
    pub(super) fn blame(&self) -> Blame {
        self.blame
    }
}

impl From<Failure> for LensFailure {
    /// A parameter that the path lacks is the fault of this program: a request reaches a handler
    /// through a route, and the template of the route has the parameter or does not.
    fn from(failure: Failure) -> Self {
        let is_missing = failure.kind() == LensFailureKind::Missing;
        let blame = if is_missing && failure.location() == Location::Path {
            Blame::Program
        } else {
            Blame::Peer
        };
        Self {
            failures: vec![failure],
            blame,
        }
    }
}

impl fmt::Display for LensFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, failure) in self.failures.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{failure}")?;
        }
        Ok(())
    }
}

impl Error for LensFailure {}

#[cfg(test)]
mod tests {
    use super::LensFailureKind::{Invalid, Missing, Unsupported};
    use super::*;

    fn failure(kind: LensFailureKind) -> Failure {
        Failure::new(kind, Location::Query, "page", "integer")
    }

    #[test]
    fn each_kind_has_its_text() {
        let cases = [
            (Missing, "query `page` is required"),
            (Invalid, "query `page` must be integer"),
            (Unsupported, "query `page` has a format that is not integer"),
        ];
        for (kind, text) in cases {
            assert_eq!(failure(kind).to_string(), text);
            let caused = failure(kind).with_cause("because");
            assert_eq!(caused.to_string(), format!("{text}: because"));
        }
    }

    #[test]
    fn the_kind_and_status_of_all_follow_the_worst() {
        let cases: [(&[LensFailureKind], LensFailureKind, u16); 5] = [
            (&[Missing], Missing, 400),
            (&[Invalid], Invalid, 400),
            (&[Missing, Invalid, Missing], Invalid, 400),
            (&[Missing, Unsupported, Invalid], Unsupported, 415),
            (&[Unsupported], Unsupported, 415),
        ];
        for (kinds, kind, status) in cases {
            let all = kinds
                .iter()
                .map(|kind| LensFailure::from(failure(*kind)))
                .reduce(LensFailure::and)
                .unwrap();
            assert_eq!(all.kind(), kind, "{kinds:?}");
            assert_eq!(all.status(), status, "{kinds:?}");
            assert_eq!(all.failures().len(), kinds.len());
            assert_eq!(all.clone().in_answer().status(), 502);
            assert_eq!(all.in_writing().in_answer().status(), 500);
        }
    }

    #[test]
    fn a_body_past_its_limit_is_413() {
        let cause = BodyError::TooLarge { limit: 5 };
        let too_large = LensFailure::from(failure(Invalid).with_cause(cause));
        assert_eq!(too_large.status(), 413);
        assert_eq!(
            LensFailure::from(failure(Missing)).and(too_large).status(),
            413
        );
    }

    #[test]
    fn equality_goes_by_what_is_said() {
        let caused = |cause: &str| failure(Invalid).with_cause(cause);
        assert_eq!(caused("a"), caused("a"));
        assert_ne!(caused("a"), caused("b"));
        assert_ne!(caused("a"), failure(Invalid));
        assert_ne!(failure(Missing), failure(Invalid));
        let cause = caused("a").cause().map(ToString::to_string);
        assert_eq!(cause.as_deref(), Some("a"));
    }

    #[test]
    fn a_close_frame_holds_what_fits_and_ends_between_characters() {
        let long = failure(Invalid).with_cause("é".repeat(100));
        let status = LensFailure::from(long).ws_status();
        assert_eq!(status.code(), 1007);
        assert!(matches!(status.reason().len(), 122 | 123), "{status}");
        assert!(status.reason().ends_with("éé"));
        let short = LensFailure::from(failure(Missing));
        assert_eq!(short.ws_status().reason(), "query `page` is required");
        let ours = short.in_writing().ws_status();
        assert_eq!((ours.code(), ours.reason()), (1011, "internal error"));
    }
}
