//! The clients in memory: their runtimes, their clock, and the faults that they can cause.

mod blocking;
mod faults;
mod outside;
mod runtimes;
mod seeds;
mod time;
