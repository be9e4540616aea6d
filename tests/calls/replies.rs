//! The messages of a server, as any client sees them.

use http4k_ws::contract_test;
use http4k_ws::prelude::*;
use http4k_ws::testing::WsClient;
use http4k_ws::testing::contract::Backend;
use serde_json::{Value, json};

use crate::support::{answer, app, call, next};

#[contract_test(app())]
fn a_call_has_one_reply(backend: &impl Backend) {
    let mut client = backend.ws("/");
    let reply = answer(&mut client, call(7, "double", json!({"number": 21})));
    assert_eq!(reply, json!({"id": 7, "ok": 42}));
    // The id may be used again.
    let reply = answer(&mut client, call(7, "double", json!({"number": 1})));
    assert_eq!(reply, json!({"id": 7, "ok": 2}));
    client.close(WsStatus::NORMAL);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
}

#[contract_test(app())]
fn a_call_without_arguments_needs_none(backend: &impl Backend) {
    let mut client = backend.ws("/");
    for request in [
        json!({"id": 1, "call": "ping"}),
        json!({"id": 1, "call": "ping", "args": null}),
        json!({"id": 1, "call": "ping", "unknown": [1, 2]}),
    ] {
        assert_eq!(answer(&mut client, request), json!({"id": 1, "ok": null}));
    }
}

#[contract_test(app())]
fn a_stream_has_items_and_an_end(backend: &impl Backend) {
    let mut client = backend.ws("/");
    client
        .send(call(8, "count", json!({"to": 2})).to_string())
        .unwrap();
    let received: Vec<Value> = (0..3).map(|_| next(&mut client)).collect();
    let expected = json!([{"id": 8, "item": 1}, {"id": 8, "item": 2}, {"id": 8, "end": true}]);
    assert_eq!(Value::from(received), expected);
    assert_eq!(
        answer(&mut client, call(8, "count", json!({"to": 0}))),
        json!({"id": 8, "end": true})
    );
}

#[contract_test(app())]
fn a_slow_call_delays_no_other(backend: &impl Backend) {
    let mut client = backend.ws("/");
    client
        .send(json!({"id": 1, "call": "wait"}).to_string())
        .unwrap();
    assert_eq!(
        answer(&mut client, json!({"id": 2, "call": "ping"})),
        json!({"id": 2, "ok": null})
    );
}

