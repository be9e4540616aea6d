//! Combinations of filters.
