//! Work that grows linearly with its input, for all HTTP that a peer can send.
//!
//! Each case runs with some input and with ten times as much. The test counts the allocations, and
//! the
//! time for which the thread was on a processor, which is independent of the machine's load.

use std::hint::black_box;

use allocation_counter::{AllocationInfo, measure};
use bytes::Bytes;
use http4k_ws::client::HttpClient;
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::message::BodyError;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex, split};

/// Allocations may grow a little faster than the input, like a buffer that doubles.
const MORE_ALLOCATIONS: u64 = 25;

/// Time may vary; quadratic work would take a hundred times as much.
const MORE_TIME: u64 = 45;

/// The system counts time in steps; a shorter time counts as this one, in nanoseconds.
const STEP: u64 = 10_000_000;

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(work)
}

/// Returns the nanoseconds for which this thread ran, if the system counts them.
fn time_on_cpu() -> Option<u64> {
    let counts = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    counts.split_whitespace().next()?.parse().ok()
}

/// Returns the least time of some runs, and the allocations of one.
fn cost(case: &dyn Fn(usize), size: usize) -> (AllocationInfo, Option<u64>) {
    let allocations = measure(|| case(size));
    let times = (0..2).map(|_| {
        let start = time_on_cpu()?;
        case(size);
        Some(time_on_cpu()? - start)
    });
    (allocations, times.min().flatten())
}

/// Runs `case` with `size` and with ten times that.
fn grows_with_its_input(name: &str, size: usize, case: impl Fn(usize)) {
    case(size); // The first run initializes shared state.
    let (few, briefly) = cost(&case, size);
    let (many, long) = cost(&case, size * 10);
    assert!(
        many.count_total <= few.count_total * MORE_ALLOCATIONS,
        "{name}: {few:?} became {many:?}"
    );
    assert!(
        many.bytes_total <= few.bytes_total * MORE_ALLOCATIONS,
        "{name}: {few:?} became {many:?}"
    );
    if let (Some(briefly), Some(long)) = (briefly, long) {
        assert!(
            long <= briefly.max(STEP) * MORE_TIME,
            "{name}: {briefly} ns became {long}"
        );
    }
}

/// Reads its body, its fields and its target.
async fn read(request: Request) -> Result<String, BodyError> {
    let fields: usize = request.headers().values().map(|value| value.len()).sum();
    let target = request.uri().path().len();
    let body = request.into_body().bytes().await?.len();
    Ok(format!("{target} {fields} {body}"))
}

fn unbounded() -> ServerConfig {
    ServerConfig::default()
        .with_max_body(1 << 30)
        .with_max_head(1 << 24)
        .with_max_fields(30_000)
        .with_max_target(1 << 20)
        .with_min_body_rate(0)
}

/// Sends `input` in pieces of `piece` bytes, and returns all responses.
fn served(input: &[u8], piece: usize) -> String {
    run(async {
        let (ours, theirs) = duplex(64 * 1024);
        tokio::spawn(
            read.into_poly_handler()
                .serve_connection(theirs, unbounded()),
        );
        let (mut reading, mut writing) = split(ours);
        let sent = async {
            for piece in input.chunks(piece) {
                writing.write_all(piece).await.expect("room");
                if piece.len() < 16 {
                    tokio::task::yield_now().await;
                }
            }
        };
        let mut answers = Vec::new();
        let (_, read) = tokio::join!(sent, reading.read_to_end(&mut answers));
        read.expect("answers");
        String::from_utf8(answers).expect("text")
    })
}

/// Like [`served`], for requests whose responses are all 200.
fn all_served(input: &str, piece: usize, answers: usize) {
    let answered = served(input.as_bytes(), piece);
    assert_eq!(
        answered.matches("HTTP/1.1 200 ").count(),
        answers,
        "{answered}"
    );
    black_box(answered);
}

fn get(fields: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}Connection: close\r\n\r\n")
}

fn post(fields: &str, body: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\nConnection: close\r\n\r\n{body}")
}

