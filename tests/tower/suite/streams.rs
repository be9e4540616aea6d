//! Streams of events through layers.

use std::sync::Arc;
use std::time::Duration;

use http4k_ws::client::EventSource;
use http4k_ws::prelude::*;
use http4k_ws::sse::{Sse, SseResult, respond};
use http4k_ws::testing::{NextEvent, SseClient, SseEnd};
use http4k_ws::tower::layer;
use tokio::sync::Notify;
use tower_http::compression::CompressionLayer;

use crate::support::served;

/// Returns an application that withholds its second event, behind a layer that compresses.
fn compressed(withheld: &Arc<Notify>) -> PolyHandler {
    async fn two(sse: Sse, withheld: Arc<Notify>) -> SseResult {
        sse.send("x".repeat(2000)).await?;
        withheld.notified().await;
        Ok(sse.send("second").await?)
    }
    let withheld = Arc::clone(withheld);
    let stream = move |request: Request| {
        let withheld = Arc::clone(&withheld);
        respond(request, |sse: Sse| two(sse, withheld))
    };
    let app = routes! { GET "/events" => http(stream), GET "/page" => http(|| "x".repeat(2000)) };
    app.with(layer(CompressionLayer::new()))
}

fn reads_both(client: &mut impl SseClient, withheld: &Notify) {
    assert!(!client.response_headers().contains_key("content-encoding"));
    let first = client.next_within(Duration::from_secs(10));
    assert_eq!(first, NextEvent::Event("x".repeat(2000).into()));
    withheld.notify_one();
    let second = client.next_within(Duration::from_secs(10));
    assert_eq!(second, NextEvent::Event("second".into()));
    assert_eq!(client.closed(), Some(SseEnd::Complete));
}

/// Case S12.
#[test]
fn a_layer_that_compresses_leaves_streams_alone() {
    let withheld = Arc::default();
    let app = compressed(&withheld);
    let accepting = |path: &str| Request::get(path).header("accept-encoding", "gzip");
    let page = app.test_http(accepting("/page"));
    assert_eq!(page.header("content-encoding"), Some("gzip"));
    reads_both(&mut app.test_sse(accepting("/events")), &withheld);

    let server = served(app);
    let uri = format!("http://{}/events", server.addr());
    let source = EventSource::to(accepting(&uri)).with_reconnection(false);
    reads_both(&mut source.blocking().expect("a source"), &withheld);
}
