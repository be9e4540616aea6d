//! The macro's matcher, the builder's and a walk over a list, written from the rules, on random tables
//! and requests.
//!
//! No random table can be made into a macro's input while the test runs, so [`generate`] writes 40 of them
//! into `tables.rs`, from a fixed seed. A change of the generator is written there by
//! `WRITE_TABLES=1 cargo test -p http4k-ws-workspace --test integration routing::random`.

mod fallback_tables;
mod fallbacks;
mod generate;
mod naive;
mod tables;

use std::fs;
use std::path::Path;

use generate::{Random, built, request, table};
use http4k_ws::{HttpHandler, PolyHandler, Request, Response, WsHandler, WsResponse};
use naive::{Expected, Way};

use super::request as asked_for;

/// What the handler of route `id` answers: which it is, and what it was handed.
fn said(id: usize, request: &Request) -> String {
    let params = request.extensions().get::<http4k_ws::message::PathParams>();
    format!("{id} {:?}", params.cloned().unwrap_or_default())
}

async fn http(id: usize, request: Request) -> String {
    said(id, &request)
}

async fn ws(id: usize, request: Request) -> WsResponse {
    WsResponse::refuse(said(id, &request))
}

/// What `app` answers, as far as the rules say.
async fn given(app: &PolyHandler, asked: &Asked) -> Expected {
    let request = asked_for(&asked.method, &asked.path);
    let response = if asked.upgrade {
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
        // The words of the library's own answers are not the rules'.
        body: (status == 200).then(|| String::from_utf8(body.to_vec()).unwrap()),
    }
}

/// One request.
#[derive(Debug)]
struct Asked {
    method: String,
    path: String,
    upgrade: bool,
}

#[test]
fn the_tables_are_what_the_generator_writes() {
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
            let asked = request(&mut random);
            let expected = naive::answer(specs, &asked);
            let context = || format!("{asked:?} of {}", made.routes());
            assert_eq!(given(&app, &asked).await, expected, "macro: {}", context());
            assert_eq!(
                given(&made, &asked).await,
                expected,
                "builder: {}",
                context()
            );
            let explained = app.explain(&*asked.line());
            assert_eq!(
                explained.taken().is_some(),
                expected.body.is_some(),
                "{}",
                context()
            );
            seen.note(&asked, &expected, &naive::way(specs, &asked));
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
            let asked = request(&mut random);
            let expected = naive::answer(&specs, &asked);
            assert_eq!(
                given(&made, &asked).await,
                expected,
                "{asked:?} of {}",
                made.routes()
            );
        }
    }
}

/// How often each kind of answer was given: a test that never sees one says nothing about it.
#[derive(Default)]
struct Seen {
    cases: usize,
    statuses: std::collections::BTreeMap<(u16, bool), usize>,
    heads: usize,
    /// Responses of a second mount at one prefix.
    merged: usize,
    /// Responses of a route behind a mount that matches and has no route.
    backtracked: usize,
}

impl Seen {
    fn note(&mut self, asked: &Asked, expected: &Expected, way: &Way) {
        self.merged += usize::from(way.merged);
        self.backtracked += usize::from(way.backtracked);
        self.cases += 1;
        *self
            .statuses
            .entry((expected.status, asked.upgrade))
            .or_default() += 1;
        self.heads += usize::from(expected.length.is_some());
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
        assert!(self.merged >= 30, "{}", self.merged);
        assert!(self.backtracked >= 30, "{}", self.backtracked);
    }
}

impl Asked {
    /// As [`PolyHandler::explain`] reads it.
    fn line(&self) -> String {
        let word = if self.upgrade { "ws" } else { &self.method };
        format!("{word} {}", self.path)
    }
}
