//! One socket's life, where the contract of the backends can't reach: futures that are dropped, and time.

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