#[test]
fn the_work_for_bodies_is_linear() {
    grows_with_its_input("a chunk for each byte", 5_000, |size| {
        let chunks = "1\r\nx\r\n".repeat(size) + "0\r\n\r\n";
        all_served(&post("Transfer-Encoding: chunked", &chunks), 4096, 1);
    });
    grows_with_its_input("chunks in pieces", 1_000, |size| {
        let chunks = "1\r\nx\r\n".repeat(size) + "0\r\n\r\n";
        all_served(&post("Transfer-Encoding: chunked", &chunks), 3, 1);
    });
    grows_with_its_input("one chunk", 500_000, |size| {
        let chunk = format!("{size:x}\r\n{}\r\n0\r\n\r\n", "x".repeat(size));
        all_served(&post("Transfer-Encoding: chunked", &chunk), 1 << 20, 1);
    });
    grows_with_its_input("a body byte by byte", 2_000, |size| {
        let length = format!("Content-Length: {size}");
        all_served(&post(&length, &"x".repeat(size)), 1, 1);
    });
    grows_with_its_input("a long body", 500_000, |size| {
        let length = format!("Content-Length: {size}");
        all_served(&post(&length, &"x".repeat(size)), 1 << 20, 1);
    });
}

#[test]
fn the_work_for_heads_is_linear() {
    grows_with_its_input("many fields", 1_000, |size| {
        let fields: String = (0..size).map(|n| format!("X-{n}: {n}\r\n")).collect();
        all_served(&get(&fields), 1 << 20, 1);
    });
    grows_with_its_input("many fields of one name", 1_000, |size| {
        all_served(&get(&"X-Same: value\r\n".repeat(size)), 1 << 20, 1);
    });
    for name in [
        "Cookie",
        "Connection",
        "Accept",
        "Expect",
        "X-Any",
        "Upgrade",
    ] {
        grows_with_its_input(name, 20_000, |size| {
            // An empty member does not count (RFC 9110 §5.6.1).
            all_served(
                &get(&format!("{name}: {}\r\n", ", ".repeat(size / 2))),
                1 << 20,
                1,
            );
        });
    }
    grows_with_its_input("many transfer codings", 10_000, |size| {
        let codings = format!("Transfer-Encoding: {}chunked", ", ".repeat(size / 2));
        served(post(&codings, "0\r\n\r\n").as_bytes(), 1 << 20);
    });
    grows_with_its_input("a head byte by byte", 1_000, |size| {
        all_served(&get(&format!("X: {}\r\n", "x".repeat(size))), 1, 1);
    });
    grows_with_its_input("fields byte by byte", 100, |size| {
        all_served(&get(&"X: 345678\r\n".repeat(size)), 1, 1);
    });
    grows_with_its_input("a long target", 6_000, |size| {
        let request = get("").replace("GET /", &format!("GET /{}", "x".repeat(size)));
        all_served(&request, 1 << 20, 1);
    });
    grows_with_its_input("empty lines before a head", 1_000, |size| {
        served(("\r\n".repeat(size) + &get("")).as_bytes(), 1 << 20);
    });
    grows_with_its_input("a long Host", 1_000, |size| {
        let host = "a".repeat(size);
        all_served(
            &get("").replace("Host: a", &format!("Host: {host}")),
            1 << 20,
            1,
        );
    });
}

#[test]
fn the_work_for_many_requests_is_linear() {
    let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for piece in [7, 1 << 20] {
        grows_with_its_input("pipelined requests", 300, |size| {
            all_served(&(request.repeat(size) + &get("")), piece, size + 1);
        });
    }
}

/// The number of trailers is bounded too, and so is their length.
#[test]
fn the_work_for_trailers_is_linear() {
    grows_with_its_input("trailers", 9, |size| {
        let trailers = "X: y\r\n".repeat(size);
        let body = format!("1\r\nx\r\n0\r\n{trailers}\r\n");
        all_served(&post("Transfer-Encoding: chunked", &body), 1 << 20, 1);
    });
    let config = ServerConfig::default();
    for trailers in [
        "X: y\r\n".repeat(10_000),
        format!("X: {}\r\n", "y".repeat(100_000)),
    ] {
        let body = format!("1\r\nx\r\n0\r\n{trailers}\r\n");
        let request = post("Transfer-Encoding: chunked", &body);
        let answered = run(async {
            let (ours, theirs) = duplex(1 << 20);
            tokio::spawn(
                read.into_poly_handler()
                    .serve_connection(theirs, config.clone()),
            );
            let (mut reading, mut writing) = split(ours);
            let _ = writing.write_all(request.as_bytes()).await;
            let mut answers = Vec::new();
            let _ = reading.read_to_end(&mut answers).await;
            String::from_utf8(answers).expect("text")
        });
        assert!(answered.starts_with("HTTP/1.1 400 "), "{answered}");
    }
}

