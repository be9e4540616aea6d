//! Probes, by which generated code describes the types of a route.
//!
//! A [`Witness`] stands for a type that the compiler infers in the closure of a route. Once the
//! type is known, a method of the witness describes it. Several have the same name, and the
//! compiler calls the first whose requirements the type satisfies. Therefore nothing is required of
//! a type, and no error of the compiler mentions a description. For `(&witness).__response()` it
//! looks for the method in this order:
//!
//! 1. of `Witness<T>` itself, with `&self`;
//! 2. of a trait of `Witness<T>`, with `&self`;
//! 3. of a trait of `&Witness<T>`, with `&self`;
//! 4. of a trait of `&Witness<T>`, with `&mut self`;
//! 5. of a trait of `Witness<T>`, with `self`.
//!
//! A call costs the compiler little if the first of them is found, so it is the most frequent one.
#![allow(missing_docs)]

use std::fmt;
use std::marker::PhantomData;

use super::request::DescribeRequest;
use super::response::DescribeResponse;
use super::route::RouteDescription;
use crate::lens::description::SchemaOf;

/// A type, without a value of it.
pub struct Witness<T>(PhantomData<fn() -> T>);

pub const fn witness<T>() -> Witness<T> {
    Witness(PhantomData)
}

impl<T> Clone for Witness<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Witness<T> {}

impl<T> fmt::Debug for Witness<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Witness")
    }
}

/// One step of a description, which a route's closure adds.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// The index of a path parameter, among those of the route itself.
    index: usize,
    add: fn(&mut RouteDescription, usize),
}

impl Step {
    pub(super) fn of(add: fn(&mut RouteDescription, usize)) -> Self {
        Self { index: 0, add }
    }

    pub(crate) fn nothing() -> Self {
        Self::of(|_, _| {})
    }

    /// Notes the type of the parameter at `index`.
    pub(crate) fn of_type<T>(index: usize) -> Self {
        let add = |route: &mut RouteDescription, index| param::<T>(route, index, &[]);
        Self { index, add }
    }

    /// Notes that type and its texts.
    pub(crate) fn of_values<T: PathValues>(index: usize) -> Self {
        let add = |route: &mut RouteDescription, index| param::<T>(route, index, T::VALUES);
        Self { index, add }
    }

    pub(crate) fn add(&self, route: &mut RouteDescription) {
        (self.add)(route, self.index);
    }
}

/// The texts of an enum that derives `PathParam`.
pub trait PathValues {
    const VALUES: &'static [&'static str];
}

/// Notes the type of the parameter at `index`.
fn param<T>(route: &mut RouteDescription, index: usize, values: &'static [&'static str]) {
    if let Some(param) = route.params.get_mut(index) {
        param.type_name = std::any::type_name::<T>();
        param.values = values;
    }
}

/// A `_` argument whose serde type has a schema.
#[cfg(feature = "schema")]
impl<T: DescribeRequest<Body: schemars::JsonSchema>> Witness<T> {
    pub fn __argument(&self) -> Step {
        Step::of(|route, _| T::describe(route, Some(SchemaOf::of::<T::Body>())))
    }
}

pub trait Reads {
    fn __argument(&self) -> Step;
}

impl<T: DescribeRequest> Reads for Witness<T> {
    fn __argument(&self) -> Step {
        Step::of(|route, _| T::describe(route, None))
    }
}

pub trait ReadsUnknown {
    fn __argument(&self) -> Step;
}

impl<T> ReadsUnknown for &Witness<T> {
    fn __argument(&self) -> Step {
        Step::nothing()
    }
}

fn respond<T: DescribeResponse>(
    route: &mut RouteDescription,
    body: Option<SchemaOf>,
    failure: Option<SchemaOf>,
) {
    route.responses.extend(T::responses(body, failure));
}

/// A response of which both types have a schema.
#[cfg(feature = "schema")]
impl<T> Witness<T>
where
    T: DescribeResponse<Body: schemars::JsonSchema, Failure: schemars::JsonSchema>,
{
    pub fn __response(&self) -> Step {
        Step::of(|route, _| {
            let body = SchemaOf::of::<T::Body>();
            let failure = SchemaOf::of::<T::Failure>();
            respond::<T>(route, Some(body), Some(failure));
        })
    }
}

#[cfg(feature = "schema")]
pub trait RespondsSchema {
    fn __response(&self) -> Step;
}

#[cfg(feature = "schema")]
impl<T: DescribeResponse<Body: schemars::JsonSchema>> RespondsSchema for Witness<T> {
    fn __response(&self) -> Step {
        Step::of(|route, _| respond::<T>(route, Some(SchemaOf::of::<T::Body>()), None))
    }
}

#[cfg(feature = "schema")]
pub trait FailsWithSchema {
    fn __response(&self) -> Step;
}

#[cfg(feature = "schema")]
impl<T: DescribeResponse<Failure: schemars::JsonSchema>> FailsWithSchema for &Witness<T> {
    fn __response(&self) -> Step {
        Step::of(|route, _| respond::<T>(route, None, Some(SchemaOf::of::<T::Failure>())))
    }
}

pub trait Responds {
    fn __response(&mut self) -> Step;
}

impl<T: DescribeResponse> Responds for &Witness<T> {
    fn __response(&mut self) -> Step {
        Step::of(|route, _| respond::<T>(route, None, None))
    }
}

pub trait RespondsUnknown {
    fn __response(self) -> Step;
}

impl<T> RespondsUnknown for Witness<T> {
    fn __response(self) -> Step {
        Step::nothing()
    }
}

/// The schema of a type that a derive names.
#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> Witness<T> {
    pub fn __schema(&self) -> Option<SchemaOf> {
        Some(SchemaOf::of::<T>())
    }
}

pub trait NoSchema {
    fn __schema(&self) -> Option<SchemaOf>;
}

impl<T> NoSchema for Witness<T> {
    fn __schema(&self) -> Option<SchemaOf> {
        None
    }
}

/// The traits above, without names, for a glob import in generated code.
pub mod traits {
    #[cfg(feature = "schema")]
    pub use super::{FailsWithSchema as _, RespondsSchema as _};
    pub use super::{
        NoSchema as _, Reads as _, ReadsUnknown as _, Responds as _, RespondsUnknown as _,
    };
    pub use crate::describe::probe_messages::{
        BodyOfMessage as _, BodyUnknown as _, Events as _, EventsUnknown as _, Socket as _,
        SocketUnknown as _,
    };
    #[cfg(feature = "schema")]
    pub use crate::describe::probe_messages::{ReceivesSchema as _, SendsSchema as _};
}
