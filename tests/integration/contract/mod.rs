//! Behaviour of every socket, in memory, over pipes and over a real port: one body of code for
//! each.
//! `CASES.md` lists the tests that show each of http4k's behaviours.

pub(crate) mod backends;

mod admission;
mod attribute;
mod backpressure;
mod bounds;
mod callbacks;
mod cases;
mod clients;
mod closing;
mod endings;
mod failing;
mod filters;
mod flushing;
mod groups;
mod guarding;
mod json;
mod many;
mod messages;
mod model;
mod observing;
mod opening;
mod panics;
mod pinging;
mod response_headers;
mod routes;
mod secrets;
mod slow_consumers;
mod streams;
mod targets;
mod unseen_filters;
