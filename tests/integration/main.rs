//! The library from outside, by subject.

mod routing;
