//! Forms with files: bodies of `multipart/form-data` (RFC 7578).

mod error;
mod fields;
mod head;
mod part;
mod reader;
mod write;

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::CONTENT_TYPE;

pub use error::MultipartError;
pub use fields::PartRule;
pub(crate) use fields::Parts;
pub use part::Part;
pub use write::MultipartBody;

use crate::message::{FromRequest, ReadsBody, Rejection, Request};
use reader::Reader;

/// The number of parts that a form may have.
const MAX_PARTS: usize = 1000;

/// A form with files, whose parts are read one after the other as they arrive.
///
/// Nothing is kept: a part that is dropped, or not read to its end, is skipped. Memory is bounded
/// by a frame of the body and the head of a part. To read the fields of a form into a struct,
/// derive [`FromRequest`] with `#[part]`.
///
#[doc = crate::doc_link::macros!("FromRequest")]
///
/// # Bounds
///
/// The body has the bounds of the server or of the route: `max_body` (2 MiB by default) for all
/// parts together, and those for a body that stalls or is slow. A form has at most 1,000 parts
/// ([`with_max_parts`](Self::with_max_parts)), the head of a part at most 8 KiB, and a part as much
/// as [`Part::limit`] allows.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::lens::{Multipart, MultipartBody, MultipartError};
///
/// async fn lengths(mut form: Multipart) -> Result<String, MultipartError> {
///     let mut lengths = Vec::new();
///     while let Some(part) = form.next_part().await? {
///         let name = part.name().to_owned();
///         lengths.push(format!("{name}: {}", part.limit(1024).bytes().await?.len()));
///     }
///     Ok(lengths.join(", "))
/// }
///
/// let app = routes! { POST "/upload" => http(lengths(_)) };
/// let form = MultipartBody::new().text("title", "cats").file("photo", "cat.png", vec![0; 7]);
/// let request: Request = Request::post("/upload").body(Body::empty()).unwrap();
/// let response = app.test_http(request.with(form).unwrap());
/// assert_eq!(response.body(), "title: 4, photo: 7");
/// assert_eq!(app.test_http((Method::POST, "/upload", "title=cats")).status(), 415);
/// ```
#[derive(Debug)]
pub struct Multipart {
    reader: Arc<Mutex<Reader>>,
}

impl Multipart {
    /// Takes the body of `request`.
    ///
    /// # Errors
    ///
    /// Returns [`MultipartError::ContentType`] if the request has another type of body.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Multipart, MultipartBody};
    /// use http4k_ws::prelude::*;
    ///
    /// let form = MultipartBody::new().text("title", "cats");
    /// let mut request = "/upload".into_request().unwrap().with(form).unwrap();
    /// assert!(Multipart::of(&mut request).is_ok());
    /// let mut other = "/upload".into_request().unwrap().with_body("title=cats");
    /// assert!(Multipart::of(&mut other).is_err());
    /// ```
    pub fn of(request: &mut Request) -> Result<Self, MultipartError> {
        let content_type = request.headers().get(CONTENT_TYPE);
        let text = content_type.and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
        let Some(boundary) = text.and_then(head::boundary) else {
            let found = match content_type {
                Some(value) => format!("it is `{}`", value.as_bytes().escape_ascii()),
                None => "it is missing".to_owned(),
            };
            return Err(MultipartError::ContentType { found });
        };
        let body = std::mem::take(request.body_mut());
        let reader = Reader::new(body, &boundary, MAX_PARTS);
        Ok(Self {
            reader: Arc::new(Mutex::new(reader)),
        })
    }

    /// Sets the number of parts that the form may have. Default: 1,000.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Multipart, MultipartBody};
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let form = MultipartBody::new().text("title", "cats").text("title", "dogs");
    /// let mut request = "/upload".into_request()?.with(form)?;
    /// let mut form = Multipart::of(&mut request)?.with_max_parts(1);
    /// assert!(form.next_part().await.is_ok());
    /// assert!(form.next_part().await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_max_parts(self, parts: usize) -> Self {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        reader.set_max_parts(parts);
        drop(reader);
        self
    }

    /// Returns the next part, or `None` behind the last.
    ///
    /// The rest of the part before is skipped; reading it later fails with
    /// [`MultipartError::Skipped`].
    ///
    /// # Errors
    ///
    /// Returns the errors of the body and of the form, which end it.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, no part is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Multipart, MultipartBody};
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let form = MultipartBody::new().text("title", "cats");
    /// let mut request = "/upload".into_request()?.with(form)?;
    /// let mut form = Multipart::of(&mut request)?;
    /// assert_eq!(form.next_part().await?.unwrap().name(), "title");
    /// assert!(form.next_part().await?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn next_part(&mut self) -> Result<Option<Part>, MultipartError> {
        let next = poll_fn(|cx| {
            let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
            reader.poll_next(cx)
        });
        let part = |(head, number)| Part::arriving(head, Arc::clone(&self.reader), number);
        Ok(next.await?.map(part))
    }
}

/// Takes the body. Its Content-Type must be that of a form with files.
impl FromRequest for Multipart {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        Ok(Self::of(request)?)
    }
}

impl ReadsBody for Multipart {}
