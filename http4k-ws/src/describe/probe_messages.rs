//! The [probes](super::probe) of the messages of sockets and streams.
#![allow(missing_docs)]

use super::body::BodyDescription;
use super::probe::{Step, Witness};
use super::route::RouteDescription;
use crate::lens::Message;
use crate::lens::description::SchemaOf;

fn socket<In: Message, Out: Message>(
    route: &mut RouteDescription,
    receives: Option<SchemaOf>,
    sends: Option<SchemaOf>,
) {
    route.receive(In::description().with_schema(receives));
    route.send(Out::description().with_schema(sends));
}

#[cfg(feature = "schema")]
impl<In, Out> Witness<(In, Out)>
where
    In: Message + schemars::JsonSchema,
    Out: Message + schemars::JsonSchema,
{
    pub fn __socket(&self) -> Step {
        Step::of(|route, _| {
            let (receives, sends) = (SchemaOf::of::<In>(), SchemaOf::of::<Out>());
            socket::<In, Out>(route, Some(receives), Some(sends));
        })
    }
}

#[cfg(feature = "schema")]
pub trait ReceivesSchema {
    fn __socket(&self) -> Step;
}

#[cfg(feature = "schema")]
impl<In, Out> ReceivesSchema for Witness<(In, Out)>
where
    In: Message + schemars::JsonSchema,
    Out: Message,
{
    fn __socket(&self) -> Step {
        Step::of(|route, _| socket::<In, Out>(route, Some(SchemaOf::of::<In>()), None))
    }
}

#[cfg(feature = "schema")]
pub trait SendsSchema {
    fn __socket(&self) -> Step;
}

#[cfg(feature = "schema")]
impl<In, Out> SendsSchema for &Witness<(In, Out)>
where
    In: Message,
    Out: Message + schemars::JsonSchema,
{
    fn __socket(&self) -> Step {
        Step::of(|route, _| socket::<In, Out>(route, None, Some(SchemaOf::of::<Out>())))
    }
}

pub trait Socket {
    fn __socket(&mut self) -> Step;
}

impl<In: Message, Out: Message> Socket for &Witness<(In, Out)> {
    fn __socket(&mut self) -> Step {
        Step::of(|route, _| socket::<In, Out>(route, None, None))
    }
}

#[cfg(feature = "schema")]
impl<T: Message + schemars::JsonSchema> Witness<T> {
    pub fn __events(&self) -> Step {
        Step::of(|route, _| route.send(T::description().with_schema(SchemaOf::of::<T>())))
    }
}

pub trait Events {
    fn __events(&self) -> Step;
}

impl<T: Message> Events for Witness<T> {
    fn __events(&self) -> Step {
        Step::of(|route, _| route.send(T::description()))
    }
}

pub trait EventsUnknown {
    fn __events(&self) -> Step;
}

impl<T> EventsUnknown for &Witness<T> {
    fn __events(&self) -> Step {
        Step::nothing()
    }
}

/// A socket of types that are not messages, which is reported elsewhere.
pub trait SocketUnknown {
    fn __socket(self) -> Step;
}

impl<T> SocketUnknown for Witness<T> {
    fn __socket(self) -> Step {
        Step::nothing()
    }
}

/// A `#[body]` with a schema of its own, such as a generic message.
#[cfg(feature = "schema")]
impl<T: Message + schemars::JsonSchema> Witness<T> {
    pub fn __body(&self) -> Option<BodyDescription> {
        let message = T::description().with_schema(SchemaOf::of::<T>());
        Some(BodyDescription::of_message(message))
    }
}

pub trait BodyOfMessage {
    fn __body(&self) -> Option<BodyDescription>;
}

impl<T: Message> BodyOfMessage for Witness<T> {
    fn __body(&self) -> Option<BodyDescription> {
        Some(BodyDescription::of_message(T::description()))
    }
}

/// A body that is not a message, which is reported elsewhere.
pub trait BodyUnknown {
    fn __body(&self) -> Option<BodyDescription>;
}

impl<T> BodyUnknown for &Witness<T> {
    fn __body(&self) -> Option<BodyDescription> {
        None
    }
}
