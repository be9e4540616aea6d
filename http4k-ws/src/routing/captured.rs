//! What a route captures from where its table is made.

use std::fmt;
use std::ops::Deref;

/// A value of the route's, lent to each call, which may take a copy.
///
/// It can be sent and shared whatever `T` is: that `T` can be is asked where it is captured, so that the
/// compiler tells of one that can't be at that argument, and nowhere else.
pub struct Captured<T>(Box<dyn Kept<T>>);

/// A value whose type need not say any more what it can.
trait Kept<T>: Send + Sync {
    fn lent(&self) -> &T;
    fn copy(&self) -> T;
}

impl<T: Clone + Send + Sync> Kept<T> for T {
    fn lent(&self) -> &T {
        self
    }

    fn copy(&self) -> T {
        self.clone()
    }
}

impl<T> Deref for Captured<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.lent()
    }
}

impl<T> fmt::Debug for Captured<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Captured")
    }
}

/// A copy of a value that stays with its owner.
pub fn captured<T: Clone + Send + Sync + 'static>(value: &T) -> Captured<T> {
    made(value.clone())
}

/// A value that was made for the route.
pub fn made<T: Clone + Send + Sync + 'static>(value: T) -> Captured<T> {
    Captured(Box::new(value))
}

/// A call's own copy.
pub fn copied<T>(captured: &Captured<T>) -> T {
    captured.0.copy()
}
