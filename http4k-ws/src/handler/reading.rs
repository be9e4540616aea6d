//! The `_` arguments of a route, which are read from the request before the function is called.
//!
//! Waiting for them is done here, in a generic function that is checked once. An `async` block in
//! the expansion of each route would be checked anew, at three times the cost of the route.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;

use super::Call;
use crate::message::{FromRequest, Rejection};

/// One `_` argument, whose type the function's parameter decides.
pub struct Extracted<T>(PhantomData<fn() -> T>);

/// Returns the place of one `_` argument.
pub fn extracted<T: FromRequest>() -> Extracted<T> {
    Extracted(PhantomData)
}

impl<T> fmt::Debug for Extracted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Extracted")
    }
}

/// One or several `_` arguments: several are pairs of all that are before the last, and the last.
pub trait ReadArguments: Send {
    /// The values, in pairs likewise.
    type Values;

    /// Reads the values in order.
    ///
    /// # Errors
    ///
    /// Returns the first rejection.
    fn read(self, call: &mut Call) -> impl Future<Output = Result<Self::Values, Rejection>> + Send;
}

impl<T: FromRequest> ReadArguments for Extracted<T> {
    type Values = T;

    fn read(self, call: &mut Call) -> impl Future<Output = Result<T, Rejection>> + Send {
        call.extract()
    }
}

impl<A, T> ReadArguments for (A, Extracted<T>)
where
    A: ReadArguments<Values: Send>,
    T: FromRequest,
{
    type Values = (A::Values, T);

    async fn read(self, call: &mut Call) -> Result<Self::Values, Rejection> {
        let before = self.0.read(call).await?;
        Ok((before, call.extract().await?))
    }
}
