//! Stock filters that change the response to a handshake. The handler, the filters around them and
//! the socket see the same request as without them.

use http4k_ws::PolyFilter;
use http4k_ws::filter::{
    Quota, WsFailure, WsTransaction, catch_failures, message_rate, report_sockets, session_config,
    subprotocols,
};
use http4k_ws::handler::BoxPolyFilter;
use http4k_ws::prelude::*;
use http4k_ws::routing::Routes;
use http4k_ws::session::SessionConfig;

use super::backends::{Backend, on_every_backend};

/// Returns the filters, and two of them in a row.
fn filters() -> Vec<BoxPolyFilter> {
    let both = subprotocols(["a", "b"]).and(session_config(|config| config));
    vec![
        BoxPolyFilter::new(subprotocols(["a", "b"])),
        BoxPolyFilter::new(subprotocols(["other"])),
        BoxPolyFilter::new(session_config(|config| config.with_max_message(500))),
        BoxPolyFilter::new(message_rate(Quota::per_second(100))),
        BoxPolyFilter::new(report_sockets(|_socket: WsTransaction| ())),
        BoxPolyFilter::new(catch_failures(|_failure: WsFailure<'_>| {
            WsStatus::INTERNAL_ERROR
        })),
        BoxPolyFilter::new(both),
    ]
}

/// Returns what a request shows of its connection and its route.
fn facts(request: &Request) -> String {
    format!(
        "{} house {:?} room {:?} key {:?} from {:?}",
        request.uri(),
        request.path_param("house"),
        request.path_param("room"),
        request.header("x-key"),
        request.peer_addr().map(|peer| peer.ip()),
    )
}

fn of_socket(ws: &WebSocket) -> String {
    format!("{} at {:?}", facts(ws.request()), ws.route())
}

async fn called(ws: WebSocket, room: String) -> WsResult {
    let text = format!("{room}: {}", of_socket(&ws));
    Ok(ws.send(text).await?)
}

/// A handler without its arguments in the table.
fn plain(request: Request) -> WsResponse {
    let seen = facts(&request);
    WsResponse::accept(WsConsumer::new(move |ws: WebSocket| async move {
        ws.send(format!("{seen}, {}", of_socket(&ws))).await
    }))
}

/// A filter of the user, which writes what it sees into the response.
async fn noted(request: Request, next: WsNext) -> WsResponse {
    let seen = facts(&request);
    let response = next.call(request).await;
    response.try_with_header("x-seen", seen).expect("a value")
}

fn rooms() -> PolyHandler {
    routes! {
        "/<room>"       => ws(called(ws, room)),
        "/plain/<room>" => ws(plain(req)),
    }
}

/// Returns an application whose handler is not a call of the table.
fn plain_rooms() -> PolyHandler {
    let routes = Routes::new().ws("/<room>", plain);
    routes.build().expect("one route")
}

fn app(filter: &BoxPolyFilter) -> PolyHandler {
    routes! {
        "/call/<room>"    with(filter.clone())        => ws(called(ws, room)),
        "/plain/<room>"   with(filter.clone())        => ws(plain(req)),
        "/built"          with(filter.clone())        => mount(plain_rooms()),
        "/before/<room>"  with(noted, filter.clone()) => ws(called(ws, room)),
        "/behind/<room>"  with(filter.clone(), noted) => ws(called(ws, room)),
        "/houses/<house>" with(filter.clone())        => mount(rooms()),
    }
}

/// Returns the message and the field that a client receives on each path.
fn seen<B: Backend>(app: PolyHandler) -> Vec<(String, Option<String>)> {
    let backend = B::start(app, SessionConfig::default());
    let paths = [
        "/call/x?q",
        "/plain/x%20y",
        "/built/x",
        "/before/x",
        "/behind/x",
        "/houses/1/x",
        "/houses/1/plain/x",
    ];
    let seen = paths.map(|path| {
        let request = Request::get(path)
            .header("x-key", "7")
            .header("sec-websocket-protocol", "b, a");
        let mut client = backend.connect(request);
        let field = client.response_headers().get("x-seen");
        let field = field.map(|seen| format!("{seen:?}"));
        let message = client.received().next().expect("a message");
        (message.expect("a text").text().into_owned(), field)
    });
    seen.to_vec()
}

on_every_backend! {
    fn the_request_is_the_same<B>() {
        let without = seen::<B>(app(&BoxPolyFilter::new(())));
        assert!(without[0].0.starts_with("x: /call/x?q house None room Some(\"x\") key Some(\"7\")"));
        assert!(without[5].0.contains("at Some(\"/houses/<house>/<room>\")"), "{without:?}");
        for filter in filters() {
            assert_eq!(seen::<B>(app(&filter)), without, "{}", filter.name());
            let around = app(&BoxPolyFilter::new(())).with(filter.clone());
            assert_eq!(seen::<B>(around), without, "{}", filter.name());
        }
    }
}

/// A filter may clone values of the user for each handshake.
#[test]
fn a_panic_of_a_clone_is_a_500() {
    #[derive(Debug)]
    struct Unclonable;

    impl Clone for Unclonable {
        fn clone(&self) -> Self {
            panic!("on purpose");
        }
    }

    let captured = Unclonable;
    let adjust = move |config: SessionConfig| {
        log::trace!("the bounds of a socket by {captured:?}");
        config
    };
    let app = session_config(adjust).then(|ws: WebSocket| ws.try_send("hello"));
    let refusal = app.try_test_ws("/").expect_err("a refusal");
    assert_eq!(refusal.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
