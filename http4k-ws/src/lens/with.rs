//! Values that are set on a message.

use super::failure::LensFailure;
use crate::message::{Request, Response};

/// A change of a message of type `M`.
///
/// It is [`lens.of(value)`](crate::lens::Lens::of), a value of a type that derives
/// [`FromRequest`], or a tuple of these.
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::{Header, Modifier, Query, With};
/// use http4k_ws::message::RequestExt;
/// use http4k_ws::{IntoRequest, Request};
///
/// fn first_page(key: &str) -> impl Modifier<Request> {
///     let (page, header) = (Query::int("page").required(), Header::string("x-key").required());
///     (page.of(1), header.of(key.to_owned()))
/// }
///
/// let request = "/posts".into_request()?.with(first_page("secret"))?;
/// assert_eq!(request.uri(), "/posts?page=1");
/// assert_eq!(request.header("x-key"), Some("secret"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
#[doc = crate::doc_link::macros!("FromRequest")]
///
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be set on a `{M}`",
    label = "expected `lens.of(value)`, a type that derives `FromRequest`, or a tuple of these",
    note = "a message may lack the place of a lens: a response does not have a query"
)]
pub trait Modifier<M> {
    /// Returns the changed message.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] if the message cannot represent the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Header, LensFailure, Modifier, Query};
    /// use http4k_ws::prelude::*;
    ///
    /// /// A page of results, newest first.
    /// struct Newest(i64);
    ///
    /// impl Modifier<Request> for Newest {
    ///     fn modify(self, request: Request) -> Result<Request, LensFailure> {
    ///         let page = Query::int("page").required();
    ///         let sort = Query::string("sort").required();
    ///         (page.of(self.0), sort.of("newest".to_owned())).modify(request)
    ///     }
    /// }
    ///
    /// let key = Header::string("x-key").required();
    /// let request = "/posts".into_request().unwrap();
    /// let request = request.with((Newest(2), key.of("secret".to_owned()))).unwrap();
    /// assert_eq!(request.uri(), "/posts?page=2&sort=newest");
    /// assert_eq!(request.header("x-key"), Some("secret"));
    /// ```
    fn modify(self, message: M) -> Result<M, LensFailure>;
}

/// Extension method that sets values on a message; it is in the prelude.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoResponse;
/// use http4k_ws::lens::{Header, With};
/// use http4k_ws::message::ResponseExt;
///
/// let etag = Header::string("etag").required();
/// let response = "hello".into_response().with(etag.of("\"1\"".into())).unwrap();
/// assert_eq!(response.header("etag"), Some("\"1\""));
/// ```
pub trait With: Sized {
    /// Returns the message with the value, or with each value of a tuple, in order.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] if the message cannot represent the value; of several values, the first that
    /// fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Header, Query};
    /// use http4k_ws::prelude::*;
    ///
    /// let (page, name) = (Query::int("page").required(), Header::string("x-name").required());
    /// let request = "/".into_request().unwrap().with((page.of(2), name.of("ann".into())));
    /// assert_eq!(request.unwrap().header("x-name"), Some("ann"));
    /// assert!("/".into_request().unwrap().with((page.of(2), name.of("a\nb".into()))).is_err());
    /// ```
    fn with(self, modifier: impl Modifier<Self>) -> Result<Self, LensFailure> {
        modifier.modify(self)
    }
}

impl With for Request {}
impl With for Response {}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<M, $($name: Modifier<M>),*> Modifier<M> for ($($name,)*) {
            #[allow(non_snake_case)]
            fn modify(self, message: M) -> Result<M, LensFailure> {
                let ($($name,)*) = self;
                $(let message = $name.modify(message)?;)*
                Ok(message)
            }
        }
    };
}
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
