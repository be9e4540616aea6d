//! The macros of `http4k-ws`; use them through that crate, where they are documented.
