//! Server-sent events: HTTP responses whose body keeps sending (WHATWG HTML §9.2).
//!
//! A stream is a response, so every filter of HTTP applies to it. [`respond`] returns one, [`Sse`]
//! is the stream inside its consumer, and [`SseConfig`] has its bounds.
//!
//! ```
//! use http4k_ws::prelude::*;
//! use http4k_ws::sse::{Sse, SseEvent, SseResult, respond};
//!
//! async fn greet(sse: Sse) -> SseResult {
//!     sse.send("hello").await?;
//!     sse.send(SseEvent::new("goodbye").named("farewell")).await?;
//!     Ok(())
//! }
//!
//! let app = |request: Request| respond(request, greet);
//! let stream = "data: hello\n\nevent: farewell\ndata: goodbye\n\n";
//! assert_eq!(app.test_http("/").body(), stream);
//! ```
//!
#![doc = crate::doc_link::macros!("Message")]
//!
#![doc = include_str!("../docs/streams.md")]
//
// `body.rs` has the steps of a poll, `state.rs` the rules for what other tasks change, and
// `setup.rs` the way of the configuration to a stream.

mod body;
mod client;
mod config;
mod encoding;
mod end;
mod ending;
mod error;
mod event;
mod from_event;
mod into_event;
mod last_event_id;
mod outcome;
mod parse;
mod piece;
mod reader;
mod respond;
mod sender;
mod setup;
mod state;
#[cfg(feature = "server")]
mod stop;
mod stream;

pub use client::{NextEvent, SseClient, SseReceiveError, SseReceived};
pub use config::{OnStop, SseConfig};
pub use end::{SseEnd, SseReadError};
pub use error::{IntoSseResult, SseError, SseResult, SseSendError};
pub use event::{SseEvent, SseFieldError};
pub use from_event::FromSseEvent;
pub use into_event::IntoSseEvent;
#[cfg(any(feature = "client", feature = "json"))]
pub(crate) use last_event_id::LAST_EVENT_ID;
pub use last_event_id::LastEventId;
pub use outcome::SseOutcome;
pub use parse::{SseParser, SseTooLarge};
#[cfg(feature = "json")]
pub(crate) use piece::SharedEvent;
pub use reader::SseReader;
pub(crate) use reader::{EVENT_STREAM, is_stream};
pub use respond::respond;
pub use sender::SseSender;
pub(crate) use setup::Setup;
#[cfg(feature = "server")]
pub(crate) use stop::{OpenStreams, StopSignal};
pub use stream::Sse;
