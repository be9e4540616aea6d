//! Arguments of handlers that are read from the request, as `_` in a route.

use std::convert::Infallible;
use std::future::Future;

use http::StatusCode;

use super::http::{IntoResponse, Request, Response};
use super::needed::NeededValue;

/// The response to a request that an argument cannot be read from. The handler is not called.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::Rejection;
/// use http4k_ws::prelude::*;
///
/// let rejection = Rejection::new((StatusCode::BAD_REQUEST, "no language"));
/// assert_eq!(rejection.into_response().status(), 400);
/// ```
#[derive(Debug)]
pub struct Rejection(Box<Inner>);

#[derive(Debug)]
struct Inner {
    response: Response,
    absent: bool,
    /// A line for the log, if the rejection is sent.
    fault: Option<String>,
}

impl Rejection {
    /// Rejects the request with `response`.
    pub fn new(response: impl IntoResponse) -> Self {
        Self(Box::new(Inner {
            response: response.into_response(),
            absent: false,
            fault: None,
        }))
    }

    /// Rejects a request that does not have the value, with `response`.
    ///
    /// An argument that is an `Option` is then `None`, and the handler is called.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::message::Rejection;
    ///
    /// struct Caller(String);
    ///
    /// impl FromRequest for Caller {
    ///     async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
    ///         let name = request.header("x-name").map(|name| Caller(name.to_owned()));
    ///         name.ok_or_else(|| Rejection::absent(StatusCode::UNAUTHORIZED))
    ///     }
    /// }
    ///
    /// async fn private(caller: Caller) -> String {
    ///     format!("hello {}", caller.0)
    /// }
    ///
    /// async fn public(caller: Option<Caller>) -> String {
    ///     caller.map_or_else(|| "hello".to_owned(), |caller| format!("hello {}", caller.0))
    /// }
    ///
    /// let app = routes! { "/private" => http(private(_)), "/public" => http(public(_)) };
    /// assert_eq!(app.test_http("/private").status(), 401);
    /// assert_eq!(app.test_http("/public").body(), "hello");
    /// ```
    pub fn absent(response: impl IntoResponse) -> Self {
        let mut rejection = Self::new(response);
        rejection.0.absent = true;
        rejection
    }

    /// Rejects a request that lacks a value because of a mistake in this program. `fault` is logged
    /// as an error if the rejection is sent, and not if the argument is an `Option`.
    pub(crate) fn of_program(fault: String) -> Self {
        let mut rejection = Self::absent(StatusCode::INTERNAL_SERVER_ERROR);
        rejection.0.fault = Some(fault);
        rejection
    }

    /// Returns the response.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// // No Content-Type says that the body is JSON.
    /// let mut request = "/ages".into_request().unwrap().with_body("[7]");
    /// let rejection = Json::<Vec<u32>>::from_request(&mut request).await.unwrap_err();
    /// assert_eq!(rejection.response().status(), 415);
    /// # }
    /// ```
    pub fn response(&self) -> &Response {
        &self.0.response
    }

    /// Returns `true` if the request does not have the value.
    pub(crate) fn is_absent(&self) -> bool {
        self.0.absent
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        if let Some(fault) = self.0.fault {
            log::error!("{fault}");
        }
        self.0.response
    }
}

impl From<Infallible> for Rejection {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// A type that can be read from a request, as the `_` argument of a route.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::Rejection;
/// use http4k_ws::prelude::*;
///
/// /// The languages that a client prefers.
/// struct Languages(String);
///
/// impl FromRequest for Languages {
///     async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
///         match request.header("accept-language") {
///             Some(languages) => Ok(Self(languages.to_owned())),
///             None => Err(Rejection::new((StatusCode::BAD_REQUEST, "no language"))),
///         }
///     }
/// }
///
/// async fn greet(languages: Languages) -> String {
///     format!("hello in {}", languages.0)
/// }
///
/// let app = routes! { GET "/" => http(greet(_)) };
/// assert_eq!(app.test_http("/").status(), 400);
/// let german = Request::get("/").header("accept-language", "de");
/// assert_eq!(app.test_http(german).body(), "hello in de");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be read from a request",
    label = "this parameter stands for `_`, which is read from the request by its type",
    note = "a body is read as `Json<{Self}>`, a query as `Query<{Self}>`, a form as `Form<{Self}>`",
    note = "derive `FromRequest` for a type with several sources; a value of your own is passed by name, \
            and the request itself as `req`"
)]
pub trait FromRequest: Sized {
    /// The path parameters that a value cannot be read without; none by default.
    ///
    /// `#[derive(FromRequest)]` declares its required `#[param]` fields. A route whose path, with
    /// the prefixes that it is mounted at, lacks one can never respond; serving or testing such an
    /// application panics with the route and the parameter.
    const PARAMS: &'static [&'static str] = &[];

    /// The values that a filter in front of the route must store in the request; none by default.
    ///
    /// Serving or testing an application panics if no filter before the route
    /// [provides](crate::PolyFilter::provides) one of them.
    const NEEDS: &'static [NeededValue] = &[];

    /// Returns the reason why no request can have the value, on a route whose path has the
    /// parameters `params`; `None` by default.
    ///
    /// Serving or testing an application with such a route panics with the reason. `Path<T>` states
    /// that `T` does not fit the parameters.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// assert_eq!(Path::<u64>::unreadable(&["id"]), None);
    /// assert!(Path::<u64>::unreadable(&["room", "id"]).is_some());
    /// assert_eq!(Path::<(String, u64)>::unreadable(&["room", "id"]), None);
    /// ```
    fn unreadable(params: &[&str]) -> Option<String> {
        let _ = params;
        None
    }

    /// Reads the value. It may take the body, and leaves the rest of the request to later
    /// arguments.
    ///
    /// # Errors
    ///
    /// The [`Rejection`] that is returned instead of calling the handler.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// #[derive(Debug, Deserialize)]
    /// struct Page {
    ///     number: u32,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut request = "/posts?number=3".into_request().unwrap();
    /// let Query(page) = Query::<Page>::from_request(&mut request).await.unwrap();
    /// assert_eq!(page.number, 3);
    /// let mut request = "/posts".into_request().unwrap();
    /// let rejection = Query::<Page>::from_request(&mut request).await.unwrap_err();
    /// assert_eq!(rejection.response().status(), 400);
    /// # }
    /// ```
    fn from_request(request: &mut Request) -> impl Future<Output = Result<Self, Rejection>> + Send;
}

/// A marker of types that take the body of a request, which a route can do once.
///
/// `routes!` rejects a call with two `_` arguments of such types. `#[derive(FromRequest)]`
/// implements this for a type with a `#[body]` or `#[form]` field; do so for a type of your own
/// whose `from_request` reads the body.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::message::{ReadsBody, Rejection};
///
/// struct Signed(String);
///
/// impl FromRequest for Signed {
///     async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
///         String::from_request(request).await.map(Self)
///     }
/// }
///
/// impl ReadsBody for Signed {}
///
/// async fn length(Signed(text): Signed) -> String {
///     text.len().to_string()
/// }
///
/// let app = routes! { POST "/length" => http(length(_)) };
/// assert_eq!(app.test_http(Request::post("/length").body("hello")).body(), "5");
/// ```
pub trait ReadsBody: FromRequest {}

impl FromRequest for http::HeaderMap {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        Ok(request.headers().clone())
    }
}

impl FromRequest for http::Method {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        Ok(request.method().clone())
    }
}

impl FromRequest for http::Uri {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        Ok(request.uri().clone())
    }
}
