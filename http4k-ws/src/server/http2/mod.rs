//! HTTP/2 (RFC 9113), and WebSockets over it (RFC 8441).
//!
//! A connection that begins with its preface ([`beginning`](super::beginning)) carries ([`connection`]) many streams, each a task of its own ([`stream`]). Its request is
//! brought into the shape that one of HTTP/1.1 has ([`request`]), goes through the same rules, the same
//! application and the same opening handshake, and its answer is sent as fast as the peer takes it
//! ([`response`]). A stream that becomes a socket ([`socket`]) is a stream of bytes like any other.
//!
//! The crate h2 reads and writes the frames, and keeps the rules that concern one frame or one stream's
//! states.

mod body;
mod config;
mod connection;
mod lent;
mod ping;
mod request;
mod response;
mod socket;
mod stream;

pub use config::Http2Config;
pub(super) use connection::serve;
