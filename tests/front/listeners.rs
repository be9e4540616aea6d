//! Listeners other than one port.
