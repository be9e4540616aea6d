//! A single-page application: static files with ranges, validators and compression, a fallback to
//! the page for its deep links, and an API and a socket that the fallback spares.
//!
//! Run it with `cargo run -p http4k-ws-examples-tower --example static_site`, then open
//! <http://127.0.0.1:9000/any/deep/link>.

use std::path::Path as FilePath;

use http4k_ws::prelude::*;
use http4k_ws::tower::{layer, service};
use tower_http::compression::CompressionLayer;
use tower_http::services::{ServeDir, ServeFile};

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

/// Serves the files in `folder`, and its `index.html` for every other path outside of `/api`.
fn app(folder: &FilePath) -> PolyHandler {
    let page = ServeFile::new(folder.join("index.html"));
    let files = ServeDir::new(folder).fallback(page);
    let app = routes! {
        "/api" => {
            GET "/time"   => http(|| "noon"),
            "/ws"         => ws(echo(ws)),
            // More specific than the mount at `/`: an unknown call is not the page.
            "/<_other..>" => http(|| (StatusCode::NOT_FOUND, "no such call")),
        },
        "/" => mount({ service(files) }),
    };
    // Streams of events are left alone, and so are images and ranges.
    app.with(layer(CompressionLayer::new()))
}

fn folder() -> &'static FilePath {
    FilePath::new(concat!(env!("CARGO_MANIFEST_DIR"), "/site"))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:9000".into());
    println!("http://{address}");
    app(folder()).serve(address).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(request: impl http4k_ws::IntoRequest) -> Response {
        app(folder()).test_http(request)
    }

    #[test]
    fn deep_links_are_the_page_and_unknown_calls_are_not() {
        let page = get("/").body().as_text().map(str::to_owned);
        assert!(
            page.as_ref()
                .is_some_and(|page| page.contains("<title>A page</title>"))
        );
        assert_eq!(
            get("/any/deep/link").body().as_text().map(str::to_owned),
            page
        );
        assert_eq!(get("/api/time").body(), "noon");
        assert_eq!(get("/api/none").status(), 404);
        assert_eq!(get("/api/none").body(), "no such call");
        assert!(app(folder()).try_test_ws("/api/ws").is_ok());
    }

    #[test]
    fn files_have_types_ranges_and_validators() {
        let style = get("/style.css");
        assert_eq!(style.header("content-type"), Some("text/css"));
        let etag = style.header("etag").unwrap();
        let known = get(Request::get("/style.css").header("if-none-match", etag));
        assert_eq!(known.status(), 304);
        let part = get(Request::get("/style.css").header("range", "bytes=0-3"));
        assert_eq!(
            (part.status(), part.body().as_text()),
            (StatusCode::PARTIAL_CONTENT, Some("body"))
        );
        assert_eq!(
            get("/%2e%2e/Cargo.toml").body().as_text(),
            get("/").body().as_text()
        );
    }

    #[test]
    fn pages_are_compressed_for_clients_that_ask() {
        let zipped = get(Request::get("/").header("accept-encoding", "gzip"));
        assert_eq!(zipped.header("content-encoding"), Some("gzip"));
        assert_eq!(get("/").header("content-encoding"), None);
    }
}
