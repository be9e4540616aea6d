//! Forms with files.

mod clients;
mod fields;
mod hostile;
mod parts;

use http4k_ws::prelude::*;

/// Returns a request whose body is `parts` between boundaries `X`, each with its head.
fn form(path: &str, parts: &[&str]) -> Request {
    let mut body = String::new();
    for part in parts {
        body.push_str("--X\r\n");
        body.push_str(part);
        body.push_str("\r\n");
    }
    body.push_str("--X--\r\n");
    raw(path, body)
}

/// Returns a request with this body and the boundary `X`.
fn raw(path: &str, body: impl Into<Body>) -> Request {
    Request::post(path)
        .header("content-type", "multipart/form-data; boundary=X")
        .body(body.into())
        .expect("a request")
}

/// Returns a part with a name and text.
fn text(name: &str, value: &str) -> String {
    format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}")
}

/// Returns a part that is a file.
fn file(name: &str, file_name: &str, value: &str) -> String {
    format!(
        "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
         Content-Type: text/plain\r\n\r\n{value}"
    )
}
