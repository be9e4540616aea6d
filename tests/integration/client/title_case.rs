//! The case of field names, for the server and both clients.

use http4k_ws::client::HttpClient;
use http4k_ws::client::WebSocketClient;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

/// Returns the field names in the next head of `io`.
async fn names(io: &mut DuplexStream) -> Vec<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(io.read_u8().await.expect("a head"));
    }
    let head = String::from_utf8(head).expect("text");
    let fields = head.lines().skip(1).take_while(|line| !line.is_empty());
    let name = |line: &str| line.split_once(':').expect("a field").0.to_owned();
    fields.map(name).collect()
}

fn is_title_case(name: &str) -> bool {
    let mut words = name.split('-');
    words.all(|word| {
        let (first, rest) = word.split_at(1);
        first == first.to_ascii_uppercase() && rest == rest.to_ascii_lowercase()
    })
}

fn is_lower_case(name: &str) -> bool {
    name == name.to_ascii_lowercase()
}

#[tokio::test(start_paused = true)]
async fn response_fields_follow_the_server_configuration() {
    const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const UPGRADE: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Version: 13\r\n\r\n";
    const REFUSED: &str = "GET / HTTP/1.1\r\n\r\n";
    // This request ends by its deadline.
    const LATE: &str = "GET / HT";
    let app = PolyHandler::new(
        |_: Request| "hello".into_response().with_header("X-Own-FIELD", "1"),
        |_: WebSocket| {},
    );
    for title_case in [false, true] {
        let config = ServerConfig::default().with_title_case_fields(title_case);
        for request in [GET, UPGRADE, REFUSED, LATE] {
            let (mut ours, theirs) = duplex(64 * 1024);
            tokio::spawn(app.clone().serve_connection(theirs, config.clone()));
            ours.write_all(request.as_bytes()).await.expect("room");
            let names = names(&mut ours).await;
            assert!(names.len() > 1, "{request}");
            let expected: fn(&str) -> bool = if title_case {
                is_title_case
            } else {
                is_lower_case
            };
            assert!(
                names.iter().all(|name| expected(name)),
                "{request}: {names:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn request_fields_follow_the_client_configuration() {
    for title_case in [false, true] {
        let expected: fn(&str) -> bool = if title_case {
            is_title_case
        } else {
            is_lower_case
        };

        let (ours, mut theirs) = duplex(64 * 1024);
        let handshake = WebSocketClient::to("ws://localhost/").with_header("X-Own-FIELD", "1");
        let handshake = handshake.with_title_case_fields(title_case);
        tokio::spawn(handshake.connect_over(ours));
        let names_of_handshake = names(&mut theirs).await;
        assert_eq!(names_of_handshake.len(), 6);
        assert!(
            names_of_handshake.iter().all(|name| expected(name)),
            "{names_of_handshake:?}"
        );

        let (ours, mut theirs) = duplex(64 * 1024);
        let client = HttpClient::new().with_title_case_fields(title_case);
        let request = Request::post("http://localhost/").header("X-Own-FIELD", "1");
        let request = request.body(Body::from("hello")).expect("a request");
        tokio::spawn(async move { client.send_over(ours, request).await });
        let names_of_request = names(&mut theirs).await;
        assert_eq!(names_of_request.len(), 3);
        assert!(
            names_of_request.iter().all(|name| expected(name)),
            "{names_of_request:?}"
        );
    }
}
