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
    fn kept(&self) -> &T;
    fn copy(&self) -> T;
}

impl<T: Clone + Send + Sync> Kept<T> for T {
    fn kept(&self) -> &T {
        self
    }

    fn copy(&self) -> T {
        self.clone()
    }
}

impl<T> Deref for Captured<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.kept()
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

/// A value that is handed over as itself, or as what it points to: `Arc<dyn Store>` as `dyn Store`.
///
/// `Via` tells the two apart, and is inferred from the type of the function's parameter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not handed over as `{To}`",
    label = "the function takes neither a reference to this nor to what it points to",
    note = "write `&*store` for what an `Arc` or a `Box` points to"
)]
pub trait Lent<To: ?Sized, Via> {
    /// Borrows the value.
    fn lent(&self) -> &To;
}

/// Marks a value as itself.
#[derive(Debug)]
pub enum Itself {}

/// Marks what a value points to.
#[derive(Debug)]
pub enum Behind {}

impl<T: ?Sized> Lent<T, Itself> for T {
    fn lent(&self) -> &T {
        self
    }
}

impl<T: Deref<Target = To>, To: ?Sized> Lent<To, Behind> for T {
    fn lent(&self) -> &To {
        self
    }
}

/// Borrows `value` as the type that the function takes.
pub fn lent<T: Lent<To, Via>, To: ?Sized, Via>(value: &T) -> &To {
    value.lent()
}
