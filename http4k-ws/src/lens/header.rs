//! Lenses of header fields.

use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};

use super::message_part::{Cause, MessagePart, ReadFrom, TextPart, WriteTo};
use super::meta::Location;
use super::spec::BiDiLensSpec;
use super::text::{self, Name, TextValue, text_specs};

/// Header fields: a place of lenses. Over a serde type it is an argument of a handler.
///
/// The case of a name is ignored. Each line that was sent is a value; lists are not split at
/// commas. A value that is not UTF-8 is Invalid.
///
/// # Examples
///
/// ```
/// use http4k_ws::{IntoRequest, IntoResponse};
/// use http4k_ws::lens::{Header, With};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let left = Header::int("x-left").required();
/// let request = "/".into_request()?.with(left.of(3))?;
/// assert_eq!(left.get(&request)?, 3);
///
/// // The same lens reads a response. The client is not to blame if that fails.
/// let response = "hello".into_response().with(left.of(2))?;
/// assert_eq!(left.get(&response)?, 2);
/// assert_eq!(left.get(&"hello".into_response()).unwrap_err().status(), 502);
///
/// let name = Header::string("x-name").required();
/// assert_eq!(name.set(response, "a\r\nx-admin: 1".into()).unwrap_err().status(), 500);
/// # Ok(())
/// # }
/// ```
///
/// As the `_` argument of a route. The names of serde are those of the fields:
///
/// ```
/// use http4k_ws::routes;
/// use http4k_ws::lens::Header;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// #[serde(rename_all = "kebab-case")]
/// struct Client {
///     user_agent: String,
///     x_retry: Option<u8>,
/// }
///
/// async fn hello(Header(client): Header<Client>) -> String {
///     format!("{} {:?}", client.user_agent, client.x_retry)
/// }
///
/// let app = routes! { "/" => http(hello(_)) };
/// let request = http4k_ws::Request::get("/").header("User-Agent", "me");
/// assert_eq!(app.test_http(request).body(), "me None");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Header<T = ()>(
    /// The value.
    pub T,
);

impl MessagePart for Header {
    type Raw = String;
    const LOCATION: Location = Location::Header;
}

text_specs!(Header, "header field", "\"/\".into_request()?");

impl<B> ReadFrom<Request<B>> for Header {
    fn values(request: &Request<B>, name: &str) -> Vec<Result<String, Cause>> {
        values(request.headers(), name)
    }
}

impl<B> ReadFrom<Response<B>> for Header {
    const IS_RESPONSE: bool = true;

    fn values(response: &Response<B>, name: &str) -> Vec<Result<String, Cause>> {
        values(response.headers(), name)
    }
}

impl<B> WriteTo<Request<B>> for Header {
    fn replaced(
        mut request: Request<B>,
        name: &str,
        values: Vec<String>,
    ) -> Result<Request<B>, Cause> {
        replace(request.headers_mut(), name, values)?;
        Ok(request)
    }
}

impl<B> WriteTo<Response<B>> for Header {
    fn replaced(
        mut response: Response<B>,
        name: &str,
        values: Vec<String>,
    ) -> Result<Response<B>, Cause> {
        replace(response.headers_mut(), name, values)?;
        Ok(response)
    }
}

fn values(headers: &HeaderMap, name: &str) -> Vec<Result<String, Cause>> {
    headers.get_all(name).iter().map(text_of).collect()
}

pub(super) fn text_of(value: &HeaderValue) -> Result<String, Cause> {
    Ok(std::str::from_utf8(value.as_bytes())?.to_owned())
}

fn replace(headers: &mut HeaderMap, name: &str, values: Vec<String>) -> Result<(), Cause> {
    let name = HeaderName::try_from(name)?;
    let values: Result<Vec<HeaderValue>, Cause> = values.into_iter().map(field_value).collect();
    let values = values?;
    headers.remove(&name);
    for value in values {
        headers.append(&name, value);
    }
    Ok(())
}

/// Returns the value of a field. White space at its ends would not be received (RFC 9110 §5.5).
fn field_value(text: String) -> Result<HeaderValue, Cause> {
    if text.trim_matches([' ', '\t']).len() != text.len() {
        return Err("it starts or ends with white space".into());
    }
    Ok(HeaderValue::from_maybe_shared(bytes::Bytes::from(text))?)
}
