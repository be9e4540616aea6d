//! The clients of the network, against our server and against others that are wrong.

mod blocking;
mod callbacks;
mod connect;
mod flushing;
mod hostile;
mod http;
mod reconnect;
mod script;
mod title_case;
mod uris;
