//! Consumers and filters that fail, whose streams break off.

use http4k_ws::filter::sse_config;
use http4k_ws::prelude::*;
use http4k_ws::sse::{Sse, SseConfig, SseResult, SseSender, respond};
use tokio::sync::mpsc::unbounded_channel;

use super::{body_of, failure, frame, next, streaming};
use crate::server::peer::{self, Peer};

/// The ways in which a consumer can fail after its first event.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Error,
    Panic,
    /// A panic as the future of the consumer is dropped.
    PanicInDrop,
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("as it should");
    }
}

fn failing(fault: Fault, tell: impl Fn(SseSender) + Clone + Send + Sync + 'static) -> PolyHandler {
    streaming(SseConfig::default(), move |sse: Sse| {
        let tell = tell.clone();
        async move {
            tell(sse.sender());
            sse.send("before").await?;
            match fault {
                Fault::Error => Err("as\nit should")?,
                Fault::Panic => panic!("as it should"),
                Fault::PanicInDrop => {
                    let _bomb = Bomb;
                    std::future::pending::<()>().await;
                }
            }
            SseResult::Ok(())
        }
    })
}

#[tokio::test]
async fn a_failed_consumer_breaks_its_stream_off() {
    for fault in [Fault::Error, Fault::Panic] {
        let (tell, mut told) = unbounded_channel();
        let app = failing(fault, move |sender| tell.send(sender).expect("a test"));
        let mut body = body_of(&app).await;
        assert_eq!(frame(&mut body).await, "data: before\n\n");
        let reason = "the consumer of the stream failed";
        assert_eq!(failure(&mut body).await, reason);
        assert!(next(&mut body).await.is_none());
        let sender = told.recv().await.expect("a stream");
        assert!(sender.is_closed(), "{fault:?}");
    }
}

/// The client sees that the response is incomplete, and other requests are served.
#[test]
fn on_a_port_a_failed_stream_is_incomplete() {
    for fault in [Fault::Error, Fault::Panic] {
        let app = failing(fault, |_| {});
        let server = app.as_server("127.0.0.1:0").with_threads(1);
        let server = server.start().expect("a server");
        for _ in 0..2 {
            let mut peer = Peer::connect(server.addr());
            let came = peer.send(peer::get("/")).rest();
            assert!(
                came.ends_with("\r\ndata: before\n\n\r\n"),
                "{fault:?} {came}"
            );
        }
    }
}

#[test]
fn a_consumer_that_panics_as_it_is_dropped_harms_no_other() {
    let app = failing(Fault::PanicInDrop, |_| {});
    let server = app.as_server("127.0.0.1:0").with_threads(1);
    let server = server.start().expect("a server");
    for _ in 0..2 {
        let mut peer = Peer::connect(server.addr());
        peer.send(peer::get("/")).until("data: before\n\n");
    }
    let report = server.stop();
    assert_eq!(report.cut, 0, "{report:?}");
}

#[tokio::test]
async fn a_filter_that_panics_breaks_the_stream_off() {
    let once = |sse: Sse| async move { sse.send("once").await };
    let stream = move |request: Request| respond(request, once);
    let app = sse_config(|_| panic!("as it should")).then(stream);
    let mut body = body_of(&app).await;
    assert_eq!(
        failure(&mut body).await,
        "the consumer of the stream failed"
    );
    assert!(next(&mut body).await.is_none());
}
