//! A server over a Unix socket, as behind a proxy on the same machine, and a client for it.
//!
//! ```text
//! cargo run -p http4k-ws-examples-web --example unix -- /tmp/greeter.sock
//! curl --unix-socket /tmp/greeter.sock http://localhost/hello/ann
//! cargo run -p http4k-ws-examples-web --example unix -- call /tmp/greeter.sock ann
//! ```
//!
//! nginx, whose user is in the group of the socket:
//!
//! ```text
//! location / {
//!     proxy_pass http://unix:/run/greeter/greeter.sock;
//!     proxy_http_version 1.1;
//!     proxy_set_header Host $http_host;
//!     proxy_set_header Upgrade $http_upgrade;
//!     # A map of $http_upgrade, as the manual of nginx has it.
//!     proxy_set_header Connection $connection_upgrade;
//! }
//! ```
//!
//! systemd can open the sockets itself. Then clients may connect before the server runs, and while
//! it is replaced by a new version: they wait in the queue of the socket.
//!
//! ```text
//! # /etc/systemd/system/greeter.socket
//! [Socket]
//! ListenStream=/run/greeter/greeter.sock
//! SocketMode=0660
//! SocketGroup=www-data
//! # A port beside it, with the same application.
//! ListenStream=127.0.0.1:9000
//!
//! [Install]
//! WantedBy=sockets.target
//!
//! # /etc/systemd/system/greeter.service
//! [Service]
//! ExecStart=/usr/local/bin/greeter
//! DynamicUser=yes
//! ```
//!
//! The server receives them as the descriptors from 3 on, which the crate `listenfd` reads. Without
//! systemd it listens at the path of its argument.

use http4k_ws::prelude::*;

async fn greet(mut ws: WebSocket) -> WsResult {
    while let Some(name) = ws.recv().await? {
        ws.send(format!("hello {}", name.text())).await?;
    }
    Ok(())
}

fn app() -> PolyHandler {
    routes! {
        GET "/hello/<name>" => http(|name: String| format!("hello {name}")),
        "/greeter"          => ws(greet(ws)),
    }
}

#[cfg(unix)]
mod over_unix {
    use std::io;
    use std::path::Path;

    use http4k_ws::client::{HttpClient, WebSocketClient};
    use http4k_ws::server::{Listeners, UnixSocket};
    use listenfd::ListenFd;

    /// Returns the sockets that systemd has opened, or one at `path`.
    pub(crate) fn listeners(path: impl AsRef<Path>) -> io::Result<Listeners> {
        let mut inherited = ListenFd::from_env();
        let mut listeners = Listeners::new();
        for index in 0..inherited.len() {
            // An error means that the descriptor is of the other kind.
            listeners = match inherited.take_unix_listener(index) {
                Ok(Some(unix)) => listeners.and(unix),
                _ => match inherited.take_tcp_listener(index)? {
                    Some(tcp) => listeners.and(tcp),
                    None => listeners,
                },
            };
        }
        if inherited.len() > 0 {
            return Ok(listeners);
        }
        // For this user and its group, such as that of a proxy.
        let socket = UnixSocket::at(path.as_ref()).with_mode(0o660).bind()?;
        Ok(socket.into())
    }

    /// Greets `name` by a request and over a socket. Returns both responses.
    pub(crate) async fn call(
        path: impl AsRef<Path>,
        name: &str,
    ) -> Result<[String; 2], Box<dyn std::error::Error>> {
        let path = path.as_ref();
        let client = HttpClient::new().with_unix_socket(path);
        let response = client.send(format!("/hello/{name}")).await?;
        let by_request = response.into_body().text().await?;

        let socket = WebSocketClient::to("ws://localhost/greeter").with_unix_socket(path);
        let mut socket = socket.connect().await?;
        socket.send(name).await?;
        let by_socket = socket.recv().await?.ok_or("the server closed the socket")?;
        Ok([by_request, by_socket.text().into_owned()])
    }
}

