//! Types that no pairs can be read as, found before the first request.
//!
//! Serde does not describe a type, so it is read from texts of several kinds. It is reported only
//! if all of them fail, and one because of the program: a text that a field refuses proves nothing.

use http::StatusCode;
use serde::de::DeserializeOwned;

use super::{AMBIGUOUS, Pair, read};
use crate::lens::failure::{Failure, LensFailure, LensFailureKind};
use crate::lens::meta::{Location, name_of};

/// Texts of which most types of a field accept one.
const TEXTS: [&str; 4] = ["1", "true", "a", "00000000-0000-0000-0000-000000000000"];

/// The number of required fields that are tried.
const MOST_FIELDS: usize = 64;

/// Returns the reason why no pairs can be read as `T`.
pub(in crate::lens) fn unreadable<T: DeserializeOwned>(location: Location) -> Option<String> {
    let mut reason = None;
    for text in TEXTS {
        let mut names: Vec<String> = Vec::new();
        let failure = loop {
            let failure = read::<T>(names.iter().map(|name| pair(name, text)), location).err()?;
            match missing(&failure) {
                Some(name) if is_next(&names, name) => names.push(name.to_owned()),
                _ => break failure,
            }
        };
        reason = reason.or_else(|| of_program(&failure));
    }
    reason.map(|reason| {
        let (place, ty) = (place(location), name_of::<T>());
        format!("no request has a `{place}<{ty}>`: {reason}")
    })
}

/// Returns the reason why the path parameters `params` cannot be read as `T`.
pub(in crate::lens) fn unreadable_path<T: DeserializeOwned>(params: &[&str]) -> Option<String> {
    let mut reason = None;
    for text in TEXTS {
        let pairs = params.iter().map(|name| pair(name, text));
        let failure = read::<T>(pairs, Location::Path).err()?;
        let lacks = missing(&failure).map(|name| format!("the path lacks `<{name}>`"));
        reason = reason.or(lacks).or_else(|| of_program(&failure));
    }
    reason.map(|reason| format!("no request has a `Path<{}>`: {reason}", name_of::<T>()))
}

/// Returns the name of the type whose values are read from this place.
fn place(location: Location) -> &'static str {
    match location {
        Location::Header => "Header",
        Location::Cookie => "Cookie",
        Location::Query => "Query",
        _ => "Form",
    }
}

fn pair(name: &str, text: &str) -> Pair {
    (name.to_owned(), Ok(text.to_owned()))
}

fn is_next(names: &[String], name: &str) -> bool {
    names.len() < MOST_FIELDS && names.iter().all(|known| known != name)
}

fn first(failure: &LensFailure) -> Option<&Failure> {
    failure.failures().first()
}

/// Returns the name of the field that is missing.
fn missing(failure: &LensFailure) -> Option<&str> {
    let first = first(failure)?;
    (first.kind() == LensFailureKind::Missing).then(|| first.name())
}

/// Returns the cause of a failure for which the program is to blame.
fn of_program(failure: &LensFailure) -> Option<String> {
    let is_of_program = failure.status() == StatusCode::INTERNAL_SERVER_ERROR;
    let cause = first(failure)?.cause()?.to_string();
    (is_of_program && cause != AMBIGUOUS).then_some(cause)
}
