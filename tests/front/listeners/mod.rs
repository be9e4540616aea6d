//! Listeners other than one port: Unix sockets, several at once, and those of other processes.

mod custom;
#[cfg(unix)]
mod processes;
#[cfg(unix)]
mod several;
#[cfg(unix)]
mod unix;

use std::time::Duration;

use bytes::Bytes;
use http4k_ws::prelude::*;
use http4k_ws::sse::{Sse, SseResult, respond};

/// The time limit of a test.
const DEADLINE: Duration = Duration::from_secs(30);

async fn within<T>(work: impl Future<Output = T>) -> T {
    let work = tokio::time::timeout(DEADLINE, work);
    work.await.expect("an end in time")
}

/// Describes the request, as the server sees it.
async fn describe(request: Request) -> String {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let connection = request.connection_addr().map(|peer| peer.ip());
    let host = request.header("host").unwrap_or("none").to_owned();
    let version = request.version();
    format!("{peer:?} {connection:?} {host} {version:?}")
}

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

/// Sends two events, and then none until the end.
fn feed(request: Request) -> Response {
    respond(request, |sse: Sse| async move {
        sse.send("one").await?;
        sse.send("two").await?;
        sse.closed().await;
        SseResult::Ok(())
    })
}

async fn size(body: Bytes) -> String {
    body.len().to_string()
}

fn app() -> PolyHandler {
    routes! {
        GET "/"     => http(describe),
        GET "/feed" => http(feed),
        POST "/size" => http(size(_)),
        "/echo"     => ws(echo),
    }
}

/// A folder of its own, which is removed at the end. Its name is short, as paths of sockets must
/// be.
#[cfg(unix)]
struct Folder(std::path::PathBuf);

#[cfg(unix)]
impl Folder {
    fn new() -> Self {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("h4k-front-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn socket(&self) -> std::path::PathBuf {
        self.0.join("s")
    }
}

#[cfg(unix)]
impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