#[cfg(unix)]
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    use http4k_ws::server::ServerConfig;

    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    if let ["call", path, name] = arguments[..] {
        for greeting in over_unix::call(path, name).await? {
            println!("{greeting}");
        }
        return Ok(());
    }
    let path = arguments.first().copied().unwrap_or("greeter.sock");
    let listeners = over_unix::listeners(path)?;
    for address in listeners.addrs()? {
        println!("listening at {address}");
    }
    app().serve_with(listeners, ServerConfig::default()).await?;
    Ok(())
}

#[cfg(not(unix))]
fn main() {
    eprintln!("{} needs Unix sockets", app().routes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_application_greets() {
        assert_eq!(app().test_http("/hello/ann").body(), "hello ann");
        let mut socket = app().test_ws("/greeter");
        socket.send("bob").unwrap();
        assert_eq!(
            socket.received().next().unwrap().unwrap().text(),
            "hello bob"
        );
    }

    #[cfg(unix)]
    mod over_a_socket {
        use std::io::{BufRead, BufReader};
        use std::os::fd::OwnedFd;
        use std::os::unix::net::UnixListener;
        use std::path::PathBuf;
        use std::process::{Child, Command, Stdio};

        use super::super::{app, over_unix};

        fn path(name: &str) -> PathBuf {
            std::env::temp_dir().join(format!("http4k-{name}-{}.sock", std::process::id()))
        }

        #[tokio::test]
        async fn the_client_reaches_the_server() {
            let path = path("greeter");
            let server = app().as_server_with(over_unix::listeners(&path).unwrap());
            let server = server.start().unwrap();
            let greetings = over_unix::call(&path, "ann").await.unwrap();
            assert_eq!(greetings, ["hello ann", "hello ann"]);
            drop(server);
            assert!(over_unix::call(&path, "ann").await.is_err());
        }

        /// Serves until the process is ended. It is a test only so that a child process can run it.
        #[test]
        fn child() {
            if std::env::var_os("LISTEN_FDS").is_some() {
                let listeners = over_unix::listeners("unused").unwrap();
                let server = app().as_server_with(listeners).start().unwrap();
                eprintln!("ready {:?}", server.addrs());
                server.block();
            }
        }

        /// A child process, which is killed when this is dropped.
        struct Server(Child);

        impl Drop for Server {
            fn drop(&mut self) {
                let _ = self.0.kill();
                let _ = self.0.wait();
            }
        }

        /// Starts a child with `listener` as its descriptor 3, as systemd does.
        fn activated(listener: UnixListener) -> (Server, String) {
            let script = r#"exec 3<&0; LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@""#;
            let child = Command::new("sh")
                .args(["-c", script])
                .arg(std::env::current_exe().unwrap())
                .args(["--exact", "tests::over_a_socket::child", "--nocapture"])
                .stdin(Stdio::from(OwnedFd::from(listener)))
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn();
            let mut server = Server(child.unwrap());
            let lines = BufReader::new(server.0.stderr.take().unwrap()).lines();
            let ready = lines
                .map_while(Result::ok)
                .find(|line| line.starts_with("ready"));
            (server, ready.unwrap())
        }

        #[tokio::test]
        async fn an_inherited_socket_is_served_and_outlives_the_server() {
            let path = path("inherited");
            let listener = UnixListener::bind(&path).unwrap();
            for _restart in 0..2 {
                let (server, ready) = activated(listener.try_clone().unwrap());
                assert!(ready.contains(path.to_str().unwrap()), "{ready}");
                let greetings = over_unix::call(&path, "bob").await.unwrap();
                assert_eq!(greetings, ["hello bob", "hello bob"]);
                drop(server);
                // The file is that of the process which bound it.
                assert!(path.exists());
            }
            std::fs::remove_file(&path).unwrap();
        }
    }
}
