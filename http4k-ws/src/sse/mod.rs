//! Server-sent events: HTTP responses whose body keeps sending (WHATWG HTML §9.2).

mod event;

pub use event::{IntoSseEvent, SseEvent, SseFieldError};
