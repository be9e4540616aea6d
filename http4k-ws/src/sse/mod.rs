//! Server-sent events: HTTP responses whose body keeps sending (WHATWG HTML §9.2).

mod client;
mod event;
mod from_event;
mod parse;
mod reader;

pub use client::{NextEvent, SseClient, SseReceiveError, SseReceived};
pub use event::{IntoSseEvent, SseEvent, SseFieldError};
pub use from_event::FromSseEvent;
pub use parse::{SseParser, SseTooLarge};
pub(crate) use reader::{EVENT_STREAM, is_stream};
pub use reader::{SseEnd, SseReadError, SseReader};
