//! What holds of every socket, in memory and over a real port: one body of code for each behaviour.

mod slow_consumers;
mod worlds;

mod attribute;
mod backpressure;
mod bounds;
mod closing;
mod endings;
mod failing;
mod filters;
mod messages;
mod model;
mod opening;
