//! Requests, responses and socket messages, as values.
//!
//! Nothing here does I/O or needs a runtime. A [`Request`] and a [`Response`] are those of the
//! crate `http` over a [`Body`], which [`RequestExt`] and [`ResponseExt`] read and modify. A
//! [`UriTemplate`] matches and fills paths.
//!
//! ```
//! use http4k_ws::message::{IntoRequest, IntoResponse, RequestExt, UriTemplate};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let path = UriTemplate::parse("/rooms/<room>")?.fill(&[("room", "blue 2")])?;
//! let request = path.into_request()?.with_query("page", 3);
//! assert_eq!(request.uri(), "/rooms/blue%202?page=3");
//! assert_eq!("hello".into_response().body(), "hello");
//! # Ok(())
//! # }
//! ```

mod abridged;
mod body;
pub(crate) mod credentials;
#[cfg(feature = "deflate")]
mod encoded;
mod from_request;
mod http;
mod needed;
pub(crate) mod never;
mod path_params;
mod printable;
mod proxies;
pub(crate) mod transcript;
mod uri_template;
mod ws_message;
mod ws_status;

pub use body::{Body, BodyError};
#[cfg(feature = "server")]
pub(crate) use body::{BodyBounds, BodyStage};
pub use credentials::{CredentialValue, Credentials, LookedUp, Secret};
#[cfg(feature = "deflate")]
pub(crate) use encoded::share_encoded_from;
pub use from_request::{FromRequest, ReadsBody, Rejection};
pub(crate) use http::PeerAddr;
#[cfg(feature = "server")]
pub(crate) use http::canonical;
pub(crate) use http::client_network;
pub use http::{
    Attachment, HostPattern, HostPatternError, HostPolicy, Html, IntoHeaderName, IntoHeaderValue,
    IntoRequest, IntoResponse, Origin, OriginError, OriginPolicy, PeerCertificates, Redirect,
    RedirectError, RedirectTarget, Request, RequestExt, Response, ResponseExt, SameSite, Scheme,
    SetCookie, SetCookieError,
};
pub(crate) use http::{HostPort, KeptRequest, RequestedUri};
pub(crate) use http::{SecureIfHttps, add_cookie, read_cookies, replace_cookie};
pub(crate) use http::{
    authority, cookies_of, copy_of_head, declare_secret_field, declare_secret_parameter,
    drop_fields_of_the_connection, has_token, hide_secrets, is_from_own_page, members, only_field,
    plain, query_pairs, read_whole, resolve_reference, sent_cookies, shown_target,
    with_body_bounds, with_query_values, write_query_pair,
};
pub use needed::NeededValue;
pub use path_params::{FromPath, FromRest, PathError, PathParams, TextError, ToPath, UnknownName};
pub(crate) use path_params::{percent_decoded, text_of};
pub(crate) use printable::printable;
#[cfg(feature = "tracing")]
pub(crate) use printable::printable_text;
#[cfg(feature = "server")]
pub(crate) use proxies::{ForwardedHostError, is_forwarding};
pub(crate) use proxies::{HostSource, resolve as resolve_proxies, untrusted_proxy};
pub use proxies::{NetworkError, Networks, Proxies, TrustedPeers};
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
