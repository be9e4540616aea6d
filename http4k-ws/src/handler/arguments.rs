//! The arguments of a route that are read at once: path parameters, and the request itself.
//!
//! A route passes them to the library's constructor as values, with their types to be inferred from
//! the route's closure. The library reads them and calls the closure with the results. So nothing
//! of this is in the closure, which the compiler checks for each route.
#![allow(missing_docs)]

use std::fmt;

use super::Call;
use crate::describe::probe::{PathValues, Step};
use crate::message::{FromPath, FromRest, PathError, Rejection, Request, text_of};

/// One path parameter, whose type the function's parameter decides.
pub struct Param<T> {
    /// The index among the parameters of the route itself.
    index: usize,
    read: fn(&Call, usize) -> Result<T, Rejection>,
    /// Reads a text as it is sent, percent-encoded, for a link.
    test: fn(&str) -> Result<(), PathError>,
}

/// Returns the argument that is the path parameter at `index`.
pub fn param<T: FromPath<Via>, Via>(index: usize) -> Param<T> {
    Param {
        index,
        read: Call::param::<T, Via>,
        test: |raw| T::from_path(text_of(raw)).map(drop),
    }
}

/// Returns the argument that is the parameter at `index`, the rest of the path.
pub fn rest<T: FromRest<Via>, Via>(index: usize) -> Param<T> {
    Param {
        index,
        read: Call::rest::<T, Via>,
        test: |raw| T::from_rest(raw).map(drop),
    }
}

impl<T> Clone for Param<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Param<T> {}

impl<T> fmt::Debug for Param<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Param")
    }
}

/// The types of most parameters. They have no list of texts.
pub trait OfAnyText {}

macro_rules! of_any_text {
    ($($ty:ty)*) => { $(impl OfAnyText for $ty {})* };
}

of_any_text!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char String);

/// The first probe of a parameter; the module `describe::probe` states their order.
impl<T: OfAnyText> Param<T> {
    pub fn __param(&self) -> Step {
        Step::of_type::<T>(self.index)
    }
}

/// The probe of a parameter whose type has a list of its texts.
pub trait ByValues {
    fn __param(&self) -> Step;
}

impl<T: PathValues> ByValues for Param<T> {
    fn __param(&self) -> Step {
        Step::of_values::<T>(self.index)
    }
}

/// The probe of all other parameters.
pub trait ByType {
    fn __param(&self) -> Step;
}

impl<T> ByType for &Param<T> {
    fn __param(&self) -> Step {
        Step::of_type::<T>(self.index)
    }
}

/// The argument `req`. It is the last to be read.
#[derive(Debug, Clone, Copy)]
pub struct Whole {
    keeps_head: bool,
}

/// Returns the argument that is the whole request.
pub const fn request() -> Whole {
    Whole { keeps_head: false }
}

/// Returns the argument that is the request of a socket or a stream, which keeps a copy of it.
pub const fn request_of_socket() -> Whole {
    Whole { keeps_head: true }
}

impl Whole {
    pub(super) fn take(self, call: &mut Call) -> Request {
        match self.keeps_head {
            true => call.take_request(),
            false => call.whole_request(),
        }
    }
}

/// The arguments that are read at once. Several are a pair: all before the last, and the last.
pub trait Arguments: Copy + Send + Sync + 'static {
    /// The values, in the same pairs.
    type Values;

    /// Reads the values in order.
    ///
    /// # Errors
    ///
    /// Returns the first rejection.
    fn parse(&self, call: &mut Call) -> Result<Self::Values, Rejection>;

    /// Reads the path parameter with this index from a text, percent-encoded, for a link. Any text
    /// is valid for a parameter that is not an argument.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a value of the argument.
    fn test(&self, _param: usize, _raw: &str) -> Result<(), PathError> {
        Ok(())
    }
}

impl Arguments for () {
    type Values = ();

    fn parse(&self, _: &mut Call) -> Result<(), Rejection> {
        Ok(())
    }
}

impl<T: 'static> Arguments for Param<T> {
    type Values = T;

    fn parse(&self, call: &mut Call) -> Result<T, Rejection> {
        (self.read)(call, self.index)
    }

    fn test(&self, param: usize, raw: &str) -> Result<(), PathError> {
        match param == self.index {
            true => (self.test)(raw),
            false => Ok(()),
        }
    }
}

impl Arguments for Whole {
    type Values = Request;

    fn parse(&self, call: &mut Call) -> Result<Request, Rejection> {
        Ok(self.take(call))
    }
}

impl<A: Arguments, B: Arguments> Arguments for (A, B) {
    type Values = (A::Values, B::Values);

    fn parse(&self, call: &mut Call) -> Result<Self::Values, Rejection> {
        Ok((self.0.parse(call)?, self.1.parse(call)?))
    }

    fn test(&self, param: usize, raw: &str) -> Result<(), PathError> {
        self.0.test(param, raw)?;
        self.1.test(param, raw)
    }
}
