//! A kept request, compared with the one that was kept.

use http::{HeaderValue, Method};

use super::*;
use crate::message::{IntoRequest, RequestExt};

fn routed() -> Request {
    let mut request = "/rooms/one?user=ann&x=%20"
        .into_request()
        .unwrap()
        .with_header("x-key", "1")
        .with_header("cookie", "a=1")
        .with_added_header("x-key", "2")
        .with_header("x-long", "y".repeat(300).parse::<HeaderValue>().unwrap())
        .with_peer_addr("192.0.2.1:50000".parse().unwrap())
        .with_peer_addr("[2001:db8::7]:0".parse().unwrap())
        .with_scheme(Scheme::Https);
    for value in request.headers_mut().values_mut() {
        let is_cookie = value == "a=1";
        value.set_sensitive(is_cookie);
    }
    let params = PathParams::from_iter([("room", String::from("one")), ("x", String::new())]);
    request.extensions_mut().insert(params);
    request.extensions_mut().insert("another");
    request
}

fn assert_alike(kept: &Request, request: &Request) {
    assert_eq!(kept.method(), request.method());
    assert_eq!(kept.uri(), request.uri());
    assert_eq!(kept.version(), request.version());
    assert_eq!(kept.headers(), request.headers());
    let fields = |request: &Request| -> Vec<_> {
        let fields = request.headers().iter();
        fields
            .map(|(name, value)| (name.clone(), value.is_sensitive()))
            .collect()
    };
    assert_eq!(fields(kept), fields(request));
    let (kept, known) = (kept.extensions(), request.extensions());
    assert_eq!(kept.len(), known.len());
    assert_eq!(kept.get::<PathParams>(), known.get::<PathParams>());
    assert_eq!(kept.get::<PeerAddr>(), known.get::<PeerAddr>());
    assert_eq!(kept.get::<Scheme>(), known.get::<Scheme>());
    assert_eq!(kept.get::<&str>(), known.get::<&str>());
}

#[test]
fn a_kept_request_is_read_as_it_was() {
    let request = routed();
    assert_alike(KeptRequest::copy_of(&request, None).get(), &request);
    assert_alike(KeptRequest::from(routed()).get(), &request);
    for version in super::packed::VERSIONS {
        for method in [Method::GET, Method::CONNECT, "PURGE".parse().unwrap()] {
            let mut request = Request::default().with_method(method);
            *request.version_mut() = version;
            assert_alike(KeptRequest::copy_of(&request, None).get(), &request);
        }
    }
}

#[test]
fn parameters_are_added_to_a_request_that_was_not_routed() {
    for mut request in [Request::default(), routed()] {
        let mut kept = KeptRequest::copy_of(&request, None);
        for room in ["two", ""] {
            let params = PathParams::from_iter([("room", String::from(room))]);
            kept.set_params(&params);
            request.extensions_mut().insert(params);
        }
        assert_eq!(kept.path(), request.uri().path());
        assert_alike(kept.get(), &request);
    }
}

#[test]
fn any_target_is_kept() {
    for target in [
        "/",
        "*",
        "/a?b?c",
        "/%C3%A9?%",
        "http://a",
        "https://user@a:1/b?c",
        "a:1",
    ] {
        let mut request = Request::default();
        *request.uri_mut() = target.parse().expect(target);
        let kept = KeptRequest::copy_of(&request, None);
        assert_eq!(kept.path(), request.uri().path(), "{target}");
        assert_alike(kept.get(), &request);
    }
    let mut request = Request::default();
    *request.uri_mut() = http::uri::PathAndQuery::from_static("?a").into();
    let kept = KeptRequest::copy_of(&request, None);
    assert_eq!((kept.path(), request.uri().path()), ("/", "/"));
    assert_alike(kept.get(), &request);
}

#[test]
fn a_change_is_kept_before_and_after_the_first_read() {
    for is_read in [false, true] {
        let mut kept = KeptRequest::from(routed());
        if is_read {
            assert_eq!(kept.get().header("x-key"), Some("1"));
        }
        kept.insert(7_u8);
        assert!(kept.has::<u8>() && !kept.has::<u16>());
        kept.edit(|request| {
            request.headers_mut().remove("x-key");
        });
        let request = kept.get();
        assert_eq!(request.header("x-key"), None);
        assert_eq!(request.path_param("room"), Some("one"));
        assert_eq!(request.extensions().get(), Some(&7_u8));
    }
}

#[test]
fn the_inner_extension_wins() {
    for is_read in [false, true] {
        let mut outer = KeptRequest::from(routed());
        outer.insert("outer");
        outer.insert(1_u8);
        let mut inner = Request::default();
        inner.extensions_mut().insert("inner");
        let mut inner = KeptRequest::from(inner);
        if is_read {
            outer.get();
        }
        inner.inherit(outer);
        let extensions = inner.get().extensions();
        assert_eq!(extensions.get(), Some(&"inner"));
        assert_eq!(extensions.get(), Some(&1_u8));
        assert_eq!(inner.get().scheme(), Some(Scheme::Https));
    }
}

#[test]
fn the_text_of_a_kept_request_has_no_fields() {
    let shown = format!("{:?}", KeptRequest::from(routed()));
    assert_eq!(shown, r#"KeptRequest { path: "/rooms/one", .. }"#);
}
