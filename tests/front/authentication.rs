//! Credentials and principals.
