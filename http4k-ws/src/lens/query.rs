//! Lenses of query parameters.

use http::Request;

use super::message_part::{Cause, MessagePart, ReadFrom, TextPart, WriteTo};
use super::meta::Location;
use super::spec::BiDiLensSpec;
use super::text::{self, Name, TextValue, text_specs};
use crate::message::{query_pairs, with_query_values};

/// Parameters of the query: a place of lenses. Over a serde type it is an argument of a handler.
///
/// A value is decoded as in forms, `+` to a space. It is Invalid if the result is not UTF-8.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::{Query, With};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let tags = Query::string("tag").multi().defaulted(vec![]);
/// let request = "/posts?tag=rust&tag=a+b".into_request()?;
/// assert_eq!(tags.get(&request)?, ["rust", "a b"]);
/// assert_eq!(request.with(tags.of(vec!["c&d".into()]))?.uri(), "/posts?tag=c%26d");
/// # Ok(())
/// # }
/// ```
///
/// As the `_` argument of a route. A field that is an `Option` may be missing, and one that is a
/// `Vec` has all values:
///
/// ```
/// use http4k_ws::routes;
/// use http4k_ws::lens::Query;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Page {
///     number: u32,
///     size: Option<u32>,
/// }
///
/// async fn list(Query(page): Query<Page>) -> String {
///     format!("{} {}", page.number, page.size.unwrap_or(10))
/// }
///
/// let app = routes! { "/posts" => http(list(_)) };
/// assert_eq!(app.test_http("/posts?number=3").body(), "3 10");
/// assert_eq!(app.test_http("/posts?number=x").status(), 400);
/// ```
///
/// # Reading a serde type
///
/// These rules also hold for [`Form<T>`](crate::lens::Form), `Header<T>`, `Cookie<T>` and
/// `Path<T>`.
///
/// - A field is parsed as its type: a number, `bool`, `char`, a text, an enum of bare names or a
///   newtype of these.
/// - A field for one value refuses several with 400. A header joins them with commas (RFC 9110
///   §5.3), a cookie has the first (RFC 6265 §5.4), and of nested path parameters the innermost is
///   read. A `Vec` has all values, and so has a whole `Vec<(String, String)>`. An array or a tuple
///   refuses more values than it has elements.
/// - A value whose name or text is not UTF-8 is refused with 400 if the type reads it.
/// - `#[serde(flatten)]`, `tag`, `tag` with `content` and `untagged` are read as the types declare.
///   The first variant of an untagged enum that matches is the one that is read.
/// - A type that no text can be read as is refused with 500, and the reason is logged: a struct
///   inside a struct without `flatten`, or 128-bit integers behind `flatten` or a tag.
/// - More than 10,000 pairs are refused with 400.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Query<T = ()>(
    /// The value.
    pub T,
);

impl MessagePart for Query {
    type Raw = String;
    const LOCATION: Location = Location::Query;
}

text_specs!(Query, "parameter of the query", "\"/\".into_request()?");

impl<B> ReadFrom<Request<B>> for Query {
    fn values(request: &Request<B>, name: &str) -> Vec<Result<String, Cause>> {
        query_pairs(request.uri().query().unwrap_or_default())
            .filter(|(key, _)| key == name)
            .map(|(_, value)| Ok(value?.into_owned()))
            .collect()
    }
}

impl<B> WriteTo<Request<B>> for Query {
    fn replaced(
        mut request: Request<B>,
        name: &str,
        values: Vec<String>,
    ) -> Result<Request<B>, Cause> {
        *request.uri_mut() =
            with_query_values(request.uri(), name, values.iter().map(String::as_str), true)?;
        Ok(request)
    }
}