fn error(reply: &Value) -> (u64, u64, String) {
    let error = &reply["error"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| value.as_u64().expect("a number");
    (
        number(&reply["id"]),
        number(&error["status"]),
        text(&error["detail"]),
    )
}

#[contract_test(app())]
fn each_mistake_of_a_client_has_its_error(backend: &impl Backend) {
    let mut client = backend.ws("/");
    let only = "only one of the fields `call`, `cancel` and `more` is allowed";
    for (request, status, detail) in [
        (
            json!({"id": 1, "call": "dubble"}),
            404,
            "the call \"dubble\" is unknown; the calls are `double`, `count`",
        ),
        (
            json!({"id": 1, "call": "double"}),
            400,
            "message `double` must be a call with arguments: args: missing field `number`",
        ),
        (
            json!({"id": 1, "call": "double", "args": {"number": "x"}}),
            400,
            "message `double` must be JSON: args.number: invalid type: string \"x\"",
        ),
        (
            json!({"id": 1, "call": "double", "args": [1, 2]}),
            400,
            "message `double` must be JSON: args",
        ),
        (
            json!({"id": 1, "call": 7}),
            400,
            "message `Math` must be JSON: call: invalid type: integer `7`",
        ),
        (
            json!({"id": 1}),
            400,
            "one of the fields `call`, `cancel` and `more` is required",
        ),
        (
            json!({"id": 1, "cancel": false}),
            400,
            "the field `cancel` must be true",
        ),
        (json!({"id": 1, "cancel": true, "call": "ping"}), 400, only),
        (json!({"id": 1, "cancel": true, "more": 1}), 400, only),
        (
            json!({"id": 1, "call": "count", "args": {"to": 1}, "window": -1}),
            400,
            "message `Math` must be JSON: window: invalid value: integer `-1`",
        ),
        (
            json!({"id": 1, "more": "x"}),
            400,
            "message `Math` must be JSON: more",
        ),
    ] {
        let (id, found, text) = error(&answer(&mut client, request.clone()));
        assert_eq!((id, found), (1, status), "{request}: {text}");
        assert!(text.starts_with(detail), "{request}: {text}");
    }
    assert_eq!(
        answer(&mut client, json!({"id": 2, "call": "ping"})),
        json!({"id": 2, "ok": null})
    );
}

#[contract_test(app())]
fn bad_arguments_name_the_field(backend: &impl Backend) {
    let mut client = backend.ws("/");
    let reply = answer(&mut client, call(1, "double", json!({"number": 1.5})));
    let part = &reply["error"]["failures"][0];
    assert_eq!(part["path"], "args.number");
    assert_eq!(
        (&part["kind"], &part["location"]),
        (&json!("invalid"), &json!("message"))
    );
    assert_eq!(
        (&part["name"], &part["expected"]),
        (&json!("double"), &json!("JSON"))
    );
    assert_eq!(reply["error"]["title"], "Bad Request");
}

#[contract_test(app())]
fn the_id_of_an_open_call_ends_both(backend: &impl Backend) {
    let mut client = backend.ws("/");
    client
        .send(json!({"id": 1, "call": "wait"}).to_string())
        .unwrap();
    let (id, status, detail) = error(&answer(&mut client, json!({"id": 1, "call": "ping"})));
    assert_eq!((id, status), (1, 409));
    assert_eq!(detail, "the id 1 is that of an open call, which ends, too");
    assert_eq!(
        answer(&mut client, json!({"id": 1, "call": "ping"})),
        json!({"id": 1, "ok": null})
    );
}

#[contract_test(app())]
fn a_malformed_message_about_an_open_call_ends_it(backend: &impl Backend) {
    let mut client = backend.ws("/");
    client
        .send(json!({"id": 1, "call": "silence"}).to_string())
        .unwrap();
    assert_eq!(error(&answer(&mut client, json!({"id": 1}))).1, 400);
    assert_eq!(
        answer(&mut client, json!({"id": 1, "call": "ping"})),
        json!({"id": 1, "ok": null})
    );
}

#[contract_test(app())]
fn without_an_id_the_socket_closes(backend: &impl Backend) {
    for (message, reason) in [
        ("hello", "message `Math` must be JSON: expected value"),
        ("[]", "message `Math` must be JSON: "),
        (
            r#"{"call":"ping"}"#,
            "message `Math` must be JSON: missing field `id`",
        ),
        (
            r#"{"id":-1,"call":"ping"}"#,
            "message `Math` must be JSON: id: invalid value: integer `-1`",
        ),
        (
            r#"{"id":"1","call":"ping"}"#,
            "message `Math` must be JSON: id: invalid type",
        ),
        (
            r#"{"id":1.5,"call":"ping"}"#,
            "message `Math` must be JSON: id: invalid type",
        ),
        (
            r#"{"id":1e300,"call":"ping"}"#,
            "message `Math` must be JSON: id: invalid type",
        ),
        (
            r#"{"id":9007199254740992,"call":"ping"}"#,
            "message `Math` must be JSON: id: the id of a call is an integer from 0 to 9007199254740991",
        ),
        (
            r#"{"id":123456789012345678901234567890}"#,
            "message `Math` must be JSON: id: ",
        ),
        (
            r#"{"id":1,"id":2,"call":"ping"}"#,
            "message `Math` must be JSON: duplicate field `id`",
        ),
    ] {
        let mut client = backend.ws("/");
        client.send(message).unwrap();
        let status = client.closed().expect("the socket closes");
        assert_eq!(status.code(), 1007, "{message}");
        assert!(status.reason().starts_with(reason), "{message}: {status}");
    }
    let mut client = backend.ws("/");
    let largest = json!({"id": 9_007_199_254_740_991_u64, "call": "ping"});
    assert_eq!(
        answer(&mut client, largest),
        json!({"id": 9_007_199_254_740_991_u64, "ok": null})
    );
}

#[contract_test(app())]
fn a_handler_that_fails_ends_its_call_alone(backend: &impl Backend) {
    let mut client = backend.ws("/");
    for how in ["error", "panic", "late", "encoding"] {
        let reply = answer(&mut client, call(3, "fail", json!({"how": how})));
        let expected = json!({"id": 3, "error": {"title": "Internal Server Error", "status": 500}});
        assert_eq!(reply, expected, "{how}");
    }
    let reply = answer(&mut client, call(3, "double", json!({"number": i64::MAX})));
    assert_eq!(error(&reply), (3, 400, "too large".to_owned()));
    assert_eq!(
        answer(&mut client, call(3, "fail", json!({"how": ""}))),
        json!({"id": 3, "ok": 0.5})
    );
}

#[contract_test(app())]
fn notices_belong_to_no_call(backend: &impl Backend) {
    let mut client = backend.ws("/news");
    assert_eq!(next(&mut client), json!({"notice": "welcome"}));
    assert_eq!(
        answer(&mut client, json!({"id": 1, "call": "ping"})),
        json!({"notice": "called"})
    );
    assert_eq!(next(&mut client), json!({"id": 1, "ok": null}));
}
