//! Streams of events, in memory, over pipes and over a real port.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use http4k_ws::filter::{Cors, http_only};
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::message::OriginPolicy;
use http4k_ws::prelude::*;
use http4k_ws::session::SessionConfig;
use http4k_ws::sse::{IntoSseResult, Sse, SseEvent, SseResult, respond};
use http4k_ws::testing::{NextEvent, SseClient, SseEnd, SseReceiveError};
use tokio::sync::Notify;

use super::backends::{Backend, next_report, on_every_backend};

fn backend<B: Backend>(app: PolyHandler) -> B {
    B::start(app, SessionConfig::default())
}

async fn greet(sse: Sse) -> SseResult {
    Ok(sse.send("hello").await?)
}

/// Returns an application whose every response is a stream.
fn stream<F, Fut>(consumer: F) -> PolyHandler
where
    F: Fn(Sse) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output: IntoSseResult> + Send + 'static,
{
    let app = move |request: Request| respond(request, consumer.clone());
    app.into_poly_handler()
}

fn events(client: &mut impl SseClient) -> Vec<SseEvent> {
    let events = client.received();
    events
        .map(|event| event.expect("an end as planned"))
        .collect()
}

fn data(client: &mut impl SseClient) -> Vec<String> {
    events(client)
        .into_iter()
        .map(SseEvent::into_data)
        .collect()
}

/// Reports when it is called, and when the handler behind it has returned.
fn logged(name: &'static str, log: Sender<String>) -> impl Filter + Clone {
    move |request: Request, next: Next| {
        let log = log.clone();
        async move {
            log.send(format!("{name} in")).expect("the test listens");
            let response = next.call(request).await;
            log.send(format!("{name} out")).expect("the test listens");
            response
        }
    }
}

