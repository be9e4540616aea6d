//! The life of one socket, beyond the contract of the backends: dropped futures, and time.

mod authenticating;
mod cable;
mod cancelling;
mod deadlines;
mod departed;
mod metrics;
mod outliving;
mod pinging;
mod slow_links;
mod spans;
