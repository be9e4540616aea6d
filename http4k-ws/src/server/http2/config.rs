//! The bounds of a connection that speaks HTTP/2.

use std::time::Duration;

use crate::setters::setters;

/// The bounds of a connection that speaks HTTP/2, beside those of [`ServerConfig`](crate::server::ServerConfig):
/// the bounds of a request's head, target and body, and all deadlines, are the same in both versions.
///
/// # Examples
///
/// ```
/// use http4k_ws::server::{Http2Config, ServerConfig};
///
/// let config = ServerConfig::default().with_http2(Http2Config::default().with_max_streams(10));
/// assert_eq!(config.http2.unwrap().max_streams, 10);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Http2Config {
    /// Requests and sockets at a time on one connection; one more is refused with REFUSED_STREAM.
    /// Default 100.
    pub max_streams: u32,
    /// Streams that the peer took back before they were looked at; past it the connection is closed with
    /// ENHANCE_YOUR_CALM. While as many requests are being answered as may be, none is looked at, so a
    /// peer gains nothing by taking requests back and making others. Default 20.
    pub max_reset_streams: usize,
    /// Streams that were reset because the peer broke a rule or a bound on them; past it the connection is
    /// closed with ENHANCE_YOUR_CALM. Default 1024.
    pub max_stream_errors: usize,
    /// The bytes of one stream that the peer may send before the application reads them: a body, or
    /// the messages of a socket. A peer far away uploads at most this much in each round trip. Default
    /// 64 KiB, at most 2^31 − 1 (RFC 9113 §6.9.1).
    pub stream_window: u32,
    /// The bytes of all streams of a connection that the peer may send before the application reads
    /// them. Default 512 KiB, at least 65,535, at most 2^31 − 1.
    pub connection_window: u32,
    /// DATA frames of fewer than 256 bytes that may come before they are taken, whatever their streams;
    /// past it the connection is closed with ENHANCE_YOUR_CALM. The windows count their bytes only, and each
    /// needs room beside that. Default 16,384.
    pub max_unread_frames: usize,
    /// The bytes of one stream that may wait for the peer to read. Default 16 KiB.
    pub send_buffer: usize,
    /// How often the peer is asked whether it is there. Default 20 s.
    pub ping: Duration,
    /// The time in which it must answer, or show otherwise that it is there: bytes that come from it, or
    /// that it takes of those that wait for it. The connection is dropped then. Default 20 s.
    pub ping_timeout: Duration,
    /// Whether a connection without TLS may begin with HTTP/2 (RFC 9113 §3.3). Default yes.
    pub prior_knowledge: bool,
}

impl Default for Http2Config {
    fn default() -> Self {
        Self {
            max_streams: 100,
            max_reset_streams: 20,
            max_stream_errors: 1024,
            stream_window: 64 * 1024,
            connection_window: 512 * 1024,
            max_unread_frames: 16 * 1024,
            send_buffer: 16 * 1024,
            ping: Duration::from_secs(20),
            ping_timeout: Duration::from_secs(20),
            prior_knowledge: true,
        }
    }
}

impl Http2Config {
    setters! {
        with_max_streams, max_streams: u32;
        with_max_reset_streams, max_reset_streams: usize;
        with_max_stream_errors, max_stream_errors: usize;
        with_stream_window, stream_window: u32;
        with_connection_window, connection_window: u32;
        with_max_unread_frames, max_unread_frames: usize;
        with_send_buffer, send_buffer: usize;
        with_ping, ping: Duration;
        with_ping_timeout, ping_timeout: Duration;
        with_prior_knowledge, prior_knowledge: bool;
    }
}
