//! What holds of every socket, in memory and over a real port: one body of code for each behaviour.

mod worlds;

mod attribute;
mod backpressure;
mod closing;
mod failing;
mod filters;
mod messages;
mod model;
mod opening;
