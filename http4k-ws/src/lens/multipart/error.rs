//! Failures to read a form with files.

use std::io;

use crate::lens::failure::{Failure, LensFailure, LensFailureKind};
use crate::lens::meta::Location;
use crate::message::{BodyError, IntoResponse, Rejection, Response, printable};

/// A failure to read a form with files.
///
/// As a response it is `application/problem+json`, as a [`LensFailure`] is: 415 for another type of
/// body, 413 for a part over its limit, which is named, the [`status`](BodyError::status) of a
/// failed body, 500 for a file that cannot be saved, and else 400.
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::{Multipart, MultipartBody, MultipartError};
/// use http4k_ws::prelude::*;
///
/// async fn title(mut form: Multipart) -> Result<String, MultipartError> {
///     match form.next_part().await? {
///         Some(part) => part.limit(3).text().await,
///         None => Ok("untitled".to_owned()),
///     }
/// }
///
/// let app = routes! { POST "/" => http(title(_)) };
/// let post = |title: &str| {
///     let request: Request = Request::post("/").body(Body::empty()).unwrap();
///     app.test_http(request.with(MultipartBody::new().text("title", title)).unwrap())
/// };
/// assert_eq!(post("tea").body(), "tea");
/// assert_eq!(post("coffee").status(), 413);
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MultipartError {
    /// The Content-Type is not `multipart/form-data` with a boundary.
    #[error("the Content-Type is not `multipart/form-data` with a boundary: {found}")]
    ContentType {
        /// The type that was found.
        found: String,
    },
    /// The body does not start with the boundary that the Content-Type names.
    #[error("the body does not start with the boundary (RFC 2046 §5.1.1)")]
    NoBoundary,
    /// The body ends in front of the last boundary.
    #[error("the body ends in front of the last boundary")]
    Incomplete,
    /// The boundary is followed by neither a line end nor two hyphens.
    #[error("a boundary is followed by neither a line end nor `--` (RFC 2046 §5.1.1)")]
    Delimiter,
    /// The head of a part is too long.
    #[error("the head of a part is longer than the limit of {limit} bytes")]
    HeadTooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The head of a part breaks a rule.
    #[error("the head of a part is not valid: {rule}")]
    Head {
        /// The rule.
        rule: &'static str,
    },
    /// There are too many parts.
    #[error("there are more parts than the limit of {limit}")]
    TooManyParts {
        /// The limit.
        limit: usize,
    },
    /// A part is longer than its limit.
    #[error(
        "the part `{}` is longer than the limit of {limit} bytes",
        printable(name)
    )]
    PartTooLarge {
        /// The name of the part.
        name: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// A part was read as text and is not UTF-8.
    #[error(
        "the part `{}` is not UTF-8: byte {position} is invalid",
        printable(name)
    )]
    NotUtf8 {
        /// The name of the part.
        name: String,
        /// The position of the first invalid byte, counted from zero.
        position: usize,
    },
    /// The part was read after the next one was asked for. Read each part before the next.
    #[error("the part is no longer available, because a later one was read")]
    Skipped,
    /// The form failed before, with another error.
    #[error("the form cannot be read, because it failed before")]
    Failed,
    /// The body failed, such as one that is over its limit or too slow.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The file could not be written.
    #[error("the file cannot be saved")]
    Save(#[source] io::Error),
}

/// The place and the name of a form as a whole.
pub(super) fn of_form(kind: LensFailureKind) -> Failure {
    Failure::new(kind, Location::Body, "form", "multipart/form-data")
}

impl From<MultipartError> for LensFailure {
    fn from(error: MultipartError) -> Self {
        let invalid = LensFailureKind::Invalid;
        match error {
            MultipartError::ContentType { found } => {
                let failure = of_form(LensFailureKind::Unsupported);
                failure.with_cause(found).into()
            }
            MultipartError::PartTooLarge { name, limit } => {
                let cause = BodyError::TooLarge { limit };
                let failure = Failure::new(invalid, Location::Form, name, "part");
                failure.with_cause(cause).into()
            }
            MultipartError::NotUtf8 { name, position } => {
                let cause = BodyError::NotUtf8 { position };
                let failure = Failure::new(invalid, Location::Form, name, "text");
                failure.with_cause(cause).into()
            }
            MultipartError::Body(cause) => of_form(invalid).with_cause(cause).into(),
            error @ (MultipartError::Skipped | MultipartError::Save(_)) => {
                let failure = Self::from(of_form(invalid).with_cause(with_source(&error)));
                failure.in_program()
            }
            error => of_form(invalid).with_cause(error).into(),
        }
    }
}

fn with_source(error: &MultipartError) -> String {
    match error {
        MultipartError::Save(source) => format!("{error}: {source}"),
        other => other.to_string(),
    }
}

impl From<MultipartError> for Rejection {
    fn from(error: MultipartError) -> Self {
        LensFailure::from(error).into()
    }
}

impl IntoResponse for MultipartError {
    fn into_response(self) -> Response {
        LensFailure::from(self).into_response()
    }
}
