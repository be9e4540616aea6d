//! The descriptions of the library's own response types, and of those of std.

use std::borrow::Cow;
use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::response::{DescribeResponse, HeaderDescription, ResponseDescription};
use crate::lens::description::SchemaOf;
use crate::lens::{Format, LensFailure};
use crate::message::{Attachment, Html, Redirect, Rejection, SetCookie};

type Responses = Vec<ResponseDescription>;

fn ok(content_type: &'static str) -> Responses {
    vec![ResponseDescription::new(StatusCode::OK).with_content_type(content_type)]
}

/// Describes types that have no schema.
macro_rules! plain {
    ($($(#[$generics:tt])? $source:ty => $responses:expr;)*) => {$(
        impl $(<const $generics: usize>)? DescribeResponse for $source {
            type Body = ();
            type Failure = ();

            fn responses(_: Option<SchemaOf>, _: Option<SchemaOf>) -> Responses {
                $responses
            }
        }
    )*};
}

plain! {
    () => vec![ResponseDescription::new(StatusCode::OK)];
    Infallible => Vec::new();
    StatusCode => vec![ResponseDescription::new(None)];
    &'static str => ok(Format::Text.content_type());
    String => ok(Format::Text.content_type());
    Cow<'static, str> => ok(Format::Text.content_type());
    &'static [u8] => ok(Format::Binary.content_type());
    #[N] &'static [u8; N] => ok(Format::Binary.content_type());
    Vec<u8> => ok(Format::Binary.content_type());
    Bytes => ok(Format::Binary.content_type());
    Redirect => vec![
        ResponseDescription::new(None)
            .with_docs("A redirect.")
            .with_header(HeaderDescription::new("location").with_docs("The target."))
    ];
    Attachment => vec![
        ResponseDescription::new(StatusCode::OK)
            .with_docs("A file.")
            .with_content_type("*/*")
            .with_header(HeaderDescription::new("content-disposition").with_docs("The file name."))
    ];
    LensFailure => problems();
    Rejection => problems();
}

/// Describes the response to a request that is missing a value or has an invalid one.
fn problems() -> Responses {
    let invalid = ResponseDescription::problem(StatusCode::BAD_REQUEST);
    vec![invalid.with_docs("A value of the request is missing or invalid.")]
}

impl<T> DescribeResponse for Html<T> {
    type Body = ();
    type Failure = ();

    fn responses(_: Option<SchemaOf>, _: Option<SchemaOf>) -> Responses {
        ok("text/html; charset=utf-8")
    }
}

#[cfg(feature = "json")]
impl<T> DescribeResponse for crate::lens::json::Json<T> {
    type Body = T;
    type Failure = ();

    fn responses(body: Option<SchemaOf>, _: Option<SchemaOf>) -> Responses {
        let name = crate::lens::name_of::<T>();
        vec![ResponseDescription::json(name).with_schema(body)]
    }
}

/// The responses of the value, and 404 for `None`.
impl<T: DescribeResponse> DescribeResponse for Option<T> {
    type Body = T::Body;
    type Failure = T::Failure;

    fn responses(body: Option<SchemaOf>, failure: Option<SchemaOf>) -> Responses {
        let mut all = T::responses(body, failure);
        all.push(ResponseDescription::new(StatusCode::NOT_FOUND));
        all
    }
}

/// The responses of both types. Those of the error are known without the schema of its own failure.
impl<T: DescribeResponse, E: DescribeResponse> DescribeResponse for Result<T, E> {
    type Body = T::Body;
    type Failure = E::Body;

    fn responses(body: Option<SchemaOf>, failure: Option<SchemaOf>) -> Responses {
        let mut all = T::responses(body, None);
        all.extend(E::responses(failure, None));
        all
    }
}

/// Describes tuples whose last value is the body.
macro_rules! with_head {
    ($($(#[$($generics:tt)*])? $head:ty, $status:ident;)*) => {$(
        impl<T: DescribeResponse, $($($generics)*)?> DescribeResponse for $head {
            type Body = T::Body;
            type Failure = T::Failure;

            fn responses(body: Option<SchemaOf>, failure: Option<SchemaOf>) -> Responses {
                $status(T::responses(body, failure))
            }
        }
    )*};
}

with_head! {
    (StatusCode, T), any_status;
    (StatusCode, HeaderMap, T), any_status;
    #[N, V, const LEN: usize] (StatusCode, [(N, V); LEN], T), any_status;
    (HeaderMap, T), unchanged;
    #[N, V, const LEN: usize] ([(N, V); LEN], T), unchanged;
    (SetCookie, T), with_cookie;
}

fn unchanged(responses: Responses) -> Responses {
    responses
}

fn any_status(mut all: Responses) -> Responses {
    for response in &mut all {
        response.status = None;
    }
    all
}

fn with_cookie(mut all: Responses) -> Responses {
    for response in &mut all {
        response.headers.push(HeaderDescription::new("set-cookie"));
    }
    all
}
