//! The names of the library in generated code. Not for use by hand: they change without notice.
#![allow(missing_docs)]

pub use crate::describe::probe::witness;
pub use crate::handler::arguments::{Param, param, request, request_of_socket, rest};
pub use crate::handler::generated::*;
pub use crate::handler::given::{described, describing};
pub use crate::handler::reading::{Extracted, ReadArguments, extracted, extracted_from};
pub use crate::handler::{BoxPolyFilter, PolyHandler};
pub use crate::message::{Request, ToPath};
pub use crate::routing::across::{Mount, Mounting, StaticTable, Tabled, Unknown, check_mount};
pub use crate::routing::called::{
    http, http_given, http_lent, http_lent_given, http_lent_given_reading, http_lent_reading,
    http_reading, opening, opening_reading, sse, sse_reading, ws, ws_reading,
};
pub use crate::routing::captured::{
    CapturesWhole, OwnReceiver, Receiver, absent, captured, captured_loan, captured_local, copied,
    evaluated, lent, part_of,
};
pub use crate::routing::endpoint::{
    Endpoint, Endpoints, http_handler, mount, sse_handler, ws_handler,
};
pub use crate::routing::filters::{
    filter, filter_before_both, filter_before_http, filter_before_ws,
};
pub use crate::routing::link::{
    Filled, Here, Link, Mounts, Through, Typed, filled, mounted_uri, path_of, push_prefix,
    tested_path_of,
};
pub use crate::routing::link_tests::{LinkTests, TestsLinks};
pub use crate::routing::matching::Matching;
pub use crate::routing::path::{RawPath, Segment};
pub use crate::routing::router::Router;
pub use crate::routing::steps::{NO_LEAF, leaf_end, literal_end, literal_param_end};
pub use crate::routing::table::{Protocol, RouteMeta, routes as table};
pub use crate::routing::unmatched::{Unmatched, unmatched};
pub use crate::session::{WebSocket, WsError};
pub use crate::sse::{Sse, SseError};
pub use std::option::Option::{self, None, Some};
pub use std::string::String;
pub use std::sync::{Arc, OnceLock};

#[cfg(feature = "macros")]
pub use http4k_ws_macros::routes;

/// The traits of the probes in a table.
pub mod probes {
    pub use crate::describe::probe::traits::*;
    pub use crate::handler::arguments::{ByType as _, ByValues as _};
}

/// A broken route, which an editor reads to complete and explain what is in it.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __broken_route {
    ($($route:tt)*) => {
        let _ = || { $($route)* };
    };
}

/// A broken route, which is empty to the compiler. Its mistake is reported elsewhere.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __broken_route {
    ($($route:tt)*) => {};
}

pub use __broken_route as broken;

/// The names of expansions of `#[derive(Message)]`.
pub mod message {
    pub use crate::describe::derived::responses;
    pub use crate::describe::probe::{traits, witness};
    pub use crate::describe::{
        DescribeResponse, MessageDescription, ResponseDescription, SchemaOf,
    };
    pub use serde::Serialize;
    pub use serde::de::DeserializeOwned;

    pub use crate::lens::format::private::{
        Packed, Parsed, Read, Shown, Unpacked, Written, binary, cbor, json, msgpack, response, text,
    };
    pub use crate::lens::{Format, LensFailure, Message};
    pub use crate::message::{IntoResponse, Response, WsMessage};
}

/// The names of expansions of `#[derive(Calls)]`.
#[cfg(feature = "json")]
pub mod calls {
    pub use crate::calls::{
        CallArgs, CallFailure, CallHandle, CallInfo, Calls, IncomingCall, NoNotice,
    };
    pub use crate::describe::probe::{NoSchema, witness};
    pub use crate::describe::{CallDescription, SchemaOf};
}

/// The names of expansions of `#[contract_test]`.
#[cfg(all(feature = "server", feature = "client"))]
pub mod contract {
    pub use crate::handler::PolyHandler;
    pub use crate::server::ServerConfig;
    pub use crate::testing::contract::private::*;
    pub use crate::testing::contract::{AsyncBackend, Backend};
}

/// The names of expansions of `#[derive(FromRequest)]`.
pub mod request {
    #[cfg(feature = "multipart")]
    pub use crate::describe::derived::described_file;
    pub use crate::describe::derived::{describe_form, describe_parts};
    pub use crate::describe::probe::{traits, witness};
    pub use crate::describe::{DescribeRequest, FieldDescription, RouteDescription, SchemaOf};
    #[cfg(feature = "multipart")]
    pub use crate::lens::multipart::{MultipartBody, PartRule};
    pub use crate::lens::private::{
        Failures, body, checkbox, field, form, optional_body, with_form,
    };
    #[cfg(feature = "multipart")]
    pub use crate::lens::private::{part_max, parts, with_parts};
    pub use crate::lens::{Cookie, Form, Header, LensFailure, Modifier, Path, Query, WebForm};
    pub use crate::message::{FromRequest, ReadsBody, Rejection, Request};
}

/// The names of expansions of `#[derive(PathParam)]`.
pub mod path_param {
    pub use crate::describe::probe::PathValues;
    pub use crate::lens::TextValue;
    pub use crate::lens::private::{parsed, shown};
    pub use crate::message::{TextError, UnknownName};
}

/// The comparison of the frame decoder with other decoders, for the fuzz target `decoder`.
#[cfg(all(fuzzing, any(feature = "server", feature = "client")))]
pub use crate::wire::fuzz as fuzz_decoder;
