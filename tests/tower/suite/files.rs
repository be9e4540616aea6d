//! Static files by tower-http's `ServeDir`.

use std::fs;
use std::path::PathBuf;

use http4k_ws::prelude::*;
use http4k_ws::tower::{layer, service};
use tower_http::compression::CompressionLayer;
use tower_http::services::{ServeDir, ServeFile};

use crate::support::{client, exchanged, greet, next, served};

/// Creates a folder of files for one test.
fn folder(name: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(root.join("sub")).expect("a folder");
    fs::write(root.join("index.html"), "<h1>start</h1>").expect("a file");
    fs::write(root.join("a.txt"), "0123456789").expect("a file");
    fs::write(root.join("sub/long.txt"), "long ".repeat(1000)).expect("a file");
    root
}

fn files(root: &PathBuf) -> PolyHandler {
    routes! {
        "/ws/<name>" => ws(greet(ws, name)),
        "/files"     => mount({ service(ServeDir::new(root)) }),
        "/"          => mount({ service(ServeDir::new(root)) }),
    }
}

#[test]
fn files_have_ranges_and_validators_at_the_root_and_under_a_prefix() {
    let root = folder("ranges");
    for prefix in ["", "/files"] {
        let get = |path: &str| Request::get(format!("{prefix}{path}"));
        let whole = files(&root).test_http(get("/a.txt"));
        assert_eq!(
            (whole.status(), whole.header("content-type")),
            (StatusCode::OK, Some("text/plain"))
        );
        assert_eq!(whole.body(), "0123456789");
        let part = files(&root).test_http(get("/a.txt").header("range", "bytes=2-4"));
        assert_eq!(part.status(), 206);
        assert_eq!(
            (part.body().as_text(), part.header("content-range")),
            (Some("234"), Some("bytes 2-4/10"))
        );
        let none = files(&root).test_http(get("/a.txt").header("range", "bytes=20-"));
        assert_eq!(none.status(), 416);
        let etag = whole
            .header("etag")
            .expect("tower-http 0.7 sends one")
            .to_owned();
        let known = files(&root).test_http(get("/a.txt").header("if-none-match", etag));
        assert_eq!(
            (known.status().as_u16(), known.body().as_text()),
            (304, Some(""))
        );
        assert_eq!(files(&root).test_http(get("/")).body(), "<h1>start</h1>");
        assert_eq!(files(&root).test_http(get("/none.txt")).status(), 404);
        let head = files(&root).test_http(get("/a.txt").method(Method::HEAD));
        assert_eq!(
            (head.header("content-length"), head.body().as_text()),
            (Some("10"), Some(""))
        );
    }
    assert_eq!(next(&mut files(&root).test_ws("/ws/bob")), "hello bob");
}

#[test]
fn files_arrive_over_a_port_compressed() {
    let root = folder("port");
    let server = served(files(&root).with(layer(CompressionLayer::new())));
    let client = client(server.addr());
    let long = client.send(Request::get("/files/sub/long.txt").header("accept-encoding", "gzip"));
    let long = long.expect("a response");
    assert_eq!(long.header("content-encoding"), Some("gzip"));
    assert!(long.body().as_bytes().expect("read").len() < 200);
    let plain = client.send("/sub/long.txt").expect("a response");
    assert_eq!(
        (
            plain.header("content-encoding"),
            plain.body().as_text().map(str::len)
        ),
        (None, Some(5000))
    );
}

#[test]
fn no_path_leaves_the_folder() {
    let root = folder("inside/public");
    fs::write(root.join("../secret.txt"), "secret").expect("a file");
    let server = served(files(&root));
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/sub/../../secret.txt",
        "/files/../secret.txt",
        "/files/../../secret.txt",
        "/files/%2e%2e/secret.txt",
        "/files/..%2f..%2fsecret.txt",
        "/files//secret.txt",
        "/%5c..%5csecret.txt",
    ] {
        let (mut tcp, head) = exchanged(
            server.addr(),
            &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"),
        );
        let mut body = String::new();
        std::io::Read::read_to_string(&mut tcp, &mut body).expect("in time");
        let status = head.split(' ').nth(1).unwrap_or_default();
        assert!(
            ["400", "404"].contains(&status) && !body.contains("secret"),
            "{path}: {head}{body}"
        );
    }
}

#[test]
fn a_single_page_fallback_spares_the_api() {
    let root = folder("page");
    let page = ServeFile::new(root.join("index.html"));
    // A rest is more specific than the mount at `/`, which would respond to every other path.
    let app = routes! {
        "/api" => {
            GET "/name"   => http(|| "bob"),
            "/<_other..>" => http(|| (StatusCode::NOT_FOUND, "no such call")),
        },
        "/" => mount({ service(ServeDir::new(&root).fallback(page)) }),
    };
    for (path, status, body) in [
        ("/api/name", 200, "bob"),
        ("/api/other", 404, "no such call"),
        ("/a.txt", 200, "0123456789"),
        ("/", 200, "<h1>start</h1>"),
        ("/deep/link", 200, "<h1>start</h1>"),
    ] {
        let response = app.test_http(path);
        assert_eq!(
            (response.status().as_u16(), response.body().as_text()),
            (status, Some(body)),
            "{path}"
        );
    }
}
