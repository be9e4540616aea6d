//! The routes, and the filters in front of them.

use http4k_ws::filter::sessions::{CookieSessions, session_cookie};
use http4k_ws::filter::{Authenticate, Principal, authenticate, csrf, session_config};
use http4k_ws::filter::{Quota, by_address, message_rate, rate_limit};
use http4k_ws::filter::{access_log, report_requests, report_sockets, security_headers};
use http4k_ws::message::{Credentials, Html};
use http4k_ws::prelude::*;
use http4k_ws::tower::{layer, service};
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;

use crate::chat::{Team, User};
use crate::login::{log_in, log_out, page};
use crate::metrics::Metrics;

const SITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/site");
const CHAT: &str = include_str!("../pages/chat.html");
const MESSAGES: Quota = Quota::per_second(2).with_burst(60);
const POLICY: &str = "default-src 'self'; form-action 'self'";

routes! {
    pub(crate) fn routed(team: Team, metrics: Metrics, users: Authenticate<User>) -> PolyHandler {
        GET  "/" with(users.clone()) as chat => http(|| Html(CHAT)),
        GET  "/login" as login => http(|| page("")),
        POST "/login" with(rate_limit(by_address(), Quota::per_minute(20))) => http(log_in(_, _)),
        POST "/logout"         => http(log_out(_)),
        GET  "/metrics"        => http(metrics.text()),
        "/assets"              => mount({ service(ServeDir::new(SITE)) }),
        "/api" with(users, rate_limit(user, Quota::per_second(5).with_burst(50))) => {
            GET "/rooms" => http(team.summaries()),
            "/rooms/<room>" with(session_config(Team::bounds), message_rate(MESSAGES))
                => ws(team.talk(ws, room, _)),
        },
    }
}

fn user(request: &Request) -> Option<Principal<User>> {
    request.extensions().get().cloned()
}

pub(crate) fn app(team: Team, sessions: CookieSessions<User>) -> PolyHandler {
    let known = |session: Credentials| session.value::<User>().cloned();
    let users = authenticate(session_cookie(&sessions), known).or_login("/login");
    let metrics = Metrics::default();
    let (requests, sockets) = (metrics.clone(), metrics.clone());
    routed(team, metrics, users)
        .with(sessions)
        .with(csrf())
        .with(security_headers().with_content_policy(POLICY))
        .with(layer(CompressionLayer::new()))
        .with(access_log())
        .with(report_requests(move |done| requests.request(&done)))
        .with(report_sockets(move |done| sockets.socket(&done)))
}
