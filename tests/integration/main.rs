//! The library from outside, by subject.
