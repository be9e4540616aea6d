//! How far a socket has come.

use crate::message::WsStatus;

/// The end of a connection. A client masks what it sends (RFC 6455 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// One of many connections, with peers that the program did not choose. It buffers little.
    #[cfg_attr(not(any(feature = "server", feature = "testing")), allow(dead_code))]
    Server,
    /// The program chose this peer, and sets its own bounds.
    #[cfg_attr(not(any(feature = "client", feature = "testing")), allow(dead_code))]
    Client,
}

/// How far the socket has come.
#[derive(Debug)]
pub(super) enum Phase {
    /// Messages travel both ways.
    Open,
    /// The peer broke a rule: what came before is answered, then the connection is failed with this.
    Failing(WsStatus),
    /// Our close frame is out, the peer's is not yet in.
    Closing(WsStatus),
    /// Nothing more travels; the connection is brought to its end.
    Ending,
    /// The connection is done with.
    Over,
}
