//! HTTP/2 (RFC 9113), and WebSockets over it (RFC 8441).
//!
//! A connection that starts with the preface ([`preamble`](super::preamble)), or negotiates HTTP/2
//! over TLS, carries many streams ([`connection`]), each a task of its own ([`stream`]). A request
//! is brought into the form that it has in HTTP/1.1 ([`request`]), then goes through the same
//! rules, application and opening handshake. Its response is sent as fast as the peer reads it
//! ([`response`]). A stream that becomes a socket ([`socket`]) is a stream of bytes like any other.
//!
//! The crate h2 reads and writes the frames, and keeps the rules for single frames and for the
//! states of a stream.
//!
//! # Why not hyper's server
//!
//! hyper's HTTP/2 server with `enable_connect_protocol` was weighed. Three reasons speak for h2:
//!
//! 1. **A socket is read and written in the task of its session.** hyper would add a task and a
//!    copy in between.
//! 2. **A stalled response costs its own stream only.** A peer that reads nothing of one response
//!    loses that stream after the write stall, and no other.
//! 3. **No request is read while as many run as are allowed.** Resetting requests and sending
//!    others gains a peer nothing. See [`Http2Config::max_reset_streams`].

mod config;
mod connection;
mod ping;
mod reclaim;
mod request;
mod response;
mod socket;
mod stream;

pub use config::Http2Config;
pub(super) use connection::serve;
