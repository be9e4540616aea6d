//! Documents made from the route table: AsyncAPI for sockets and streams, OpenAPI for HTTP, and
//! TypeScript with a client; and a console that shows them and calls the routes.
//!
//! The routes of an application know their paths, parameters and messages, so a document has no
//! description of its own that could differ from them.
//!
#![doc = include_str!("../docs/documents.md")]
//
// `table` reads the routes, and `schemas` collects their types. `asyncapi` and `openapi` write
// `tree`, which a `Document` prints.

mod approved;
mod asyncapi;
mod console;
mod difference;
mod docs;
#[expect(clippy::module_inception, reason = "the file has the name of its type")]
mod document;
mod info;
mod names;
mod openapi;
mod parameters;
mod path;
mod problem;
pub(crate) mod schemas;
mod security;
mod table;
mod tree;
mod typescript;
mod values;
mod walk;

pub use approved::approved;
pub use console::Console;
pub use document::Document;
pub use info::Info;
