//! Filters of messages.
