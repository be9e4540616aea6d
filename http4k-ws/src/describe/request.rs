//! The trait of the arguments that are read from a request, and are known.

use std::borrow::Cow;

use bytes::Bytes;

use super::body::BodyDescription;
use super::route::{FieldDescription, RouteDescription};
use crate::lens::description::SchemaOf;
use crate::lens::{Cookie, Form, Format, Header, LensFailure, Location, Meta, Path, Query};
use crate::message::{Body, FromRequest};

/// An argument that is read from a request, and whose parts are known.
///
/// `#[derive(FromRequest)]` implements it. A type without it is not described, and needs nothing.
///
/// # Examples
///
/// ```
/// use http4k_ws::describe::{DescribeRequest, FieldDescription, RouteDescription, SchemaOf};
/// use http4k_ws::lens::Header;
/// use http4k_ws::message::Rejection;
/// use http4k_ws::{FromRequest, Request};
///
/// struct Locale(String);
///
/// impl FromRequest for Locale {
///     async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
///         Ok(Self(Header::string("accept-language").required().get(request)?))
///     }
/// }
///
/// impl DescribeRequest for Locale {
///     type Body = ();
///
///     fn describe(route: &mut RouteDescription, _body: Option<SchemaOf>) {
///         let lens = Header::string("accept-language").required();
///         route.fields.push(FieldDescription::of::<String>(lens.meta().clone()));
///     }
/// }
///
/// let mut route = RouteDescription::default();
/// Locale::describe(&mut route, None);
/// assert_eq!(route.fields[0].meta.name(), "accept-language");
/// ```
pub trait DescribeRequest: FromRequest {
    /// The type of serde whose schema the value has; `()` if there is none.
    type Body;

    /// Adds the parts of the request that the value is read from. `body` is the schema of
    /// [`Body`](Self::Body), if it has one.
    fn describe(route: &mut RouteDescription, body: Option<SchemaOf>);
}

/// Describes arguments that are the whole body, whatever its Content-Type is.
macro_rules! whole_body {
    ($($argument:ty => $content_type:expr;)*) => {$(
        impl DescribeRequest for $argument {
            type Body = ();

            fn describe(route: &mut RouteDescription, _: Option<SchemaOf>) {
                // An empty body is a value, too.
                route.body = Some(BodyDescription::new($content_type).optional());
            }
        }
    )*};
}

whole_body! {
    String => Format::Text.content_type();
    Bytes => "*/*";
    Body => "*/*";
}

#[cfg(feature = "json")]
impl<T: serde::de::DeserializeOwned> DescribeRequest for crate::lens::json::Json<T> {
    type Body = T;

    fn describe(route: &mut RouteDescription, body: Option<SchemaOf>) {
        let name = crate::lens::name_of::<T>();
        route.body = Some(BodyDescription::json(name).with_schema(body));
    }
}

impl<T: serde::de::DeserializeOwned> DescribeRequest for Form<T> {
    type Body = T;

    fn describe(route: &mut RouteDescription, body: Option<SchemaOf>) {
        let form = BodyDescription {
            name: Cow::Owned(crate::lens::name_of::<T>()),
            ..BodyDescription::new("application/x-www-form-urlencoded")
        };
        route.body = Some(form.with_schema(body));
    }
}

/// Describes arguments whose fields are values of one part of the head.
macro_rules! of_head {
    ($($argument:ident: $location:ident;)*) => {$(
        impl<T: serde::de::DeserializeOwned> DescribeRequest for $argument<T> {
            type Body = T;

            fn describe(route: &mut RouteDescription, body: Option<SchemaOf>) {
                let meta = Meta::of_all(Location::$location, crate::lens::name_of::<T>());
                let field = FieldDescription::of::<T>(meta).with_schema(body);
                route.fields.push(FieldDescription { is_flattened: true, ..field });
            }
        }
    )*};
}

of_head! {
    Query: Query;
    Header: Header;
    Cookie: Cookie;
    Path: Path;
}

/// The same parts. A request may lack them.
impl<T: DescribeRequest> DescribeRequest for Option<T> {
    type Body = T::Body;

    fn describe(route: &mut RouteDescription, body: Option<SchemaOf>) {
        let (before, had_body) = (route.fields.len(), route.body.is_some());
        T::describe(route, body);
        for field in &mut route.fields[before..] {
            field.meta = field.meta.clone().optional();
        }
        if let (false, Some(body)) = (had_body, &mut route.body) {
            body.is_required = false;
        }
    }
}

/// The same parts. The handler receives a failure to read them.
impl<T: DescribeRequest> DescribeRequest for Result<T, LensFailure> {
    type Body = T::Body;

    fn describe(route: &mut RouteDescription, body: Option<SchemaOf>) {
        Option::<T>::describe(route, body);
    }
}

/// Describes arguments that every request has.
macro_rules! nothing {
    ($($argument:ty),* $(,)?) => {$(
        impl DescribeRequest for $argument {
            type Body = ();

            fn describe(_: &mut RouteDescription, _: Option<SchemaOf>) {}
        }
    )*};
}

/// A form with files, whose parts are known to the handler alone.
#[cfg(feature = "multipart")]
impl DescribeRequest for crate::lens::Multipart {
    type Body = ();

    fn describe(route: &mut RouteDescription, _: Option<SchemaOf>) {
        route.body = Some(BodyDescription::new("multipart/form-data"));
    }
}

nothing!(
    http::HeaderMap,
    http::Method,
    http::Uri,
    crate::message::PathParams,
);
