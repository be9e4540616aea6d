//! Model → tokens.
//!
//! Every token the user wrote is handed on once, and before anything whose length depends on it, so that
//! editors find their way through the macro. Names of ours have the macro's own hygiene and are
//! numbered; logic is in the library.

mod call;
#[cfg(test)]
mod golden;
mod groups;
mod lending;
mod links;
mod meta;
mod module;
mod names;
mod routes;
mod tables;

pub(crate) use routes::routes;
