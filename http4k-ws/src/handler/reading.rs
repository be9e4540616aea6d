//! The `_` arguments of a route, which are read from the request before the function is called.
//!
//! Waiting for them is done here, in a generic function that is checked once. An `async` block in
//! the expansion of each route would be checked anew, at three times the cost of the route.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;

use super::Call;
use crate::describe::probe::{Witness, witness};
use crate::message::{FromRequest, NeededValue, Rejection};

/// One `_` argument, whose type the function's parameter decides.
pub struct Extracted<T>(PhantomData<fn() -> T>);

/// Reads one `_` argument, for a call that waits for its arguments itself.
///
/// # Errors
///
/// Returns what the type responds to a request without such a value.
pub async fn extract<T: FromRequest>(call: &mut Call, _: Extracted<T>) -> Result<T, Rejection> {
    call.extract().await
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

    /// The arguments, which consist of their types alone.
    const ARGUMENTS: Self;

    /// Adds the path parameters that the types require.
    fn add_params(params: &mut Vec<&'static str>);

    /// Adds the values that filters must store for the types.
    fn add_needs(needs: &mut Vec<NeededValue>);

    /// Reads the values in order.
    ///
    /// # Errors
    ///
    /// Returns the first rejection.
    fn read(self, call: &mut Call) -> impl Future<Output = Result<Self::Values, Rejection>> + Send;
}

impl<T: FromRequest + 'static> ReadArguments for Extracted<T> {
    type Values = T;

    const ARGUMENTS: Self = Self(PhantomData);

    fn add_params(params: &mut Vec<&'static str>) {
        params.extend(T::PARAMS);
    }

    fn add_needs(needs: &mut Vec<NeededValue>) {
        needs.extend(T::NEEDS);
    }

    fn read(self, call: &mut Call) -> impl Future<Output = Result<T, Rejection>> + Send {
        call.extract()
    }
}

impl<A, T> ReadArguments for (A, Extracted<T>)
where
    A: ReadArguments<Values: Send>,
    T: FromRequest + 'static,
{
    type Values = (A::Values, T);

    const ARGUMENTS: Self = (A::ARGUMENTS, Extracted(PhantomData));

    fn add_params(params: &mut Vec<&'static str>) {
        A::add_params(params);
        params.extend(T::PARAMS);
    }

    fn add_needs(needs: &mut Vec<NeededValue>) {
        A::add_needs(needs);
        needs.extend(T::NEEDS);
    }

    async fn read(self, call: &mut Call) -> Result<Self::Values, Rejection> {
        let before = self.0.read(call).await?;
        Ok((before, call.extract().await?))
    }
}
