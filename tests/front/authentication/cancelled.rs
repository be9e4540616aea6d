//! Look-ups of clients that leave.

use std::future;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use std::{io::Write, net::TcpStream};

use http4k_ws::filter::{authenticate, bearer};
use http4k_ws::message::Credentials;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;

use super::{User, me, talk};

/// Reports when the look-up that owns it is dropped.
struct Dropped(Sender<()>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// An application whose look-up never ends, and reports of its starts and of its ends.
fn app() -> (PolyHandler, Receiver<()>, Receiver<()>) {
    let ((starting, started), (ending, ended)) = (channel(), channel());
    let look_up = move |_credentials: Credentials| {
        let dropped = Dropped(ending.clone());
        starting.send(()).expect("the test");
        async move {
            let _dropped = dropped;
            future::pending::<Option<User>>().await
        }
    };
    let app = routes! { GET "/me" => http(me(_)), "/ws" => ws(talk(ws, _)) };
    (app.with(authenticate(bearer(), look_up)), started, ended)
}

const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn a_look_up_ends_with_the_connection_of_its_client() {
    let (app, started, ended) = app();
    // A client that ends its side may still read, for this time.
    let config = ServerConfig::default().with_half_close(Duration::from_millis(20));
    let server = app
        .as_server("127.0.0.1:0")
        .with_config(config)
        .start()
        .expect("a server");
    let upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                   sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (path, fields) in [("/me", ""), ("/ws", upgrade)] {
        let mut client = TcpStream::connect(server.addr()).expect("a connection");
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer a\r\n{fields}\r\n"
        );
        client.write_all(head.as_bytes()).expect("sent");
        started.recv_timeout(LIMIT).expect("a look-up");
        assert!(ended.try_recv().is_err(), "{path}");
        drop(client);
        ended.recv_timeout(LIMIT).expect("the look-up ends");
    }
}

#[test]
fn a_look_up_ends_with_its_future_in_memory() {
    let (app, started, ended) = app();
    let app = Arc::new(app);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let request = Request::get("/me").header("authorization", "Bearer a");
        let waiting = tokio::time::timeout(Duration::from_millis(20), app.send_http(request));
        assert!(waiting.await.is_err());
    });
    started.recv_timeout(LIMIT).expect("a look-up");
    ended.recv_timeout(LIMIT).expect("the look-up ends");
}
