//! Deadlines of handlers.
