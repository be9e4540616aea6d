//! Rate limits of requests and messages.
