//! Whether a function answers at once or later.

/// Marks a function that answers at once.
#[derive(Debug)]
pub enum Now {}

/// Marks a function that answers with a future, such as an `async fn`.
#[derive(Debug)]
pub enum Later {}
