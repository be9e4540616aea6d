//! Each stock filter over HTTP/2: what it refuses, adds and reports there is what it does in memory.

mod client;
mod filters;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http4k_ws::filter::sessions::{Session, SessionError, Sessions};
use http4k_ws::filter::{Principal, Provided, RequestId, TraceContext};
use http4k_ws::message::{Rejection, SetCookie};
use http4k_ws::prelude::*;
use http4k_ws::{Sse, SseResult};

use self::client::{Asked, By, Http2, Memory, Received, World};
use self::filters::{Place, filters};
use crate::logged;

/// The lines that filters report.
#[derive(Clone, Default)]
struct Reports(Arc<Mutex<Vec<String>>>);

impl Reports {
    fn add(&self, line: impl Into<String>) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(line.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Everything that a filter may tell a handler.
struct Known {
    user: Option<Principal<User>>,
    session: Option<Session<User>>,
    provided: Option<Provided<String>>,
    id: Option<RequestId>,
    trace: Option<TraceContext>,
    uri: http::Uri,
    fields: http::HeaderMap,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct User(String);

/// Reads what a filter may have left out.
async fn read<T: FromRequest>(request: &mut Request) -> Option<T> {
    T::from_request(request).await.ok()
}

impl FromRequest for Known {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        Ok(Self {
            user: read(request).await,
            session: read(request).await,
            provided: read(request).await,
            id: read(request).await,
            trace: read(request).await,
            uri: request.uri().clone(),
            fields: request.headers().clone(),
        })
    }
}

impl Known {
    fn told(&self) -> String {
        tracing::info!("a handler of {}", self.uri.path());
        format!(
            "{:?} {:?} {:?} id={} trace={:?} {} {:?}",
            self.user.as_ref().map(|Principal(user)| user),
            self.session.as_ref().map(|Session(user)| user),
            self.provided.as_ref().map(|Provided(value)| value),
            self.id.is_some(),
            self.trace.as_ref().map(TraceContext::trace_id),
            self.uri
                .path_and_query()
                .map_or("", |target| target.as_str()),
            ["authorization", "cookie", "x-api-key"].map(|name| self.fields.get(name)),
        )
    }
}

async fn home(known: Known) -> Response {
    let response = known.told().into_response();
    response
        .with_header("x-framework", "ours")
        .with_cookie(SetCookie::new("theme", "dark"))
}

async fn save(known: Known, body: String) -> String {
    format!("{} {}", known.told(), body.len())
}

async fn login(sessions: Sessions<User>) -> Result<impl IntoResponse, SessionError> {
    Ok((sessions.login(User("bob".to_owned())).await?, "in"))
}

async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_secs(60)).await;
    "at last"
}

async fn talk(mut ws: WebSocket, known: Known) -> WsResult {
    ws.send(known.told().len().to_string()).await?;
    while let Some(message) = ws.recv().await? {
        match &*message.text() {
            "end" => return Ok(()),
            _ => ws.send(message).await?,
        }
    }
    Ok(())
}

async fn fail(_ws: WebSocket) -> WsResult {
    Err(std::io::Error::other("on purpose").into())
}

async fn feed(sse: Sse, known: Known) -> SseResult {
    sse.send(known.told()).await?;
    tokio::time::sleep(Duration::from_secs(50)).await;
    sse.send("late").await?;
    Ok(())
}

fn dressed(_request: Request) -> WsResponse {
    WsResponse::accept(WsConsumer::new(|ws: WebSocket| ws.try_send("hi")))
        .with_header("x-framework", "ours")
        .with_cookie(SetCookie::new("theme", "dark"))
}

