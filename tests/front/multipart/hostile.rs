//! Forms that are made to harm.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use http4k_ws::lens::{Multipart, MultipartError};
use http4k_ws::prelude::*;

use super::{raw, text};

async fn read(body: Body) -> Result<usize, MultipartError> {
    let mut request = raw("/", body);
    let mut form = Multipart::of(&mut request)?.with_max_parts(200_000);
    let mut length = 0;
    while let Some(part) = form.next_part().await? {
        length += part.bytes().await?.len();
    }
    Ok(length)
}

/// Returns a body that arrives in a frame per byte.
fn by_bytes(body: String) -> Body {
    let frames = body.into_bytes().into_iter();
    let frames = frames.map(|byte| Ok::<_, std::io::Error>(vec![byte]));
    Body::from_stream(futures_util::stream::iter(frames))
}

#[tokio::test]
async fn a_form_has_a_thousand_parts_at_most() {
    let part = format!("--X\r\n{}\r\n", text("a", ""));
    let body = format!("{}--X--", part.repeat(100_000));
    let start = Instant::now();
    let mut request = raw("/", body.clone());
    let mut form = Multipart::of(&mut request).expect("a form");
    let mut parts = 0;
    let error = loop {
        match form.next_part().await {
            Ok(part) => parts += usize::from(part.is_some()),
            Err(error) => break error,
        }
    };
    assert!(
        matches!(error, MultipartError::TooManyParts { limit: 1000 }),
        "{error}"
    );
    assert_eq!(parts, 1000);
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(read(body.into()).await.expect("a raised limit"), 0);
}

#[tokio::test]
async fn a_head_without_an_end_is_refused_early() {
    let endless = std::iter::repeat_with(|| Ok::<_, std::io::Error>("X: aaaaaaaaaaaa\r\n"));
    let first = std::iter::once(Ok("--X\r\n"));
    let frames = first.chain(endless.take(10_000_000));
    let error = read(Body::from_stream(futures_util::stream::iter(frames))).await;
    assert!(
        matches!(error, Err(MultipartError::HeadTooLong { limit: 8192 })),
        "{error:?}"
    );

    let padding = format!("--X{}\r\n{}\r\n--X--", " ".repeat(300), text("a", "b"));
    let error = read(padding.into()).await;
    assert!(matches!(error, Err(MultipartError::Delimiter)), "{error:?}");
}

/// A part cannot hold the boundary: neither a longer one nor one behind a bare line feed ends it.
#[tokio::test]
async fn only_a_whole_delimiter_ends_a_part() {
    for content in ["\n--X--", "--X--", "\r\n --X", "\r\n-\r\n--x--", "\r--X\r"] {
        let body = format!("--X\r\n{}\r\n--X--", text("a", content));
        assert_eq!(read(body.into()).await.expect(content), content.len());
    }
    for content in [
        "\r\n--Xb\r\n",
        "\r\n--X-\r\n",
        "\r\n--X --\r\n",
        "\r\n--X\n\n",
    ] {
        let body = format!("--X\r\n{}\r\n--X--", text("a", content));
        let error = read(body.into()).await;
        assert!(
            matches!(error, Err(MultipartError::Delimiter)),
            "{content:?} {error:?}"
        );
    }
    // A form inside a part is its content.
    let inner = format!("--Y\r\n{}\r\n--Y--", text("b", "c"));
    let body = format!("--X\r\n{}\r\n--X--", text("a", &inner));
    assert_eq!(read(body.into()).await.expect("a form"), inner.len());
    // What follows the end is no part.
    let body = format!("--X--\r\n--X\r\n{}\r\n--X--", text("a", "b"));
    assert_eq!(read(body.into()).await.expect("a form"), 0);
}

/// The time is in proportion to the bytes, also if each arrives alone.
#[tokio::test]
async fn reading_is_linear() {
    let almost = "\r\n--\r\n--\r\r\n--";
    let body = |times: usize| format!("--X\r\n{}\r\n--X--", text("a", &almost.repeat(times)));
    let mut costs = Vec::new();
    for times in [4_000, 32_000] {
        let start = ThreadTime::now();
        let length = read(by_bytes(body(times))).await.expect("a form");
        assert_eq!(length, almost.len() * times);
        costs.push(start.elapsed().as_secs_f64());
    }
    assert!(costs[1] < costs[0] * 30.0, "{costs:?}");
}

#[tokio::test]
async fn the_frames_do_not_matter_for_the_longest_head() {
    let read_head = |length: usize| async move {
        let start = "Content-Disposition: form-data; name=a\r\nX: ";
        // The limit includes the line end in front of the head.
        let head = format!("{start}{}", "x".repeat(length - 2 - start.len()));
        let body = format!("--X\r\n{head}\r\n\r\nhello\r\n--X--");
        [read(body.clone().into()).await, read(by_bytes(body)).await]
    };
    let longest = read_head(8192).await;
    assert!(matches!(longest, [Ok(5), Ok(5)]), "{longest:?}");
    for over in [8193, 8194, 8195] {
        let [whole, by_bytes] = read_head(over).await;
        for read in [whole, by_bytes] {
            let is_refused = matches!(read, Err(MultipartError::HeadTooLong { limit: 8192 }));
            assert!(is_refused, "{over}: {read:?}");
        }
    }
}
