//! Chapter 3: the request line, and Host.

use http4k_ws::server::ServerConfig;

use super::{each_has_status, get_with, post, start, start_with, until_closed};
use crate::server::peer::{self, Peer};

/// §3: the parts are separated by one space, and the target contains none.
#[test]
fn the_request_line_has_three_parts() {
    let line = |line: &str| format!("{line}\r\nHost: a\r\n\r\n");
    each_has_status(
        400,
        [
            ("a space in the target", line("GET /a b HTTP/1.1")),
            ("a tab between", line("GET\t/ HTTP/1.1")),
            ("a space in front", line(" GET / HTTP/1.1")),
            ("no target", line("GET HTTP/1.1")),
            (
                "a control character in the target",
                line("GET /a\u{1} HTTP/1.1"),
            ),
            ("DEL in the target", line("GET /a\u{7f} HTTP/1.1")),
        ],
    );
}

/// §3.1: a method is a token, and case-sensitive.
#[test]
fn a_method_is_a_token() {
    let line = |method: &str| format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
    each_has_status(
        400,
        ["G(T", "G\u{1}T", "G@T", "\u{e9}"].map(|m| (m, line(m))),
    );
    // These are tokens that the route does not know.
    each_has_status(405, ["get", "BREW", "G!T"].map(|m| (m, line(m))));
}

/// §3.2: exactly one Host, which names a host; optional in HTTP/1.0.
#[test]
fn a_request_has_one_host() {
    each_has_status(
        400,
        [
            ("none", get_with("")),
            ("two", get_with("Host: a\r\nHost: b\r\n")),
            ("twice the same", get_with("Host: a\r\nHost: a\r\n")),
            (
                "two in HTTP/1.0",
                "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n".to_owned(),
            ),
            (
                "none beside a whole URI",
                "GET http://a/ HTTP/1.1\r\n\r\n".to_owned(),
            ),
        ],
    );
    each_has_status(
        200,
        [
            ("one", get_with("Host: a\r\n")),
            ("none in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n".to_owned()),
        ],
    );
}

/// §3.2: an invalid Host is refused with 400.
#[test]
fn host_is_a_host_and_a_port() {
    let bad = [
        "", "a b", "a, b", "a/b", "http://a", "user@a", "a:b", "a:80:80", "a:65536", ":80", "[::1",
        "::1", "a?b", "a#b", "a%zz", "\u{e4}", "a\\b", "a|b", "<a>",
    ];
    each_has_status(
        400,
        bad.map(|host| (host, get_with(&format!("Host: {host}\r\n")))),
    );
    let good = [
        "a",
        "a:80",
        "a.b.example:8080",
        "127.0.0.1",
        "[::1]:9000",
        "A-b_c~d",
        "a%41",
        "a:",
    ];
    each_has_status(
        200,
        good.map(|host| (host, get_with(&format!("Host:{host}\r\n")))),
    );
}

/// §3.2.2: a whole URI is a valid target, whose path counts here.
#[test]
fn a_whole_uri_is_a_target() {
    let line = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: other\r\n\r\n");
    each_has_status(
        200,
        [
            "http://a/",
            "http://a",
            "https://a:443/hello/x?y=z",
            "HTTP://A/",
        ]
        .map(|target| (target, line(target))),
    );
    each_has_status(
        400,
        [
            "ftp://a/",
            "http://user:word@a/",
            "http:///",
            "http://a:b/",
            "http://:80/",
            "file:///etc",
        ]
        .map(|target| (target, line(target))),
    );
}

/// §3.2.2: the host of a whole URI wins over the Host field.
#[test]
fn a_whole_uri_outranks_host() {
    let server = start();
    for (line, seen) in [
        (
            "http://a.example:8080/target?x=y",
            "/target?x=y at a.example:8080",
        ),
        ("http://A/target", "/target at A"),
        ("/target", "/target at other"),
    ] {
        let request = format!("GET {line} HTTP/1.1\r\nHost: other\r\n\r\n");
        let answer = Peer::connect(server.addr()).send(request).answer();
        assert_eq!(answer.body, seen, "{line}");
    }
}

/// §3.2: a target has one of four forms.
#[test]
fn a_target_has_a_form_of_its_method() {
    let line = |line: &str| format!("{line} HTTP/1.1\r\nHost: a\r\n\r\n");
    each_has_status(
        400,
        [
            ("a name", line("GET a")),
            ("an authority", line("GET a:80")),
            ("all, for GET", line("GET *")),
            ("a relative path", line("GET ../x")),
        ],
    );
}

