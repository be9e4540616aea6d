//! Requests and responses, and the types that convert to them.
//!
//! Both are the types of the crate `http` over a [`Body`]. [`RequestExt`] and [`ResponseExt`] add
//! the methods of http4k's `Request` and `Response`.

mod attachment;
mod cookies;
mod header;
mod host_port;
mod hosts;
mod html;
mod into_request;
mod into_response;
mod kept_request;
mod origin;
mod origin_policy;
mod peer_addr;
mod peer_certificates;
mod query;
mod redirect;
mod reference;
mod request;
mod requested_uri;
mod response;
mod scheme;
mod secrets;
mod set_cookie;
mod target;
mod web_host;

pub use attachment::Attachment;
pub(crate) use cookies::{cookies_of, sent_cookies};
pub use header::{IntoHeaderName, IntoHeaderValue};
pub(crate) use header::{drop_fields_of_the_connection, has_token, members, only_field};
pub(crate) use host_port::HostPort;
pub use hosts::{HostPattern, HostPatternError, HostPolicy};
pub use html::Html;
pub use into_request::IntoRequest;
pub use into_response::IntoResponse;
pub(crate) use into_response::plain;
pub(crate) use kept_request::KeptRequest;
pub use origin::{Origin, OriginError};
pub use origin_policy::OriginPolicy;
pub(crate) use origin_policy::{authority, is_from_own_page};
pub(crate) use peer_addr::PeerAddr;
#[cfg(feature = "server")]
pub(crate) use peer_addr::canonical;
pub(crate) use peer_addr::client_network;
pub use peer_certificates::PeerCertificates;
pub(crate) use query::{
    pairs_of as query_pairs, with_values as with_query_values, write_pair as write_query_pair,
};
pub use redirect::{Redirect, RedirectError, RedirectTarget};
pub(crate) use reference::resolve_reference;
pub use request::RequestExt;
pub(crate) use request::{copy_of_head, with_body_bounds};
pub(crate) use requested_uri::RequestedUri;
pub use response::ResponseExt;
pub(crate) use response::read_whole;
pub use scheme::Scheme;
pub(crate) use secrets::{
    declare_secret_field, declare_secret_parameter, hide_secrets, shown_target,
};
pub use set_cookie::{SameSite, SetCookie, SetCookieError};
pub(crate) use set_cookie::{SecureIfHttps, add_cookie, read_cookies, replace_cookie};
#[cfg(feature = "server")]
pub(crate) use target::Unencoded;
pub(crate) use target::check_encoded;

use super::body::Body;

/// An HTTP request: `http::Request` over a [`Body`]. [`RequestExt`] has more methods.
///
/// # Examples
///
/// ```
/// use http4k_ws::{Body, Request};
/// use http4k_ws::message::RequestExt;
///
/// let request = Request::get("/search?q=rust+async").body(Body::empty()).unwrap();
/// assert_eq!(request.query("q").as_deref(), Some("rust async"));
/// ```
pub type Request<B = Body> = http::Request<B>;

/// An HTTP response: `http::Response` over a [`Body`]. [`ResponseExt`] has more methods.
///
/// # Examples
///
/// ```
/// use http::StatusCode;
/// use http4k_ws::{Body, Response};
/// use http4k_ws::message::ResponseExt;
///
/// let response = Response::new(Body::from("no such room")).with_status(StatusCode::NOT_FOUND);
/// assert_eq!(response.status(), 404);
/// assert_eq!(response.body(), "no such room");
/// ```
pub type Response<B = Body> = http::Response<B>;
