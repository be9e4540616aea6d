//! Bodies as browsers, curl and Python write them.

use std::process::Command;

use http4k_ws::lens::Part;
use http4k_ws::prelude::*;

#[derive(FromRequest)]
struct Upload {
    #[part]
    title: String,
    #[part]
    photo: Part,
}

async fn upload(upload: Upload) -> Result<String, http4k_ws::lens::MultipartError> {
    let (name, kind) = (
        upload.photo.file_name(),
        upload.photo.content_type().map(str::to_owned),
    );
    let length = upload.photo.bytes().await?.len();
    Ok(format!("{} {name:?} {kind:?} {length}", upload.title))
}

fn app() -> PolyHandler {
    routes! { POST "/upload" => http(upload(_)) }
}

/// The bytes that Chromium sends for a form with a text and a file.
#[test]
fn a_form_of_a_browser_is_read() {
    let boundary = "----WebKitFormBoundaryx8jO2oVc6SWP3Sad";
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nKatzen & M\u{e4}use\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a %22b%22.png\"\r\n\
         Content-Type: image/png\r\n\r\n\u{fffd}PNG\r\n\r\n--{boundary}--\r\n"
    );
    let request = Request::post("/upload")
        .header(
            "content-type",
            format!("multipart/form-data; boundary={boundary}"),
        )
        .body(Body::from(body))
        .expect("a request");
    let response = app().test_http(request);
    assert_eq!(
        response.body(),
        "Katzen & M\u{e4}use Some(\"a \\\"b\\\".png\") Some(\"image/png\") 8"
    );
}

#[test]
fn a_form_of_curl_is_read() {
    let server = app().as_server("127.0.0.1:0").start().expect("a server");
    let file = std::env::temp_dir().join(format!("http4k-ws-curl-{}.txt", std::process::id()));
    std::fs::write(&file, vec![b'x'; 100_000]).expect("a file");
    let sent = Command::new("curl")
        .args([
            "--silent",
            "--show-error",
            "--max-time",
            "20",
            "--form",
            "title=a \"b\"",
        ])
        .arg("--form")
        .arg(format!(
            "photo=@{};filename=\"c \\\"d\\\".txt\"",
            file.display()
        ))
        .arg(format!("http://127.0.0.1:{}/upload", server.port()))
        .output();
    std::fs::remove_file(&file).expect("the file");
    let Ok(sent) = sent else {
        eprintln!("curl is not installed: not tested");
        return;
    };
    let response = String::from_utf8_lossy(&sent.stdout);
    assert_eq!(
        response,
        "a \"b\" Some(\"c \\\"d\\\".txt\") Some(\"text/plain\") 100000",
        "{}",
        String::from_utf8_lossy(&sent.stderr)
    );
}
