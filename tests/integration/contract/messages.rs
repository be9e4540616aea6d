//! Messages, which arrive whole, in order, and of the kind that was sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::{NextMessage, WsClient};
use http4k_ws::{PolyHandler, WebSocket, WsMessage, WsResult};

use super::backends::on_every_backend;

fn echo() -> PolyHandler {
    async fn echo(mut ws: WebSocket) -> WsResult {
        while let Some(message) = ws.recv().await? {
            ws.send(message).await?;
        }
        Ok(())
    }
    echo.into_poly_handler()
}

fn next(client: &mut impl WsClient) -> WsMessage {
    client
        .received()
        .next()
        .expect("a message")
        .expect("an open socket")
}

on_every_backend! {
    fn a_greeting_sent_before_the_client_listens_is_kept<B>() {
        async fn greet(mut ws: WebSocket) -> WsResult {
            ws.send("hello").await?;
            ws.send("world").await?;
            ws.recv().await?;
            Ok(())
        }
        let mut client = B::start(greet.into_poly_handler(), SessionConfig::default()).connect("/");
        assert_eq!(next(&mut client).text(), "hello");
        assert_eq!(next(&mut client).text(), "world");
    }

    fn text_and_binary_keep_their_kind<B>() {
        let mut client = B::start(echo(), SessionConfig::default()).connect("/");
        let not_utf8 = vec![0xff, 0x00, 0xc3, 0x28];
        client.send("grüße, 世界").expect("open");
        client.send(not_utf8.clone()).expect("open");
        assert_eq!(next(&mut client).as_text(), Some("grüße, 世界"));
        let binary = next(&mut client);
        assert!(binary.is_binary());
        assert_eq!(binary.as_bytes(), &not_utf8);
    }

    fn empty_messages_are_messages<B>() {
        let mut client = B::start(echo(), SessionConfig::default()).connect("/");
        client.send("").expect("open");
        client.send(Vec::new()).expect("open");
        client.send("end").expect("open");
        assert_eq!(next(&mut client), WsMessage::new_text(""));
        assert_eq!(next(&mut client), WsMessage::new_binary(Vec::new()));
        assert_eq!(next(&mut client).text(), "end");
    }

    fn large_messages_return_whole<B>() {
        let mut client = B::start(echo(), SessionConfig::default()).connect("/");
        for bytes in [125, 126, 65_535, 65_536, 1_000_000] {
            client.send("a".repeat(bytes)).expect("open");
            client.send("another message").expect("open");
            assert_eq!(next(&mut client).as_bytes().len(), bytes);
            assert_eq!(next(&mut client).text(), "another message");
        }
    }

    fn ten_thousand_messages_sent_at_once_arrive_in_order<B>() {
        async fn count(mut ws: WebSocket) -> WsResult {
            ws.recv().await?;
            for number in 0..10_000 {
                ws.send(number.to_string()).await?;
            }
            Ok(())
        }
        let mut client = B::start(count.into_poly_handler(), SessionConfig::default()).connect("/");
        client.send("go").expect("open");
        let received: Vec<_> = client.received().map(|message| message.expect("open").text().into_owned()).collect();
        let sent: Vec<_> = (0..10_000).map(|number: u32| number.to_string()).collect();
        assert_eq!(received, sent);
    }

    fn ten_thousand_messages_return_in_order<B>() {
        let mut client = B::start(echo(), SessionConfig::default()).connect("/");
        for hundred in 0..100 {
            for number in 0..100 {
                client.send((hundred * 100 + number).to_string()).expect("open");
            }
            for number in 0..100 {
                assert_eq!(next(&mut client).text(), (hundred * 100 + number).to_string());
            }
        }
    }

    fn silence_is_not_a_message<B>() {
        let mut client = B::start(echo(), SessionConfig::default()).connect("/");
        assert_eq!(client.next_within(Duration::from_millis(10)), NextMessage::Pending);
        client.send("x").expect("open");
        assert_eq!(next(&mut client).text(), "x");
    }

    fn other_tasks_send_through_a_sender<B>() {
        async fn fan_in(mut ws: WebSocket) -> WsResult {
            for name in ["a", "b", "c"] {
                let sender = ws.sender();
                tokio::spawn(async move {
                    for number in 0..100 {
                        sender.send(format!("{name}{number}")).await.expect("the socket is open");
                    }
                });
            }
            ws.recv().await?;
            Ok(())
        }
        let mut client = B::start(fan_in.into_poly_handler(), SessionConfig::default()).connect("/");
        let mut next_of = std::collections::HashMap::new();
        for _ in 0..300 {
            let message = next(&mut client);
            let (name, number) = message.as_text().expect("text").split_at(1);
            let expected = next_of.entry(name.to_owned()).or_insert(0);
            assert_eq!(number, expected.to_string(), "the messages of sender {name} come in order");
            *expected += 1;
        }
    }

    fn a_consumer_is_not_polled_for_the_messages_of_others<B>() {
        const MESSAGES: usize = 10;
        let polls = Arc::new(AtomicUsize::new(0));
        let (tell, told) = std::sync::mpsc::channel();
        let counted = Arc::clone(&polls);
        let app = move |ws: WebSocket| {
            let (tell, counted) = (tell.clone(), Arc::clone(&counted));
            async move {
                tell.send(ws.sender()).expect("the test listens");
                std::future::poll_fn(|_| {
                    counted.fetch_add(1, Ordering::Relaxed);
                    std::task::Poll::<()>::Pending
                })
                .await;
                drop(ws);
            }
        };
        let mut client = B::start(app.into_poly_handler(), SessionConfig::default()).connect("/");
        let sender = told.recv().expect("a socket");
        sender.try_send("the first").expect("room");
        assert_eq!(next(&mut client).text(), "the first");
        let before = polls.load(Ordering::Relaxed);
        for number in 0..MESSAGES {
            sender.try_send(number.to_string()).expect("room");
            assert_eq!(next(&mut client).text(), number.to_string());
        }
        // Something else may happen in between, such as the end of the step that sent the first.
        let polled = polls.load(Ordering::Relaxed) - before;
        assert!(polled < MESSAGES / 2, "{polled} polls");
    }

    fn the_socket_is_a_stream_and_a_sink<B>() {
        use futures_util::{SinkExt, StreamExt};
        async fn forward(ws: WebSocket) {
            let (sink, stream) = ws.split();
            let upper = stream.map(|message| Ok(WsMessage::new_text(message.expect("a message").text().to_uppercase())));
            upper.forward(sink.sink_map_err(|error| panic!("{error}"))).await.unwrap_or(());
        }
        let mut client = B::start(forward.into_poly_handler(), SessionConfig::default()).connect("/");
        client.send("one").expect("open");
        client.send("two").expect("open");
        assert_eq!(next(&mut client).text(), "ONE");
        assert_eq!(next(&mut client).text(), "TWO");
    }
}
