//! The type `!`, whose name is unstable.
//!
//! A trait that users implement cannot be implemented for it: the compiler would find a conflict
//! with each of their implementations, since it does not resolve the name in another crate.

/// A function pointer with a result.
pub trait Returns {
    type Output;
}

impl<Output> Returns for fn() -> Output {
    type Output = Output;
}

/// The type of `todo!()`, `panic!(..)` and an endless loop.
pub(crate) type Never = <fn() -> ! as Returns>::Output;
