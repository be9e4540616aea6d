//! The places in messages that lenses read and write.

use std::error::Error;

use super::meta::Location;

/// The error behind a failure.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// A place in messages, such as [`Query`](crate::lens::Query). Each lens is one of a place.
///
/// # Examples
///
/// ```
/// use http4k_ws::WsMessage;
/// use http4k_ws::lens::{Location, MessagePart, Query};
///
/// assert_eq!(<Query as MessagePart>::LOCATION, Location::Query);
/// assert_eq!(<WsMessage as MessagePart>::LOCATION, Location::Message);
/// let text: <Query as MessagePart>::Raw = "text".to_owned();
/// let whole: <WsMessage as MessagePart>::Raw = WsMessage::new_text("text");
/// assert_eq!(whole, text.as_str());
/// ```
pub trait MessagePart: 'static {
    /// A value in this place: text, or a whole message.
    type Raw: Send + 'static;

    /// The name of the place in failures and in documentation.
    const LOCATION: Location;
}

/// A [`MessagePart`] whose values are text, and may be missing or repeated.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::{BiDiLens, BiDiLensSpec, Header, Query, TextPart};
///
/// /// The number of a page, which is 1 if it is missing.
/// fn page<L: TextPart>(spec: BiDiLensSpec<L, i64>) -> BiDiLens<L, i64> {
///     spec.defaulted(1)
/// }
///
/// let request = "/posts?page=3".into_request()?;
/// assert_eq!(page(Query::int("page")).get(&request)?, 3);
/// assert_eq!(page(Header::int("x-page")).get(&request)?, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "a `{Self}` can be neither missing nor repeated",
    label = "only for places of text",
    note = "`to_lens()` returns a lens of whole messages"
)]
pub trait TextPart: MessagePart<Raw = String> {}

/// A [`MessagePart`] that messages of type `M` have. Applications only name it in bounds.
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::{Header, Lens, Query, ReadFrom};
/// use http4k_ws::{IntoRequest, Request};
///
/// fn has<L: ReadFrom<Request>, T, D>(request: &Request, lens: &Lens<L, T, D>) -> bool {
///     lens.get(request).is_ok()
/// }
///
/// let request = "/posts?page=3".into_request()?;
/// assert!(has(&request, &Query::int("page").required()));
/// assert!(!has(&request, &Header::string("x-key").required()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "this lens can't read a `{M}`",
    label = "this lens reads and writes another kind of message"
)]
pub trait ReadFrom<M>: MessagePart {
    /// `true` if the message is a response: the client is then not to blame for a failure to read
    /// it.
    const IS_RESPONSE: bool = false;

    /// Returns the values of `name` in their order, or the error of a value that cannot be decoded.
    fn values(message: &M, name: &str) -> Vec<Result<Self::Raw, Cause>>;
}

/// A [`MessagePart`] that can be set on messages of type `M`. Applications only name it in bounds.
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::{BiDiLens, LensFailure, Query, WriteTo};
/// use http4k_ws::{IntoRequest, Request};
///
/// fn first_page<L: WriteTo<Request>>(
///     request: Request,
///     page: &BiDiLens<L, i64>,
/// ) -> Result<Request, LensFailure> {
///     page.set(request, 1)
/// }
///
/// let request = "/posts?page=3".into_request()?;
/// let request = first_page(request, &Query::int("page").required())?;
/// assert_eq!(request.uri(), "/posts?page=1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "this lens can't write to a `{M}`",
    label = "this lens reads and writes another kind of message"
)]
pub trait WriteTo<M>: MessagePart {
    /// Returns the message with `values` in place of those of `name`.
    ///
    /// # Errors
    ///
    /// The cause, if the place cannot represent a value.
    fn replaced(message: M, name: &str, values: Vec<Self::Raw>) -> Result<M, Cause>;
}
