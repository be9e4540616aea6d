use super::*;
use crate::message::{IntoResponse, Response, ResponseExt};

fn text(cookie: SetCookie) -> String {
    let value = cookie.to_header_value().expect("a cookie");
    value.to_str().expect("text").to_owned()
}

fn refused(cookie: SetCookie) -> String {
    cookie.to_header_value().expect_err("a refusal").to_string()
}

#[test]
fn every_attribute_is_written_and_read_back() {
    let new = || SetCookie::new("a", "1");
    for (cookie, expected) in [
        (new(), "a=1; Path=/; HttpOnly; SameSite=Lax"),
        (new().secure(false), "a=1; Path=/; HttpOnly; SameSite=Lax"),
        (
            new().secure(true),
            "a=1; Path=/; HttpOnly; SameSite=Lax; Secure",
        ),
        (new().path("/b"), "a=1; Path=/b; HttpOnly; SameSite=Lax"),
        (
            new().domain("b.example"),
            "a=1; Path=/; Domain=b.example; HttpOnly; SameSite=Lax",
        ),
        (new().readable_by_scripts(), "a=1; Path=/; SameSite=Lax"),
        (
            new().same_site(SameSite::Strict),
            "a=1; Path=/; HttpOnly; SameSite=Strict",
        ),
        (
            new().same_site(SameSite::None),
            "a=1; Path=/; HttpOnly; SameSite=None; Secure",
        ),
        (
            new().removed(),
            "a=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
        ),
        (
            new().max_age(Duration::from_millis(1)),
            "a=1; Path=/; Max-Age=1; HttpOnly; SameSite=Lax",
        ),
        (
            new().max_age(Duration::MAX).expires_with_session(),
            "a=1; Path=/; HttpOnly; SameSite=Lax",
        ),
        (
            SetCookie::new("__secure-a", ""),
            "__secure-a=; Path=/; HttpOnly; SameSite=Lax; Secure",
        ),
    ] {
        assert_eq!(text(cookie.clone()), expected);
        let response = ().into_response().with_cookie(cookie.clone());
        assert_eq!(response.set_cookies(), [cookie]);
    }
    let longest = text(new().max_age(Duration::MAX));
    assert!(
        longest.contains("Max-Age=18446744073709551615"),
        "{longest}"
    );
}

#[test]
fn what_browsers_reject_is_an_error() {
    for name in ["", "a b", "a=b", "a;b", "\"a\"", "a\r\n", "\u{e4}", "a,b"] {
        let refused = refused(SetCookie::new(name, ""));
        assert!(refused.contains("is not the name"), "{refused}");
    }
    for value in [
        "a b", "a;b", "a,b", "a\"b", "a\\b", "\u{e4}", "\r\n", "\0", "\u{7f}",
    ] {
        let refused = refused(SetCookie::new("a", value));
        assert!(refused.contains("has the character"), "{refused}");
    }
    for path in ["", "b", "/b;c", "/b\n", "/b c"] {
        let refused = refused(SetCookie::new("a", "").path(path));
        assert!(refused.contains("the path"), "{refused}");
    }
    for domain in [
        "",
        ".b.example",
        "b.example:80",
        "b..example",
        "b.example; Path=/x",
        "b c",
    ] {
        let refused = refused(SetCookie::new("a", "").domain(domain));
        assert!(refused.contains("the domain"), "{refused}");
    }
    let host = || SetCookie::new("__HOST-a", "");
    for cookie in [
        host().path("/b"),
        host().domain("b.example"),
        host().secure(false),
        SetCookie::new("__Secure-a", "").secure(false),
    ] {
        let refused = refused(cookie);
        assert!(refused.contains("demands"), "{refused}");
    }
    let open = SetCookie::new("a", "").same_site(SameSite::None);
    assert!(refused(open.secure(false)).contains("SameSite=None"));

    assert!(
        SetCookie::new("a", "b".repeat(4095))
            .to_header_value()
            .is_ok()
    );
    let long = "b".repeat(4096);
    assert!(refused(SetCookie::new("a", long.clone())).contains("4097 bytes"));
    assert!(refused(SetCookie::new("a", "").path(format!("/{long}"))).contains("too long"));
}

#[test]
fn a_cookie_replaces_its_own_kind_only() {
    let response =
        ().into_response()
            .with_added_header("set-cookie", "by=hand")
            .with_cookie(SetCookie::new("a", "1"))
            .with_cookie(SetCookie::new("a", "2").path("/b"))
            .with_cookie(SetCookie::new("a", "3").domain("b.example"))
            .with_cookie(SetCookie::new("a", "4"))
            .with_cookie(SetCookie::new("a", "5").domain("B.example"))
            .with_added_header("set-cookie", "not a cookie");
    let set = response.set_cookies();
    let pairs: Vec<_> = set.iter().map(|set| (set.name(), set.value())).collect();
    assert_eq!(pairs, [("by", "hand"), ("a", "2"), ("a", "4"), ("a", "5")]);
}

#[test]
fn attributes_are_read_as_browsers_read_them() {
    for (text, expected) in [
        ("a=1", SetCookie::new("a", "1").readable_by_scripts()),
        (
            " a = 1 ;PATH=/x;path=/; max-age=5; HTTPONLY; x=y; ;=",
            SetCookie::new("a", "1").max_age(Duration::from_secs(5)),
        ),
        (
            "a=;Path=/;HttpOnly;Max-Age=-9",
            SetCookie::new("a", "").removed(),
        ),
        (
            "a=b=c; Path=/; HttpOnly; max-age=x; samesite=odd",
            SetCookie::new("a", "b=c"),
        ),
    ] {
        let read = parse::parsed(text.as_bytes()).expect("a cookie");
        let expected = SetCookie {
            same_site: read.same_site,
            path: match text {
                "a=1" => None,
                _ => expected.path,
            },
            ..expected
        };
        assert_eq!(read, expected, "{text}");
    }
    for text in ["", "a", "=b", ";", "\u{ff}"] {
        assert_eq!(parse::parsed(text.as_bytes()), None, "{text}");
    }
    assert_eq!(parse::parsed(b"a=\xff"), None);
}

#[test]
fn debug_omits_the_value() {
    let cookie = SetCookie::new("a", "secret");
    assert!(!format!("{cookie:?}").contains("secret"));
    let response: Response = ().into_response().with_cookie(cookie);
    assert!(!format!("{response:?}").contains("secret"));
}
