//! What `#[derive(FromRequest)]` calls, so that what a field lacks is reported in the derive's own words.
#![allow(missing_docs)]

use std::fmt;

use super::{
    BiDiLens, BiDiLensSpec, BodyLens, Form, LensFailure, Message, TextPart, TextValue, WebForm,
    html, text,
};
use crate::message::{Rejection, Request, TextError};

pub fn field<L: TextPart, T: TextValue>(name: &'static str) -> BiDiLensSpec<L, T> {
    text::value(name.into(), text::expected::<T>())
}

pub fn checkbox<L: TextPart>(name: &'static str) -> BiDiLens<L, bool> {
    html::of_checkbox(name.into())
}

pub fn body<T: Message>() -> BodyLens<T> {
    T::body()
}

pub fn optional_body<T: Message>() -> BodyLens<Option<T>> {
    T::body().optional()
}

/// The form that several fields are of.
pub async fn form(request: &mut Request, failures: &mut Failures) -> Option<WebForm> {
    failures.read(Form::strict(()).get(request).await)
}

pub fn with_form(request: Request, form: WebForm) -> Result<Request, LensFailure> {
    Form::strict(()).set(request, form)
}

/// All that fails while the fields of one type are read.
#[derive(Debug, Default)]
pub struct Failures(Option<LensFailure>);

impl Failures {
    pub fn new() -> Self {
        Self::default()
    }

    /// The value, where it could be read.
    pub fn read<T>(&mut self, outcome: Result<T, LensFailure>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(failure) => {
                self.0 = Some(match self.0.take() {
                    Some(before) => before.and(failure),
                    None => failure,
                });
                None
            }
        }
    }

    /// The answer to a request of which some field could not be read.
    pub fn rejection(self) -> Rejection {
        self.0.expect("a field without a value has failed").into()
    }
}

/// Parses the text of a newtype that derives `PathParam`.
pub fn parsed<T: TextValue>(text: &str) -> Result<T, TextError> {
    text.parse().map_err(TextError::new)
}

/// Writes the text of a newtype that derives `PathParam`.
pub fn shown<T: TextValue>(value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    value.fmt(f)
}
