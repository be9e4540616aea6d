//! Calls in MessagePack and CBOR.

use http4k_ws::calls::{CallClient, CallSocket};
use http4k_ws::filter::subprotocols;
use http4k_ws::prelude::*;
use http4k_ws::testing::WsClient;
use serde_json::Value;

use crate::support::{Count, Double, Fail, Math, Ping, math};

fn app() -> PolyHandler {
    let serve = |ws: CallSocket<Math>| math(ws, Default::default());
    routes! { "/" with(subprotocols(["msgpack", "cbor", "json"])) => ws(serve) }
}

fn request(format: &str) -> Request {
    let request = Request::get("/").header("sec-websocket-protocol", format);
    request.body(Body::default()).unwrap()
}

#[tokio::test]
async fn each_format_carries_every_part() {
    for format in ["msgpack", "cbor", "json"] {
        let socket = app().connect_ws(request(format)).await.unwrap();
        assert_eq!(socket.subprotocol(), Some(format));
        let client: CallClient<Math> = socket.calls();
        assert_eq!(client.call(Double { number: -4 }).await, Ok(-8));
        assert_eq!(client.call(Ping).await, Ok(()));
        let mut count = client.stream(Count { to: 200 });
        for number in 1..=200 {
            assert_eq!(count.recv().await, Ok(Some(number)), "{format}");
        }
        assert_eq!(count.recv().await, Ok(None));
        let how = "error".to_owned();
        let failed = client.call(Fail { how }).await.unwrap_err();
        assert_eq!(failed.problem().unwrap().status(), 500);
    }
}

#[derive(Serialize)]
struct Sent<A> {
    id: u64,
    call: &'static str,
    args: A,
}

#[derive(Serialize)]
struct Text {
    number: &'static str,
}

#[test]
fn bad_arguments_name_their_field_in_each_format() {
    for (format, name) in [("msgpack", "MessagePack"), ("cbor", "CBOR")] {
        let mut client = app().test_ws(request(format));
        let args = Text { number: "x" };
        let sent = Sent {
            id: 1,
            call: "double",
            args,
        };
        client.send(encoded(format, &sent)).unwrap();
        let reply = client.received().next().unwrap().unwrap();
        let reply = decoded(format, reply.as_bytes());
        assert_eq!(
            reply["error"]["failures"][0]["path"], "args.number",
            "{reply}"
        );
        assert_eq!(reply["error"]["failures"][0]["expected"], name);
        client.send(WsMessage::new_binary("\u{1}\u{2}")).unwrap();
        assert_eq!(client.closed().unwrap().code(), 1007);
    }
}

/// A value that travels as it is.
#[derive(Serialize, Deserialize, Message)]
#[message(json, msgpack, cbor)]
struct Any(Value);

fn format_of(name: &str) -> http4k_ws::lens::Format {
    http4k_ws::lens::Format::of_subprotocol(name).unwrap()
}

fn encoded<T: Serialize>(format: &str, value: &T) -> WsMessage {
    let value = Any(serde_json::to_value(value).unwrap());
    value.into_message_in(format_of(format)).unwrap()
}

fn decoded(format: &str, bytes: &[u8]) -> Value {
    let message = WsMessage::new_binary(bytes.to_vec());
    Any::from_message_in(format_of(format), message).unwrap().0
}
