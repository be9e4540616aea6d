//! The negotiation with a server (RFC 7692 §5, §7.1).

use http4k_ws::filter::session_config;

use super::*;
use crate::peer::Peer;

/// Returns the response to an offer.
async fn answered(config: ServerConfig, path: &str, offers: &[&str]) -> Option<String> {
    let on = |config: SessionConfig| config.with_deflate(Deflate::default());
    let off = |config: SessionConfig| config.with_deflate(None);
    let app = routes! {
        "/default"                       => ws(echo(ws)),
        "/on"  with(session_config(on))  => ws(echo(ws)),
        "/off" with(session_config(off)) => ws(echo(ws)),
    };
    let peer = Peer::open(app, config, path, offers).await;
    assert_eq!(peer.status(), 101, "{}", peer.head);
    peer.extension().map(str::to_owned)
}

const ALONE: &str = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/// Chromium's and Firefox's offer.
const OF_BROWSERS: &str = "permessage-deflate; client_max_window_bits";

#[tokio::test]
async fn a_server_compresses_only_if_it_is_configured() {
    let off = answered(ServerConfig::default(), "/default", &[OF_BROWSERS]).await;
    assert_eq!(off, None);
    let on = answered(with_deflate(Deflate::default()), "/default", &[OF_BROWSERS]).await;
    assert_eq!(on.as_deref(), Some(ALONE));
    let none = answered(with_deflate(Deflate::default()), "/default", &[]).await;
    assert_eq!(none, None);
}

#[tokio::test]
async fn a_route_decides_for_itself() {
    let on = answered(ServerConfig::default(), "/on", &[OF_BROWSERS]).await;
    assert_eq!(on.as_deref(), Some(ALONE));
    let off = answered(with_deflate(Deflate::default()), "/off", &[OF_BROWSERS]).await;
    assert_eq!(off, None);
}

#[tokio::test]
async fn a_server_takes_the_first_offer_that_it_can_accept() {
    for (offers, expected) in [
        (
            &["x-webkit-deflate-frame, permessage-deflate"][..],
            Some(ALONE),
        ),
        (
            &["permessage-deflate; unknown, permessage-deflate"],
            Some(ALONE),
        ),
        (
            &["permessage-deflate; server_max_window_bits=8", OF_BROWSERS],
            Some(ALONE),
        ),
        (&["permessage-deflate; server_max_window_bits=16"], None),
        (&["x-other"], None),
        (
            &["permessage-deflate; client_max_window_bits=\"12\""],
            Some(ALONE),
        ),
    ] {
        let config = with_deflate(Deflate::default());
        let found = answered(config, "/default", offers).await;
        assert_eq!(found.as_deref(), expected, "{offers:?}");
    }
    let config = with_deflate(with_takeover());
    let offer = "permessage-deflate; server_max_window_bits=10";
    let found = answered(config, "/default", &[offer]).await;
    assert_eq!(found.as_deref(), Some(offer));
}

/// RFC 6455 §9.1: a field that breaks the grammar fails the handshake. Without compression it is
/// not read.
#[tokio::test]
async fn a_malformed_field_is_refused_with_the_field_and_the_rule() {
    let config = with_deflate(Deflate::default());
    let peer = Peer::open(echo, config, "/", &["permessage-deflate; =\""]).await;
    assert_eq!(peer.status(), 400);
    let body = peer.body().await;
    for part in [
        "Sec-WebSocket-Extensions",
        "permessage-deflate; =\"",
        "RFC 6455 §9.1",
    ] {
        assert!(body.contains(part), "{body}");
    }
    let peer = Peer::open(
        echo,
        ServerConfig::default(),
        "/",
        &["permessage-deflate; =\""],
    )
    .await;
    assert_eq!(peer.status(), 101);
}
