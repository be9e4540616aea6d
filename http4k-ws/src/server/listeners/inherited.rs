//! The options of a port, which its connections inherit.
//!
//! Linux copies the options of a listener to each connection. That saves two system calls for each.
//!
//! 1. A port has the options only if the server bound it itself. Another one may be shared with a
//!    process, or a server, that needs other options.
//! 2. A connection shows whether the system copies them. Some emulations of Linux do not, and
//!    neither do other systems.
//! 3. A connection may be older than the options. Connections are accepted in the order of their
//!    age, so all that follow one with the options have them too.

use tokio::net::{TcpListener, TcpStream};

use crate::wire::socket::{is_prepared, prepare_listener};

/// The knowledge about the options of the connections of a port.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Inherited {
    /// Each connection must be prepared by itself.
    #[default]
    Nothing,
    /// The port was bound by the server. Its options are not set yet.
    Possible,
    /// The port has the options, with this bound on unsent bytes. Connections may have them.
    Offered {
        unsent: u32,
        /// The number of connections that were accepted without the options.
        without: u32,
    },
    /// All connections have the options.
    All,
}

impl Inherited {
    /// Sets the options of `listener`, if its connections may inherit them.
    pub(super) fn offer(&mut self, listener: &TcpListener, unsent: u32) {
        if *self == Self::Possible {
            *self = match prepare_listener(listener, unsent) {
                Ok(()) => Self::Offered { unsent, without: 0 },
                Err(_) => Self::Nothing,
            };
        }
    }

    /// Returns `true` if the next connection of the port, `stream`, has the options.
    pub(super) fn has_reached(&mut self, stream: &TcpStream) -> bool {
        let Self::Offered { unsent, without } = self else {
            return *self == Self::All;
        };
        // Of many connections without the options, few are tested.
        *without = without.saturating_add(1);
        if !without.is_power_of_two() || !is_prepared(stream, *unsent) {
            return false;
        }
        *self = Self::All;
        true
    }
}
