//! Virtual time, which waits for work that the runtime cannot see.

use std::time::Duration;

use http4k_ws::client::{HttpClient, WebSocketClient};
use http4k_ws::prelude::*;
use http4k_ws::server::RunningServer;
use http4k_ws::testing::NextMessage;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

/// A time longer than any work here, and shorter than the clients' timeouts.
const PATIENCE: Duration = Duration::from_secs(4);

/// Starts a server that responds after a delay in real time.
fn slow() -> RunningServer {
    async fn http() -> &'static str {
        sleep(Duration::from_millis(200)).await;
        "up"
    }
    async fn echo(mut ws: WebSocket) -> WsResult {
        while let Some(message) = ws.recv().await? {
            sleep(Duration::from_millis(100)).await;
            ws.send(message).await?;
        }
        Ok(())
    }
    let app = routes! { "/" => http(http()), "/ws" => ws(echo(ws)) };
    app.as_server("127.0.0.1:0").start().expect("a server")
}

#[test]
fn an_offline_handler_may_call_a_real_server() {
    let upstream = slow();
    let url = format!("http://{}/", upstream.addr());
    let app = move |_: Request| {
        let url = url.clone();
        async move {
            let sent = HttpClient::new().send(url).await;
            sent.map_or_else(|error| error.to_string(), |_| "ok".into())
        }
    };
    for _ in 0..2 {
        assert_eq!(app.test_http("/").body(), "ok");
    }
}

#[test]
fn an_offline_socket_may_talk_to_a_real_server() {
    let upstream = slow();
    let url = format!("ws://{}/ws", upstream.addr());
    let app = move |mut ws: WebSocket| {
        let url = url.clone();
        async move {
            let mut other = WebSocketClient::connect(url).await?;
            while let Some(message) = ws.recv().await? {
                other.send(message).await?;
                match timeout(PATIENCE, other.recv()).await?? {
                    Some(message) => ws.send(message).await?,
                    None => break,
                }
            }
            WsResult::Ok(())
        }
    };
    let mut client = app.test_ws("/");
    for word in ["one", "two"] {
        client.send(word).expect("open");
        assert_eq!(client.received().next(), Some(Ok(word.into())));
    }
}

#[test]
fn a_socket_of_another_library_is_waited_for() {
    let upstream = slow();
    let address = upstream.addr();
    let app = move |_: Request| async move {
        let talk = async {
            let mut stream = tokio::net::TcpStream::connect(address).await?;
            let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            stream.write_all(request).await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            std::io::Result::Ok(answer)
        };
        let answer = timeout(PATIENCE, talk).await.expect("in time");
        answer
            .expect("an answer")
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(app.test_http("/").body(), "HTTP/1.1 200 OK");
}

#[test]
fn a_closure_of_spawn_blocking_is_waited_for() {
    let app = |_: Request| async {
        let work = tokio::task::spawn_blocking(|| {
            std::thread::sleep(Duration::from_millis(100));
            "done"
        });
        let done = timeout(Duration::from_millis(5), work).await;
        done.map_or("timed out", |done| done.expect("it ends"))
    };
    assert_eq!(app.test_http("/").body(), "done");
}

/// The runtime sees neither the thread nor the waker that it holds.
#[cfg(target_os = "linux")]
#[test]
fn a_thread_is_waited_for() {
    let app = |_: Request| async {
        let (tell, told) = oneshot::channel();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            tell.send("done")
        });
        let told = timeout(Duration::from_millis(5), told).await;
        told.map_or("timed out", |told| told.expect("a report"))
    };
    assert_eq!(app.test_http("/").body(), "done");
}

#[cfg(target_os = "linux")]
#[test]
fn a_thread_of_a_socket_is_waited_for() {
    async fn threaded(mut ws: WebSocket) -> WsResult {
        while let Some(message) = ws.recv().await? {
            let sender = ws.sender();
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(50));
                sender.try_send(message)
            });
        }
        Ok(())
    }
    let mut client = threaded.test_ws("/");
    for word in ["one", "two"] {
        client.send(word).expect("open");
        let heard = client.next_within(Duration::from_millis(5));
        assert_eq!(heard, NextMessage::Message(word.into()));
    }
}

/// Starts a thread that sends `word` after a while.
#[cfg(target_os = "linux")]
fn send_later(sender: http4k_ws::WsSender, word: &'static str) {
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        sender.try_send(word)
    });
}

/// A callback, a spawned task, or a timer of the consumer starts the thread.
#[cfg(target_os = "linux")]
#[test]
fn a_thread_is_waited_for_wherever_it_is_started() {
    fn callback(ws: WebSocket) {
        let sender = ws.sender();
        ws.on_message(move |_message| send_later(sender.clone(), "late"));
    }
    async fn spawned(mut ws: WebSocket) -> WsResult {
        while ws.recv().await?.is_some() {
            let sender = ws.sender();
            tokio::spawn(async move {
                sleep(Duration::from_secs(60)).await;
                send_later(sender, "late");
            });
            sleep(Duration::from_secs(60)).await;
        }
        Ok(())
    }
    async fn after_a_timer(mut ws: WebSocket) -> WsResult {
        while ws.recv().await?.is_some() {
            sleep(Duration::from_secs(60)).await;
            send_later(ws.sender(), "late");
        }
        Ok(())
    }
    let app = routes! {
        "/callback" => ws(callback(ws)),
        "/spawned" => ws(spawned(ws)),
        "/timer" => ws(after_a_timer(ws)),
    };
    for path in ["/callback", "/spawned", "/timer"] {
        let mut client = app.test_ws(path);
        for _ in 0..2 {
            client.send("go").expect("open");
            let heard = client.next_within(Duration::from_millis(60_005));
            assert_eq!(heard, NextMessage::Message("late".into()), "{path}");
        }
    }
}

#[test]
fn virtual_time_goes_on_behind_work_that_is_done() {
    let upstream = slow();
    let address = upstream.addr();
    let app = move |_: Request| async move {
        drop(
            tokio::net::TcpStream::connect(address)
                .await
                .expect("a connection"),
        );
        let started = Instant::now();
        sleep(Duration::from_secs(3600)).await;
        started.elapsed().as_secs().to_string()
    };
    assert_eq!(app.test_http("/").body(), "3600");
}

/// The only test that waits, for as long as the clock is held.
#[test]
fn a_server_that_never_responds_does_not_hold_the_clock_for_ever() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("an address");
    let app = move |_: Request| async move {
        let client = HttpClient::new().with_timeout(Duration::from_secs(3600));
        let sent = client.send(format!("http://{address}/")).await;
        sent.map_or_else(|error| error.status(), |response| response.status())
    };
    assert_eq!(app.test_http("/").status(), 504);
}
