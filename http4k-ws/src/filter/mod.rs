//! The stock filters: authentication, origins, bounds, and records of traffic.
//!
//! Each of them is a [`PolyFilter`](crate::PolyFilter), so it may be placed before routes of any
//! protocol. A filter of one protocol does nothing in the other.
//!
//! ```
//! use http4k_ws::prelude::*;
//! use http4k_ws::filter::basic_auth;
//!
//! let house = basic_auth("house", |name, password| name == "ann" && password.matches("secret"));
//! let app = routes! { GET "/" with(house) => http(|| "hello") };
//! assert_eq!(app.test_http("/").status(), 401);
//! let ann = Request::get("/").header("authorization", "Basic YW5uOnNlY3JldA==");
//! assert_eq!(app.test_http(ann).body(), "hello");
//! ```
//!
//! | filter | purpose | protocol |
//! |---|---|---|
//! | [`guard`](guard()) | refuses requests that a check rejects | every protocol |
//! | [`authenticate`](authenticate()) | requires the credentials of a user | every protocol |
//! | [`rate_limit`](rate_limit()) | refuses clients that send too many requests | every protocol |
//! | [`basic_auth`] | refuses requests without a name and a password | every protocol |
//! | [`Cors`] | refuses pages of other origins, and admits listed ones | every protocol |
//! | [`csrf`](csrf()) | refuses requests that pages of other origins send to change something | every protocol |
//! | [`provide`](provide()), [`provide_with`] | gives requests a value that handlers read by its type | every protocol |
//! | [`open_limit`](open_limit()) | limits the sockets and streams that each client has open | every protocol |
//! | [`tap`](tap()) | calls a function with each request | every protocol |
//! | [`print_traffic`] | prints a line for each response and message | every protocol |
//! | [`max_body`], [`body_stall`], [`min_body_rate`] | bound the bodies of requests | HTTP |
//! | `sessions::CookieSessions` | reads sessions in an encrypted cookie, with the feature `cookie-session` | every protocol |
//! | [`session_config`](session_config()) | changes the bounds of sockets | upgrades |
//! | [`sse_config`](sse_config()) | changes the bounds of streams of events | HTTP |
//! | [`subprotocols`](subprotocols()) | selects a subprotocol | upgrades |
//! | [`problems_as_html`] | turns errors into pages for browsers | every protocol |
//! | [`catch_failures`] | selects the close status if a consumer fails | upgrades |
//! | [`report_requests`] | reports each request when its response ends | HTTP, and refused upgrades |
//! | [`report_sockets`] | reports each socket when it ends | upgrades |
//! | [`report_streams`] | reports each stream of events when it ends | HTTP |
//! | [`request_id`] | gives each request an id | every protocol |
//! | [`trace_context`] | reads the trace of each request | every protocol |
//! | `request_span` | runs each request in a span, with the feature `tracing` | every protocol |
//! | [`message_rate`] | closes sockets whose clients send too many messages | upgrades |
//! | [`messages`](messages()) | changes, drops and refuses messages of sockets | upgrades |
//! | [`access_log`] | logs a line for each request and socket | every protocol |
//! | [`deadline`] | responds with 503 if handlers take too long | every protocol |
//! | [`catch_panics`] | creates the response to a request whose handler panics | every protocol |
//! | [`security_headers`] | sets the fields with which browsers protect users | every protocol |
//! | [`https_redirect`] | redirects from http to https, and refuses upgrades over http | every protocol |
//! | [`set_header`], [`remove_header`] | changes a field of each response | every protocol |
//! | [`follow_redirects`] | follows the redirects of a client | HTTP clients |
//! | [`record`](record()) | records the messages of each socket | upgrades |
//!
#![doc = include_str!("../docs/filters.md")]

mod access_log;
mod authenticate;
mod basic_auth;
mod body_bounds;
mod catch_panics;
mod cors;
mod csrf;
mod deadline;
mod failures;
mod follow_redirects;
mod guard;
mod https_redirect;
mod messages;
mod open_limit;
mod problem_pages;
mod provide;
mod rate_limit;
mod record;
mod report_requests;
mod report_streams;
mod request_id;
mod request_span;
mod security_headers;
mod session_config;
#[cfg(feature = "cookie-session")]
pub mod sessions;
mod set_header;
mod sse_config;
mod subprotocols;
mod tap;
mod trace_context;
mod traffic;
mod transactions;
mod watch;

pub use access_log::access_log;
pub use authenticate::{
    ApiKey, Authenticate, Basic, Bearer, ChallengeReason, CredentialError, CredentialSource,
    CredentialSources, Principal, SubprotocolToken, TicketSource, Tickets, TicketsFull,
    api_key_cookie, api_key_field, api_key_query, authenticate, basic, bearer, next_page,
    subprotocol_token, ticket,
};
pub use basic_auth::{Checked, basic_auth};
pub use body_bounds::{body_stall, max_body, min_body_rate};
pub use catch_panics::catch_panics;
pub use cors::Cors;
pub use csrf::{Csrf, csrf};
pub use deadline::deadline;
pub use failures::{WsFailure, catch_failures};
pub use follow_redirects::{FollowRedirects, NotFollowed, follow_redirects};
pub use guard::guard;
pub use https_redirect::{HttpsRedirect, https_redirect};
pub use messages::messages;
pub use open_limit::open_limit;

pub use crate::handler::only::{http_only, ws_only};
pub use crate::handler::over_upgrades::poly;
pub use problem_pages::{HtmlProblem, ProblemPages, problems_as_html};
pub use provide::{Provided, provide, provide_with};
pub use rate_limit::{
    ClientNetwork, MessageRate, Quota, RateLimit, by_address, message_rate, rate_limit,
};
pub use record::{Record, record};
pub use report_requests::{HttpEnd, HttpTransaction, report_requests};
pub use report_streams::{SseTransaction, report_streams};
pub use request_id::{RequestId, RequestIds, request_id};
#[cfg(feature = "tracing")]
pub use request_span::request_span;
pub use security_headers::{SecurityHeaders, security_headers};
pub use session_config::session_config;
pub use set_header::{remove_header, set_header};
pub use sse_config::sse_config;
pub use subprotocols::subprotocols;
pub use tap::tap;
pub use trace_context::{TraceContext, trace_context};
pub use traffic::print_traffic;
pub use transactions::{WsTransaction, report_sockets};
