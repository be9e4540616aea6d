//! Server-sent events: HTTP responses whose body keeps sending (WHATWG HTML §9.2).

mod event;
mod from_event;
mod parse;
mod reader;

pub use event::{IntoSseEvent, SseEvent, SseFieldError};
pub use from_event::FromSseEvent;
pub use parse::{SseParser, SseTooLarge};
pub use reader::{SseEnd, SseReadError, SseReader};
