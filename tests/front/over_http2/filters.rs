//! An application behind each of the stock filters.

use std::time::Duration;

use http4k_ws::filter::sessions::{CookieSessions, SessionKey};
use http4k_ws::filter::*;
use http4k_ws::handler::HandlerPanic;
use http4k_ws::http::request::Parts;
use http4k_ws::message::{Credentials, OriginPolicy, Scheme};
use http4k_ws::prelude::*;
use http4k_ws::session::{MessageAction, MessageFilter};

use super::{Reports, User, app, app_with_login};

/// Creates an application whose filter reports to the argument.
pub(super) type Place = fn(&Reports) -> PolyHandler;

fn look_up(credentials: Credentials) -> Option<User> {
    let is_known = match &credentials {
        Credentials::Bearer(key) | Credentials::ApiKey(key) => key.matches("k1"),
        Credentials::Basic { user, password } => user == "ann" && password.matches("secret"),
        _ => false,
    };
    is_known.then(|| User("ann".to_owned()))
}

async fn not_evil(request: Request) -> Result<Request, Response> {
    match request.header("origin") {
        Some("https://evil.example") => Err(StatusCode::FORBIDDEN.into_response()),
        _ => Ok(request),
    }
}

/// Sets the scheme that `x-scheme` names, as a trusted proxy does, and `http` otherwise.
async fn with_scheme(request: Request) -> Result<Request, Response> {
    let scheme = match request.header("x-scheme") {
        Some("https") => Scheme::Https,
        _ => Scheme::Http,
    };
    Ok(request.with_scheme(scheme))
}

fn user(request: &Request) -> Option<String> {
    request.header("x-user").map(str::to_owned)
}

fn apologize(panic: HandlerPanic, request: Parts) -> (StatusCode, String) {
    let text = format!("{} {}", request.method, panic.message());
    (StatusCode::BAD_GATEWAY, text)
}

/// Sends in capitals, and drops and refuses messages.
struct Capitals;

impl MessageFilter for Capitals {
    fn received(&mut self, message: WsMessage) -> MessageAction {
        match &*message.text() {
            "drop" => MessageAction::Drop,
            "end" => MessageAction::Close(WsStatus::POLICY_VIOLATION),
            _ => MessageAction::Pass(message),
        }
    }

    fn sent(&mut self, message: WsMessage) -> MessageAction {
        MessageAction::Pass(message.text().to_uppercase().into())
    }
}

pub(super) fn sessions_only(_reports: &Reports) -> PolyHandler {
    app_with_login().with(CookieSessions::<User>::encrypted([SessionKey::generate()]))
}

fn target(request: &Request) -> String {
    format!("{} {}", request.method(), request.uri().path())
}

fn requests_reported(reports: &Reports) -> PolyHandler {
    let reports = reports.clone();
    app().with(report_requests(move |done: HttpTransaction| {
        let (target, route, status) = (target(&done.request), done.route, done.status);
        reports.add(format!(
            "{target} {route:?} {status:?} {:?} {}",
            done.end, done.bytes
        ));
    }))
}

fn sockets_reported(reports: &Reports) -> PolyHandler {
    let reports = reports.clone();
    app().with(report_sockets(move |done: WsTransaction| {
        let (target, route, status) = (target(&done.request), done.route, done.status);
        let (subprotocol, traffic) = (done.subprotocol, done.traffic);
        reports.add(format!(
            "{target} {route:?} {subprotocol:?} {status} {traffic:?}"
        ));
    }))
}

fn streams_reported(reports: &Reports) -> PolyHandler {
    let reports = reports.clone();
    app().with(report_streams(move |done: SseTransaction| {
        let (target, route, outcome) = (target(&done.request), done.route, done.outcome);
        let (events, bytes) = (done.events, done.bytes);
        reports.add(format!("{target} {route:?} {outcome:?} {events} {bytes}"));
    }))
}

/// Returns each filter by the name that the documentation has for it.
pub(super) fn filters() -> Vec<(&'static str, Place)> {
    vec![
        ("guard", |_| app().with(guard(not_evil))),
        ("authenticate", |_| {
            let sources = basic("the house")
                .or(bearer())
                .or(api_key_field("x-api-key"))
                .or(api_key_query("key"))
                .or(api_key_cookie("key"));
            app().with(authenticate(sources, look_up))
        }),
        ("rate_limit", |_| {
            let key = |request: &Request| Some(request.uri().path().to_owned());
            app().with(rate_limit(key, Quota::per_hour(3)))
        }),
        ("basic_auth", |_| {
            let known = |name: String, password: http4k_ws::message::Secret| {
                name == "ann" && password.matches("secret")
            };
            app().with(basic_auth("the house", known))
        }),
        ("Cors", |_| {
            let origins =
                OriginPolicy::own().and("https://app.example".parse().expect("an origin"));
            app().with(Cors::new(origins).with_credentials())
        }),
        ("csrf", |_| app().with(csrf())),
        ("provide", |_| app().with(provide("a value".to_owned()))),
        ("provide_with", |_| {
            app().with(provide_with(|request: &Request| {
                user(request).unwrap_or_default()
            }))
        }),
        ("open_limit", |_| app().with(open_limit(user, 1))),
        ("tap", |reports| {
            let reports = reports.clone();
            app().with(tap(move |request: &Request| reports.add(target(request))))
        }),
        ("print_traffic", |reports| {
            let reports = reports.clone();
            app().with(print_traffic(move |line| reports.add(line)))
        }),
        ("max_body", |_| app().with(max_body(20))),
        ("sessions::CookieSessions", sessions_only),
        ("session_config", |_| {
            app().with(session_config(|config| config.with_max_message(4)))
        }),
        ("sse_config", |_| {
            app().with(sse_config(|config| {
                config.with_keep_alive(Duration::from_secs(2))
            }))
        }),
        ("subprotocols", |_| app().with(subprotocols(["chat"]))),
        ("problems_as_html", |_| app().with(problems_as_html())),
        ("catch_failures", |_| {
            app().with(catch_failures(|failure: WsFailure<'_>| {
                WsStatus::new(4500, failure.to_string()).expect("a short reason")
            }))
        }),
        ("report_requests", requests_reported),
        ("report_sockets", sockets_reported),
        ("report_streams", streams_reported),
        ("request_id", |_| app().with(request_id())),
        ("trace_context", |_| app().with(trace_context())),
        ("request_span", |_| app().with(request_span())),
        ("message_rate", |_| {
            app().with(message_rate(Quota::per_hour(2)))
        }),
        ("messages", |_| app().with(messages(|_| Capitals))),
        ("access_log", |_| app().with(access_log())),
        ("deadline", |_| app().with(deadline(Duration::from_secs(5)))),
        ("catch_panics", |_| app().with(catch_panics(apologize))),
        ("security_headers", |_| {
            app().with(security_headers()).with(guard(with_scheme))
        }),
        ("https_redirect", |_| {
            app().with(https_redirect()).with(guard(with_scheme))
        }),
        ("set_header", |_| {
            app().with(set_header("x-served-by", "london"))
        }),
        ("remove_header", |_| {
            app().with(remove_header("x-framework"))
        }),
        ("record", |reports| {
            let reports = reports.clone();
            app().with(record(move |transcript| {
                reports.add(transcript.to_string())
            }))
        }),
    ]
}
