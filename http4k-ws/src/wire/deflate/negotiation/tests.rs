use http::header::SEC_WEBSOCKET_EXTENSIONS;

use super::*;

fn headers(values: &[&str]) -> HeaderMap {
    let values = values.iter().map(|value| {
        let value = value.parse().expect("a value");
        (SEC_WEBSOCKET_EXTENSIONS, value)
    });
    values.collect()
}

/// Returns the response to an offer, `-` if it is declined.
fn answered(offers: &[&str], settings: &Deflate) -> String {
    match accept(&headers(offers), settings) {
        Err(MalformedExtensions) => "malformed".to_owned(),
        Ok(None) => "-".to_owned(),
        Ok(Some(agreed)) => {
            let value = response(&agreed);
            let text = value.to_str().expect("text").to_owned();
            text.strip_prefix("permessage-deflate")
                .expect("the name")
                .to_owned()
        }
    }
}

fn with_takeover() -> Deflate {
    Deflate::default()
        .with_context_takeover(true)
        .with_peer_context_takeover(true)
}

const BOTH: &str = "; server_no_context_takeover; client_no_context_takeover";

#[test]
fn a_server_answers_an_offer() {
    let default = Deflate::default();
    for (offer, expected) in [
        ("permessage-deflate", BOTH),
        ("permessage-deflate; client_max_window_bits", BOTH),
        ("permessage-deflate; client_max_window_bits=10", BOTH),
        ("permessage-deflate; server_no_context_takeover", BOTH),
        (
            "permessage-deflate; server_max_window_bits=15",
            "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15",
        ),
        (
            "permessage-deflate; server_max_window_bits=\"10\"",
            "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10",
        ),
        ("x-other", "-"),
        ("", "-"),
        ("permessage-deflate; server_max_window_bits=8", "-"),
        ("permessage-deflate;", "malformed"),
    ] {
        assert_eq!(answered(&[offer], &default), expected, "{offer}");
    }
}

#[test]
fn a_server_keeps_contexts_only_if_the_offer_lets_it() {
    for (offer, expected) in [
        ("permessage-deflate", ""),
        (
            "permessage-deflate; server_no_context_takeover",
            "; server_no_context_takeover",
        ),
        (
            "permessage-deflate; client_no_context_takeover",
            "; client_no_context_takeover",
        ),
    ] {
        assert_eq!(answered(&[offer], &with_takeover()), expected, "{offer}");
    }
}

#[test]
fn a_server_takes_the_smaller_window() {
    let settings = with_takeover().with_window_bits(11);
    for (bits, expected) in [("9", "9"), ("11", "11"), ("15", "11")] {
        let offer = format!("permessage-deflate; server_max_window_bits={bits}");
        let expected = format!("; server_max_window_bits={expected}");
        assert_eq!(answered(&[&offer], &settings), expected);
    }
    // zlib has no window of 8 bits, and settings beyond the range count as the nearest.
    for (set, bits) in [(0, 9), (8, 9), (16, 15), (255, 15)] {
        let settings = Deflate::default().with_window_bits(set);
        let agreed = accept(&headers(&["permessage-deflate"]), &settings);
        let agreed = agreed.expect("valid").expect("accepted");
        assert_eq!(agreed.window_bits, bits);
    }
}

/// RFC 7692 §7.1: a server declines an offer with an invalid parameter, and takes a later one.
#[test]
fn invalid_offers_are_declined_in_favor_of_later_ones() {
    for params in [
        "unknown",
        "server_no_context_takeover=1",
        "client_no_context_takeover=true",
        "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover; client_no_context_takeover",
        "server_max_window_bits",
        "server_max_window_bits=7",
        "server_max_window_bits=16",
        "server_max_window_bits=010",
        "server_max_window_bits=\"1\\5\"; server_max_window_bits=15",
        "server_max_window_bits=ten",
        "client_max_window_bits=7",
        "client_max_window_bits=99999999999999999999",
        "client_max_window_bits; client_max_window_bits=10",
        "Server_No_Context_Takeover",
    ] {
        let bad = format!("permessage-deflate; {params}");
        assert_eq!(answered(&[&bad], &with_takeover()), "-", "{params}");
        let list = format!("x, {bad}, permessage-deflate; server_no_context_takeover, y");
        let good = "; server_no_context_takeover";
        assert_eq!(answered(&[&list], &with_takeover()), good, "{params}");
        let fields = [&bad[..], "permessage-deflate; server_no_context_takeover"];
        assert_eq!(answered(&fields, &with_takeover()), good, "{params}");
    }
}

