//! TLS: certificates of these tests, our server, our clients, and faulty peers.

pub(crate) mod certificates;
mod closing;
mod configured;
mod handshake;
mod mutual;
mod talking;
mod trust;

use http4k_ws::client::ClientTls;
use http4k_ws::server::{RunningServer, ServerConfig, ServerTls};
use http4k_ws::{PolyHandler, Request, WebSocket};

use self::certificates::Pair;

async fn echo(mut ws: WebSocket) {
    while let Ok(Some(message)) = ws.recv().await {
        if ws.send(message).await.is_err() {
            return;
        }
    }
}

fn app() -> PolyHandler {
    PolyHandler::new(|request: Request| request.uri().path().to_owned(), echo)
}

pub(crate) fn server_tls(pair: &Pair) -> ServerTls {
    ServerTls::from_pem(&pair.chain, &pair.key).expect("a certificate and its key")
}

pub(crate) fn trusting(pem: &str) -> ClientTls {
    ClientTls::trusting_only(pem).expect("a certificate")
}

fn start_with(app: PolyHandler, config: ServerConfig) -> RunningServer {
    app.as_server("127.0.0.1:0")
        .with_config(config)
        .with_threads(1)
        .start()
        .expect("a server")
}

fn start(pair: &Pair) -> RunningServer {
    start_with(app(), ServerConfig::default().with_tls(server_tls(pair)))
}
