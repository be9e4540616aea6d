//! Services and layers of tower inside an application.
//!
//! [`service`] mounts any `tower_service::Service`, such as an axum `Router` or the `ServeDir` of
//! tower-http. [`layer`] turns any `tower_layer::Layer` into a filter over every protocol. The
//! other direction is [`PolyHandler::into_service`](crate::PolyHandler::into_service).
#![doc = include_str!("../docs/tower.md")]

mod call;
mod layer;
mod mounted;
mod service;

pub use layer::{NextService, layer};
pub use mounted::MountedAt;
pub use service::service;
