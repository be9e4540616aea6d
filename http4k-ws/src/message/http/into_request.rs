//! What a request can be made of.

use http::{Method, Uri};

use super::Request;
use super::request::RequestExt;
use crate::message::body::Body;
use crate::message::uri_template::{FilledTemplate, UriTemplate};

/// What a request can be made of, wherever a client takes one.
///
/// A path or a URI is a GET; `(method, target)` and `(method, target, body)` say the rest; a request, a
/// builder, and the result of one are themselves.
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
/// assert_eq!(Request::put("/users/7").header("x-key", "1").into_request()?.headers()["x-key"], "1");
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no HTTP request",
    label = "expected a path, a `Uri`, a `Request` or what makes one",
    note = "`(Method::POST, \"/path\")` and `(Method::POST, \"/path\", body)` make one too"
)]
pub trait IntoRequest {
    /// Makes the request.
    ///
    /// # Errors
    ///
    /// [`http::Error`] for a target, method or header that is none. A target without a scheme starts with `/`.
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

/// A GET, whose path gets its values from lenses and derived types; until then they stand in braces.
impl IntoRequest for UriTemplate {
    fn into_request(self) -> Result<Request, http::Error> {
        let mut request = "/".into_request()?;
        let template = FilledTemplate::new(self);
        let path = template.path().expect("no value is there to be refused");
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

/// The target as written. Without a scheme it is a path: `users` alone would be read as a host.
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
    fn what_is_no_target_is_an_error() {
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
