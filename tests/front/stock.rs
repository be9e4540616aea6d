//! The stock filters over HTTP.

mod panics;
mod redirects;
mod security;
