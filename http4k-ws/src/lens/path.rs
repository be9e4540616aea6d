//! Lenses of path parameters.

use http::Request;

use super::message_part::{Cause, MessagePart, ReadFrom, TextPart, WriteTo};
use super::meta::Location;
use super::spec::BiDiLensSpec;
use super::text::{self, Name, TextValue, text_specs};
use crate::message::{FilledTemplate, PathParams};

/// Parameters of the path: a place of lenses. Over a serde type it is an argument of a handler.
///
/// A routed request has the parameters of its route. A request that a client sends is created from
/// a [`UriTemplate`](crate::message::UriTemplate), and setting a parameter fills it in. Setting one
/// on any other request fails. The URI has a parameter in braces until it is set.
///
/// # Examples
///
/// ```
/// use http4k_ws::{IntoRequest, Request, routes};
/// use http4k_ws::lens::{LensFailure, Path, With};
/// use http4k_ws::message::UriTemplate;
///
/// async fn show(request: Request) -> Result<String, LensFailure> {
///     Path::string("room").required().get(&request)
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let room = Path::string("room").required();
/// let id = Path::int("id").required();
///
/// let request = UriTemplate::parse("/rooms/<room>/<id>")?.into_request()?;
/// assert_eq!(request.uri(), "/rooms/{room}/{id}");
/// let request = request.with((room.of("blue/green".into()), id.of(7)))?;
/// assert_eq!(request.uri(), "/rooms/blue%2Fgreen/7");
///
/// let app = routes! { "/rooms/<room>/<id>" => http(show(req)) };
/// assert_eq!(app.test_http(request).body(), "blue/green");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Path<T = ()>(
    /// The value.
    pub T,
);

impl MessagePart for Path {
    type Raw = String;
    const LOCATION: Location = Location::Path;
}

text_specs!(
    Path,
    "parameter of the path",
    "http4k_ws::message::UriTemplate::parse(\"/<name>/<age>/<price>/<open>/<ip>\")?.into_request()?"
);

impl<B> ReadFrom<Request<B>> for Path {
    fn values(request: &Request<B>, name: &str) -> Vec<Result<String, Cause>> {
        let routed = request.extensions().get::<PathParams>();
        let filled = || request.extensions().get::<FilledTemplate>();
        let value = match routed.and_then(|params| params.get(name)) {
            Some(value) => Some(value),
            None => filled().and_then(|template| template.get(name)),
        };
        value
            .map(|value| Ok(value.to_owned()))
            .into_iter()
            .collect()
    }
}

impl<B> WriteTo<Request<B>> for Path {
    fn replaced(
        mut request: Request<B>,
        name: &str,
        values: Vec<String>,
    ) -> Result<Request<B>, Cause> {
        let Some(mut template) = request.extensions_mut().remove::<FilledTemplate>() else {
            return Err("the request was not created from a `UriTemplate`".into());
        };
        template.set(name, values)?;
        *request.uri_mut() = FilledTemplate::on(request.uri(), template.path()?)?;
        request.extensions_mut().insert(template);
        Ok(request)
    }
}
