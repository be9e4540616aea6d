//! What RFC 6455 asks of a server.

mod handshake;
