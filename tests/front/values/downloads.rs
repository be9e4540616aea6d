//! Downloads.

use http4k_ws::contract_test;
use http4k_ws::message::Attachment;
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;

fn app() -> PolyHandler {
    routes! {
        GET "/bytes" => http(|| Attachment::new("caf\u{e9}.bin", vec![1, 2, 3])),
        GET "/stream" => http(|| {
            let chunks = futures_util::stream::iter(["a,b\n", "1,2\n"].map(Ok::<_, std::io::Error>));
            Attachment::new("x.csv", Body::from_stream(chunks)).with_content_type("text/csv")
        }),
        GET "/inline" => http(|| Attachment::new("..", "%PDF").with_content_type("a\r\nb").inline()),
    }
}

#[contract_test(app())]
fn a_download_has_its_fields(backend: &impl Backend) {
    for (path, disposition, content_type, body) in [
        (
            "/bytes",
            "attachment; filename=\"caf_.bin\"; filename*=UTF-8''caf%C3%A9.bin",
            "application/octet-stream",
            &b"\x01\x02\x03"[..],
        ),
        (
            "/stream",
            "attachment; filename=\"x.csv\"",
            "text/csv",
            b"a,b\n1,2\n",
        ),
        ("/inline", "inline", "application/octet-stream", b"%PDF"),
    ] {
        let response = backend.http(path);
        assert_eq!(response.header("content-disposition"), Some(disposition));
        assert_eq!(response.header("content-type"), Some(content_type));
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(response.body(), body);
    }
}