/// §3.2: a target has no fragment, and characters outside RFC 3986 are encoded.
#[test]
fn a_target_has_no_fragment_and_only_the_characters_of_a_uri() {
    let line =
        |method: &str, target: &str| format!("{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    let fragments = [
        "/#x",
        "/#",
        "/?#",
        "/?a=b#c",
        "/hello/a#b?c",
        "http://a/#x",
        "http://a#x",
        "#",
        "#x",
    ];
    each_has_status(400, fragments.map(|target| (target, line("GET", target))));
    each_has_status(
        400,
        ["*#x", "*#"].map(|target| (target, line("OPTIONS", target))),
    );
    for character in "\"<>\u{e4}\u{7f}\u{1}".chars() {
        let target = format!("/?a={character}");
        each_has_status(400, [(target.as_str(), line("GET", &target))]);
    }
    for character in "\"<>\\^`{}\u{e4}\u{7f}\u{1}".chars() {
        let targets = [
            format!("/hello/a{character}b"),
            format!("http://a/hello/{character}"),
            format!("http://a{character}/"),
        ];
        for target in targets {
            // The host of a whole URI may be an IPv6 address in brackets.
            each_has_status(400, [(target.as_str(), line("GET", &target))]);
        }
    }
    each_has_status(
        200,
        [
            "/hello/-._~!$&'()*+,;=:@",
            "/hello/%22%23%3C%5B%7B%7C",
            "/?-._~!$&'()*+,;=:@/?%23",
            "http://[::1]/hello/a",
        ]
        .map(|target| (target, line("GET", target))),
    );
    // `#` may occur elsewhere: in a method, which is a token, in a field and in a body.
    each_has_status(405, [("a method", line("G#T", "/"))]);
}

/// §3.2: the rule holds for later requests of the same connection, after any request.
#[test]
fn a_fragment_is_refused_after_every_kind_of_request() {
    let before = [
        ("none", String::new()),
        ("a GET", peer::get("/")),
        ("several", peer::get("/").repeat(20)),
        ("empty lines", "\r\n\r\n".to_owned()),
        ("a body", post("Content-Length: 12\r\n", "GET /#x\r\n\r\n#")),
        (
            "chunks",
            post(
                "Transfer-Encoding: chunked\r\n",
                "5;a=#\r\n /#x \r\nA\r\n0123456789\r\n0\r\nX: #\r\n\r\n",
            ),
        ),
        (
            "an unread body",
            post("Content-Length: 3\r\n", "abc").replace("/echo", "/ignore"),
        ),
        ("a field", get_with("Host: a\r\nX: /#x HTTP/1.1\r\n")),
    ];
    let server = start();
    for (what, before) in before {
        // The requests are sent together, or one after the other.
        for at_once in [true, false] {
            let mut peer = Peer::connect(server.addr());
            let last = peer::get("/#x");
            peer.send(&before);
            if at_once {
                peer.send(&last);
            }
            for _ in 0..before.matches("HTTP/1.1\r\nHost").count() {
                assert_eq!(peer.answer().status, 200, "{what}");
            }
            if !at_once {
                peer.send(&last);
            }
            assert_eq!(peer.answer().status, 400, "{what} {at_once}");
            assert!(peer.is_ended(), "{what}");
        }
    }
}

/// §3.2.4: `*` is for OPTIONS, and stands for the server as a whole.
#[test]
fn options_may_address_the_server() {
    let server = start();
    let answer = Peer::connect(server.addr())
        .send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
        .answer();
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert!(
        answer
            .field("allow")
            .is_some_and(|allow| allow.contains("OPTIONS"))
    );
    // A path that only begins with `*` has another form.
    each_has_status(
        400,
        [("more", "OPTIONS *a HTTP/1.1\r\nHost: a\r\n\r\n".to_owned())],
    );
}

/// §3: a target over the limit is refused with 414, and the connection ends.
#[test]
fn a_target_over_the_limit_is_refused() {
    let server = start_with(ServerConfig::default().with_max_target(20));
    let request = peer::get("/hello/aaaaaaaaaaaaa").repeat(2);
    let mut peer = Peer::connect(server.addr());
    assert_eq!(peer.send(request).answer().status, 200);
    assert_eq!(peer.answer().status, 200);
    let answers = until_closed(&server, peer::get("/hello/aaaaaaaaaaaaaa").repeat(2));
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0].status, 414);
    assert!(answers[0].body.contains("limit of 20"), "{answers:?}");
}

/// RFC 3986 §2.1: a percent sign is followed by two hexadecimal digits, and a segment is UTF-8.
#[test]
fn an_undecodable_segment_is_refused() {
    each_has_status(
        400,
        [
            "/hello/%",
            "/hello/%2",
            "/hello/%zz",
            "/hello/%ff",
            "/hello/a%00%e2%28",
        ]
        .map(|target| (target, peer::get(target))),
    );
    each_has_status(
        200,
        ["/hello/a%2Fb", "/hello/%C3%A9"].map(|t| (t, peer::get(t))),
    );
}
