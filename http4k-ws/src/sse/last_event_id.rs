//! The id of the last event that a client has received, as an argument.

use http::{HeaderName, HeaderValue};

use crate::describe::{DescribeRequest, FieldDescription, RouteDescription, SchemaOf};
use crate::lens::{Header, TextValue};
use crate::message::{FromRequest, Rejection, Request};

/// The id of the last event that a client has received, as a `_` argument of a route.
///
/// It is read from the field `Last-Event-ID` (WHATWG HTML §9.2.4). `None` if the client connects
/// for the first time, or if its last event had an empty id. An id that is not a `T` is refused
/// with 400, and a client does not reconnect after a refusal. `LastEventId<String>` accepts every
/// id that is UTF-8.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::sse::{LastEventId, Sse, SseEvent, SseResult};
///
/// async fn count(sse: Sse, LastEventId(last): LastEventId<u32>) -> SseResult {
///     for number in last.unwrap_or(0) + 1..=3 {
///         sse.send(SseEvent::new(number.to_string()).with_id(number)).await?;
///     }
///     Ok(())
/// }
///
/// let app = routes! { GET "/count" => sse(count(sse, _)) };
/// let again = Request::get("/count").header("last-event-id", "2");
/// assert_eq!(app.test_sse(again).received().next().unwrap().unwrap().data(), "3");
///
/// let malformed = Request::get("/count").header("last-event-id", "two");
/// assert_eq!(app.try_test_sse(malformed).unwrap_err().status(), StatusCode::BAD_REQUEST);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct LastEventId<T = String>(
    /// The id.
    pub Option<T>,
);

/// The field in which a client sends the id of the last event (WHATWG HTML §9.2.4).
pub(crate) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

impl<T: TextValue> FromRequest for LastEventId<T> {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let id = request.headers().get(LAST_EVENT_ID);
        if id.is_some_and(HeaderValue::is_empty) {
            return Ok(Self(None));
        }
        let name = LAST_EVENT_ID.as_str().to_owned();
        let id = Header::value::<T>(name).optional().get(request)?;
        Ok(Self(id))
    }
}

impl<T: TextValue> DescribeRequest for LastEventId<T> {
    type Body = ();

    fn describe(route: &mut RouteDescription, _: Option<SchemaOf>) {
        let lens = Header::value::<T>(LAST_EVENT_ID.as_str().to_owned()).optional();
        let field = FieldDescription::of::<T>(lens.meta().clone());
        route
            .fields
            .push(field.with_docs("The id of the last event that the client received."));
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn read<T: TextValue>(id: Option<&'static str>) -> Result<LastEventId<T>, u16> {
        let mut request = Request::default();
        if let Some(id) = id {
            let id = HeaderValue::from_bytes(id.as_bytes()).expect("a field value");
            request.headers_mut().insert(LAST_EVENT_ID, id);
        }
        let value = LastEventId::from_request(&mut request).now_or_never();
        let value = value.expect("the head of a request is there");
        value.map_err(|rejection| rejection.response().status().as_u16())
    }

    #[test]
    fn an_id_is_read_as_the_type_of_the_argument() {
        assert_eq!(read(Some("7")), Ok(LastEventId(Some(7_u64))));
        let text = Some("7".to_owned());
        assert_eq!(read(Some("7")), Ok(LastEventId(text)));
        let text = Some("é".to_owned());
        assert_eq!(read(Some("é")), Ok(LastEventId(text)));
    }

    #[test]
    fn a_missing_or_empty_id_is_none() {
        assert_eq!(read::<u64>(None), Ok(LastEventId(None)));
        assert_eq!(read::<u64>(Some("")), Ok(LastEventId(None)));
        assert_eq!(read::<String>(Some("")), Ok(LastEventId(None)));
    }

    #[test]
    fn an_id_of_another_type_is_refused() {
        assert_eq!(read::<u64>(Some("seven")), Err(400));
        assert_eq!(read::<u8>(Some("256")), Err(400));
    }
}