/// Reports that it is dropped.
struct Dropped(Sender<&'static str>);

impl Drop for Dropped {
    fn drop(&mut self) {
        // The test may have ended.
        let _ = self.0.send("dropped");
    }
}

on_every_backend! {
    fn case_43_a_filter_before_a_stream_leaves_the_other_protocols_alone<B>() {
        async fn teapot(_request: Request, _next: Next) -> StatusCode {
            StatusCode::IM_A_TEAPOT
        }
        let greeting = |request: Request| respond(request, greet);
        let app = routes! {
            GET "/" => http(|| "hello"),
            GET "/events" with(teapot) => http(greeting),
            "/" => ws(|ws: WebSocket| ws.try_send("hello")),
        };
        let backend = backend::<B>(app);
        assert_eq!(backend.try_sse("/events").err().expect("a refusal").status(), 418);
        assert_eq!(backend.http("/").body(), "hello");
        assert_eq!(backend.connect("/").closed(), Some(WsStatus::NORMAL));
    }

    fn case_44_filters_are_called_from_the_outside_in<B>() {
        async fn talk(sse: Sse, log: Sender<String>) -> SseResult {
            let foobar = sse.request().path_param("_foobar").unwrap_or_default();
            let field = sse.request().header("foo").unwrap_or_default();
            log.send(format!("{foobar} {field}"))?;
            Ok(())
        }
        async fn marked(request: Request, next: Next) -> Response {
            next.call(request.with_header("foo", "newHeader")).await
        }
        let (log, logs) = channel();
        let (first, second) = (logged("first", log.clone()), logged("second", log.clone()));
        let inner = logged("inner", log.clone());
        let stream = move |request: Request| {
            let log = log.clone();
            respond(request, |sse: Sse| talk(sse, log))
        };
        let app = routes! { GET "/<_foobar>" with(inner) => http(stream) };
        let app = app.with(http_only(marked)).with(http_only(second)).with(http_only(first));
        assert_eq!(events(&mut backend::<B>(app).sse("/path")), []);
        let log: Vec<_> = logs.try_iter().collect();
        assert_eq!(log, [
            "first in",
            "second in",
            "inner in",
            "inner out",
            "second out",
            "first out",
            // http4k calls the consumer before the filters return; here the stream is the body of
            // their response.
            "path newHeader",
        ]);
    }

    fn case_47_the_test_client_reads_events_with_and_without_a_name<B>() {
        async fn two(sse: Sse) -> SseResult {
            sse.send("hello").await?;
            Ok(sse.send(SseEvent::new("hello").named("event").with_id(7)).await?)
        }
        let mut client = backend::<B>(stream(two)).sse("/");
        let expected = [SseEvent::new("hello"), SseEvent::new("hello").named("event").with_id(7)];
        assert_eq!(events(&mut client), expected);
        assert_eq!(client.last_event_id(), "7");
        assert_eq!(client.closed(), Some(SseEnd::Complete));
        assert_eq!(client.next(), NextEvent::Closed(SseEnd::Complete));
    }

    fn case_48_a_stream_that_ends_is_a_whole_response<B>() {
        async fn three(sse: Sse) -> SseResult {
            sse.send("a\nb").await?;
            sse.send(SseEvent::new("c").named("name").with_id(3)).await?;
            Ok(sse.send(SseEvent::new("").with_retry(Duration::from_secs(1))).await?)
        }
        let request = Request::get("/").header("accept", "text/event-stream");
        let response = backend::<B>(stream(three)).http(request);
        assert_eq!(response.status(), 200);
        assert_eq!(response.header("content-type"), Some("text/event-stream"));
        let text = "data: a\ndata: b\n\nevent: name\ndata: c\nid: 3\n\ndata: \nretry: 1000\n\n";
        assert_eq!(response.body(), text);
    }

    fn case_49_an_event_arrives_before_the_next_exists<B>() {
        async fn two(sse: Sse, withheld: Arc<Notify>) -> SseResult {
            sse.send("first").await?;
            withheld.notified().await;
            Ok(sse.send("second").await?)
        }
        let withheld = Arc::<Notify>::default();
        let release = Arc::clone(&withheld);
        let app = stream(move |sse: Sse| two(sse, Arc::clone(&withheld)));
        let mut client = backend::<B>(app).sse("/");
        assert_eq!(client.next(), NextEvent::Event("first".into()));
        release.notify_one();
        assert_eq!(client.next_within(Duration::from_secs(5)), NextEvent::Event("second".into()));
        assert_eq!(client.closed(), Some(SseEnd::Complete));
    }

    fn cases_73_to_75_a_stream_is_for_allowed_pages_and_clients_without_a_page<B>() {
        let origin = "https://allowed.example".parse().expect("an origin");
        let cors = Cors::new(OriginPolicy::only([origin]));
        let (calls, called) = channel();
        let app = stream(move |sse: Sse| {
            calls.send("sse").expect("the test listens");
            greet(sse)
        });
        let backend = backend::<B>(app.with(cors));
        let from = |origin: &str| Request::get("/").header("origin", origin);
        let mut client = backend.sse(from("https://allowed.example"));
        let allowed = &client.response_headers()["access-control-allow-origin"];
        assert_eq!(allowed, "https://allowed.example");
        assert_eq!(data(&mut client), ["hello"]);
        let refused = backend.try_sse(from("https://evil.example")).err().expect("a refusal");
        assert_eq!(refused.status(), 403);
        assert_eq!(data(&mut backend.sse("/")), ["hello"]);
        assert_eq!(called.try_iter().count(), 2);
    }

    fn another_response_is_returned_with_its_body<B>() {
        let app = routes! {
            GET "/page" => http(|| "a page"),
            GET "/gone" => http(|| StatusCode::NO_CONTENT),
            GET "/moved" => http(|| (StatusCode::FOUND, [("location", "/page")], "over there")),
        };
        let backend = backend::<B>(app);
        for (path, status, body) in [
            ("/page", 200, "a page"),
            ("/gone", 204, ""),
            ("/moved", 302, "over there"),
        ] {
            let response = backend.try_sse(path).err().expect("another response");
            assert_eq!(response.status(), status);
            assert_eq!(response.body(), body, "{path}");
        }
        assert_eq!(backend.try_sse("/nowhere").err().expect("a refusal").status(), 404);
    }

    fn a_request_has_its_method_fields_and_body<B>() {
        async fn echo(request: Request) -> Response {
            let field = request.header("last-event-id").unwrap_or("none").to_owned();
            let line = format!("{} {} {field}", request.method(), request.uri().query().unwrap_or(""));
            let text = request.into_body().text().await.expect("a body");
            let consumer = move |sse: Sse| async move { sse.send(format!("{line} {text}")).await };
            respond(Request::default(), consumer)
        }
        let backend = backend::<B>(echo.into_poly_handler());
        let request = Request::post("/?a=b").header("last-event-id", "7").body(Body::from("hey"));
        assert_eq!(data(&mut backend.sse(request)), ["POST a=b 7 hey"]);
        assert_eq!(data(&mut backend.sse("/")), ["GET  none "]);
    }

    fn a_consumer_that_fails_breaks_the_stream_off_behind_its_events<B>() {
        async fn fails(sse: Sse) -> SseResult {
            sse.send("before").await?;
            if sse.request().uri().path() == "/panic" {
                panic!("as told");
            }
            Err(std::io::Error::other("a failure").into())
        }
        let backend = backend::<B>(stream(fails));
        for how in ["/panic", "/error"] {
            let mut client = backend.sse(how);
            let received: Vec<_> = client.received().collect();
            assert_eq!(received.len(), 2, "{how}: {received:?}");
            assert_eq!(received[0], Ok("before".into()), "{how}");
            let end = received[1].as_ref().expect_err("an early end");
            assert!(matches!(end, SseReceiveError::Ended(SseEnd::Broken { .. })), "{how}: {end}");
            assert!(matches!(client.closed(), Some(SseEnd::Broken { .. })), "{how}");
        }
    }

    fn a_client_that_leaves_ends_the_consumer<B>() {
        async fn stay(sse: Sse, dropped: Sender<&'static str>) -> SseResult {
            let _dropped = Dropped(dropped);
            sse.send("hello").await?;
            std::future::pending::<()>().await;
            Ok(())
        }
        /// Moves the clock of a pipe past the time in which a server notices the end.
        async fn tick() {
            tokio::time::sleep(Duration::from_millis(1500)).await;
        }
        let (drops, dropped) = channel();
        let stream = move |request: Request| {
            let drops = drops.clone();
            respond(request, |sse: Sse| stay(sse, drops))
        };
        let app = routes! { GET "/" => http(stream), GET "/tick" => http(tick()) };
        let backend = backend::<B>(app);
        for close in [true, false] {
            let mut client = backend.sse("/");
            assert_eq!(client.next(), NextEvent::Event("hello".into()));
            if close {
                client.close();
                assert_eq!(client.closed(), Some(SseEnd::Closed));
            } else {
                drop(client);
            }
            backend.http("/tick");
            assert_eq!(next_report(&dropped), "dropped");
        }
    }
}
