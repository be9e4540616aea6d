//! Messages made with values.

use super::failure::LensFailure;
use crate::message::{Request, Response};

/// What changes a message of type `M`: [`lens.of(value)`](crate::lens::Lens::of), a type that derives
/// [`FromRequest`](macro@crate::FromRequest), and a tuple of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a `{M}` can be made `with`",
    label = "expected `lens.of(value)`, a type that derives `FromRequest`, or a tuple of these",
    note = "a lens of another place, such as a query lens on a response, fits no such message"
)]
pub trait Modifier<M> {
    /// The changed message.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] for a value that has no form in the message.
    fn modify(self, message: M) -> Result<M, LensFailure>;
}

/// Makes messages with values; in the prelude.
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
    /// The same message, with this value in it, or these, the last last.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] for a value that has no form in the message; of several, the first.
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
