//! The stock filters over HTTP.
