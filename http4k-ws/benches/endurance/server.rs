//! The measured server, in a process of its own.

use std::collections::HashSet;
use std::io::Read;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http4k_ws::SendError;
use http4k_ws::bytes::Bytes;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;

/// The messages that the feed sends per second, and their length.
const FEED_PACE: Duration = Duration::from_millis(1);
const FEED_MESSAGE: usize = 4 * 1024;

fn panics() -> StatusCode {
    panic!("on purpose")
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

async fn panics_at_a_message(mut ws: WebSocket) -> WsResult {
    ws.recv().await?;
    panic!("on purpose")
}

/// Messages without end, each of its own memory.
async fn flood(ws: WebSocket) -> WsResult {
    loop {
        ws.send(WsMessage::new_binary(vec![0; 1024])).await?;
    }
}

/// Pushes one message, never receives, and waits for the end of its socket.
async fn pushes(ws: WebSocket) -> WsResult {
    ws.send("pushed").await?;
    ws.closed().await;
    Ok(())
}

/// Returns the number of tasks that are alive, including the one that counts.
async fn tasks() -> String {
    let runtime = tokio::runtime::Handle::current();
    runtime.metrics().num_alive_tasks().to_string()
}

/// The same messages for all, at a steady pace; a peer that cannot follow misses some.
#[derive(Clone, Debug, Default)]
struct Feed(Arc<Mutex<Followers>>);

#[derive(Debug, Default)]
struct Followers {
    senders: Vec<WsSender>,
    running: bool,
    /// The number of senders with a full queue.
    full: HashSet<usize>,
}

impl Feed {
    fn lock(&self) -> MutexGuard<'_, Followers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn follow(self, mut ws: WebSocket) -> WsResult {
        let start = {
            let mut followers = self.lock();
            followers.senders.push(ws.sender());
            !std::mem::replace(&mut followers.running, true)
        };
        if start {
            tokio::spawn(self.clone().run());
        }
        while ws.recv().await?.is_some() {}
        Ok(())
    }

    async fn run(self) {
        let mut pace = tokio::time::interval(FEED_PACE);
        loop {
            pace.tick().await;
            let message = WsMessage::new_binary(Bytes::from(vec![0; FEED_MESSAGE]));
            let mut followers = self.lock();
            let Followers { senders, full, .. } = &mut *followers;
            for (index, sender) in senders.iter().enumerate() {
                if matches!(sender.try_send(message.clone()), Err(SendError::Full)) {
                    full.insert(index);
                }
            }
        }
    }

    fn full(self) -> String {
        self.lock().full.len().to_string()
    }
}

routes! {
    fn app(feed: Feed) -> PolyHandler {
        GET "/panic" => http(panics()),
        GET "/full"  => http(feed.full()),
        GET "/long"  => http(|| async { vec![b'l'; 4_000_000] }),
        GET "/tasks" => http(tasks()),
        "/echo"      => ws(echo(ws)),
        "/panics"    => ws(panics_at_a_message(ws)),
        "/flood"     => ws(flood(ws)),
        "/pushes"    => ws(pushes(ws)),
        "/feed"      => ws(feed.follow(ws)),
    }
}

/// Serves until SIGTERM, or until the process that started it has ended.
pub(crate) fn serve(options: &[String]) -> ExitCode {
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(1);
    });
    let server = app(Feed::default())
        .as_server("127.0.0.1:0")
        .with_config(config(options));
    match server.start() {
        Ok(running) => {
            println!("{}", running.addr());
            running.block();
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn config(options: &[String]) -> ServerConfig {
    let mut config = ServerConfig::default();
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match option.as_str() {
            #[cfg(feature = "tls")]
            "--tls" => {
                let mut pem = || options.next().expect("a certificate and its key");
                let tls = http4k_ws::server::ServerTls::from_pem(pem(), pem());
                config = config.with_tls(tls.expect("a certificate and its key"));
            }
            "--short-head" => config = config.with_head_timeout(Duration::from_secs(2)),
            "--any-pings" => config.session.max_control_rate = None,
            "--short-stall" => {
                config.session.write_stall = Duration::from_secs(2);
                config.write_stall = Duration::from_secs(2);
            }
            unknown => panic!("there is no option {unknown}"),
        }
    }
    config
}
