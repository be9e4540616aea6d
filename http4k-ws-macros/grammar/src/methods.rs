//! Sets of methods. The empty set stands for every method.

use crate::template::text_equals;

/// Returns `true` if a route for `set` accepts a request with `method`.
pub const fn accepts(set: &[&str], method: &str) -> bool {
    // A GET route responds to HEAD as well (RFC 9110 §9.3.2).
    set.is_empty() || names(set, method) || text_equals(method, "HEAD") && names(set, "GET")
}

/// Returns `true` if neither set is found before the other for some method: both name it, or
/// neither names any.
pub const fn overlap(one: &[&str], other: &[&str]) -> bool {
    let mut i = 0;
    while i < one.len() {
        if names(other, one[i]) {
            return true;
        }
        i += 1;
    }
    one.is_empty() && other.is_empty()
}

/// Returns `true` if `one` accepts every method that `other` accepts.
pub const fn covers(one: &[&str], other: &[&str]) -> bool {
    let mut i = 0;
    while i < other.len() {
        if !accepts(one, other[i]) {
            return false;
        }
        i += 1;
    }
    one.is_empty() || !other.is_empty()
}

const fn names(set: &[&str], method: &str) -> bool {
    let mut i = 0;
    while i < set.len() {
        if text_equals(set[i], method) {
            return true;
        }
        i += 1;
    }
    false
}
