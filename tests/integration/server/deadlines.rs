//! The server's deadlines, over a pipe on a paused clock.

use std::time::Duration;

use futures_util::future::BoxFuture;
use http4k_ws::PolyFilter;
use http4k_ws::filter::{body_stall, min_body_rate};
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::message::BodyError;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream, DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::peer;

/// The time limit of a test, on the paused clock.
async fn within<T>(work: impl Future<Output = T>) -> T {
    let deadline = Duration::from_secs(3600);
    timeout(deadline, work)
        .await
        .expect("an end within an hour")
}

/// Serves a pipe with a buffer of one kilobyte. Returns the other end.
fn serve<M>(app: impl IntoPolyHandler<M>, config: ServerConfig) -> (DuplexStream, JoinHandle<()>) {
    let (ours, theirs) = duplex(1024);
    let app = app.into_poly_handler();
    (ours, tokio::spawn(app.serve_connection(theirs, config)))
}

async fn write(stream: &mut DuplexStream, bytes: &str) {
    within(stream.write_all(bytes.as_bytes()))
        .await
        .expect("room");
}

/// Reads until the stream ends. Returns the bytes and the time that it took.
async fn rest(stream: &mut DuplexStream) -> (String, u64) {
    let start = Instant::now();
    let mut bytes = Vec::new();
    within(stream.read_to_end(&mut bytes)).await.expect("bytes");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (text, start.elapsed().as_secs())
}

async fn length(body: Request) -> Result<String, BodyError> {
    Ok(body.into_body().bytes().await?.len().to_string())
}

fn post(fields: &str, begun: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n{begun}")
}

fn default() -> ServerConfig {
    ServerConfig::default()
}

#[tokio::test(start_paused = true)]
async fn a_partial_head_returns_408_at_its_deadline() {
    let (mut ours, _serving) = serve(length, default());
    write(&mut ours, "POST / HTTP/1.1\r\nHo").await;
    let (answer, took) = rest(&mut ours).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("longer than 10s"), "{answer}");
    assert_eq!(took, 10);
}

/// The deadline counts from the connection's start, even if a part of the head arrives earlier.
#[tokio::test(start_paused = true)]
async fn a_long_first_head_has_the_same_time_as_a_short_one() {
    for bytes in [500, 1000, 2000] {
        let (mut ours, _serving) = serve(length, default());
        write(&mut ours, "GET / HTTP/1.1\r\nHost: a\r\nX: ").await;
        tokio::time::sleep(Duration::from_secs(8)).await;
        write(&mut ours, &"x".repeat(bytes)).await;
        let (answer, took) = rest(&mut ours).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{bytes}: {answer}");
        assert_eq!(took, 2, "{bytes}");
    }
}

/// The pause and the deadline never add up to the idle limit of 60 s.
#[tokio::test(start_paused = true)]
async fn a_second_head_has_as_long_from_its_first_byte() {
    for pause in [0, 1, 20, 45, 55] {
        let (mut ours, _serving) = serve(length, default());
        write(&mut ours, &peer::get("/")).await;
        tokio::time::sleep(Duration::from_secs(pause)).await;
        write(&mut ours, "POST / HTTP/1.1\r\nHo").await;
        let (answers, took) = rest(&mut ours).await;
        assert!(answers.starts_with("HTTP/1.1 200 "), "{answers}");
        assert!(answers.contains("HTTP/1.1 408 "), "{answers}");
        assert_eq!(took, 10, "after {pause} s");
    }
}

/// The deadline of the first head does not apply to a later one.
#[tokio::test(start_paused = true)]
async fn every_head_may_come_in_pieces_until_its_deadline() {
    let long = peer::get("/").replace("\r\n\r\n", &format!("\r\nX: {}\r\n\r\n", "x".repeat(3000)));
    for at in [10, 1000, 1023, 1024, 1025, 2000] {
        for (pause, status) in [(0, "200"), (9, "200"), (11, "408")] {
            let (ours, theirs) = duplex(64 * 1024);
            let app = length.into_poly_handler();
            let _serving = tokio::spawn(app.serve_connection(theirs, default()));
            let mut ours = ours;
            // The first head, and two more.
            for nth in 0..3 {
                let (begun, more) = long.split_at(at);
                tokio::time::sleep(Duration::from_secs(if nth == 0 { 0 } else { 30 })).await;
                write(&mut ours, begun).await;
                tokio::time::sleep(Duration::from_secs(pause)).await;
                let _ = ours.write_all(more.as_bytes()).await;
                let mut answer = Vec::new();
                while !answer.windows(4).any(|four| four == b"\r\n\r\n") {
                    within(ours.read_buf(&mut answer)).await.expect("an answer");
                }
                let answer = String::from_utf8_lossy(&answer).into_owned();
                assert!(
                    answer.starts_with(&format!("HTTP/1.1 {status} ")),
                    "{at} {pause}: {answer}"
                );
                if status == "408" {
                    break;
                }
            }
        }
    }
}

