//! Explicit pings, from the side of the application.

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::{WebSocket, WsResult};

use super::backends::on_every_backend;

on_every_backend! {
    fn a_ping_measures_the_round_trip<B>() {
        async fn measure(ws: WebSocket) -> WsResult {
            let before = ws.rtt();
            let first = ws.ping().await?;
            let after = ws.rtt();
            let by_sender = ws.sender().ping().await?;
            let agree = after == Some(first) && ws.sender().rtt() == Some(by_sender);
            Ok(ws.send(format!("{before:?} {agree}")).await?)
        }
        let mut client = B::start(measure.into_poly_handler(), SessionConfig::default()).connect("/");
        let reply = client.received().next().expect("a message").expect("an open socket");
        assert_eq!(reply.text(), "None true");
    }

    fn a_ping_overtakes_messages_that_are_not_received<B>() {
        async fn measure(ws: WebSocket) -> WsResult {
            ws.ping().await?;
            Ok(ws.send("measured").await?)
        }
        let mut client = B::start(measure.into_poly_handler(), SessionConfig::default()).connect("/");
        for number in 0..5 {
            // The application may have ended already.
            let _ = client.send(number.to_string());
        }
        let reply = client.received().next().expect("a message").expect("an open socket");
        assert_eq!(reply.text(), "measured");
    }
}
