//! Calls over a socket, in memory and over the network: replies, streams, errors, bounds and
//! cancellation.

mod bounds;
mod cancelling;
mod clients;
mod described;
mod formats;
mod hostile;
mod model;
mod replies;
mod support;
