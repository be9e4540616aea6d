//! Requests that no honest client sends, in memory, because a client would not send some of them.

use http4k_ws::filter::authenticate;
use http4k_ws::prelude::*;

use super::{SECRET, challenges, every_source, look_up, me, talk, with_field};

fn app() -> PolyHandler {
    routes! {
        with(authenticate(every_source(), look_up)) => {
            GET "/" => http(me(_)),
            "/ws" => ws(talk(ws, _)),
        },
    }
}

/// Returns the statuses over HTTP and before an upgrade, which must be the same.
fn status(fields: &[(&'static str, &[u8])]) -> u16 {
    let app = app();
    let request = |path: &str| {
        let mut request = with_field(path, fields[0].0, fields[0].1);
        for (name, value) in &fields[1..] {
            let value = http::HeaderValue::from_bytes(value).expect("a value");
            request.headers_mut().append(*name, value);
        }
        request
    };
    let over_http = app.test_http(request("/")).status().as_u16();
    let upgraded = app.try_test_ws(request("/ws"));
    let over_ws = upgraded.map_or_else(|refusal| refusal.status().as_u16(), |_| 200);
    assert_eq!(over_http, over_ws, "{fields:?}");
    over_http
}

#[test]
fn malformed_credentials_are_refused_by_their_source() {
    let token = SECRET.as_bytes();
    let bearer = [b"Bearer ", token].concat();
    let offer = [b"bearer.", token, b", chat"].concat();
    let cookie = [b"key=", token].concat();
    let twice = [&bearer[..], b", ", &bearer].concat();
    let with = |before: &str, after: &[u8]| [before.as_bytes(), after].concat();
    for (fields, expected) in [
        // RFC 6750 §2.1: a token is a `b64token`.
        (vec![("authorization", &b"Bearer"[..])], 400),
        (vec![("authorization", b"Bearer ")], 400),
        (vec![("authorization", b"Bearer a b")], 400),
        (vec![("authorization", b"Bearer a=b")], 400),
        (vec![("authorization", b"Bearer ==")], 400),
        (vec![("authorization", b"Bearer a,b")], 400),
        (vec![("authorization", b"Bearer \xc3\xa9")], 400),
        (vec![("authorization", b"Bearer \xff")], 400),
        (vec![("authorization", &twice)], 400),
        (vec![("authorization", b"bearer\ta")], 401),
        // RFC 7617 §2.
        (vec![("authorization", b"Basic")], 401),
        (vec![("authorization", b"Basic ??")], 401),
        (vec![("authorization", b"Basic YW5u")], 401),
        (vec![("authorization", b"Basic /////w==")], 401),
        (vec![("authorization", b"Basic \xff")], 401),
        // No source has these schemes.
        (vec![("authorization", b"")], 401),
        (vec![("authorization", token)], 401),
        (vec![("authorization", b"Digest username=\"ann\"")], 401),
        (vec![("authorization", b"\xff\xff \xff")], 401),
        (vec![("authorization", b"Bearer-s3cret-T0ken")], 401),
        // Several of one.
        (
            vec![("authorization", &bearer), ("authorization", &bearer)],
            400,
        ),
        (
            vec![("authorization", &bearer), ("authorization", b"")],
            400,
        ),
        (
            vec![("authorization", b"Digest x"), ("authorization", &bearer)],
            400,
        ),
        (
            vec![("sec-websocket-protocol", &with("bearer.a, ", &offer))],
            400,
        ),
        (
            vec![
                ("sec-websocket-protocol", &offer),
                ("sec-websocket-protocol", &offer),
            ],
            400,
        ),
        (vec![("sec-websocket-protocol", b"bearer., chat")], 400),
        (vec![("sec-websocket-protocol", b"bearer.\xff, chat")], 400),
        (vec![("sec-websocket-protocol", b"bearer.a")], 400),
        (vec![("sec-websocket-protocol", b"bearer.a, ,")], 400),
        (vec![("sec-websocket-protocol", b"bearer, chat")], 401),
        (vec![("sec-websocket-protocol", b"")], 401),
        (vec![("x-api-key", b"")], 400),
        (vec![("x-api-key", b"\xff")], 400),
        (vec![("x-api-key", token), ("x-api-key", token)], 400),
        (vec![("cookie", &with("key=a; ", &cookie))], 400),
        (vec![("cookie", &cookie), ("cookie", &cookie)], 400),
        (vec![("cookie", b"key=\xff")], 400),
        (vec![("cookie", b"key=")], 401),
        (vec![("cookie", b"key")], 401),
        (vec![("cookie", b"KEY=s3cret-T0ken")], 401),
        (vec![("cookie", b";;;=;key;\xff=\xff")], 401),
        // And what is valid beside other things.
        (
            vec![
                ("sec-websocket-protocol", b"a"),
                ("sec-websocket-protocol", &offer),
            ],
            200,
        ),
        (vec![("cookie", b";;=;\xff"), ("cookie", &cookie)], 200),
        (vec![("cookie", &with("key=; ", &cookie))], 200),
        (
            vec![("authorization", b"Digest x"), ("cookie", &cookie)],
            200,
        ),
    ] {
        let shown: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name, value.escape_ascii().to_string()))
            .collect();
        assert_eq!(status(&fields), expected, "{shown:?}");
    }
}

#[test]
fn malformed_queries_are_refused() {
    for (query, expected) in [
        ("key=s3cret-T0ken", 200),
        ("key=s3cret-T0ken&key=s3cret-T0ken", 400),
        ("key=s3cret-T0ken&key=", 400),
        ("key=s3cret-T0ken&%6bey", 400),
        ("key", 400),
        ("key=", 400),
        ("key=%ff", 400),
        ("Key=s3cret-T0ken", 401),
        ("%ff=s3cret-T0ken", 401),
        ("&&=&", 401),
    ] {
        let target = format!("/?{query}");
        assert_eq!(app().test_http(&*target).status(), expected, "{query}");
    }
}

#[test]
fn a_malformed_token_is_named_as_such_by_its_scheme() {
    let refusal = app().test_http(with_field("/", "authorization", b"Bearer a b"));
    let invalid = "Bearer realm=\"api\", error=\"invalid_request\"";
    assert_eq!(
        (refusal.status().as_u16(), challenges(&refusal)[0]),
        (400, invalid)
    );
}

#[test]
fn a_long_field_is_read_in_linear_time() {
    let many = [b"bearer.".as_slice(), &b"a,".repeat(200_000), b" chat"].concat();
    let started = std::time::Instant::now();
    assert_eq!(status(&[("sec-websocket-protocol", &many)]), 401);
    let cookies = b"a=b; ".repeat(100_000);
    assert_eq!(status(&[("cookie", &cookies)]), 401);
    assert!(started.elapsed() < std::time::Duration::from_secs(20));
}
