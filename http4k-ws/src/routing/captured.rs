//! The values that a route captures.
#![allow(missing_docs)]

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

/// A value that belongs to the route. Each call borrows it or takes a copy.
///
/// It is `Send` and `Sync` for every `T`. The bounds on `T` are checked as the value is
/// captured, so that the compiler reports a missing one at that argument only.
pub struct Captured<T>(Box<dyn Kept<T>>);

/// A value whose bounds were checked when it was captured.
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

/// A value that a route can copy for each call, on any thread.
///
/// The type of the value is one of the trait, so that it is not inferred from the call that the
/// value is passed to. A name that is not declared then has one message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be captured by a route: it is not `Clone`, or threads cannot share it",
    label = "each call takes a copy of this value, on any thread",
    note = "write `Arc<{Self}>`, whose copies share one value, or derive `Clone`",
    note = "threads share an `Arc` instead of an `Rc`, and a lock such as `Mutex` instead of a `Cell` or `RefCell`"
)]
pub trait Capture: Clone + Send + Sync {
    /// This type.
    type Same: 'static;

    /// Captures a copy.
    fn captured(&self) -> Captured<Self::Same>;
}

// Without the attribute, the compiler would name each of the bounds that are lacking.
#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Capture for T {
    type Same = T;

    fn captured(&self) -> Captured<T> {
        evaluated(self.clone())
    }
}

/// Captures a copy of a borrowed value.
pub fn captured<T: Capture>(value: &T) -> Captured<T::Same> {
    value.captured()
}

/// Captures a copy of a loan, if there is one.
pub fn captured_loan<T: Capture>(loan: &Option<&T>) -> Captured<T::Same> {
    loan.map_or_else(absent, Capture::captured)
}

/// Returns what an endpoint captures without loans. It is never called.
pub fn absent<C: MayBeAbsent>() -> C {
    C::absent()
}

/// A captured value of a function whose loans are optional.
pub trait MayBeAbsent {
    fn absent() -> Self;
}

impl<T: 'static> MayBeAbsent for Captured<T> {
    fn absent() -> Self {
        Self(Box::new(Absent(PhantomData)))
    }
}

impl<T: ?Sized + 'static> MayBeAbsent for LentPart<T> {
    fn absent() -> Self {
        Self(Arc::new(Absent(PhantomData)))
    }
}

/// The value of an endpoint that is never called.
struct Absent<T: ?Sized>(PhantomData<fn() -> Box<T>>);

impl<T: ?Sized> Deref for Absent<T> {
    type Target = T;

    fn deref(&self) -> &T {
        unreachable!("an endpoint without loans is built for its arguments, and never called")
    }
}

impl<T> Kept<T> for Absent<T> {
    fn kept(&self) -> &T {
        self
    }

    fn copy(&self) -> T {
        unreachable!("an endpoint without loans is built for its arguments, and never called")
    }
}

/// Captures a copy of a local variable, whose type the call may decide.
pub fn captured_local<T: Capture + 'static>(value: &T) -> Captured<T> {
    evaluated(value.clone())
}

/// Captures a value that was created for the route.
pub fn evaluated<T: Capture + 'static>(value: T) -> Captured<T> {
    Captured(Box::new(value))
}

/// The `self` of a method around the routes. Of a reference, its target is captured.
#[derive(Debug)]
pub struct Receiver<'a, T>(pub &'a T);

impl<T: Clone + Send + Sync + 'static> Receiver<'_, &T> {
    /// Captures a copy of the target.
    pub fn captured(&self) -> Captured<T> {
        captured(*self.0)
    }
}

/// The capture of a `self` that is not a reference.
pub trait OwnReceiver<T> {
    /// Captures a copy.
    fn captured(&self) -> Captured<T>;
}

impl<T: Capture<Same = T>> OwnReceiver<T> for Receiver<'_, T> {
    fn captured(&self) -> Captured<T> {
        self.0.captured()
    }
}

