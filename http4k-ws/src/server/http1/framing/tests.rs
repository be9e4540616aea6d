use super::*;

const CHUNKS: &str = "3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nSum: 7\r\n\r\n";

/// Requests: the head, the body, its declared length, and `true` if the target has a fragment.
fn requests() -> Vec<(&'static str, &'static str, Option<u64>, bool)> {
    vec![
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "", Some(0), false),
        (
            "\r\n\r\nGET /#x HTTP/1.1\r\nHost: a\r\n\r\n",
            "",
            Some(0),
            true,
        ),
        ("GET /?a#x HTTP/1.0\n\n", "", Some(0), true),
        (
            "POST / HTTP/1.1\r\nX: #\r\n\r\n",
            "GET /#x\r\n\r\n",
            Some(11),
            false,
        ),
        ("POST / HTTP/1.1\r\n\r\n", CHUNKS, None, false),
        ("G#T / HTTP/1.1\r\n\r\n", "", Some(0), false),
        ("GET http://a/#x HTTP/1.1\r\n\r\n", "", Some(0), true),
        ("POST / HTTP/1.1#\r\n\r\n", "0\r\n\r\n", None, false),
    ]
}

#[test]
fn heads_pass_one_by_one_for_any_division_of_the_bytes() {
    for step in [1, 2, 3, 7, 1000] {
        let mut framing = Framing::default();
        let mut before = "";
        for (head, body, length, fragment) in requests() {
            let all = format!("{before}{head}");
            // The body may arrive with its head. Later bytes must wait.
            let beyond = format!("{all}{body}more");
            let mut passed = 0;
            while passed < all.len() {
                let end = (passed + step).min(beyond.len());
                let some = framing.pass(&beyond.as_bytes()[passed..end]);
                assert!(some > 0, "{step}: {head}");
                passed += some;
            }
            assert_eq!(passed, all.len(), "{step}: {head}");
            assert_eq!(framing.awaited(), Awaited::RestOfHead, "{step}: {head}");
            assert_eq!(framing.request(length).fragment, fragment, "{step}: {head}");
            before = body;
        }
    }
}

#[test]
fn a_declared_body_passes_with_its_head_and_no_later_bytes() {
    const NEXT: &str = "GET /#x HTTP/1.1\r\n\r\n";
    for (fields, body, length, passed) in [
        ("Content-Length: 5", "abcde", Some(5), 5),
        ("content-length:\t5 ", "abc", Some(5), 3),
        ("Content-Length: 5\r\nX: y", "", Some(5), 0),
        ("Content-Length: 0", "", Some(0), 0),
        ("Content-Length: 5, 5", "abcde", Some(5), 0),
        ("X-Content-Length: 5", "", Some(0), 0),
        (
            "Content-Length: 5\r\nExpect: 100-continue",
            "abcde",
            Some(5),
            0,
        ),
        (
            "Content-Length: 7\r\nTransfer-Encoding: chunked",
            "0\r\n\r\n",
            None,
            0,
        ),
        (
            "transfer-encoding: chunked\r\nContent-Length: 7",
            "0\r\n\r\n",
            None,
            0,
        ),
    ] {
        let mut framing = Framing::default();
        let head = format!("POST / HTTP/1.1\r\n{fields}\r\n\r\n");
        let is_whole = length.is_none_or(|length| length == body.len() as u64);
        let next = if is_whole { NEXT } else { "" };
        let bytes = format!("{head}{body}{next}");
        assert_eq!(
            framing.pass(bytes.as_bytes()),
            head.len() + passed,
            "{fields}"
        );
        assert_eq!(framing.awaited(), Awaited::RestOfHead, "{fields}");
        let framed = framing.request(length);
        assert!(!framed.fragment, "{fields}");
        let whole = (passed > 0 && is_whole).then_some(body.as_bytes());
        assert_eq!(framed.body.as_deref(), whole, "{fields}");
        let missing = length.map_or(0, |length| length as usize - body.len());
        let left = format!("{}{}{NEXT}", &body[passed..], &"abcde"[..missing]);
        assert_eq!(framing.pass(left.as_bytes()), left.len(), "{fields}");
        let framed = framing.request(Some(0));
        assert!(framed.fragment && framed.body.is_none(), "{fields}");
    }
}

#[test]
fn a_head_starts_with_its_first_byte() {
    let mut framing = Framing::default();
    for (bytes, awaited) in [
        ("", Awaited::Head),
        ("\r\n", Awaited::Head),
        ("G", Awaited::RestOfHead),
        ("ET / HTTP/1.1\r\n", Awaited::RestOfHead),
        ("Host: a\r\n\r", Awaited::RestOfHead),
        ("\n", Awaited::RestOfHead),
    ] {
        framing.pass(bytes.as_bytes());
        assert_eq!(framing.awaited(), awaited, "{bytes:?}");
    }
    framing.request(Some(3));
    framing.pass(b"ab");
    assert_eq!(framing.awaited(), Awaited::Other);
    framing.pass(b"c");
    assert_eq!(framing.awaited(), Awaited::Head);
    framing.pass(b"G");
    assert_eq!(framing.awaited(), Awaited::RestOfHead);
}

#[test]
fn bytes_are_never_withheld_from_a_reader_that_sees_no_end_of_the_head() {
    let mut framing = Framing::default();
    let head = b"GET / HTTP/1.1\r\n\r\n";
    assert_eq!(framing.pass(head), head.len());
    assert_eq!(framing.pass(b""), 0);
    assert_eq!(framing.pass(b"GET / HTTP/1.1\r\n\r\nGET"), 21);
    assert!(!framing.request(Some(0)).fragment);
    assert_eq!(framing.pass(b"GET /#x HTTP/1.1\r\n\r\nGET"), 23);
    let mut framing = Framing::default();
    let head = b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde";
    assert_eq!(framing.pass(head), head.len());
    assert_eq!(framing.request(Some(3)).body, None);
    assert_eq!(framing.pass(b"GET / HTTP/1.1\r\n\r\nGET"), 21);
}
