//! The `_` arguments of a route, which are read from the request before the function is called.
//!
//! Waiting for them is done here, in a generic function that is checked once. An `async` block in
//! the expansion of each route would be checked anew, at three times the cost of the route.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;

use super::Call;
use super::arguments::Whole;
use crate::describe::probe::{Witness, witness};
use crate::message::{FromRequest, NeededValue, Rejection, Request};

/// Returns the reason why a type cannot be read on a route with these path parameters.
pub(crate) type PathCheck = fn(&[&str]) -> Option<String>;

/// One `_` argument, whose type the function's parameter decides.
pub struct Extracted<T>(PhantomData<fn() -> T>);

/// Returns a `_` argument.
pub const fn extracted<T>() -> Extracted<T> {
    Extracted(PhantomData)
}

/// Returns the argument whose value is given, for a check of its type.
pub const fn extracted_from<T>(_: &T) -> Extracted<T> {
    extracted()
}

impl<T> Extracted<T> {
    /// Returns the type of the value.
    pub fn witness(self) -> Witness<T> {
        witness()
    }
}

impl<T> Clone for Extracted<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Extracted<T> {}

impl<T> fmt::Debug for Extracted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Extracted")
    }
}

/// One or several `_` arguments. Several are a pair: all before the last, and the last.
pub trait ReadArguments: Copy + Send + Sync + 'static {
    /// The values, in the same pairs.
    type Values;

    /// Adds the path parameters that the types require.
    fn add_params(params: &mut Vec<&'static str>);

    /// Adds the values that filters must store for the types.
    fn add_needs(needs: &mut Vec<NeededValue>);

    /// Adds the checks of the types against the parameters of the path.
    fn add_checks(checks: &mut Vec<PathCheck>);

    /// Reads the values in order.
    ///
    /// # Errors
    ///
    /// Returns the first rejection.
    fn read(self, call: &mut Call) -> impl Future<Output = Result<Self::Values, Rejection>> + Send;
}

impl<T: FromRequest + 'static> ReadArguments for Extracted<T> {
    type Values = T;

    fn add_params(params: &mut Vec<&'static str>) {
        params.extend(T::PARAMS);
    }

    fn add_needs(needs: &mut Vec<NeededValue>) {
        needs.extend(T::NEEDS);
    }

    fn add_checks(checks: &mut Vec<PathCheck>) {
        checks.push(T::unreadable);
    }

    fn read(self, call: &mut Call) -> impl Future<Output = Result<T, Rejection>> + Send {
        call.extract()
    }
}

impl ReadArguments for Whole {
    type Values = Request;

    fn add_params(_: &mut Vec<&'static str>) {}

    fn add_needs(_: &mut Vec<NeededValue>) {}

    fn add_checks(_: &mut Vec<PathCheck>) {}

    async fn read(self, call: &mut Call) -> Result<Request, Rejection> {
        Ok(self.take(call))
    }
}

impl<A, B> ReadArguments for (A, B)
where
    A: ReadArguments<Values: Send>,
    B: ReadArguments,
{
    type Values = (A::Values, B::Values);

    fn add_params(params: &mut Vec<&'static str>) {
        A::add_params(params);
        B::add_params(params);
    }

    fn add_needs(needs: &mut Vec<NeededValue>) {
        A::add_needs(needs);
        B::add_needs(needs);
    }

    fn add_checks(checks: &mut Vec<PathCheck>) {
        A::add_checks(checks);
        B::add_checks(checks);
    }

    async fn read(self, call: &mut Call) -> Result<Self::Values, Rejection> {
        let before = self.0.read(call).await?;
        Ok((before, self.1.read(call).await?))
    }
}