/// A part of a captured value, such as `&state.hits`, which the route lends to its calls.
pub struct LentPart<T: ?Sized>(Arc<dyn Deref<Target = T> + Send + Sync>);

impl<T: ?Sized> Deref for LentPart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> fmt::Debug for LentPart<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LentPart")
    }
}

/// The whole value, with the function that returns the part.
struct WholeValue<R, T: ?Sized> {
    whole: R,
    part: fn(&R) -> &T,
}

impl<R, T: ?Sized> Deref for WholeValue<R, T> {
    type Target = T;

    fn deref(&self) -> &T {
        (self.part)(&self.whole)
    }
}

/// The part of a value that is to be captured.
#[derive(Debug)]
pub struct PartOf<'a, R, T: ?Sized> {
    whole: &'a R,
    part: fn(&R) -> &T,
}

/// Returns the part of `whole`.
pub const fn part_of<R, T: ?Sized>(whole: &R, part: fn(&R) -> &T) -> PartOf<'_, R, T> {
    PartOf { whole, part }
}

impl<R, T: Clone + Send + Sync + 'static> PartOf<'_, R, T> {
    /// Captures a copy of the part.
    pub fn captured(&self) -> LentPart<T> {
        LentPart(Arc::new(captured((self.part)(self.whole))))
    }
}

/// The capture of a part that can't be copied: of the whole value.
pub trait CapturesWhole<R, T: ?Sized> {
    /// Captures a copy of the whole value.
    fn captured(&self) -> LentPart<T>
    where
        R: Capture + 'static;
}

impl<R, T: ?Sized + 'static> CapturesWhole<R, T> for PartOf<'_, R, T> {
    fn captured(&self) -> LentPart<T>
    where
        R: Capture + 'static,
    {
        let (whole, part) = (self.whole.clone(), self.part);
        LentPart(Arc::new(WholeValue { whole, part }))
    }
}

/// Returns a copy for one call.
pub fn copied<T>(captured: &Captured<T>) -> T {
    captured.0.copy()
}

/// A value that is passed as itself or as its target: `Arc<dyn Store>` as `dyn Store`.
///
/// `Via` distinguishes the two. It is inferred from the type of the function's parameter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be passed as `{To}`",
    label = "the function takes neither a reference to this nor to its target",
    note = "write `&*store` for the target of an `Arc` or a `Box`"
)]
pub trait Lent<To: ?Sized, Via> {
    /// Borrows the value.
    fn lent(&self) -> &To;
}

/// A marker for a value that is passed as itself.
#[derive(Debug)]
pub enum Direct {}

/// A marker for a value that is passed as its target.
#[derive(Debug)]
pub enum Behind {}

impl<T: ?Sized> Lent<T, Direct> for T {
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

/// The captured values of one route. Several are a pair: all before the last, and the last.
pub trait Copies: Send + Sync + 'static {
    /// The copies for one call, in the same pairs.
    type Own;

    /// Copies the values.
    fn copies(&self) -> Self::Own;
}

impl Copies for () {
    type Own = ();

    fn copies(&self) {}
}

impl<T: 'static> Copies for Captured<T> {
    type Own = T;

    fn copies(&self) -> T {
        copied(self)
    }
}

/// A part of a value, which the sockets of a route share.
impl<T: ?Sized + 'static> Copies for LentPart<T> {
    type Own = Self;

    fn copies(&self) -> Self {
        Self(self.0.clone())
    }
}

/// A function value, which the sockets of a route share.
impl<F: Send + Sync + 'static> Copies for Arc<F> {
    type Own = Self;

    fn copies(&self) -> Self {
        Self::clone(self)
    }
}

impl<A: Copies, B: Copies> Copies for (A, B) {
    type Own = (A::Own, B::Own);

    fn copies(&self) -> Self::Own {
        (self.0.copies(), self.1.copies())
    }
}
