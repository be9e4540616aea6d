//! The macros, each with its grammar, an example, and what it expands to.

pub use http4k_ws_macros::routes;
