//! Topics: publish and subscribe for sockets and streams, in one process or over an engine.
//!
//! A topic is a numbered log. Each entry has a [`Position`], and every subscriber receives the
//! entries in the same order, or is notified that some were lost. The log is stored by an
//! [`Engine`](engine::Engine).

mod continuity;
pub mod engine;
mod name;
mod position;

pub use name::{TopicName, TopicNameError};
pub use position::{Position, PositionError};
