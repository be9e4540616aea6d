use std::time::{Duration, Instant};

use super::*;
use crate::message::RequestExt;

/// The client, scheme and host, `-` for none.
type Seen = (&'static str, &'static str, &'static str);

/// The peer and the fields of a request, and what they are resolved to.
type Case = (&'static str, &'static [(&'static str, &'static str)], Seen);

fn request(peer: &str, fields: &[(&'static str, &'static str)]) -> Request<()> {
    let mut request = Request::get("/").header("host", "upstream:9000");
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    let request = request.body(()).unwrap();
    match peer {
        "unix" => request,
        peer => request.with_peer_addr(SocketAddr::new(peer.parse().unwrap(), 50_000)),
    }
}

fn shown(request: &Request<()>) -> [String; 3] {
    let none = || "-".to_owned();
    [
        request
            .peer_addr()
            .map_or_else(none, |peer| peer.ip().to_string()),
        request
            .scheme()
            .map_or_else(none, |scheme| scheme.to_string()),
        request.header("host").map_or_else(none, str::to_owned),
    ]
}

fn trusted() -> TrustedPeers {
    Proxies::trusted(["10.0.0.0/8", "127.0.0.1", "2001:db8::/32"]).unwrap()
}

const OWN: &str = "upstream:9000";

#[test]
fn x_forwarded_fields_count_from_trusted_peers_only() {
    let cases: &[Case] = &[
        // The peer is not trusted.
        (
            "192.0.2.1",
            &[
                ("x-forwarded-for", "1.1.1.1"),
                ("forwarded", "for=1.1.1.1"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "evil"),
            ],
            ("192.0.2.1", "-", OWN),
        ),
        // One proxy.
        (
            "10.0.0.1",
            &[
                ("x-forwarded-for", "203.0.113.7"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "chat.example"),
            ],
            ("203.0.113.7", "https", "chat.example"),
        ),
        // A forged beginning.
        (
            "10.0.0.1",
            &[("x-forwarded-for", "1.1.1.1, 203.0.113.7, 10.0.0.2")],
            ("203.0.113.7", "-", OWN),
        ),
        (
            "10.0.0.1",
            &[
                ("x-forwarded-for", "1.1.1.1"),
                ("x-forwarded-for", "203.0.113.7"),
            ],
            ("203.0.113.7", "-", OWN),
        ),
        (
            "10.0.0.1",
            &[
                ("x-forwarded-for", "10.0.0.7, 1.1.1.1,203.0.113.7"),
                ("x-forwarded-for", "10.0.0.2"),
            ],
            ("203.0.113.7", "-", OWN),
        ),
        // A forged scheme and host.
        (
            "10.0.0.1",
            &[
                ("x-forwarded-for", "203.0.113.7"),
                ("x-forwarded-proto", "https, http"),
                ("x-forwarded-host", "evil, chat.example"),
            ],
            ("203.0.113.7", "http", "chat.example"),
        ),
        (
            "10.0.0.1",
            &[
                ("x-forwarded-proto", "https"),
                ("x-forwarded-proto", "http"),
                ("x-forwarded-host", "evil"),
                ("x-forwarded-host", "chat.example:8443"),
            ],
            ("10.0.0.1", "http", "chat.example:8443"),
        ),
        // Every address is trusted: the first sent the request.
        (
            "10.0.0.1",
            &[("x-forwarded-for", "10.0.0.3, 10.0.0.2")],
            ("10.0.0.3", "-", OWN),
        ),
        // An element that is not an address is not the element before it.
        (
            "10.0.0.1",
            &[("x-forwarded-for", "1.1.1.1, unknown")],
            ("-", "-", OWN),
        ),
        (
            "10.0.0.1",
            &[("x-forwarded-for", "1.1.1.1, ")],
            ("-", "-", OWN),
        ),
        (
            "10.0.0.1",
            &[
                ("x-forwarded-for", "1.1.1.1, unknown, 10.0.0.2"),
                ("x-forwarded-proto", "https"),
            ],
            ("-", "https", OWN),
        ),
        (
            "10.0.0.1",
            &[
                ("x-forwarded-for", "1.1.1.1"),
                ("x-forwarded-for", "\u{fc}"),
            ],
            ("-", "-", OWN),
        ),
        ("10.0.0.1", &[("x-forwarded-for", "")], ("-", "-", OWN)),
        (
            "10.0.0.1",
            &[("x-forwarded-for", "unix:, 203.0.113.7")],
            ("203.0.113.7", "-", OWN),
        ),
        // Ports, and IPv4 in IPv6.
        (
            "10.0.0.1",
            &[("x-forwarded-for", "203.0.113.7:4711")],
            ("203.0.113.7", "-", OWN),
        ),
        (
            "::ffff:10.0.0.1",
            &[("x-forwarded-for", "[2a00::1]:80")],
            ("2a00::1", "-", OWN),
        ),
        (
            "10.0.0.1",
            &[("x-forwarded-for", "2a00::1, ::ffff:10.0.0.9")],
            ("2a00::1", "-", OWN),
        ),
        // The proxy itself is the client.
        ("10.0.0.1", &[], ("10.0.0.1", "-", OWN)),
        // The other kind is not read.
        (
            "10.0.0.1",
            &[("forwarded", "for=1.1.1.1;host=evil;proto=https")],
            ("10.0.0.1", "-", OWN),
        ),
        // Schemes.
        (
            "10.0.0.1",
            &[("x-forwarded-proto", "WSS")],
            ("10.0.0.1", "https", OWN),
        ),
        (
            "10.0.0.1",
            &[("x-forwarded-proto", "https, ftp")],
            ("10.0.0.1", "-", OWN),
        ),
        (
            "unix",
            &[("x-forwarded-for", "203.0.113.7")],
            ("-", "-", OWN),
        ),
    ];
    let proxies = trusted().x_forwarded();
    for (peer, fields, (client, scheme, host)) in cases {
        let mut request = request(peer, fields);
        resolve(Some(&proxies), &mut request).unwrap();
        assert_eq!(
            shown(&request),
            [*client, *scheme, *host],
            "{peer} {fields:?}"
        );
        let connection = request.connection_addr().map(|address| address.ip());
        assert_eq!(
            connection,
            peer.parse()
                .ok()
                .map(|ip: std::net::IpAddr| ip.to_canonical())
        );
    }
}

#[test]
fn forwarded_is_read_from_trusted_peers_only() {
    let cases: &[(&str, &[&'static str], Seen)] = &[
        (
            "192.0.2.1",
            &["for=1.1.1.1;host=evil;proto=https"],
            ("192.0.2.1", "-", OWN),
        ),
        ("10.0.0.1", &[], ("10.0.0.1", "-", OWN)),
        (
            "10.0.0.1",
            &[
                r#"for=1.1.1.1;host=evil, For="[2a00::1]:4711";proto=https;host="a,b;c", for=10.0.0.9"#,
            ],
            ("2a00::1", "https", "a,b;c"),
        ),
        ("10.0.0.1", &["for=1.1.1.1, for=_hidden"], ("-", "-", OWN)),
        (
            "10.0.0.1",
            &["for=1.1.1.1, for=_hidden;proto=https;host=a"],
            ("-", "https", "a"),
        ),
        (
            "10.0.0.1",
            &["for=1.1.1.1, proto=https"],
            ("-", "https", OWN),
        ),
        (
            "2001:db8::5",
            &["for=203.0.113.7;proto=ftp"],
            ("203.0.113.7", "-", OWN),
        ),
        (
            "10.0.0.1",
            &["for=1.1.1.1, for=203.0.113.7", "for=10.0.0.2"],
            ("203.0.113.7", "-", OWN),
        ),
        // The nearest proxy that states a scheme or a host.
        (
            "10.0.0.1",
            &["for=203.0.113.7;host=a;proto=https, for=10.0.0.2;host=b;proto=http"],
            ("203.0.113.7", "http", "b"),
        ),
        // Only what the walk has visited counts.
        (
            "10.0.0.1",
            &["for=1.1.1.1;host=evil;proto=https, for=203.0.113.7"],
            ("203.0.113.7", "-", OWN),
        ),
        // A line without structure hides what is before it, and not what is behind it.
        (
            "10.0.0.1",
            &[r#"for="x"#, "for=203.0.113.7;host=a"],
            ("203.0.113.7", "-", "a"),
        ),
        (
            "10.0.0.1",
            &["for=1.1.1.1", r#"for="x, for=203.0.113.7;host=a"#],
            ("-", "-", OWN),
        ),
        (
            "10.0.0.1",
            &["for=1.1.1.1", r#"for="x"#, "for=10.0.0.2"],
            ("-", "-", OWN),
        ),
        (
            "10.0.0.1",
            &["for=1.1.1.1, for=203.0.113.7;for=10.0.0.2"],
            ("-", "-", OWN),
        ),
        (
            "10.0.0.1",
            &[", for=203.0.113.7, ,"],
            ("203.0.113.7", "-", OWN),
        ),
    ];
    let proxies = trusted().forwarded();
    for (peer, lines, (client, scheme, host)) in cases {
        let mut fields = vec![("x-forwarded-for", "9.9.9.9"), ("x-forwarded-host", "evil")];
        fields.extend(lines.iter().map(|line| ("forwarded", *line)));
        let mut request = request(peer, &fields);
        resolve(Some(&proxies), &mut request).unwrap();
        assert_eq!(
            shown(&request),
            [*client, *scheme, *host],
            "{peer} {lines:?}"
        );
        assert_eq!(request.header("x-forwarded-for"), None);
        assert_eq!(request.header("x-forwarded-host"), None);
    }
}

#[test]
fn a_field_of_its_own_has_one_address() {
    for (peer, values, client) in [
        ("10.0.0.1", &["203.0.113.7"][..], "203.0.113.7"),
        ("10.0.0.1", &["10.0.0.9"], "10.0.0.9"),
        ("10.0.0.1", &[" [2a00::1]:80 "], "2a00::1"),
        ("10.0.0.1", &["203.0.113.7, 203.0.113.8"], "-"),
        ("10.0.0.1", &["203.0.113.7", "203.0.113.7"], "-"),
        ("10.0.0.1", &["unknown"], "-"),
        ("10.0.0.1", &[], "10.0.0.1"),
        ("192.0.2.1", &["203.0.113.7"], "192.0.2.1"),
    ] {
        let proxies = trusted().field("CF-Connecting-IP");
        let mut fields = vec![("x-forwarded-proto", "https"), ("forwarded", "for=1.1.1.1")];
        fields.extend(values.iter().map(|value| ("cf-connecting-ip", *value)));
        let mut request = request(peer, &fields);
        resolve(Some(&proxies), &mut request).unwrap();
        assert_eq!(shown(&request), [client, "-", OWN], "{peer} {values:?}");
        let left = if peer == "10.0.0.1" { values.len() } else { 0 };
        assert_eq!(request.headers().len(), 1 + left, "{peer} {values:?}");
    }
    let proxies = Proxies::unix().field("x-real-ip");
    let mut real = request("unix", &[("x-real-ip", "203.0.113.7")]);
    resolve(Some(&proxies), &mut real).unwrap();
    assert_eq!(shown(&real)[0], "203.0.113.7");
    assert_eq!(real.header("x-real-ip"), Some("203.0.113.7"));
}

#[test]
fn fields_of_other_peers_are_removed_also_without_proxies() {
    let forged = [
        ("forwarded", "for=1.1.1.1"),
        ("x-forwarded-for", "1.1.1.1"),
        ("x-forwarded-for", "1.1.1.2"),
        ("x-forwarded-prefix", "/admin"),
        ("x-real-ip", "1.1.1.1"),
        ("x-request-id", "kept"),
    ];
    for proxies in [
        None,
        Some(trusted().x_forwarded()),
        Some(trusted().forwarded()),
    ] {
        let mut request = request("192.0.2.1", &forged);
        assert_eq!(
            resolve(proxies.as_ref(), &mut request),
            Ok(HostSource::Connection)
        );
        let names: Vec<_> = request.headers().keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["host", "x-request-id"]);
        let noted = request.extensions().get::<UntrustedProxy>();
        assert!(noted.is_some());
    }
}

#[test]
fn what_a_client_may_have_forged_is_removed_behind_a_proxy_too() {
    let cases = [
        (
            &["1.1.1.1, 203.0.113.7, 10.0.0.2"][..],
            &["203.0.113.7, 10.0.0.2"][..],
        ),
        (
            &["1.1.1.1", "203.0.113.7", "10.0.0.2"],
            &["203.0.113.7", "10.0.0.2"],
        ),
        (&["1.1.1.1, unknown"], &["unknown"]),
        (&["10.0.0.3,10.0.0.2"], &["10.0.0.3,10.0.0.2"]),
        (&["1.1.1.1", "\u{fc}"], &[]),
        (&["\u{fc}", "203.0.113.7"], &["203.0.113.7"]),
    ];
    for (sent, kept) in cases {
        let mut fields = vec![
            ("x-forwarded-proto", "https,http"),
            ("x-forwarded-host", "evil"),
            ("x-forwarded-host", "evil ,chat.example"),
            ("x-real-ip", "1.1.1.1"),
        ];
        fields.extend(sent.iter().map(|line| ("x-forwarded-for", *line)));
        let mut request = request("10.0.0.1", &fields);
        let proxies = trusted().x_forwarded();
        assert_eq!(resolve(Some(&proxies), &mut request), Ok(HostSource::Proxy));
        let lines: Vec<_> = request.header_values("x-forwarded-for").collect();
        assert_eq!(lines, kept, "{sent:?}");
        assert_eq!(
            request
                .header_values("x-forwarded-proto")
                .collect::<Vec<_>>(),
            ["http"]
        );
        let hosts: Vec<_> = request.header_values("x-forwarded-host").collect();
        assert_eq!(hosts, ["chat.example"]);
        assert_eq!(request.header("x-real-ip"), None);
    }
    let fields = [(
        "forwarded",
        "for=1.1.1.1;host=evil, for=203.0.113.7;host=\"a\"",
    )];
    let mut request = request("10.0.0.1", &fields);
    resolve(Some(&trusted().forwarded()), &mut request).unwrap();
    assert_eq!(
        request.header("forwarded"),
        Some("for=203.0.113.7;host=\"a\"")
    );
}

#[test]
fn a_host_that_is_not_valid_is_refused() {
    for host in [
        "",
        "a b",
        "a, ",
        "https://a",
        "a:99999",
        "user@a",
        "\u{fc}.de",
    ] {
        let mut request = request("10.0.0.1", &[("x-forwarded-host", host)]);
        let proxies = trusted().x_forwarded();
        assert_eq!(
            resolve(Some(&proxies), &mut request),
            Err(ForwardedHostError),
            "{host}"
        );
    }
    let fields = [("forwarded", "for=203.0.113.7;host=\"a b\"")];
    let proxies = trusted().forwarded();
    let refused = resolve(Some(&proxies), &mut request("10.0.0.1", &fields));
    assert_eq!(refused, Err(ForwardedHostError));
    // An element that a client wrote itself does not count.
    let fields = [(
        "forwarded",
        "for=1.1.1.1;host=\"a b\", for=203.0.113.7;host=a",
    )];
    let resolved = resolve(Some(&proxies), &mut request("10.0.0.1", &fields));
    assert_eq!(resolved, Ok(HostSource::Proxy));
}

#[test]
fn a_whole_target_becomes_a_path_before_its_host_is_replaced() {
    let mut request = Request::get("https://upstream/a?b").body(()).unwrap();
    resolve(Some(&Proxies::unix().x_forwarded()), &mut request).unwrap();
    assert_eq!(shown(&request), ["-", "https", "upstream"]);
    assert_eq!(request.uri(), "/a?b");
}

#[test]
fn long_fields_are_read_in_one_pass() {
    let size = 1024 * 1024;
    let long = [
        ",".repeat(size),
        "for=10.0.0.2,".repeat(size / 13) + "for=10.0.0.2",
        ";".repeat(size),
        format!("for=\"{}\"", "\\a".repeat(size / 2)),
        format!("for=\"{}", "\",\"".repeat(size / 3)),
    ];
    let started = Instant::now();
    for value in long {
        for (name, proxies) in [
            ("forwarded", Proxies::unix().forwarded()),
            ("x-forwarded-for", Proxies::unix().x_forwarded()),
        ] {
            let value = HeaderValue::try_from(&value).unwrap();
            let mut request = Request::get("/").header(name, value).body(()).unwrap();
            resolve(Some(&proxies), &mut request).unwrap();
        }
    }
    // Work that grows with the square of the length would take days.
    assert!(started.elapsed() < Duration::from_secs(60));
}
