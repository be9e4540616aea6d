//! The time to read hostile input, and ten times as much of it.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use http4k_ws::lens::{Accept, Cookie, Form, Header, Query};
use http4k_ws::message::RequestExt;
use http4k_ws::testing::transcript::Transcript;
use http4k_ws::{Body, FromRequest, IntoRequest, Request};

use crate::report::Report;
use crate::{Outcome, Scale};

/// The factor allowed for ten times the input; a quadratic reader takes a hundred times as long.
const GROWTH: f64 = 25.0;

/// The growth at which no further attempt is needed.
const LINEAR: f64 = 13.0;

/// A busy machine makes runs longer and never shorter, so the shortest of all attempts counts for
/// each size.
const ATTEMPTS: usize = 20;

/// Milliseconds for the larger input, which has the maximum size of a request or a message.
const LONGEST: f64 = 500.0;

type Texts = HashMap<String, String>;

/// A reader of requests, and the request of a given size.
type Case = (&'static str, usize, Kind, fn(usize) -> Request);

#[derive(Clone, Copy)]
enum Kind {
    Form,
    Query,
    Cookies,
    Fields,
    Accept,
    Transcript,
}

fn many(size: usize, separator: &str, part: impl Fn(usize) -> String) -> String {
    let parts: Vec<String> = (0..size).map(part).collect();
    parts.join(separator)
}

fn blank() -> Request {
    Request::new(Body::empty())
}

fn form(body: String) -> Request {
    let request = blank();
    let request = request.with_header("content-type", "application/x-www-form-urlencoded");
    request.with_body(body)
}

fn field(name: &'static str, value: String) -> Request {
    let request = blank().try_with_header(name, value);
    request.expect("a field is printable")
}

const CASES: &[Case] = &[
    (
        "a form of 350 kB with many names",
        1_000,
        Kind::Form,
        |size| {
            form(many(size, "&", |n| {
                format!("a name of a field, no. {n:06}=x")
            }))
        },
    ),
    (
        "a form with more fields than are allowed",
        30_000,
        Kind::Form,
        |size| form(many(size, "&", |n| n.to_string())),
    ),
    ("a query", 500, Kind::Query, |size| {
        let query = many(size, "&", |n| format!("{n}="));
        format!("/?{query}").into_request().expect("a target")
    }),
    ("cookies", 1_000, Kind::Cookies, |size| {
        field("cookie", many(size, ";", |n| format!("{n}=")))
    }),
    ("fields of one name", 1_000, Kind::Fields, |size| {
        let mut request = blank();
        for n in 0..size {
            request.headers_mut().append("x", n.into());
        }
        request
    }),
    ("Accept", 5_000, Kind::Accept, |size| {
        field("accept", many(size, ",", |n| format!("a/b{n}")))
    }),
    ("a transcript", 5_000, Kind::Transcript, |size| {
        blank().with_body(format!("open /\n{}", "client text \\n\n".repeat(size)))
    }),
];

pub(crate) async fn measure(scale: Scale, report: &mut Report) -> Outcome<()> {
    let rounds = scale.pick(20, 3);
    for (name, size, kind, request) in CASES {
        let (mut small, mut large) = (Duration::MAX, Duration::MAX);
        let mut growth = f64::MAX;
        for _ in 0..ATTEMPTS {
            small = small.min(fastest(*kind, || request(*size), rounds).await);
            large = large.min(fastest(*kind, || request(10 * size), rounds).await);
            growth = large.as_secs_f64() / small.as_secs_f64();
            if growth <= LINEAR {
                break;
            }
        }
        report.at_most(format!("{name}: ten times of it"), growth, GROWTH, "times");
        let took = large.as_secs_f64() * 1000.0;
        report.at_most(format!("{name}: the larger"), took, LONGEST, "ms");
    }
    Ok(())
}

/// Returns the shortest time to read one request.
async fn fastest(kind: Kind, request: impl Fn() -> Request, rounds: usize) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..rounds {
        let mut request = request();
        let start = Instant::now();
        read(kind, &mut request).await;
        best = best.min(start.elapsed());
    }
    best
}

/// Reads the request, even if it is refused.
async fn read(kind: Kind, request: &mut Request) {
    match kind {
        Kind::Form => drop(black_box(Form::<Texts>::from_request(request).await)),
        Kind::Query => drop(black_box(Query::<Texts>::from_request(request).await)),
        Kind::Cookies => drop(black_box(Cookie::<Texts>::from_request(request).await)),
        Kind::Fields => drop(black_box(Header::<Texts>::from_request(request).await)),
        Kind::Accept => drop(black_box(Accept::of(request).choose(&["text/html"]))),
        Kind::Transcript => {
            let text = request.body().as_text().unwrap_or_default();
            drop(black_box(text.parse::<Transcript>()));
        }
    }
}