/// tokio bounds the work that a task does at a time, and polling a timer counts as work.
#[tokio::test(start_paused = true)]
async fn a_busy_handler_leaves_the_deadlines_of_its_connection() {
    for rounds in 120..140 {
        let app = move |_request: Request| async move {
            for _ in 0..rounds {
                tokio::task::consume_budget().await;
            }
            "hello"
        };
        let (mut ours, _serving) = serve(app, default());
        write(&mut ours, &peer::get("/")).await;
        let (answer, took) = rest(&mut ours).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{rounds}: {answer}");
        assert_eq!(took, 60, "{rounds}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_pauses_returns_408() {
    for (fields, begun) in [
        ("Content-Length: 10\r\n", "abc"),
        ("Content-Length: 10\r\n", ""),
        ("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"),
        ("Transfer-Encoding: chunked\r\n", "3\r\nab"),
    ] {
        let (mut ours, serving) = serve(length, default());
        write(&mut ours, &post(fields, begun)).await;
        let (answer, took) = rest(&mut ours).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
        assert_eq!(took, 15, "{fields}{begun}");
        drop(ours);
        within(serving).await.expect("a connection that ended");
    }
}

/// A body in pieces, with a pause before each.
struct Drip {
    piece: &'static str,
    times: usize,
    pause: Duration,
}

impl Drip {
    /// Sends the request body until the server ends the connection. Returns the response and the
    /// seconds until the end.
    async fn send(&self, mut ours: DuplexStream, chunked: bool) -> (String, u64) {
        let length = self.piece.len() * self.times;
        let piece = match chunked {
            true => format!("{:x}\r\n{}\r\n", self.piece.len(), self.piece),
            false => self.piece.to_owned(),
        };
        let coding = match chunked {
            true => "Transfer-Encoding: chunked\r\nConnection: close\r\n".to_owned(),
            false => format!("Content-Length: {length}\r\nConnection: close\r\n"),
        };
        write(&mut ours, &post(&coding, "")).await;
        let (mut read, mut wrote) = tokio::io::split(ours);
        let (times, pause) = (self.times, self.pause);
        let writing = tokio::spawn(async move {
            for _ in 0..times {
                tokio::time::sleep(pause).await;
                if wrote.write_all(piece.as_bytes()).await.is_err() {
                    return;
                }
            }
            let _ = wrote
                .write_all(if chunked { b"0\r\n\r\n" } else { b"" })
                .await;
        });
        let start = Instant::now();
        let mut answer = Vec::new();
        within(read.read_to_end(&mut answer)).await.expect("bytes");
        writing.abort();
        let text = String::from_utf8_lossy(&answer).into_owned();
        (text, start.elapsed().as_secs())
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_returns_408() {
    for (piece, pause) in [("x", 1500), ("x", 14_000), ("0123456789", 100), ("x", 5)] {
        for chunked in [false, true] {
            let pause = Duration::from_millis(pause);
            let drip = Drip {
                piece,
                times: 100_000,
                pause,
            };
            let (ours, _serving) = serve(length, default());
            let (answer, took) = drip.send(ours, chunked).await;
            assert!(answer.starts_with("HTTP/1.1 408 "), "{pause:?}: {answer}");
            assert!(answer.contains("than 256 bytes per second"), "{answer}");
            // 200 bytes a second earn most of the time.
            let limit = if pause.as_millis() == 5 { 80 } else { 30 };
            assert!((15..limit).contains(&took), "{pause:?}: {took}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_may_pause_as_long_as_it_comes_at_the_least_rate() {
    let kilobyte = Box::leak("x".repeat(1024).into_boxed_str());
    for (pause, times) in [(3_900, 200), (14_000, 1)] {
        for chunked in [false, true] {
            let pause = Duration::from_millis(pause);
            let drip = Drip {
                piece: kilobyte,
                times,
                pause,
            };
            let (ours, _serving) = serve(length, default());
            let (answer, _) = drip.send(ours, chunked).await;
            assert!(answer.starts_with("HTTP/1.1 200 "), "{pause:?}: {answer}");
            assert!(
                answer.ends_with(&format!("\r\n{}", 1024 * times)),
                "{answer}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_fast_start_does_not_pay_for_a_slow_end() {
    let (mut ours, _serving) = serve(length, default());
    write(
        &mut ours,
        &post("Content-Length: 200000\r\n", &"x".repeat(100_000)),
    )
    .await;
    let start = Instant::now();
    while timeout(Duration::from_secs(1), ours.read_u8())
        .await
        .is_err()
    {
        write(&mut ours, "x").await;
        assert!(start.elapsed().as_secs() < 30);
    }
    assert!(rest(&mut ours).await.0.starts_with("TTP/1.1 408 "));
}

#[tokio::test(start_paused = true)]
async fn a_route_may_accept_a_slower_body_or_require_a_faster_one() {
    for (rate, status) in [(0, 200), (1, 200), (2, 408), (1 << 40, 408)] {
        let app = min_body_rate(rate).then(length);
        let (ours, _serving) = serve(
            app,
            default().with_min_body_rate(if rate == 0 { 256 } else { 0 }),
        );
        let drip = Drip {
            piece: "x",
            times: 100,
            pause: Duration::from_secs(1),
        };
        let (answer, _) = drip.send(ours, false).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{rate}: {answer}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_handler_is_not_a_pause_of_the_body() {
    let slow = |request: Request| async {
        tokio::time::sleep(Duration::from_secs(600)).await;
        length(request).await
    };
    let (mut ours, _serving) = serve(slow, default());
    write(
        &mut ours,
        &post("Content-Length: 3\r\nConnection: close\r\n", "abc"),
    )
    .await;
    let (answer, took) = rest(&mut ours).await;
    assert!(answer.ends_with("\r\n3"), "{answer}");
    assert_eq!(took, 600);
}

#[tokio::test(start_paused = true)]
async fn a_route_may_wait_longer_for_a_body_or_less_long() {
    for seconds in [2, 100] {
        let app = body_stall(Duration::from_secs(seconds)).then(length);
        let (mut ours, _serving) = serve(app, default());
        write(&mut ours, &post("Content-Length: 3\r\n", "a")).await;
        let (answer, took) = rest(&mut ours).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert_eq!(took, seconds);
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_nothing_is_dropped() {
    // One write and many writes: a response may take either path.
    for size in [2_000, 20_000, 500_000] {
        let body = "b".repeat(size);
        let (mut ours, serving) = serve(move |_: Request| body.clone(), default());
        let start = Instant::now();
        write(&mut ours, &peer::get("/")).await;
        within(serving).await.expect("a connection that ended");
        assert_eq!(start.elapsed().as_secs(), 10, "{size}");
    }
}

/// Responds after the number of seconds in the path. Reports when it is dropped.
fn slow() -> (
    impl Fn(Request) -> BoxFuture<'static, &'static str> + Clone,
    mpsc::Receiver<Instant>,
) {
    struct Dropped(mpsc::Sender<Instant>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            let _ = self.0.try_send(Instant::now());
        }
    }
    let (tell, told) = mpsc::channel(1);
    let slow = move |request: Request| -> BoxFuture<'static, &'static str> {
        let dropped = Dropped(tell.clone());
        Box::pin(async move {
            let seconds = request.uri().path()[1..].parse().expect("seconds");
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            drop(dropped);
            "answered"
        })
    };
    (slow, told)
}

#[tokio::test(start_paused = true)]
async fn a_half_closed_peer_receives_responses_for_a_while() {
    for (asked, answers) in [
        ("/0 /0", 2),
        ("/29", 1),
        ("/10 /10", 2),
        ("/31", 0),
        ("/20 /20", 1),
    ] {
        let (app, _told) = slow();
        let (mut ours, serving) = serve(app, default());
        for path in asked.split(' ') {
            write(&mut ours, &peer::get(path)).await;
        }
        ours.shutdown().await.expect("an end of our side");
        let (came, took) = rest(&mut ours).await;
        assert_eq!(
            came.matches("\r\n\r\nanswered").count(),
            answers,
            "{asked}: {came}"
        );
        assert!(took <= 30, "{asked}: {took}");
        within(serving).await.expect("a connection that ended");
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_does_not_go_on_for_ever_for_a_peer_that_is_gone() {
    let config = default().with_half_close(Duration::from_secs(4));
    let (app, mut told) = slow();
    let (mut ours, serving) = serve(app, config);
    let start = Instant::now();
    // A few bytes of a second request do not hide the end.
    write(&mut ours, &(peer::get("/600") + "GET /")).await;
    drop(ours);
    let dropped = within(told.recv())
        .await
        .expect("a handler that is dropped");
    assert_eq!((dropped - start).as_secs(), 4);
    within(serving).await.expect("a connection that ended");
}

#[tokio::test(start_paused = true)]
async fn a_slow_handler_is_waited_for_as_long_as_its_peer_stays() {
    let (app, _told) = slow();
    let (mut ours, _serving) = serve(app, default());
    write(&mut ours, &peer::get("/600")).await;
    // More requests arrive during the handler's work than the server reads ahead.
    let serial = peer::get("/0").repeat(100);
    let (mut read, mut wrote) = tokio::io::split(ours);
    let writing = tokio::spawn(async move {
        wrote.write_all(serial.as_bytes()).await.expect("room");
        wrote
    });
    let mut answers = Vec::new();
    while answers
        .windows(8)
        .filter(|eight| eight == b"answered")
        .count()
        < 101
    {
        within(read.read_buf(&mut answers)).await.expect("answers");
    }
    within(writing).await.expect("a writer");
}

#[tokio::test(start_paused = true)]
async fn frames_that_arrive_during_an_upgrade_are_kept() {
    async fn echo(mut ws: WebSocket) -> WsResult {
        while let Some(message) = ws.recv().await? {
            ws.send(message).await?;
        }
        Ok(())
    }
    let slowly = |_: Request| async {
        tokio::time::sleep(Duration::from_secs(20)).await;
        WsConsumer::new(echo)
    };
    let (mut ours, theirs) = duplex(64 * 1024);
    let app = PolyHandler::new(|_: Request| "http", slowly);
    let _serving = tokio::spawn(app.serve_connection(theirs, default()));
    write(&mut ours, &peer::handshake("/", "")).await;
    let mut frames = Vec::new();
    for n in 0..500 {
        // The peer writes a few messages at a time, in total more than the server reads ahead.
        ours.write_all(&peer::text(&format!("{n:03}")))
            .await
            .expect("room");
        frames.extend([0x81, 3]);
        frames.extend(format!("{n:03}").into_bytes());
        tokio::task::yield_now().await;
    }
    let mut came = Vec::new();
    while !came.ends_with(&frames) {
        within(ours.read_buf(&mut came)).await.expect("frames");
    }
}

/// A buffering stream, as TLS is, may accept all bytes at once and deliver them slowly.
#[tokio::test(start_paused = true)]
async fn a_peer_that_read_everything_may_send_more_requests() {
    let (mut ours, theirs) = duplex(64);
    let app = (|_: Request| "b".repeat(1000)).into_poly_handler();
    let serving = app.serve_connection(BufStream::new(theirs), default());
    let serving = tokio::spawn(serving);
    write(&mut ours, &peer::get("/")).await;
    let mut answer = Vec::new();
    while !answer.ends_with(&[b'b'; 1000]) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        within(ours.read_buf(&mut answer)).await.expect("an answer");
    }
    let (more, took) = rest(&mut ours).await;
    assert_eq!(more, "");
    assert!((50..=60).contains(&took), "{took}");
    drop(ours);
    within(serving).await.expect("a connection that ended");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_requests_and_reads_nothing_is_dropped() {
    let (mut ours, serving) = serve(|_: Request| "b".repeat(1000), default());
    let request = peer::get("/");
    let mut asked = 0;
    // The server does not read requests faster than it can respond.
    while timeout(Duration::from_secs(60), ours.write_all(request.as_bytes()))
        .await
        .is_ok_and(|sent| sent.is_ok())
    {
        asked += request.len();
        assert!(asked < 1_000_000);
    }
    within(serving).await.expect("a connection that ended");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_slowly_is_kept() {
    let body = "b".repeat(50_000);
    let (mut ours, _serving) = serve(move |_: Request| body.clone(), default());
    write(
        &mut ours,
        &peer::get("/").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"),
    )
    .await;
    let mut came = 0;
    let mut chunk = [0; 1000];
    while let read @ 1.. = within(ours.read(&mut chunk)).await.expect("bytes") {
        came += read;
        tokio::time::sleep(Duration::from_secs(9)).await;
    }
    assert!(came > 50_000, "{came}");
}

#[tokio::test(start_paused = true)]
async fn deadlines_can_be_set_and_the_longest_ones_work() {
    let brief = default()
        .with_write_stall(Duration::from_secs(3))
        .with_body_stall(Duration::from_secs(4));
    let body = "b".repeat(20_000);
    let (mut ours, serving) = serve(move |_: Request| body.clone(), brief.clone());
    let start = Instant::now();
    write(&mut ours, &peer::get("/")).await;
    within(serving).await.expect("a connection that ended");
    assert_eq!(start.elapsed().as_secs(), 3);

    let (mut ours, _serving) = serve(length, brief);
    write(&mut ours, &post("Content-Length: 3\r\n", "a")).await;
    assert_eq!(rest(&mut ours).await.1, 4);

    let for_ever = Duration::MAX;
    let patient = default()
        .with_head_timeout(for_ever)
        .with_keep_alive(for_ever)
        .with_body_stall(for_ever)
        .with_write_stall(for_ever);
    let (mut ours, _serving) = serve(length, patient);
    write(
        &mut ours,
        &post("Content-Length: 3\r\nConnection: close\r\n", "a"),
    )
    .await;
    tokio::time::sleep(Duration::from_secs(1_000_000)).await;
    write(&mut ours, "bc").await;
    assert!(rest(&mut ours).await.0.ends_with("\r\n3"));
}
