//! The types in the route table: what the functions of an application receive and return.
//!
//! [`Route::description`](crate::routing::Route::description) returns a [`RouteDescription`]: the
//! parameters of the path, the fields and the body that are read from a request, the messages of a
//! socket or a stream, the responses, and what the filters in front of the route add. Nothing is
//! computed while requests are served.
//!
//! With the feature `schema`, `routes!` infers these types, and those that implement
//! `schemars::JsonSchema` are described by their schema. Other types are described without one:
//! a description never requires anything of a type. Without the feature, a description has what a
//! builder states, the names of parameters, and what filters add: the inference would make each
//! table slower to compile.
//!
//! ```
//! use http4k_ws::{Method, Request, WebSocket, WsResult};
//! use http4k_ws::routing::Routes;
//!
//! async fn chat(_ws: WebSocket<String, String>) -> WsResult {
//!     Ok(())
//! }
//!
//! # fn main() -> Result<(), http4k_ws::routing::RouteError> {
//! let app = Routes::new()
//!     .ws("/rooms/<room>", chat)
//!     .receives::<String>()
//!     .sends::<String>()
//!     .build()?;
//! let description = app.routes()[0].description();
//! assert_eq!(description.params[0].name, "room");
//! assert_eq!(description.receives.unwrap().name, "String");
//! # Ok(())
//! # }
//! ```

mod body;
pub(crate) mod derived;
pub(crate) mod probe;
mod probe_messages;
mod request;
mod response;
mod responses;
mod route;
mod security;

pub use self::body::BodyDescription;
pub use self::request::DescribeRequest;
pub use self::response::{DescribeResponse, HeaderDescription, ResponseDescription};
pub use self::route::{FieldDescription, ParamDescription, RouteDescription};
pub use self::security::SecurityScheme;
pub use crate::lens::description::{CallDescription, MessageDescription, SchemaOf};
