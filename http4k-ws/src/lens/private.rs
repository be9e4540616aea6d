//! The functions that `#[derive(FromRequest)]` calls.
//!
//! Each has a bound of its own, so that the compiler reports the trait that a field lacks in terms
//! of the derive.
#![allow(missing_docs)]

use std::fmt;

use super::body::BodyLens;
use super::failure::LensFailure;
use super::form::{Form, WebForm};
use super::message::Message;
use super::message_part::TextPart;
#[cfg(feature = "multipart")]
use super::multipart::{MultipartBody, PartRule, Parts};
use super::spec::BiDiLensSpec;
use super::text::TextValue;
use super::view::BiDiLens;
#[cfg(feature = "multipart")]
use super::with::Modifier;
use super::{html, text};
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

/// Reads the form that several fields belong to.
pub async fn form(request: &mut Request, failures: &mut Failures) -> Option<WebForm> {
    failures.read(Form::strict(()).get(request).await)
}

/// Reads the parts that several fields belong to.
#[cfg(feature = "multipart")]
pub async fn parts(
    request: &mut Request,
    rules: &[PartRule],
    failures: &mut Failures,
) -> Option<Parts> {
    let (parts, failed) = failures.read(Parts::read(request, rules).await)?;
    match failed {
        // The fields that are missing are reported too.
        Some(failure) => {
            failures.read::<()>(Err(failure));
            Some(parts)
        }
        None => Some(parts),
    }
}

/// Returns the rule of a part over the number of bytes of `max`.
#[cfg(feature = "multipart")]
pub fn part_max(rule: PartRule, max: u64) -> PartRule {
    rule.max(max)
}

#[cfg(feature = "multipart")]
pub fn with_parts(
    request: Request,
    form: WebForm,
    files: MultipartBody,
) -> Result<Request, LensFailure> {
    files.fields(form).modify(request)
}

pub fn with_form(request: Request, form: WebForm) -> Result<Request, LensFailure> {
    Form::strict(()).set(request, form)
}

/// The failures of the fields of one type.
#[derive(Debug, Default)]
pub struct Failures(Option<LensFailure>);

impl Failures {
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the value, or keeps its failure.
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

    /// Returns the response to a request of which a field could not be read.
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
