//! Parts that are read as they arrive.

use std::time::Duration;

use http4k_ws::contract_test;
use http4k_ws::filter::max_body;
use http4k_ws::lens::{Multipart, MultipartError};
use http4k_ws::message::BodyError;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::testing::contract::Backend;

use super::{file, form, raw, text};

/// Reads every part in chunks, and returns their names and lengths.
async fn lengths(mut form: Multipart) -> Result<String, MultipartError> {
    let mut lengths = Vec::new();
    while let Some(mut part) = form.next_part().await? {
        let mut length = 0;
        while let Some(chunk) = part.chunk().await? {
            length += chunk.len();
        }
        lengths.push(format!("{}={length}", part.name()));
    }
    Ok(lengths.join(" "))
}

/// Reads the names only.
async fn names(mut form: Multipart) -> Result<String, MultipartError> {
    let mut names = String::new();
    while let Some(part) = form.next_part().await? {
        names.push_str(part.name());
    }
    Ok(names)
}

/// Reads a part behind the next one.
async fn late(mut form: Multipart) -> Result<String, MultipartError> {
    let first = form.next_part().await?;
    let _second = form.next_part().await?;
    first.expect("a part").text().await
}

/// Reads again after a failure.
async fn again(mut form: Multipart) -> String {
    while let Ok(Some(_)) = form.next_part().await {}
    format!("{:?}", form.next_part().await.map(|part| part.is_some()))
}

fn app() -> PolyHandler {
    routes! {
        POST "/lengths" => http(lengths(_)),
        POST "/names" => http(names(_)),
        POST "/late" => http(late(_)),
        POST "/again" => http(again(_)),
        POST "/small" with(max_body(1024)) => http(lengths(_)),
    }
}

#[contract_test(app())]
fn parts_are_read_in_turn(backend: &impl Backend) {
    let long = "x".repeat(300_000);
    let parts = [
        text("a", ""),
        file("b", "b", &long),
        text("c", "\r\n--\r\n--Y"),
        text("d", "1"),
    ];
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let send = |path: &str| backend.http(form(path, &parts));
    assert_eq!(send("/lengths").body(), "a=0 b=300000 c=9 d=1");
    assert_eq!(send("/names").body(), "abcd");
    assert_eq!(send("/again").body(), "Ok(false)");
    // A mistake of the program.
    assert_eq!(send("/late").status(), 500);
    let response = send("/small");
    assert_eq!(response.status(), 413);
    assert_eq!(backend.http(raw("/again", "--X\r\n")).body(), "Err(Failed)");
}

/// However a body is cut, the parts are the same.
#[tokio::test]
async fn frames_do_not_matter() {
    let body = format!(
        "--X \t\r\n{}\r\n--X\r\n{}\r\n--X--\r\nepilogue",
        text("a", "1\r\n-\r\n--\r\n--W"),
        file("b", "c", "\r\n\r\n")
    );
    for size in 1..body.len() {
        let frames: Vec<_> = body.as_bytes().chunks(size).map(<[u8]>::to_vec).collect();
        let frames = frames.into_iter().map(Ok::<_, std::io::Error>);
        let mut request = raw("/", Body::from_stream(futures_util::stream::iter(frames)));
        let mut form = Multipart::of(&mut request).expect("a form");
        let mut read = Vec::new();
        while let Some(part) = form.next_part().await.expect("a part") {
            let name = part.name().to_owned();
            read.push((name, part.text().await.expect("text")));
        }
        let expected = [("a", "1\r\n-\r\n--\r\n--W"), ("b", "\r\n\r\n")];
        let expected = expected.map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(read, expected, "{size}");
    }
    for end in 1..body.len() - "\r\nepilogue".len() {
        let mut request = raw("/", body[..end].to_owned());
        let mut form = Multipart::of(&mut request).expect("a form");
        let error = loop {
            match form.next_part().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("{end} bytes are complete"),
                Err(error) => break error,
            }
        };
        assert!(
            matches!(
                error,
                MultipartError::Incomplete | MultipartError::NoBoundary
            ),
            "{end} {error}"
        );
    }
}

/// A body that stops in the middle of a part has the bound of every body.
#[tokio::test(start_paused = true)]
async fn a_form_that_stalls_ends() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (mut ours, theirs) = tokio::io::duplex(64 * 1024);
    let config = ServerConfig::default().with_body_stall(Duration::from_secs(3));
    let serving = tokio::spawn(app().serve_connection(theirs, config));
    let head = "POST /lengths HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\
                Content-Type: multipart/form-data; boundary=X\r\n\r\n";
    let body = format!("--X\r\n{}", text("a", "the rest never comes"));
    ours.write_all(head.as_bytes()).await.expect("room");
    ours.write_all(body.as_bytes()).await.expect("room");
    let mut response = String::new();
    let read = ours.read_to_string(&mut response);
    let read = tokio::time::timeout(Duration::from_secs(10), read).await;
    read.expect("an end").expect("text");
    assert!(response.starts_with("HTTP/1.1 408 "), "{response}");
    assert!(response.contains("application/problem+json"), "{response}");
    serving.abort();
}

#[tokio::test]
async fn a_file_is_saved_once_and_whole() {
    let folder = std::env::temp_dir().join(format!("http4k-ws-parts-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("saved");
    let part = |body: Body| async {
        let mut request = raw("/", body);
        let mut form = Multipart::of(&mut request).expect("a form");
        form.next_part().await.expect("a form").expect("a part")
    };
    let whole = format!("--X\r\n{}\r\n--X--", file("a", "b", "content"));

    let length = part(whole.clone().into())
        .await
        .save(&path)
        .await
        .expect("a file");
    assert_eq!(
        (length, std::fs::read(&path).expect("a file")),
        (7, b"content".to_vec())
    );

    let again = part(whole.clone().into()).await.save(&path).await;
    assert!(matches!(again, Err(MultipartError::Save(_))), "{again:?}");
    assert_eq!(std::fs::read(&path).expect("the first file"), b"content");

    let other = folder.join("other");
    let large = part(whole.clone().into()).await.limit(6).save(&other).await;
    assert!(
        matches!(large, Err(MultipartError::PartTooLarge { limit: 6, .. })),
        "{large:?}"
    );
    assert!(!other.exists());

    let cut = part(whole[..whole.len() - 6].to_owned().into())
        .await
        .save(&other)
        .await;
    assert!(matches!(cut, Err(MultipartError::Incomplete)), "{cut:?}");
    assert!(!other.exists());

    let (first, rest) = whole.split_at(whole.len() - 10);
    let first = futures_util::stream::iter([Ok::<_, std::io::Error>(first.to_owned())]);
    let endless = futures_util::StreamExt::chain(first, futures_util::stream::pending());
    let part = part(Body::from_stream(endless)).await;
    let saving = tokio::time::timeout(Duration::from_millis(100), part.save(&other)).await;
    assert!(saving.is_err() && !rest.is_empty());
    assert!(!other.exists());
    std::fs::remove_dir_all(&folder).expect("the folder");
}

#[tokio::test]
async fn a_failed_body_is_the_cause() {
    let failing = futures_util::stream::iter([
        Ok(format!("--X\r\n{}", text("a", "b"))),
        Err(std::io::Error::other("reset")),
    ]);
    let mut request = raw("/", Body::from_stream(failing));
    let mut form = Multipart::of(&mut request).expect("a form");
    let part = form.next_part().await.expect("a form").expect("a part");
    let failed = part.bytes().await;
    assert!(
        matches!(failed, Err(MultipartError::Body(BodyError::Stream(_)))),
        "{failed:?}"
    );
}
