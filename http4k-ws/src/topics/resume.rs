//! The position that a client resumes from, as an argument.

use http::HeaderValue;

use super::position::Position;
use crate::describe::{DescribeRequest, FieldDescription, RouteDescription, SchemaOf};
use crate::lens::{Failure, Header, LensFailure, LensFailureKind, Location, Query};
use crate::message::{FromRequest, Rejection, Request};
use crate::sse::LAST_EVENT_ID;

/// The position that a client resumes from, as a `_` argument of a route.
///
/// It is the query parameter `after`, or else the field `Last-Event-ID`, which a browser sends when
/// it reopens a stream. `None` for a client that comes for the first time, and if the text is
/// empty. A text that is not a [`Position`] is refused with 400.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::topics::Resume;
///
/// async fn show(resume: Resume) -> String {
///     resume.after.map_or("new".to_owned(), |after| after.to_string())
/// }
///
/// let app = routes! { GET "/" => http(show(_)) };
/// assert_eq!(app.test_http("/").body(), "new");
/// assert_eq!(app.test_http("/?after=0000000000000001-2").body(), "0000000000000001-2");
/// let again = Request::get("/").header("last-event-id", "0000000000000001-3");
/// assert_eq!(app.test_http(again).body(), "0000000000000001-3");
/// assert_eq!(app.test_http("/?after=7").status(), StatusCode::BAD_REQUEST);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resume {
    /// The position of the last entry that the client has received.
    pub after: Option<Position>,
}

impl Resume {
    /// Reads the position from a request.
    pub(super) fn of(request: &Request) -> Result<Self, LensFailure> {
        let after: Option<String> = Query::string("after").optional().get(request)?;
        let by_query = after.is_some();
        let text = match after {
            Some(after) => Some(after),
            None => {
                let field = request.headers().get(LAST_EVENT_ID);
                let text = field.map(HeaderValue::as_bytes);
                text.map(|text| String::from_utf8_lossy(text).into_owned())
            }
        };
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(Self::default());
        };
        let (place, name) = match by_query {
            true => (Location::Query, "after"),
            false => (Location::Header, "last-event-id"),
        };
        match text.parse() {
            Ok(after) => Ok(Self { after: Some(after) }),
            Err(cause) => {
                let kind = LensFailureKind::Invalid;
                let cause: super::position::PositionError = cause;
                let failure = Failure::new(kind, place, name, "position").with_cause(cause);
                Err(failure.into())
            }
        }
    }
}

impl From<Position> for Resume {
    fn from(after: Position) -> Self {
        Self { after: Some(after) }
    }
}

impl From<Option<Position>> for Resume {
    fn from(after: Option<Position>) -> Self {
        Self { after }
    }
}

impl FromRequest for Resume {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        Ok(Self::of(request)?)
    }
}

impl DescribeRequest for Resume {
    type Body = ();

    fn describe(route: &mut RouteDescription, _: Option<SchemaOf>) {
        let docs = "The position after which the client continues.";
        let query = Query::string("after").optional();
        let header = Header::string("last-event-id").optional();
        for meta in [query.meta(), header.meta()] {
            let field = FieldDescription::of::<Position>(meta.clone());
            route.fields.push(field.with_docs(docs));
        }
    }
}
