//! The engines of topics with real servers: Redis, as a process of its own for each test.
//!
//! `tests/engines/run` looks for the programs, and `cargo test --workspace` leaves these tests out.
//! They are looked for on `PATH` and in the directory `HTTP4K_WS_ENGINES`. If one is missing, its
//! tests print that and pass, or fail with `HTTP4K_WS_REQUIRE_ENGINES=1`.

mod duties;
mod engine;
mod faults;
mod figures;
mod live;
mod node;
mod operations;
mod presence;
mod process;
mod proxy;
mod redis;
mod rows;
mod scenario;
mod servers;
mod support;
mod verify;
