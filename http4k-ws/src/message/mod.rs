//! Values that travel: requests, responses and socket messages.
//!
//! Nothing here does I/O or needs a runtime.

mod abridged;
mod body;
mod from_request;
mod http;
mod path_params;
mod printable;
pub(crate) mod transcript;
mod uri_template;
mod ws_message;
mod ws_status;

pub use body::{Body, BodyError};
#[cfg(feature = "server")]
pub(crate) use body::{BodyBounds, BodyStage};
pub use from_request::{FromRequest, ReadsBody, Rejection};
#[cfg(any(feature = "server", feature = "client"))]
pub(crate) use http::HostPort;
pub use http::{
    HostPattern, HostPatternError, HostPolicy, IntoHeaderName, IntoHeaderValue, IntoRequest,
    IntoResponse, Origin, OriginError, OriginPolicy, PeerCertificates, Request, RequestExt,
    Response, ResponseExt,
};
#[cfg(feature = "server")]
pub(crate) use http::{KnownScheme, PeerAddr, canonical};
pub(crate) use http::{
    authority, copy_of_head, drop_fields_of_the_connection, has_token, hide_secrets,
    is_from_own_page, members, plain, query_pairs, read_whole, with_body_bounds, with_query_values,
    write_query_pair,
};
pub use path_params::{FromPath, FromRest, PathError, PathParams, TextError, ToPath, UnknownName};
pub(crate) use path_params::{percent_decoded, text_of};
pub(crate) use printable::printable;
#[cfg(feature = "tracing")]
pub(crate) use printable::printable_text;
pub(crate) use transcript::Recorder;
pub(crate) use transcript::{Party, Transcript, TranscriptEntry, TranscriptError};
pub(crate) use uri_template::{FilledTemplate, push_literal, push_rest, push_value};
pub use uri_template::{
    PathEncodingError, TemplateSegment, UriCaptures, UriFillError, UriTemplate, UriTemplateError,
};

#[cfg(feature = "server")]
pub(crate) use http::Unencoded;
pub(crate) use http::check_encoded;
pub use ws_message::WsMessage;
pub use ws_status::{WsStatus, WsStatusError};
