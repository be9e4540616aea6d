//! Sessions recorded and replayed: tests that are made by using an application.
//!
//! A [`Transcript`] is what was said on a socket, as a text. [`Recorded`] writes one
//! down at the client's end, and the filter [`record`](crate::filter::record) at the server's. It is replayed on
//! any client, in memory or over a network, and compared with a file that somebody approved:
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
//! client.send("anybody there?").unwrap();
//! client.next();
//! client.close(WsStatus::NORMAL);
//!
//! let transcript = client.into_transcript();
//! assert_eq!(
//!     transcript.to_string(),
//!     "open /ws/bob\n\
//!      server text hello bob\n\
//!      client text anybody there?\n\
//!      server text anybody there?\n\
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
