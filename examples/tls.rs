//! HTTPS and secure WebSockets, with a generated certificate or one of your own.
//!
//! ```text
//! cargo run --example tls --features tls                                         # generated, for localhost
//! cargo run --example tls --features tls 0.0.0.0:443 fullchain.pem privkey.pem   # yours
//! ```
//!
//! The first command prints a certificate. Save it as `cert.pem`; then `curl --cacert cert.pem
//! https://localhost:9000/` returns `hiya over TLS`. The socket at `wss://localhost:9000/echo` sends
//! every message back.

use std::error::Error;

use http4k_ws::prelude::*;
use http4k_ws::server::{ServerConfig, ServerTls};

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

routes! {
    pub(crate) fn app() -> PolyHandler {
        GET "/" => http(|| "hiya over TLS"),
        "/echo" => ws(echo(ws)),
    }
}

/// Returns a self-signed certificate for localhost and its key, as PEM text.
pub(crate) fn certificate() -> Result<(String, String), rcgen::Error> {
    let hosts = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(hosts)?;
    Ok((made.cert.pem(), made.signing_key.serialize_pem()))
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let address = args.next().unwrap_or("127.0.0.1:9000".to_owned());
    let tls = match (args.next(), args.next()) {
        (Some(chain), Some(key)) => ServerTls::from_files(chain, key)?,
        _ => {
            let (certificate, key) = certificate()?;
            println!("{certificate}");
            ServerTls::from_pem(certificate, key)?
        }
    };
    let config = ServerConfig::default().with_tls(tls);
    let server = app().as_server(address).with_config(config).start()?;
    println!("listening on {}, with TLS", server.addr());
    server.block();
    Ok(())
}
