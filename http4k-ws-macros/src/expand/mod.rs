//! Model → tokens.
//!
//! 1. Every token of the user is passed on once, before any tokens whose number depends on it.
//!    Editors need that to map positions through the macro.
//! 2. Names of the macro have its own hygiene, and are numbered.
//! 3. Logic is in the library, not in the expansion.

mod call;
#[cfg(test)]
pub(crate) mod golden;
mod groups;
mod lending;
mod links;
mod meta;
mod module;
mod names;
mod routes;
mod tables;
mod tested;

pub(crate) use routes::routes;
