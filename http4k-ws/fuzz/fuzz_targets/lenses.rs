//! No input makes a lens panic, and a value that a lens reads is the same after it is written and read again.
#![no_main]

use std::collections::BTreeMap;

use futures_util::FutureExt;
use http4k_ws::http::HeaderValue;
use http4k_ws::lens::{Accept, Cookie, Form, Header, Query};
use http4k_ws::message::RequestExt;
use http4k_ws::{Body, FromRequest, Message, Request, WsMessage};
use libfuzzer_sys::fuzz_target;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize, Message)]
#[serde(tag = "type")]
#[message(json, msgpack, cbor)]
enum Everything {
    Empty,
    Named {
        text: String,
        number: i64,
        maybe: Option<bool>,
    },
    Nested {
        parts: Vec<Everything>,
        by_name: BTreeMap<String, u16>,
    },
}

#[derive(Debug, FromRequest)]
#[allow(dead_code)]
struct Fields {
    #[query]
    n: i64,
    #[query("tag")]
    tags: Vec<String>,
    #[header]
    x_key: Option<u8>,
    #[cookie]
    session: Option<String>,
    #[form]
    name: String,
}

fuzz_target!(|data: &[u8]| {
    messages(data);
    requests(data);
});

/// Checks that a value is the same after it is written and read again.
fn messages(data: &[u8]) {
    for format in Everything::FORMATS {
        let message = WsMessage::new_binary(data.to_vec());
        let Ok(value) = Everything::from_message_in(*format, message) else {
            continue;
        };
        let shown = format!("{value:?}");
        let written = value
            .into_message_in(*format)
            .expect("what is read has a form");
        let again = Everything::from_message_in(*format, written).expect("what is written is read");
        assert_eq!(format!("{again:?}"), shown);
    }
    let _ = WsMessage::string()
        .to_lens()
        .get(&WsMessage::new_binary(data.to_vec()));
}

fn requests(data: &[u8]) {
    let mut request = Request::new(Body::empty());
    let (head, body) = data.split_at(data.len() / 2);
    let text = String::from_utf8_lossy(head);
    if let Ok(uri) = format!("/?{text}").parse() {
        request = request.with_uri(uri);
    }
    if let Ok(value) = HeaderValue::from_bytes(head) {
        for name in ["x-key", "cookie", "accept", "n"] {
            request = request.with_header(name, value.clone());
        }
    }
    let _ = Accept::of(&request).choose(&["text/html", "application/json"]);
    let _ = Query::float("n").multi().optional().get(&request);
    let _ = Header::string("n").required().get(&request);
    let _ = Cookie::boolean("session").optional().get(&request);
    for content_type in [
        "application/x-www-form-urlencoded",
        "application/json",
        "text/plain",
    ] {
        let mut request = request
            .clone_head()
            .with_header("content-type", content_type);
        *request.body_mut() = Body::from(body.to_vec());
        let _ = Form::feedback(&Form::int("n").required())
            .get(&mut request)
            .now_or_never();
        let _ = Everything::body().get(&mut request).now_or_never();
        let _ = Fields::from_request(&mut request).now_or_never();
    }
}

trait CloneHead {
    fn clone_head(&self) -> Request;
}

impl CloneHead for Request {
    fn clone_head(&self) -> Request {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = self.uri().clone();
        *request.headers_mut() = self.headers().clone();
        request
    }
}
