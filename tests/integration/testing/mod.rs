//! The clients in memory: where they work, how time passes there, and what they can do to an application.

mod blocking;
mod faults;
mod outside;
mod runtimes;
mod seeds;
mod time;
