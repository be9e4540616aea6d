//! The engine over NATS with real servers, as processes of their own.
//!
//! Looks for `nats-server` on `PATH` and in the directory `HTTP4K_WS_ENGINES`. If it is missing,
//! the tests print that and pass, or fail with `HTTP4K_WS_REQUIRE_ENGINES=1`. The nodes, the rows of
//! failures, the duties and the verifier are those of the engine over Redis.

mod cluster;
mod credentials;
#[path = "../../../../tests/engines/duties.rs"]
mod duties;
mod engine;
mod epochs;
mod faults;
mod hub;
mod kept;
mod nats;
#[path = "../../../../tests/engines/node.rs"]
mod node;
mod operations;
mod permissions;
#[path = "../../../../tests/engines/presence.rs"]
mod presence;
#[path = "../../../../tests/engines/process.rs"]
mod process;
#[path = "../../../../tests/engines/proxy.rs"]
mod proxy;
#[path = "../../../../tests/engines/rows.rs"]
mod rows;
#[path = "../../../../tests/engines/scenario.rs"]
mod scenario;
mod secured;
#[path = "../../../../tests/engines/support.rs"]
mod support;
mod together;
#[path = "../../../../tests/engines/verify.rs"]
mod verify;
