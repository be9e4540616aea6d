//! Topics: publish and subscribe for sockets and streams, in one process or over an engine.
//!
//! A topic is a numbered log. Each entry has a [`Position`], and every subscriber receives the
//! entries in the same order, or is notified that some were lost. The log is stored by an
//! [`Engine`](engine::Engine).
//!
#![doc = include_str!("../docs/topics.md")]
//
// `continuity.rs` has the rule that finds gaps, `hub/mod.rs` the invariants of a node, and
// `hub/state.rs` those of one topic on it.

mod codec;
mod continuity;
pub mod engine;
mod entry;
mod error;
mod feed;
mod health;
mod hub;
mod join;
mod kind;
mod membership;
mod metrics;
mod name;
mod node;
mod outlet;
mod position;
mod render;
mod resume;
#[cfg(all(test, feature = "testing"))]
mod schedules;
mod topic;

pub use error::{JoinError, PublishError};
pub use feed::Feed;
pub use health::{Health, ready};
pub use join::Join;
pub use kind::Topics;
pub use membership::Membership;
pub use metrics::TopicMetrics;
pub use name::{TopicName, TopicNameError};
pub use node::TopicNode;
pub use outlet::Subscriber;
pub use position::{Position, PositionError};
pub use resume::Resume;
pub use topic::{Topic, TopicHistory};