#[test]
fn a_client_offers_what_its_settings_allow() {
    for (settings, expected) in [
        (
            Deflate::default(),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
             client_max_window_bits",
        ),
        (
            with_takeover(),
            "permessage-deflate; client_max_window_bits",
        ),
    ] {
        assert_eq!(offer(&settings), expected);
    }
}

#[test]
fn a_client_accepts_every_valid_response() {
    // The response, and whether this side and the peer keep their contexts, and the window.
    for (settings, response, expected) in [
        (
            Deflate::default(),
            "permessage-deflate; server_no_context_takeover",
            (false, false, 15),
        ),
        (
            Deflate::default().with_window_bits(12),
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=8; \
             client_max_window_bits=\"10\"",
            (false, false, 10),
        ),
        (
            Deflate::default(),
            "permessage-deflate; server_no_context_takeover; client_max_window_bits=8",
            (false, false, 8),
        ),
        (with_takeover(), "permessage-deflate", (true, true, 15)),
        (
            with_takeover(),
            "permessage-deflate; client_no_context_takeover",
            (false, true, 15),
        ),
        (
            with_takeover(),
            "permessage-deflate; server_no_context_takeover",
            (true, false, 15),
        ),
    ] {
        let agreed = confirm(&headers(&[response]), Some(&settings));
        let agreed = agreed.expect(response).expect("accepted");
        let found = (agreed.takeover, agreed.peer_takeover, agreed.window_bits);
        assert_eq!(found, expected, "{response}");
    }
    for declined in [&[][..], &[""]] {
        assert_eq!(
            confirm(&headers(declined), Some(&with_takeover())),
            Ok(None)
        );
        assert_eq!(confirm(&headers(declined), None), Ok(None));
    }
}

/// RFC 7692 §5.1, §7.1: a client fails the connection.
#[test]
fn a_client_refuses_every_invalid_response() {
    let deflate = "permessage-deflate";
    for (responses, rule) in [
        (&["permessage-deflate, permessage-deflate"][..], TWICE),
        (&[deflate, deflate], TWICE),
        (&["x-other"], NOT_OFFERED),
        (&["permessage-deflate, x-other"], NOT_OFFERED),
        (&["permessage-deflate; unknown"], BAD_PARAMETER),
        (
            &["permessage-deflate; client_max_window_bits"],
            BAD_PARAMETER,
        ),
        (
            &["permessage-deflate; client_max_window_bits=16"],
            BAD_PARAMETER,
        ),
        (
            &["permessage-deflate; server_max_window_bits"],
            BAD_PARAMETER,
        ),
        (
            &["permessage-deflate; server_max_window_bits=08"],
            BAD_PARAMETER,
        ),
        (
            &["permessage-deflate; client_no_context_takeover; client_no_context_takeover"],
            BAD_PARAMETER,
        ),
        (
            &["permessage-deflate; server_no_context_takeover=\"\""],
            MALFORMED,
        ),
        (&["permessage-deflate; a=\"b"], MALFORMED),
    ] {
        let found = confirm(&headers(responses), Some(&with_takeover()));
        assert_eq!(found.unwrap_err(), rule, "{responses:?}");
    }
    assert_eq!(
        confirm(&headers(&[deflate]), Some(&Deflate::default())),
        Err(KEEPS_CONTEXT)
    );
    assert_eq!(confirm(&headers(&[deflate]), None), Err(NOT_OFFERED));
}

/// The extension that one side sends is valid for the other, with any settings.
#[test]
fn both_sides_agree() {
    for number in 0..256_u32 {
        let settings = |bits: u32| {
            Deflate::default()
                .with_context_takeover(bits & 1 != 0)
                .with_peer_context_takeover(bits & 2 != 0)
                .with_window_bits(9 + (bits >> 2 & 3) as u8 * 2)
        };
        let (client, server) = (settings(number), settings(number >> 4));
        let offered = HeaderMap::from_iter([(SEC_WEBSOCKET_EXTENSIONS, offer(&client))]);
        let accepted = accept(&offered, &server).expect("valid").expect("accepted");
        let answered = HeaderMap::from_iter([(SEC_WEBSOCKET_EXTENSIONS, response(&accepted))]);
        let confirmed = confirm(&answered, Some(&client))
            .expect("valid")
            .expect("accepted");
        assert_eq!(accepted.takeover, confirmed.peer_takeover, "{number}");
        // A client may do without a context that it was granted.
        assert!(!confirmed.takeover || accepted.peer_takeover, "{number}");
    }
}
