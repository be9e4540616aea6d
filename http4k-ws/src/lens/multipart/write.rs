//! Writing a form with files.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};

use super::error::of_form;
use super::part::Part;
use crate::lens::failure::{LensFailure, LensFailureKind};
use crate::lens::form::WebForm;
use crate::lens::with::Modifier;
use crate::message::{Body, Request};

/// A form with files for a client to send, in memory.
///
/// [`With::with`](crate::lens::With::with) sets it on a request, with a random boundary in its
/// Content-Type.
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::{MultipartBody, Part, With};
/// use http4k_ws::message::RequestExt;
/// use http4k_ws::{Body, Request};
///
/// let form = MultipartBody::new()
///     .text("title", "cats")
///     .file("photo", "cat.png", &b"\x89PNG"[..])
///     .part("notes", Part::new("<p>hi</p>").with_content_type("text/html"));
/// let request: Request = Request::post("/upload").body(Body::empty()).unwrap();
/// let request = request.with(form).unwrap();
/// assert!(request.header("content-type").unwrap().starts_with("multipart/form-data; boundary="));
/// ```
#[derive(Debug, Default)]
pub struct MultipartBody {
    parts: Vec<Part>,
}

impl MultipartBody {
    /// Creates a form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field with text.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::MultipartBody;
    /// use http4k_ws::prelude::*;
    ///
    /// let form = MultipartBody::new().text("title", "cats");
    /// let request = "/upload".into_request().unwrap().with(form).unwrap();
    /// let body = request.body().as_text().unwrap();
    /// assert!(body.contains("name=\"title\"\r\n\r\ncats\r\n"));
    /// ```
    #[must_use]
    pub fn text(self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.part(name, Part::new(text.into()))
    }

    /// Adds a file, as `application/octet-stream`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::MultipartBody;
    /// use http4k_ws::prelude::*;
    ///
    /// let form = MultipartBody::new().file("photo", "cat.png", "PNG");
    /// let request = "/upload".into_request().unwrap().with(form).unwrap();
    /// let body = request.body().as_text().unwrap();
    /// assert!(body.contains("name=\"photo\"; filename=\"cat.png\""));
    /// assert!(body.to_lowercase().contains("content-type: application/octet-stream"));
    /// ```
    #[must_use]
    pub fn file(
        self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        content: impl Into<bytes::Bytes>,
    ) -> Self {
        let part = Part::new(content).with_file_name(file_name);
        self.part(name, part.with_content_type("application/octet-stream"))
    }

    /// Adds a part in memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{MultipartBody, Part};
    /// use http4k_ws::prelude::*;
    ///
    /// let notes = Part::new("<p>hi</p>").with_content_type("text/html");
    /// let form = MultipartBody::new().part("notes", notes);
    /// let request = "/upload".into_request().unwrap().with(form).unwrap();
    /// let body = request.body().as_text().unwrap().to_lowercase();
    /// assert!(body.contains("content-type: text/html"));
    /// ```
    #[must_use]
    pub fn part(mut self, name: impl Into<String>, part: Part) -> Self {
        self.parts.push(part.with_name(name));
        self
    }

    /// Adds the fields of a form.
    pub(crate) fn fields(self, form: WebForm) -> Self {
        let fields = form.into_iter();
        fields.fold(self, |body, (name, value)| body.text(name, value))
    }

    fn to_bytes(&self, boundary: &str) -> Result<Vec<u8>, LensFailure> {
        let mut body = Vec::new();
        for part in &self.parts {
            let refused = |cause: &'static str| {
                let failure = of_form(LensFailureKind::Invalid).with_cause(cause);
                LensFailure::from(failure).in_writing()
            };
            let content = part.in_memory();
            let content = content.ok_or_else(|| refused("a part is still arriving"))?;
            let head = part.head();
            let name = escaped(&head.name);
            let mut text =
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
            if let Some(file_name) = &head.file_name {
                text.extend(["; filename=\"", &escaped(file_name), "\""]);
            }
            if let Some(content_type) = &head.content_type {
                if content_type.contains(|c: char| c.is_control()) {
                    return Err(refused("a Content-Type has a control character"));
                }
                text.extend(["\r\nContent-Type: ", content_type]);
            }
            text.push_str("\r\n\r\n");
            body.extend_from_slice(text.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Ok(body)
    }
}

/// Sets the body and its Content-Type.
impl Modifier<Request> for MultipartBody {
    fn modify(self, mut request: Request) -> Result<Request, LensFailure> {
        let boundary = format!("{:032x}", rand::random::<u128>());
        let body = self.to_bytes(&boundary)?;
        let content_type = format!("multipart/form-data; boundary={boundary}");
        if let Ok(value) = HeaderValue::try_from(content_type) {
            request.headers_mut().insert(CONTENT_TYPE, value);
        }
        request.headers_mut().remove(CONTENT_LENGTH);
        *request.body_mut() = Body::from(body);
        Ok(request)
    }
}

/// Escapes a name as browsers do (WHATWG HTML §4.10.21.8).
fn escaped(name: &str) -> String {
    let name = name.replace('\r', "%0D").replace('\n', "%0A");
    name.replace('"', "%22")
}
