//! Transcripts: the conversation on a socket as a text, recorded from use and replayed as a test.
//!
//! [`Recorded`] records a [`Transcript`] at the client's end, and the filter
//! [`record`](crate::filter::record) at the server's end. A transcript is replayed on any client,
//! in memory or over a network, or compared with an approved file:
//!
//! ```
//! use http4k_ws::prelude::*;
//! use http4k_ws::testing::InMemory;
//! use http4k_ws::testing::transcript::{Recorded, Transcript};
//!
//! async fn greet(mut ws: WebSocket, name: String) -> WsResult {
//!     ws.send(format!("hello {name}")).await?;
//!     while let Some(message) = ws.recv().await? {
//!         ws.send(message).await?;
//!     }
//!     Ok(())
//! }
//!
//! fn app() -> PolyHandler {
//!     routes! { "/ws/<name>" => ws(greet(ws, name)) }
//! }
//!
//! let mut client = Recorded::new(app().test_ws("/ws/bob"), "/ws/bob");
//! client.next();
//! client.send("are you there?").unwrap();
//! client.next();
//! client.close(WsStatus::NORMAL);
//!
//! let transcript = client.into_transcript();
//! assert_eq!(
//!     transcript.to_string(),
//!     "open /ws/bob\n\
//!      server text hello bob\n\
//!      client text are you there?\n\
//!      server text are you there?\n\
//!      client close 1000\n"
//! );
//! assert_eq!(transcript.replay_in(&InMemory::new(app())), Ok(()));
//! ```

mod approval;
mod recorded;
mod replay;

pub use approval::ApprovalError;
pub use recorded::Recorded;
pub use replay::ReplayError;

pub use crate::message::transcript::{
    Party, Transcript, TranscriptEntry, TranscriptError, TranscriptRule,
};
