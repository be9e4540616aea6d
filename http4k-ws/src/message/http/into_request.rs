//! Types that convert to a request.

use http::{Method, Uri};

use super::Request;
use super::request::RequestExt;
use crate::message::body::Body;
use crate::message::uri_template::{FilledTemplate, UriTemplate};

/// A type that converts to a request. Clients accept any.
///
/// A path or a URI is a GET. `(method, target)` and `(method, target, body)` have another method
/// and a body. A request, a builder and the result of one convert too.
///
/// # Examples
///
/// ```
/// use http::Method;
/// use http4k_ws::{IntoRequest, Request};
///
/// # fn main() -> Result<(), http::Error> {
/// assert_eq!("/users/7".into_request()?.method(), Method::GET);
/// assert_eq!((Method::DELETE, "/users/7").into_request()?.method(), Method::DELETE);
/// assert_eq!((Method::POST, "/users", "bob").into_request()?.body(), "bob");
/// let builder = Request::put("/users/7").header("x-key", "1");
/// assert_eq!(builder.into_request()?.headers()["x-key"], "1");
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an HTTP request",
    label = "expected a path, a `Uri`, a `Request` or a builder of one",
    note = "`(Method::POST, \"/path\")` and `(Method::POST, \"/path\", body)` are requests too"
)]
pub trait IntoRequest {
    /// Converts to a request.
    ///
    /// # Errors
    ///
    /// [`http::Error`] for a target, a method or a header that is not valid. A target without a
    /// scheme must start with `/`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::IntoRequest;
    ///
    /// assert_eq!("/rooms?page=2".into_request().unwrap().uri().query(), Some("page=2"));
    /// assert!("rooms".into_request().is_err());
    /// assert!("/two words".into_request().is_err());
    /// ```
    fn into_request(self) -> Result<Request, http::Error>;
}

impl IntoRequest for &str {
    fn into_request(self) -> Result<Request, http::Error> {
        (Method::GET, self).into_request()
    }
}

impl IntoRequest for &String {
    fn into_request(self) -> Result<Request, http::Error> {
        self.as_str().into_request()
    }
}

impl IntoRequest for String {
    fn into_request(self) -> Result<Request, http::Error> {
        self.as_str().into_request()
    }
}

impl IntoRequest for Uri {
    fn into_request(self) -> Result<Request, http::Error> {
        http::Request::get(self).body(Body::empty())
    }
}

/// The method is GET. Lenses and derived types set the parameters, which are in braces until then.
impl IntoRequest for UriTemplate {
    fn into_request(self) -> Result<Request, http::Error> {
        let mut request = "/".into_request()?;
        let template = FilledTemplate::new(self);
        let path = template
            .path()
            .expect("a template without values cannot fail");
        *request.uri_mut() = FilledTemplate::on(request.uri(), path)?;
        request.extensions_mut().insert(template);
        Ok(request)
    }
}

impl<B: Into<Body>> IntoRequest for http::Request<B> {
    fn into_request(self) -> Result<Request, http::Error> {
        Ok(self.map(Into::into))
    }
}

impl IntoRequest for http::request::Builder {
    fn into_request(self) -> Result<Request, http::Error> {
        self.body(Body::empty())
    }
}

impl<B: Into<Body>> IntoRequest for Result<http::Request<B>, http::Error> {
    fn into_request(self) -> Result<Request, http::Error> {
        self?.into_request()
    }
}

impl IntoRequest for (Method, &str) {
    fn into_request(self) -> Result<Request, http::Error> {
        let (method, target) = self;
        Ok(target_of(target)?.into_request()?.with_method(method))
    }
}

impl<B: Into<Body>> IntoRequest for (Method, &str, B) {
    fn into_request(self) -> Result<Request, http::Error> {
        let (method, target, body) = self;
        Ok((method, target).into_request()?.with_body(body))
    }
}

/// Parses a target without changing it. Without a scheme it is a path, since `Uri` would parse
/// `users` as a host.
fn target_of(text: &str) -> Result<Uri, http::Error> {
    if text.contains("://") {
        Ok(text.parse::<Uri>()?)
    } else {
        let path: http::uri::PathAndQuery = text.parse()?;
        Ok(Uri::from(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_kept_as_written() {
        for target in ["/", "/a%20b?c=d&e", "http://h:1/x", "*"] {
            assert_eq!(target.into_request().unwrap().uri(), target);
            let owned = String::from(target);
            assert_eq!((&owned).into_request().unwrap().uri(), target);
            assert_eq!(owned.into_request().unwrap().uri(), target);
        }
    }

    #[test]
    fn an_invalid_target_is_an_error() {
        for target in ["", "users", "users/7", "/a b", "http://"] {
            let outcome = target.into_request();
            assert!(outcome.is_err(), "{target}: {outcome:?}");
        }
    }

    #[test]
    fn a_builder_keeps_its_error() {
        assert!(http::Request::get("/a b").into_request().is_err());
        let built = http::Request::post("/x").body("hello");
        let request = built.into_request().unwrap();
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.body(), "hello");
        assert!(http::Request::get("/a b").body("").into_request().is_err());
    }

    #[test]
    fn tuples_name_method_target_and_body() {
        let request = (Method::PUT, "/x?a=1", vec![1_u8, 2])
            .into_request()
            .unwrap();
        assert_eq!(request.method(), Method::PUT);
        assert_eq!(request.uri(), "/x?a=1");
        assert_eq!(request.body(), &[1_u8, 2]);
        let uri = Uri::from_static("/y");
        assert_eq!(uri.into_request().unwrap().uri(), "/y");
    }
}
