//! The settings of permessage-deflate, the compression of messages (RFC 7692).

use crate::message::share_encoded_from;
use crate::setters::{optional_setters, setters};

/// The smallest window that this library compresses with. zlib cannot use one of 8 bits.
#[cfg_attr(not(any(feature = "server", feature = "client")), allow(dead_code))]
pub(crate) const MIN_WINDOW_BITS: u8 = 9;

/// The largest window (RFC 7692 §7.1.2).
pub(crate) const MAX_WINDOW_BITS: u8 = 15;

/// The settings of permessage-deflate, the compression of messages (RFC 7692).
///
/// A server with these settings in its [`SessionConfig`](super::SessionConfig) accepts the
/// compression if a client offers it, as browsers always do. A client with them offers it. Both
/// compress nothing by default. In memory nothing is negotiated.
///
/// Without context takeover, which is the default, each message is compressed on its own. A state
/// of compression is borrowed from the thread for one message, so an idle socket owns none. Clones
/// of a message share its compressed form, so a broadcast is compressed once.
///
/// Do not compress messages that hold a secret beside text that an attacker chooses: their length
/// shows how similar the two are. The chapter on compression in the [guide](crate#modules) has
/// more.
///
/// # Examples
///
/// ```
/// use http4k_ws::session::{Deflate, SessionConfig};
///
/// let deflate = Deflate::default().with_level(6).with_min_length(1024);
/// let config = SessionConfig::default().with_deflate(deflate);
/// assert_eq!(config.deflate, Some(deflate));
/// assert!(!deflate.context_takeover);
///
/// // The default of both sides.
/// assert_eq!(SessionConfig::default().deflate, None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deflate {
    /// The level of compression, from 1, which is the fastest, to 9. Other values count as the
    /// nearest of these. Default 1.
    ///
    /// In a measurement, 1 KiB of JSON became 332 bytes in 9 µs at level 1, and 252 bytes in 24 µs
    /// at level 6.
    pub level: u32,
    /// The length from which messages are compressed, in bytes. Shorter ones are sent as they are,
    /// which is allowed at any time (RFC 7692 §6). Default 256.
    pub min_length: usize,
    /// Lets messages to the peer refer to earlier ones (RFC 7692 §7.1.1). Short and similar
    /// messages then become much shorter. Default `false`.
    ///
    /// Each socket that has sent a compressed message then owns 380 KB of state, or 251 KB with a
    /// window of 9 bits, and compresses each message itself, a broadcast too. The peer may refuse.
    pub context_takeover: bool,
    /// Lets messages from the peer refer to earlier ones (RFC 7692 §7.1.1). Default `false`.
    ///
    /// Each socket that has received a compressed message then owns 48 KB of state.
    pub peer_context_takeover: bool,
    /// The size of the window in which this side looks for repetitions, as a power of two, from 9
    /// to 15 (RFC 7692 §7.1.2). Other values count as the nearest of these. The peer may ask for
    /// less. Default 15, which is 32 KiB.
    pub window_bits: u8,
    /// The maximum ratio between a message from the peer and its compressed form. Beyond its first
    /// 64 KiB, a message with a greater ratio closes the socket with 1008. DEFLATE allows ratios up
    /// to 1,032. Default 200, `None` for any ratio.
    ///
    /// [`max_message`](super::SessionConfig::max_message) bounds both forms of the message.
    pub max_ratio: Option<u32>,
}

impl Default for Deflate {
    fn default() -> Self {
        Self {
            level: 1,
            min_length: 256,
            context_takeover: false,
            peer_context_takeover: false,
            window_bits: MAX_WINDOW_BITS,
            max_ratio: Some(200),
        }
    }
}

impl Deflate {
    setters! {
        Deflate: "http4k_ws::session::Deflate";
        with_level, level: u32 = 1 => 6;
        with_min_length, min_length: usize = 256 => 1024;
        with_context_takeover, context_takeover: bool = false => true;
        with_peer_context_takeover, peer_context_takeover: bool = false => true;
        with_window_bits, window_bits: u8 = 15 => 12;
    }

    optional_setters! {
        Deflate: "http4k_ws::session::Deflate";
        with_max_ratio, max_ratio: u32 = Some(200) => 50;
    }

    /// Makes the clones of messages share their compressed form, from now on. Programs without
    /// these settings do not pay for it.
    pub(crate) fn in_use(self) -> Self {
        share_encoded_from(self.min_length);
        self
    }
}

/// The outcome of a negotiation (RFC 7692 §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(any(feature = "server", feature = "client")), allow(dead_code))]
pub(crate) struct DeflateTerms {
    /// This side keeps its context between messages.
    pub(crate) takeover: bool,
    /// The peer keeps its context between messages.
    pub(crate) peer_takeover: bool,
    /// The window of this side. It compresses nothing if that is less than [`MIN_WINDOW_BITS`].
    pub(crate) window_bits: u8,
    /// The client has limited the window of the server, so the response must repeat the limit.
    pub(crate) window_is_limited: bool,
    /// The settings that were negotiated with.
    pub(crate) settings: Deflate,
}
