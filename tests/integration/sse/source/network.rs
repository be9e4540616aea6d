//! The event source over the network.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use http4k_ws::client::reconnect::ReconnectPolicy;
use http4k_ws::client::{BlockingEventSource, EventSource, EventSourceError};
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::sse::{Sse, SseEvent, SseResult};
use http4k_ws::testing::{NextEvent, SseClient, SseEnd};

use super::{at_once, ending};
use crate::tls::certificates::self_signed;
use crate::tls::{server_tls, trusting};

/// Counts from the id that the client has, in streams of two events, up to 5.
async fn count(request: Request) -> Response {
    let last = request
        .header("last-event-id")
        .map_or(0, |id| id.parse().expect("a number"));
    if last >= 5 {
        return StatusCode::NO_CONTENT.into_response();
    }
    let events = (last + 1..=last + 2).map(|number| format!("id: {number}\ndata: {number}\n\n"));
    ending(&events.collect::<String>())
}

fn policy() -> ReconnectPolicy {
    at_once().with_base(Duration::from_millis(1))
}

fn counts(mut source: BlockingEventSource) {
    let events: Vec<_> = source.received().collect();
    let data: Vec<_> = events.iter().flatten().map(|event| event.data()).collect();
    assert_eq!(
        (data.as_slice(), events.len()),
        (&["1", "2", "3", "4", "5", "6"][..], 6)
    );
    assert_eq!(source.last_event_id(), "6");
    assert_eq!(source.closed(), Some(SseEnd::Complete));
    assert!(source.error().is_none());
}

#[test]
fn it_resumes_over_several_connections() {
    let server = count.as_server("127.0.0.1:0").start().expect("a server");
    let uri = format!("http://{}/", server.addr());
    counts(
        EventSource::to(uri)
            .with_policy(policy())
            .blocking()
            .expect("a source"),
    );
}

#[tokio::test]
async fn it_blocks_inside_a_runtime_too() {
    it_resumes_over_several_connections();
}

#[test]
fn it_resumes_over_tls() {
    let pair = self_signed(&["localhost"]);
    let config = ServerConfig::default().with_tls(server_tls(&pair));
    let server = count
        .as_server("127.0.0.1:0")
        .with_config(config)
        .start()
        .expect("a server");
    let uri = format!("https://localhost:{}/", server.addr().port());
    let source = EventSource::to(&uri)
        .with_policy(policy())
        .with_tls(trusting(&pair.chain));
    counts(source.blocking().expect("a source"));

    // A certificate that is not trusted does not become so by waiting.
    let mut source = EventSource::to(&uri).blocking().expect("a source");
    let error = source.opened().unwrap_err();
    assert!(matches!(error, EventSourceError::Failed { .. }) && !error.is_transient());
    assert!(matches!(source.closed(), Some(SseEnd::Broken { reason }) if reason.contains("TLS")));
}

#[test]
fn a_refusal_is_the_end_of_a_blocking_source() {
    let app = routes! { GET "/" => http(|| "a page") };
    let server = app.as_server("127.0.0.1:0").start().expect("a server");
    let uri = format!("http://{}/", server.addr());
    let mut source = EventSource::to(uri).blocking().expect("a source");
    let NextEvent::Closed(SseEnd::Broken { reason }) = source.next() else {
        panic!("a page is not a stream")
    };
    assert!(reason.contains("200 OK (text/plain"), "{reason}");
    let Some(EventSourceError::Refused { response }) = source.error() else {
        panic!("{:?}", source.error())
    };
    assert_eq!(response.body(), "a page");
    assert_eq!(source.received().count(), 1);
}

/// A stream that ends with its connection, as those of HTTP/1.0.
const STREAM: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: a\n\n";

