//! A line of text for each response and message.

use std::fmt::Display;

use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsConsumer, WsFilter,
    WsHandler, WsNext, WsResponse,
};
use crate::message::{Request, printable, shown_target};
use crate::session::{WebSocket, WsEvent};

/// Calls `print` with a line for every response, every message of a socket, and its end.
///
/// The filter is meant for development. A line contains the target with its query, and the message,
/// shortened if it is long. Line ends, control characters and invisible marks are escaped.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::print_traffic;
///
/// async fn greet(ws: WebSocket) -> WsResult {
///     Ok(ws.send("hello").await?)
/// }
///
/// let lines = Arc::new(Mutex::new(Vec::new()));
/// let to = Arc::clone(&lines);
/// let app = routes! { "/" => http(|| "hello"), "/ws" => ws(greet(ws)) };
/// // A program uses `print_traffic(|line| eprintln!("{line}"))`.
/// let app = app.with(print_traffic(move |line| to.lock().unwrap().push(line)));
/// app.test_http("/");
/// app.test_ws("/ws").closed();
/// assert_eq!(
///     *lines.lock().unwrap(),
///     [
///         "GET / responded: 200 OK",
///         "GET /ws accepted",
///         r#"GET /ws sent: Text("hello")"#,
///         "GET /ws closed: 1000",
///     ]
/// );
/// ```
pub fn print_traffic<F>(print: F) -> impl PolyFilter + Clone
where
    F: Fn(String) + Clone + Send + Sync + 'static,
{
    Traffic(print)
}

#[derive(Clone)]
struct Traffic<F>(F);

/// Returns the start of each line of a request.
fn line(request: &Request) -> String {
    format!(
        "{} {}",
        request.method(),
        printable(shown_target(request.uri()))
    )
}

impl<F: Fn(String) + Clone + Send + Sync + 'static> PolyFilter for Traffic<F> {
    fn name(&self) -> String {
        "print_traffic".to_owned()
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let print = self.0.clone();
        let printing = move |request: Request, next: Next| {
            let (print, head) = (print.clone(), line(&request));
            async move {
                let response = next.call(request).await;
                print(format!("{head} responded: {}", response.status()));
                response
            }
        };
        printing.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let print = self.0.clone();
        let printing = move |request: Request, next: WsNext| {
            let (print, head) = (print.clone(), line(&request));
            async move {
                let response = next.call(request).await;
                print(opened(&head, &response));
                response.map_consumer(|consumer| observed(consumer, head, print))
            }
        };
        printing.then(next)
    }
}

fn opened(head: &str, response: &WsResponse) -> String {
    match (response.refusal(), response.subprotocol()) {
        (Some(refusal), _) => format!("{head} refused: {}", refusal.status()),
        (None, None) => format!("{head} accepted"),
        (None, Some(subprotocol)) => {
            format!("{head} accepted, subprotocol {}", printable(subprotocol))
        }
    }
}

fn observed(
    consumer: WsConsumer,
    head: String,
    print: impl Fn(String) + Send + Sync + 'static,
) -> WsConsumer {
    consumer.after(move |socket: &mut WebSocket| {
        let print = move |what: &str, of: &dyn Display| print(format!("{head} {what}: {of}"));
        socket.observe(move |event: WsEvent<'_>| match event {
            WsEvent::Received(message) => print("received", &format_args!("{message:?}")),
            WsEvent::Sent(message) => print("sent", &format_args!("{message:?}")),
            WsEvent::PeerCloses(_) => {}
            WsEvent::Closed { status, .. } => print("closed", status),
        });
    })
}
