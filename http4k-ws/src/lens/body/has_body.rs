//! What has a body: requests and responses.

use crate::message::{Request, Response};

/// A [`Request`] or a [`Response`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no body",
    label = "expected a `Request` or a `Response`"
)]
pub trait HasBody: sealed::Message {}

impl HasBody for Request {}
impl HasBody for Response {}

mod sealed {
    use http::HeaderMap;

    use crate::message::{Body, Request, Response};

    pub trait Message: Send {
        const IS_ANSWER: bool;

        fn fields(&self) -> &HeaderMap;
        fn fields_mut(&mut self) -> &mut HeaderMap;
        fn content(&mut self) -> &mut Body;
    }

    macro_rules! message {
        ($message:ty: $is_answer:literal) => {
            impl Message for $message {
                const IS_ANSWER: bool = $is_answer;

                fn fields(&self) -> &HeaderMap {
                    self.headers()
                }

                fn fields_mut(&mut self) -> &mut HeaderMap {
                    self.headers_mut()
                }

                fn content(&mut self) -> &mut Body {
                    self.body_mut()
                }
            }
        };
    }
    message!(Request: false);
    message!(Response: true);
}
