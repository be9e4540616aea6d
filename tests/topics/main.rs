//! Publish and subscribe, in memory and over the network, in one process and in several nodes.

mod bounds;
mod chat;
mod complaints;
mod faults;
mod feeds;
mod joining;
mod keyed;
mod presence;
mod slow;
mod streams;
mod support;
