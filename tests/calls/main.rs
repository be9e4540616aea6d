//! Calls over a socket, in memory and over the network: replies, streams, errors, bounds and
//! cancellation.

mod replies;
mod support;
