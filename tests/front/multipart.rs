//! Forms with files.