/// Responds to one connection with `text`, then reads until the client leaves. Reports the rest of
/// what it read then.
fn serving(text: &'static str) -> (String, mpsc::Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let uri = format!("http://{}/", listener.local_addr().expect("an address"));
    let (left, leaving) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let limit = Some(Duration::from_secs(20));
        stream.set_read_timeout(limit).expect("a read timeout");
        let mut buffer = [0; 1024];
        assert!(stream.read(&mut buffer).expect("a request") > 0);
        stream
            .write_all(text.as_bytes())
            .expect("a client that listens");
        left.send(stream.read(&mut buffer).unwrap_or(0))
    });
    (uri, leaving)
}

#[test]
fn closing_and_dropping_it_end_the_connection() {
    for close in [true, false] {
        let (uri, leaving) = serving(STREAM);
        let mut source = EventSource::to(uri).blocking().expect("a source");
        assert!(matches!(source.next(), NextEvent::Event(event) if event.data() == "a"));
        assert_eq!(
            source.next_within(Duration::from_millis(1)),
            NextEvent::Pending
        );
        if close {
            source.close();
            assert_eq!(source.closed(), Some(SseEnd::Closed));
            assert_eq!(leaving.recv_timeout(Duration::from_secs(5)), Ok(0));
        }
        drop(source);
        if !close {
            assert_eq!(leaving.recv_timeout(Duration::from_secs(5)), Ok(0));
        }
    }
}

/// A chunked stream must end with its last chunk (RFC 9112 §7.1).
#[test]
fn a_chunked_stream_that_is_cut_off_is_broken() {
    let text = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\
        \r\n\r\n9\r\ndata: a\n\n\r\n9\r\ndata: b";
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let uri = format!("http://{}/", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let _ = stream.read(&mut [0; 1024]).expect("a request");
        stream
            .write_all(text.as_bytes())
            .expect("a client that listens");
    });
    let source = EventSource::to(uri).with_reconnection(false);
    let mut source = source.blocking().expect("a source");
    assert!(matches!(source.next(), NextEvent::Event(event) if event.data() == "a"));
    assert!(matches!(
        source.next(),
        NextEvent::Closed(SseEnd::Broken { .. })
    ));
    assert!(matches!(
        source.error(),
        Some(EventSourceError::Ended(SseEnd::Broken { .. }))
    ));
}

#[tokio::test]
async fn a_server_that_starts_late_is_reached() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let request = EventSource::to(format!("http://{address}/")).with_policy(policy());
    let mut source = request.start::<String>();
    let early = tokio::time::timeout(Duration::from_millis(100), source.recv()).await;
    assert!(early.is_err(), "nothing listens at the port");
    let Ok(_server) = count.as_server(address.to_string()).start() else {
        // Another process has taken the port.
        return;
    };
    let received = tokio::time::timeout(Duration::from_secs(10), source.recv()).await;
    let received = received.expect("a connection in time").expect("a stream");
    assert_eq!(received.as_deref(), Some("1"));
}

/// The stopping server ends the stream, and the next one continues it.
#[test]
fn it_resumes_at_a_server_that_was_restarted() {
    async fn ticks(sse: Sse) -> SseResult {
        let last: u32 = sse.last_event_id().map_or(Ok(0), str::parse)?;
        for number in last + 1.. {
            let event = SseEvent::new(number.to_string()).with_id(number);
            sse.send(event).await?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }
    let app = || routes! { GET "/" => sse(ticks(sse)) };
    let server = app().as_server("127.0.0.1:0").start().expect("a server");
    let address = server.addr();
    // The delay that the server requests is a second or more.
    let policy = policy().with_retry_after_cap(Duration::from_millis(10));
    let source = EventSource::to(format!("http://{address}/")).with_policy(policy);
    let mut source = source.blocking().expect("a source");
    let next = |source: &mut BlockingEventSource| {
        let event = source
            .received()
            .next()
            .expect("an event")
            .expect("a stream");
        event.into_data().parse::<u32>().expect("a number")
    };
    assert_eq!((next(&mut source), next(&mut source)), (1, 2));
    server.stop();
    let Ok(_server) = app().as_server(address.to_string()).start() else {
        // Another process has taken the port.
        return;
    };
    for expected in 3..50 {
        assert_eq!(next(&mut source), expected);
    }
}
