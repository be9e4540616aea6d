//! Readers whose time is proportional to the bytes they read.
//!
//! Each reader runs over an input and over one of ten times the size. A reader whose work grows
//! with the
//! square of its input takes a hundred times as long at every attempt. Only the processor time of
//! the
//! thread counts, so another program on the machine disturbs few attempts.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;
use http4k_ws::lens::json::Json;
use http4k_ws::lens::{Accept, Cookie, Form, Format, Header, Path, Query, WebForm};
use http4k_ws::message::{PathParams, RequestExt};
use http4k_ws::sse::SseParser;
use http4k_ws::testing::transcript::Transcript;
use http4k_ws::{FromRequest, IntoRequest, Message, PolyHandler, WsMessage, WsStatus, routes};
use serde::{Deserialize, Serialize};

use super::{blank, now};

/// The limit for ten times the input, as a multiple of the time for the input.
const BOUND: u32 = 35;

const ATTEMPTS: usize = 50;

/// A name, the size of the smaller input, and a function that prepares the reader of an input of a
/// size.
type Case = (&'static str, usize, fn(usize) -> Box<dyn Fn()>);

fn fastest(run: &dyn Fn()) -> Duration {
    let once = || {
        let start = ThreadTime::now();
        run();
        start.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap_or_default()
}

/// Returns `true` if `large`, with ten times the input of `small`, keeps to the bound in one of the
/// attempts.
fn is_linear(small: &dyn Fn(), large: &dyn Fn(), attempts: usize) -> bool {
    // Measured again and again before the first comparison: a run of `small` that is disturbed
    // would hide a reader that is not linear.
    let mut least = (0..5).map(|_| fastest(small)).min().unwrap_or_default();
    (0..attempts).any(|_| {
        least = least.min(fastest(small));
        fastest(large) <= BOUND * least.max(Duration::from_micros(20))
    })
}

fn joined(size: usize, separator: &str, part: impl Fn(usize) -> String) -> String {
    let parts: Vec<String> = (0..size).map(part).collect();
    parts.join(separator)
}

type Texts = HashMap<String, String>;

fn form(body: String) -> Box<dyn Fn()> {
    Box::new(move || {
        let request = blank().with_header("content-type", "application/x-www-form-urlencoded");
        let mut request = request.with_body(body.clone());
        let _ = black_box(now(Form::<Texts>::from_request(&mut request)));
    })
}

fn query<T: serde::de::DeserializeOwned + 'static>(query: String) -> Box<dyn Fn()> {
    Box::new(move || {
        let mut request = format!("/?{query}").into_request().expect("a query");
        assert!(black_box(now(Query::<T>::from_request(&mut request))).is_ok());
    })
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "type")]
#[message(json, msgpack, cbor)]
enum Tagged {
    Plain {
        texts: BTreeMap<String, String>,
        numbers: Vec<u32>,
    },
    Keys {
        keys: BTreeMap<u32, u32>,
    },
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Flat<T> {
    #[serde(flatten)]
    all: BTreeMap<String, T>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(dead_code)]
enum Number {
    Of(u32),
    Text(String),
}

fn plain(size: usize) -> Tagged {
    Tagged::Plain {
        texts: (0..size)
            .map(|n| (format!("name {n}"), format!("text {n}")))
            .collect(),
        numbers: (0..size as u32).collect(),
    }
}

fn message(format: Format, size: usize) -> Box<dyn Fn()> {
    let message = plain(size).into_message_in(format).expect("a message");
    Box::new(move || {
        assert!(black_box(Tagged::from_message_in(format, message.clone())).is_ok());
    })
}

/// Reads a message whose last byte is wrong.
fn broken(format: Format, size: usize) -> Box<dyn Fn()> {
    let bytes = plain(size)
        .into_message_in(format)
        .expect("a message")
        .into_bytes();
    let message = WsMessage::new_binary(bytes.slice(..bytes.len() - 1));
    Box::new(move || {
        assert!(black_box(Tagged::from_message_in(format, message.clone())).is_err());
    })
}

/// Reads a stream of events in pieces of `size`.
fn events(text: String, size: usize) -> Box<dyn Fn()> {
    Box::new(move || {
        let mut parser = SseParser::new();
        for mut piece in text.as_bytes().chunks(size.min(text.len())) {
            while let Some(event) = parser.read(&mut piece).expect("short events") {
                black_box(event);
            }
        }
    })
}

fn app() -> PolyHandler {
    async fn show(path: PathParams) -> String {
        path.iter().count().to_string()
    }
    routes! { "/files/<path..>" => http(show(_)) }
}

const CASES: &[Case] = &[
    ("a form", 900, |size| {
        form(joined(size, "&", |n| format!("name{n}={n}")))
    }),
    ("a form of one name", 900, |size| {
        form(joined(size, "&", |n| format!("name={n}")))
    }),
    ("a form with too many fields", 20_000, |size| {
        form("a=&".repeat(size))
    }),
    ("a form of escapes", 2_000, |size| {
        form(format!("name={}", "%41+".repeat(size)))
    }),
    ("a query", 400, |size| {
        query::<Texts>(joined(size, "&", |n| format!("name{n}={n}")))
    }),
    ("a flattened query", 400, |size| {
        query::<Flat<u32>>(joined(size, "&", |n| format!("name{n}={n}")))
    }),
    ("an untagged query", 400, |size| {
        query::<Flat<Number>>(joined(size, "&", |n| format!("name{n}={n}")))
    }),
    ("a list in a query", 400, |size| {
        query::<Flat<Vec<u32>>>(joined(size, "&", |n| format!("name={n}")))
    }),
    ("cookies", 900, |size| {
        let mut request = blank()
            .try_with_header("cookie", joined(size, "; ", |n| format!("name{n}={n}")))
            .expect("cookies");
        let request = std::cell::RefCell::new(std::mem::take(&mut request));
        Box::new(move || {
            let mut request = request.borrow_mut();
            assert!(black_box(now(Cookie::<Texts>::from_request(&mut request))).is_ok());
            assert!(Cookie::string("name1").required().get(&*request).is_ok());
        })
    }),
    ("header fields", 400, |size| {
        let mut request = blank();
        for n in 0..size {
            let name: http::HeaderName = format!("x-name-{n}").parse().expect("a name");
            request.headers_mut().append(name, n.into());
            request.headers_mut().append("x-all", n.into());
        }
        let request = std::cell::RefCell::new(request);
        Box::new(move || {
            let mut request = request.borrow_mut();
            assert!(black_box(now(Header::<Texts>::from_request(&mut request))).is_ok());
            assert!(
                Header::int("x-all")
                    .multi()
                    .required()
                    .get(&*request)
                    .is_ok()
            );
        })
    }),
    ("Accept", 2_000, |size| {
        let ranges = joined(size, ", ", |n| format!("text/x{n};q=0.5"));
        let request = blank().try_with_header("accept", ranges).expect("a header");
        Box::new(move || {
            black_box(Accept::of(&request).choose(&["text/html", "application/json"]));
        })
    }),
    ("a Content-Type", 20_000, |size| {
        let content_type = format!("application/json{}", "; a=b".repeat(size));
        Box::new(move || assert!(Format::Json.is_content_type(black_box(&content_type))))
    }),
    ("JSON", 500, |size| message(Format::Json, size)),
    ("MessagePack", 500, |size| {
        message(Format::MessagePack, size)
    }),
    ("CBOR", 500, |size| message(Format::Cbor, size)),
    ("broken JSON", 500, |size| broken(Format::Json, size)),
    ("broken MessagePack", 500, |size| {
        broken(Format::MessagePack, size)
    }),
    ("broken CBOR", 500, |size| broken(Format::Cbor, size)),
    ("numbers as keys of JSON", 500, |size| {
        let keys = (0..size as u32).map(|n| (n, n)).collect();
        let message = Tagged::Keys { keys }.into_message().expect("a message");
        Box::new(move || assert!(Tagged::from_message(message.clone()).is_ok()))
    }),
    (
        "objects with numbers as keys that are refused",
        300,
        |size| {
            let maps = joined(size, ",", |n| format!("{{\"{n}\":1}}"));
            let message = WsMessage::from(format!(
                r#"{{"type":"Keys","keys":{{"1":"x"}},"a":[{maps}]}}"#
            ));
            Box::new(move || assert!(Tagged::from_message(message.clone()).is_err()))
        },
    ),
    ("JSON of a body", 2_000, |size| {
        let json = format!("[{}]", joined(size, ",", |n| n.to_string()));
        Box::new(move || {
            let request = blank().with_header("content-type", "application/json");
            let mut request = request.with_body(json.clone());
            assert!(now(Json::<Vec<u32>>::from_request(&mut request)).is_ok());
        })
    }),
    ("a route", 1_000, |size| {
        let (app, path) = (
            app(),
            format!("/files/{}", "a%20/".repeat(size).trim_end_matches('/')),
        );
        Box::new(move || assert_eq!(app.test_http(path.as_str()).body(), "1"))
    }),
    ("path parameters", 900, |size| {
        let params: PathParams = (0..size)
            .map(|n| (format!("p{n}"), n.to_string()))
            .collect();
        let mut request = blank();
        request.extensions_mut().insert(params);
        let request = std::cell::RefCell::new(request);
        Box::new(move || {
            let mut request = request.borrow_mut();
            assert!(now(Path::<Texts>::from_request(&mut request)).is_ok());
            assert!(Path::string("p0").required().get(&*request).is_ok());
        })
    }),
    ("a web form", 900, |size| {
        let form: WebForm = (0..size).map(|n| (format!("f{n}"), "x")).collect();
        Box::new(move || assert!(Form::string("f7").required().get(&form).is_ok()))
    }),
    ("a transcript", 500, |size| {
        let mut text = String::from("open /\n");
        for n in 0..size {
            writeln!(text, "client text \\u{{1f600}}\\n{n}\nserver binary 00ff").expect("text");
        }
        Box::new(move || {
            let transcript: Transcript = text.parse().expect("a transcript");
            assert!(transcript.to_string().parse() == Ok(transcript));
        })
    }),
    ("a line of a transcript", 5_000, |size| {
        let text = format!("open /\nclient text {}\n", "\\u{1f600".repeat(size));
        Box::new(move || assert!(text.parse::<Transcript>().is_err()))
    }),
    ("events in one piece", 1_000, |size| {
        events("id: 7\ndata: hello\n\n".repeat(size), usize::MAX)
    }),
    ("events in pieces of a byte", 500, |size| {
        events("id: 7\ndata: hello\r\n\r\n".repeat(size), 1)
    }),
    ("an event of many lines", 2_000, |size| {
        events(format!("{}\n", "data: x\n".repeat(size)), 3)
    }),
    ("a line of an event in small pieces", 20_000, |size| {
        events(format!("data: {}\n\n", "é".repeat(size)), 3)
    }),
    ("comments and unknown fields", 2_000, |size| {
        events(": a\nfoo: bar\n".repeat(size), 7)
    }),
    ("a close reason", 20_000, |size| {
        let reason = "é".repeat(size);
        let cause = reason.clone();
        Box::new(move || {
            assert!(WsStatus::new(1000, reason.clone()).is_err());
            let failure = Tagged::lens().get(&format!("{{\"type\":\"{cause}\"}}").into());
            assert_eq!(failure.unwrap_err().ws_status().code(), 1007);
        })
    }),
];

#[test]
fn every_reader_is_linear_in_its_bytes() {
    for (name, size, reader) in CASES {
        let (small, large) = (reader(*size), reader(10 * size));
        assert!(is_linear(&small, &large, ATTEMPTS), "{name} is not linear");
    }
}

/// The bound separates the reader of a quadratic example from the others.
#[test]
fn a_quadratic_reader_is_detected() {
    let quadratic = |size: usize| {
        let names: Vec<String> = (0..size).map(|n| format!("{n:08}")).collect();
        move || {
            let mut known: Vec<&String> = Vec::new();
            for name in &names {
                if !known.contains(&name) {
                    known.push(name);
                }
            }
            black_box(known.len());
        }
    };
    let (small, large) = (quadratic(300), quadratic(3_000));
    assert!(!is_linear(&small, &large, 5), "the bound is too wide");
}