fn app() -> PolyHandler {
    let app = routes! {
        GET "/home"      => http(home(_)),
        POST "/home"     => http(save(_, _)),
        GET "/panic"     => http(|| -> &'static str { panic!("on purpose") }),
        GET "/slow"      => http(slow()),
        GET "/feed"      => sse(feed(sse, _)),
        "/ws"            => ws(talk(ws, _)),
        "/ws/fail"       => ws(fail(ws)),
        "/ws/dressed"    => ws(dressed),
    };
    routes! { "/<_world>" => mount(app) }
}

/// The same with a route that only an application with sessions may have.
fn app_with_login() -> PolyHandler {
    routes! {
        POST "/<_world>/login" => http(login(_)),
        "/" => mount(app()),
    }
}

/// The fields with which each protocol is asked, and the paths that only one of them has.
fn asked() -> Vec<Asked> {
    const FIELDS: &[&[(&str, &str)]] = &[
        &[],
        &[("authorization", "Basic YW5uOnNlY3JldA==")],
        &[("authorization", "Basic YW5uOndyb25n")],
        &[("authorization", "Bearer k1"), ("x-api-key", "k1")],
        &[("cookie", "a=1"), ("cookie", "key=k1; b=2")],
        &[("cookie", "key=k1; key=k2")],
        &[("origin", "http://localhost")],
        &[("origin", "https://app.example")],
        &[("origin", "https://evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("x-request-id", "nr-7")],
        &[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        )],
        &[("accept", "text/html")],
        &[("x-scheme", "http")],
        &[("x-scheme", "https")],
        &[("sec-websocket-protocol", "other, chat")],
        &[("x-user", "ann")],
    ];
    let kinds = [
        (By::Get, "/home"),
        (By::Post, "/home"),
        (By::Options, "/home"),
    ];
    let kinds = kinds.into_iter().chain([
        (By::Socket, "/ws"),
        (By::Socket, "/ws/dressed"),
        (By::Events, "/feed"),
    ]);
    let mut asked: Vec<Asked> = vec![(By::Post, "/login", &[])];
    asked.extend(kinds.flat_map(|(by, path)| FIELDS.iter().map(move |fields| (by, path, *fields))));
    asked.extend([
        (By::Get, "/home?page=2&key=k1", &[][..]),
        (By::Socket, "/ws?key=k1", &[]),
        (By::Get, "/nothing", &[("accept", "text/html")]),
        (
            By::Socket,
            "/nothing",
            &[("origin", "https://evil.example")],
        ),
        (By::Socket, "/nothing", &[("x-scheme", "https")]),
        (By::Get, "/panic", &[]),
        (By::Get, "/slow", &[]),
        (By::Socket, "/ws/fail", &[]),
        (By::Kept, "/ws", &[("x-user", "ann")]),
        (By::Kept, "/ws", &[("x-user", "ann")]),
    ]);
    asked
}

/// Replaces what differs by nature: the name of the world, random ids and times.
fn masked<W: World>(text: &str) -> String {
    let text = text.replace(&format!("/{}", W::NAME), "/world");
    // There are no frames in memory.
    let text = text.replace("a frame may have at most", "a message is at most");
    let is_random = |word: &str| {
        let is_id = word.len() == 32 || word.len() == 16;
        is_id && word.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    let words = words.map(|word| {
        let end = word
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(word.len());
        match is_random(&word[..end]) {
            true => format!("<id>{}", &word[end..]),
            false => word.to_owned(),
        }
    });
    words.collect()
}

/// Returns the fields of the application and its filters.
fn shown(received: &Received) -> Vec<String> {
    let of_server = ["connection", "content-length", "date", "transfer-encoding"];
    let fields = received
        .fields
        .iter()
        .filter(|(name, _)| !of_server.contains(&name.as_str()));
    let fields = fields.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        match value.split_once(';') {
            // The value is encrypted with a random number.
            Some((cookie, rest)) if cookie.starts_with("session=") => {
                format!("{name}: session of {} bytes;{rest}", cookie.len())
            }
            _ => format!("{name}: {value}"),
        }
    });
    let mut fields: Vec<String> = fields.collect();
    fields.sort();
    fields
}

/// Asks for everything in a world, with the session of the last login. Returns all that was seen.
fn seen<W: World>(place: Place) -> Vec<String> {
    let reports = Reports::default();
    let mut world = W::new(place(&reports));
    let path = format!("/{}/", W::NAME);
    let (lines, spans) = (
        logged::lines_with(&path).len(),
        logged::spans_of(&path).len(),
    );
    let mut seen = Vec::new();
    let mut session = String::new();
    for asked in asked() {
        let received = world.ask(asked, &session);
        for cookie in received.fields.get_all("set-cookie") {
            let pair = cookie
                .to_str()
                .expect("ASCII")
                .split(';')
                .next()
                .unwrap_or_default();
            if pair.starts_with("session=") {
                session = pair.to_owned();
            }
        }
        let (outcome, fields) = (&received.outcome, shown(&received));
        seen.push(format!("{asked:?} {outcome} {fields:?} {}", received.text));
    }
    // Messages of both directions may pass each other.
    let mut told = reports.take();
    let lines = logged::lines_with(&path).split_off(lines);
    let lines = lines.iter().filter(|line| line.contains(" route="));
    told.extend(lines.map(|line| timeless(line)));
    let spans = logged::spans_of(&path).split_off(spans);
    told.extend(spans.into_iter().filter(|span| span.starts_with("request")));
    drop(world);
    told.sort();
    seen.extend(told);
    seen.iter().map(|line| masked::<W>(line)).collect()
}

/// Replaces the duration in a line of a log, and the number of a socket.
fn timeless(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let kept = words
        .iter()
        .enumerate()
        .filter(|(at, word)| words.get(at + 1) != Some(&"ms") && !word.starts_with("socket="));
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_stock_filter_does_the_same_over_http2_as_in_memory() {
    logged::start();
    let bare = seen::<Memory>(|_| app());
    let mut faults = Vec::new();
    for (name, place) in filters() {
        let memory = seen::<Memory>(place);
        assert!(memory != bare, "nothing that is asked shows `{name}`");
        let http2 = seen::<Http2>(place);
        let pairs = memory
            .iter()
            .zip(&http2)
            .filter(|(memory, http2)| memory != http2);
        faults.extend(
            pairs
                .map(|(m, h)| format!("{name}\n  memory {m}\n  HTTP/2 {h}"))
                .take(4),
        );
        if memory.len() != http2.len() {
            faults.push(format!(
                "{name}: {} and {} lines",
                memory.len(),
                http2.len()
            ));
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn the_table_has_each_stock_filter() {
    let docs = include_str!("../../../http4k-ws/src/filter/mod.rs");
    let rows = docs
        .lines()
        .filter(|line| line.starts_with("//! | ") && !line.ends_with("| HTTP clients |"));
    for row in rows.skip(1) {
        let names = row.split('|').nth(1).expect("a first column");
        for name in names.split('`').skip(1).step_by(2) {
            // A body that does not come is no matter of these requests.
            if let "body_stall" | "min_body_rate" = name {
                continue;
            }
            let found = filters().iter().any(|(filter, _)| *filter == name);
            assert!(found, "the table lacks `{name}`");
        }
    }
}
