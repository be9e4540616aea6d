//! Requests that other sites start.
