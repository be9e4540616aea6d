//! Parameters of the path.

use http::Request;

use super::message_part::{Cause, MessagePart, ReadFrom, TextPart, WriteTo};
use super::meta::Location;
use super::spec::BiDiLensSpec;
use super::text::{self, Name, TextValue, text_specs};
use crate::message::{FilledTemplate, PathParams};

/// Parameters of the path: the place of lenses, and, over a serde type, an argument that is read from them.
///
/// A routed request has those of its route. A request to be sent is made of a [`UriTemplate`](crate::message::UriTemplate), and
/// what is set fills it in; a request made otherwise has no place for them, and setting one fails. A parameter that is
/// not set yet stands in braces in the request's URI.
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
    /// What was read.
    pub T,
);

impl MessagePart for Path {
    type Raw = String;
    const LOCATION: Location = Location::Path;
}

text_specs!(Path, "parameter of the path");

impl<B> ReadFrom<Request<B>> for Path {
    fn values(request: &Request<B>, name: &str) -> Vec<Result<String, Cause>> {
        let routed = request.extensions().get::<PathParams>();
        let written = || request.extensions().get::<FilledTemplate>();
        let value = match routed.and_then(|params| params.get(name)) {
            Some(value) => Some(value),
            None => written().and_then(|template| template.get(name)),
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
            return Err("the request was not made of a `UriTemplate`".into());
        };
        template.set(name, values)?;
        *request.uri_mut() = FilledTemplate::on(request.uri(), template.path()?)?;
        request.extensions_mut().insert(template);
        Ok(request)
    }
}