/// Sends a request over HTTP/2, with a body in pieces of one byte.
fn served_http2(fields: &[(&'static str, String)], pieces: usize) {
    run(async {
        let (ours, theirs) = duplex(64 * 1024);
        tokio::spawn(
            read.into_poly_handler()
                .serve_connection(theirs, unbounded()),
        );
        let (mut requests, connection) = h2::client::handshake(ours).await.expect("HTTP/2");
        tokio::spawn(connection);
        let mut request = http::Request::post("http://a/");
        for (name, value) in fields {
            request = request.header(*name, value);
        }
        let request = request.body(()).expect("a request");
        requests = requests.ready().await.expect("a connection");
        let (answer, mut body) = requests.send_request(request, false).expect("a stream");
        for _ in 0..pieces {
            body.send_data(Bytes::from_static(b"x"), false)
                .expect("a stream");
            tokio::task::yield_now().await;
        }
        body.send_data(Bytes::new(), true).expect("a stream");
        assert_eq!(answer.await.expect("an answer").status(), 200);
    });
}

#[test]
fn the_work_over_http2_is_linear() {
    grows_with_its_input("frames of one byte", 500, |size| served_http2(&[], size));
    for name in ["x-same", "cookie"] {
        grows_with_its_input(name, 300, |size| {
            let fields: Vec<_> = (0..size).map(|n| (name, format!("value={n}"))).collect();
            served_http2(&fields, 0);
        });
    }
    grows_with_its_input("long fields, which need CONTINUATION", 20_000, |size| {
        let fields: Vec<_> = (0..4).map(|_| ("x-long", "x".repeat(size))).collect();
        served_http2(&fields, 0);
    });
}

/// Returns `response` as our client reads it from a server that sends pieces of `piece` bytes.
fn received(response: &str, piece: usize) -> Result<Response, http4k_ws::client::HttpClientError> {
    run(async {
        let (ours, mut theirs) = duplex(64 * 1024);
        let sending = async {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(theirs.read_u8().await.expect("a request"));
            }
            for piece in response.as_bytes().chunks(piece) {
                if theirs.write_all(piece).await.is_err() {
                    return;
                }
                if piece.len() < 16 {
                    tokio::task::yield_now().await;
                }
            }
        };
        let client = HttpClient::new().with_max_body(1 << 30);
        let asking = client.send_over(ours, "http://a/");
        let (_, answer) = tokio::join!(sending, asking);
        answer
    })
}

#[test]
fn the_work_of_a_client_is_linear() {
    let well = |response: &str, piece: usize| {
        black_box(received(response, piece).expect("a response"));
    };
    grows_with_its_input("a chunk for each byte", 5_000, |size| {
        let chunks = "1\r\nx\r\n".repeat(size);
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        well(&format!("{head}{chunks}0\r\n\r\n"), 4096);
    });
    grows_with_its_input("a body byte by byte", 2_000, |size| {
        let body = "x".repeat(size);
        well(
            &format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n{body}"),
            1,
        );
    });
    grows_with_its_input("fields", 9, |size| {
        let fields = format!("X: {}\r\n", "y".repeat(500)).repeat(size);
        well(
            &format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: 0\r\n\r\n"),
            1 << 20,
        );
    });
    grows_with_its_input("a head byte by byte", 1_000, |size| {
        let long = "x".repeat(size);
        well(
            &format!("HTTP/1.1 200 OK\r\nX: {long}\r\nContent-Length: 0\r\n\r\n"),
            1,
        );
    });
    grows_with_its_input("names in Connection", 3_000, |size| {
        let names: String = (0..size / 5).map(|n| format!("a{n},")).collect();
        well(
            &format!("HTTP/1.1 200 OK\r\nConnection: {names}x\r\nContent-Length: 0\r\n\r\n"),
            1 << 20,
        );
    });
    grows_with_its_input("interim responses", 100, |size| {
        let interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(size);
        well(
            &format!("{interim}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            1 << 20,
        );
    });
    // The number of fields has a bound.
    let fields = "X: y\r\n".repeat(101);
    assert!(received(&format!("HTTP/1.1 200 OK\r\n{fields}\r\n"), 1 << 20).is_err());
}
