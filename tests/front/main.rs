//! What stands between a port and a handler: listeners, proxies, filters, credentials, sessions; and
//! the values that handlers read and return. Beside `integration`, so that both build in parts.

mod algebra;
mod authentication;
mod csrf;
mod deadlines;
mod listeners;
mod logged;
#[path = "../shared/masked.rs"]
mod masked;
mod messages;
mod multipart;
mod observing;
mod open;
mod over_http2;
mod provided;
mod proxies;
mod rate_limits;
mod sessions;
mod stock;
mod values;
