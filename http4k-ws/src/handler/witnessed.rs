//! The steps of a call that describes its response in its own closure: those of
//! [`generated`](super::generated). The compiler infers the type of the witness from them.
#![allow(missing_docs)]

use super::generated::{self, Returned};
use super::respond::Respond;
use crate::describe::probe::Witness;
use crate::message::{IntoResponse, Response};

impl<Output> Witness<Output> {
    /// Responds as [`generated::respond_lent`] does.
    pub fn respond_lent<'a, W, T>(self, value: T) -> Returned<'a>
    where
        T: Respond<W, Output: IntoResponse, Future: Send + 'a> + Respond<W, Output = Output>,
    {
        generated::respond_lent(value)
    }

    /// Converts a value as [`generated::response`] does.
    pub fn response(self, value: Output) -> Response
    where
        Output: IntoResponse,
    {
        generated::response(value)
    }
}
