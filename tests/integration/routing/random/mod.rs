//! The matchers of the macro and of the builder, and a walk over a list that follows the rules, on
//! random
//! tables and requests.
//!
//! A random table cannot become a macro's input at run time, so [`generate`] writes 40 of them into
//! `tables.rs`, from a fixed seed. After a change of the generator, update the file with
//! `WRITE_TABLES=1 cargo test -p http4k-ws-workspace --test integration routing::random`.

mod fallback_tables;
mod fallbacks;
mod generate;
mod naive;
mod tables;

use std::fs;
use std::path::Path;

use generate::{Random, built, request, table};
use http4k_ws::message::RequestExt;
use http4k_ws::routing::explain::RouteQuery;
use http4k_ws::sse::{Sse, SseResult};
use http4k_ws::{HttpHandler, PolyHandler, Request, Response, WsHandler, WsResponse};
use naive::{Expected, Way};

use super::request as http_request;

/// Returns the body of route `id`: its number and its parameters.
fn said(id: usize, request: &Request) -> String {
    let params = request.extensions().get::<http4k_ws::message::PathParams>();
    format!("{id} {:?}", params.cloned().unwrap_or_default())
}

async fn http(id: usize, request: Request) -> String {
    said(id, &request)
}

async fn stream(id: usize, sse: Sse) -> SseResult {
    sse.send(said(id, sse.request())).await?;
    Ok(())
}

async fn ws(id: usize, request: Request) -> WsResponse {
    WsResponse::refuse(said(id, &request))
}

/// Returns the response of `app`, as far as the rules define it.
async fn actual(app: &PolyHandler, sent: &Sent) -> Expected {
    let request = sent.request();
    let response = if sent.upgrade {
        let outcome = app.ws().call(request).await.into_outcome();
        outcome.expect_err("every ws route refuses")
    } else {
        app.http().call(request).await
    };
    summed_up(response).await
}

async fn summed_up(response: Response) -> Expected {
    let header = |name| {
        let value = response.headers().get(name);
        value.map(|value: &http4k_ws::http::HeaderValue| value.to_str().unwrap().to_owned())
    };
    let (status, allow, length) = (response.status(), header("allow"), header("content-length"));
    let upgrade = header("upgrade");
    let body = response.into_body().bytes().await.unwrap();
    Expected {
        status: status.as_u16(),
        allow,
        upgrade,
        length: length.map(|length| length.parse().unwrap()),
        // The rules do not define the texts of the library's own responses.
        body: (status == 200).then(|| String::from_utf8(body.to_vec()).unwrap()),
    }
}

/// One request.
#[derive(Debug)]
struct Sent {
    method: String,
    path: String,
    upgrade: bool,
    accept: &'static str,
}

#[test]
fn the_tables_match_the_generator() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/routing/random");
    for (name, written) in [
        ("tables.rs", generate::tables_as_rust()),
        ("fallback_tables.rs", fallbacks::tables_as_rust()),
    ] {
        let file = folder.join(name);
        if std::env::var_os("WRITE_TABLES").is_some() {
            fs::write(&file, &written).unwrap();
        }
        let known = fs::read_to_string(&file).unwrap();
        assert!(known == written, "run with WRITE_TABLES=1");
    }
}

#[tokio::test]
async fn macro_builder_and_rules_agree_on_ten_thousand_requests() {
    let mut random = Random::new(11);
    let mut seen = Seen::default();
    for (specs, app) in generate::tables().iter().zip(tables::apps()) {
        let made = built(specs).expect("the generator keeps what can be built");
        assert_eq!(app.routes().len(), made.routes().len());
        for _ in 0..250 {
            let sent = request(&mut random);
            let expected = naive::response(specs, &sent);
            let context = || format!("{sent:?} of {}", made.routes());
            assert_eq!(actual(&app, &sent).await, expected, "macro: {}", context());
            assert_eq!(
                actual(&made, &sent).await,
                expected,
                "builder: {}",
                context()
            );
            let explained = app.explain(sent.query());
            assert_eq!(
                explained.taken().is_some(),
                expected.body.is_some(),
                "{}",
                context()
            );
            seen.note(&sent, &expected, &naive::way(specs, &sent));
        }
    }
    seen.assert_enough();
}

#[tokio::test]
async fn builder_and_rules_agree_on_random_tables() {
    let mut random = Random::new(12);
    for _ in 0..300 {
        let specs = table(&mut random);
        let made = built(&specs).expect("the generator keeps what can be built");
        for _ in 0..40 {
            let sent = request(&mut random);
            let expected = naive::response(&specs, &sent);
            assert_eq!(
                actual(&made, &sent).await,
                expected,
                "{sent:?} of {}",
                made.routes()
            );
        }
    }
}

/// The number of responses of each kind: a kind that never occurs is not tested.
#[derive(Default)]
struct Seen {
    cases: usize,
    statuses: std::collections::BTreeMap<(u16, bool), usize>,
    heads: usize,
    streams: usize,
    /// Responses of a second mount at one prefix.
    merged: usize,
    /// Responses of a route behind a mount that matches but has no route.
    backtracked: usize,
}

impl Seen {
    fn note(&mut self, sent: &Sent, expected: &Expected, way: &Way) {
        self.merged += usize::from(way.merged);
        self.backtracked += usize::from(way.backtracked);
        self.cases += 1;
        *self
            .statuses
            .entry((expected.status, sent.upgrade))
            .or_default() += 1;
        self.heads += usize::from(expected.length.is_some());
        let body = expected.body.as_deref();
        self.streams += usize::from(body.is_some_and(|body| body.starts_with("data: ")));
    }

    fn assert_enough(&self) {
        assert_eq!(self.cases, 10_000);
        for kind in [
            (200, false),
            (200, true),
            (204, false),
            (400, false),
            (404, false),
            (404, true),
            (405, false),
            (406, false),
            (426, false),
        ] {
            let count = self.statuses.get(&kind).copied().unwrap_or_default();
            assert!(
                count >= 30,
                "{kind:?} was seen {count} times: {:?}",
                self.statuses
            );
        }
        assert!(self.heads >= 30, "{}", self.heads);
        assert!(self.streams >= 100, "{}", self.streams);
        assert!(self.merged >= 30, "{}", self.merged);
        assert!(self.backtracked >= 30, "{}", self.backtracked);
    }
}

impl Sent {
    fn request(&self) -> Request {
        http_request(&self.method, &self.path).with_header("accept", self.accept)
    }

    /// Returns the request as [`PolyHandler::explain`] reads it.
    fn query(&self) -> RouteQuery {
        match self.upgrade {
            true => RouteQuery::from(&*format!("ws {}", self.path)),
            false => RouteQuery::from(&self.request()),
        }
    }
}
