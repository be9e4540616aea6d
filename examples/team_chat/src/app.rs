//! The routes, and the filters in front of them.

use http4k_ws::filter::sessions::{CookieSessions, Session, session_cookie};
use http4k_ws::filter::{Authenticate, authenticate, csrf, poly, session_config};
use http4k_ws::filter::{report_requests, report_sockets};
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
const POLICY: &str = "default-src 'self'; frame-ancestors 'none'; form-action 'self'";

routes! {
    pub(crate) fn routed(team: Team, metrics: Metrics, users: Authenticate<User>) -> PolyHandler {
        // Without a session, the response is a redirect to the login page.
        GET  "/" as chat       => http(|Session(_): Session<User>| Html(CHAT)),
        GET  "/login" as login => http(|| page("")),
        POST "/login"          => http(log_in(_, _)),
        POST "/logout"         => http(log_out(_)),
        GET  "/metrics"        => http(metrics.text()),
        "/assets"              => mount({ service(ServeDir::new(SITE)) }),
        "/api" with(users) => {
            GET "/rooms"    => http(team.summaries()),
            "/rooms/<room>" with(session_config(Team::bounds)) => ws(team.talk(ws, room, _)),
        },
    }
}

/// Forbids scripts and styles inside a page, and everything of other sites.
async fn policy(request: Request, next: Next) -> Response {
    let response = next.call(request).await;
    response.with_header("content-security-policy", POLICY)
}

pub(crate) fn app(team: Team, sessions: CookieSessions<User>) -> PolyHandler {
    let sessions = sessions.with_login_page("/login");
    let known = |session: Credentials| session.value::<User>().cloned();
    let users = authenticate(session_cookie(&sessions), known);
    let metrics = Metrics::default();
    let (requests, sockets) = (metrics.clone(), metrics.clone());
    routed(team, metrics, users)
        .with(sessions)
        .with(csrf())
        .with(poly(policy))
        .with(layer(CompressionLayer::new()))
        .with(report_requests(move |done| requests.request(&done)))
        .with(report_sockets(move |done| sockets.socket(&done)))
}
