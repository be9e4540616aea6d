//! The configuration of HTTP/2 connections.

use std::time::Duration;

use crate::setters::setters;

/// The bounds of an HTTP/2 connection, in addition to those of
/// [`ServerConfig`](crate::server::ServerConfig). The bounds of a request's head, target and body,
/// and all deadlines, are the same in both versions.
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
    /// The most requests and sockets at a time on one connection. A further one is refused with
    /// REFUSED_STREAM. Default 100.
    pub max_streams: u32,
    /// The most streams that the peer reset before the server read their requests. Beyond that the
    /// connection is closed with ENHANCE_YOUR_CALM. While as many requests run as are allowed, none
    /// is read, so resetting requests and sending others gains a peer nothing. Default 20.
    pub max_reset_streams: usize,
    /// The most streams that the server reset because the peer broke a rule or exceeded a bound on
    /// them. Beyond that the connection is closed with ENHANCE_YOUR_CALM. Default 1,024.
    pub max_stream_errors: usize,
    /// The bytes of one stream that the peer may send before the application reads them: a body, or
    /// the messages of a socket. A distant peer uploads at most this much per round trip. Default
    /// 64 KiB, at most 2^31 − 1 (RFC 9113 §6.9.1).
    pub stream_window: u32,
    /// The bytes of all streams of a connection that the peer may send before the application reads
    /// them. Default 512 KiB, at least 65,535, at most 2^31 − 1.
    pub connection_window: u32,
    /// The most DATA frames of fewer than 256 bytes that may wait to be read, over all streams.
    /// Beyond that the connection is closed with ENHANCE_YOUR_CALM. The windows count bytes only,
    /// and each frame needs memory besides. Default 16,384.
    pub max_unread_frames: usize,
    /// The bytes of one stream that may wait for the peer to read them. Default 16 KiB.
    pub send_buffer: usize,
    /// The interval between pings. Default 20 s.
    pub ping: Duration,
    /// The time in which the peer must respond to a ping, or show otherwise that it is alive: by
    /// bytes that it sends, or that it reads of those that wait for it. Then the connection is
    /// dropped. Default 20 s.
    pub ping_timeout: Duration,
    /// Allows a connection without TLS to start with HTTP/2 (RFC 9113 §3.3). Default `true`.
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
        Http2Config: "http4k_ws::server::Http2Config";
        with_max_streams, max_streams: u32 = 100 => 250;
        with_max_reset_streams, max_reset_streams: usize = 20 => 100;
        with_max_stream_errors, max_stream_errors: usize = 1024 => 100;
        with_stream_window, stream_window: u32 = 64 * 1024 => 1024 * 1024;
        with_connection_window, connection_window: u32 = 512 * 1024 => 2 * 1024 * 1024;
        with_max_unread_frames, max_unread_frames: usize = 16 * 1024 => 1024;
        with_send_buffer, send_buffer: usize = 16 * 1024 => 64 * 1024;
        with_ping, ping: Duration = Duration::from_secs(20) => Duration::from_secs(60);
        with_ping_timeout, ping_timeout: Duration =
            Duration::from_secs(20) => Duration::from_secs(10);
        with_prior_knowledge, prior_knowledge: bool = true => false;
    }
}
