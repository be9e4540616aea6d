//! How far a socket has come.

use crate::message::WsStatus;

/// The end of a connection that a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stance {
    /// One of many, of peers that nobody has chosen: it keeps little, and for no longer than it must.
    Server,
    /// The program that opened it says how it is used.
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
