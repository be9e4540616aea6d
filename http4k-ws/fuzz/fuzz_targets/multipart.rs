//! Forms with files: a body in pieces of any size has the parts and the failure of the whole body,
//! no more of it is held than a piece and a head, and a form that the library wrote is read as it
//! was.
#![no_main]

use std::cell::Cell;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{FutureExt, stream};
use http4k_ws::lens::{Multipart, MultipartBody, MultipartError, Part, With};
use http4k_ws::message::RequestExt;
use http4k_ws::{Body, Request};
use http4k_ws_fuzz::Choices;
use libfuzzer_sys::fuzz_target;

const CONTENT_TYPE: &str = "multipart/form-data; boundary=x";

/// The bytes that a zero of the input stands for, so that short inputs reach the bounds.
const FILLER: &[u8] = &[b'a'; 2700];

/// The number of zeros that stand for more.
const FILLERS: usize = 8;

/// The longest head of a part, with the line ends and spaces around it, and the longest delimiter.
const HELD: usize = 8 * 1024 + 512;

/// The name of a part, the name of its file, its type and its content.
type Read = (String, Option<String>, Option<String>, Vec<u8>);

fuzz_target!(|data: &[u8]| {
    let mut choices = Choices::new(data);
    let (Some(size), Some(factor)) = (choices.byte(), choices.byte()) else {
        return;
    };
    // Up to 16 KiB, and each of the short ones.
    let size = match factor {
        0..64 => usize::from(size) + usize::from(factor) * 256,
        _ => usize::from(size),
    };
    let rest = choices.rest();
    cut(rest, size.max(1));
    written(rest, size.max(1));
});

/// Checks that a body in pieces is read as the whole one.
fn cut(data: &[u8], size: usize) {
    let mut body = Vec::new();
    let mut fillers = 0..FILLERS;
    for byte in data {
        match byte {
            0 if fillers.next().is_some() => body.extend_from_slice(FILLER),
            byte => body.push(*byte),
        }
    }
    let whole = read(CONTENT_TYPE, &body, body.len().max(1));
    let in_pieces = read(CONTENT_TYPE, &body, size);
    assert_eq!(whole, in_pieces);
}

/// Checks that a form is read as it was written.
fn written(data: &[u8], size: usize) {
    let mut choices = Choices::new(data);
    let mut form = MultipartBody::new();
    let mut expected: Vec<Read> = Vec::new();
    while let Some(kind) = choices.byte() {
        let length = usize::from(choices.byte().unwrap_or_default());
        let name = name(choices.bytes(length % 16));
        let content = choices.bytes(length).to_vec();
        let mut part = Part::new(content.clone());
        let (mut file_name, mut content_type) = (None, None);
        if kind & 1 != 0 {
            part = part.with_file_name(format!("{name}.png"));
            // Line ends are not shown.
            let shown = format!("{name}.png").replace(['\r', '\n'], "");
            file_name = Some(shown.trim().to_owned());
        }
        if kind & 2 != 0 {
            part = part.with_content_type("image/png");
            content_type = Some("image/png".to_owned());
        }
        form = form.part(name.clone(), part);
        expected.push((name, file_name, content_type, content));
    }
    let request = Request::new(Body::empty()).with(form).expect("a form");
    let content_type = request.header("content-type").expect("a type").to_owned();
    let body = request
        .body()
        .as_bytes()
        .expect("a form in memory")
        .to_vec();
    assert_eq!(read(&content_type, &body, size), (expected, None));
}

/// Returns a name without what the two ways of escaping share, and without what no name may have.
fn name(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let is_kept = |c: &char| match c {
        '\r' | '\n' => true,
        // Marks that are not shown in the name of a file.
        '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => false,
        '\\' | '/' | '%' => false,
        c => !c.is_control(),
    };
    text.chars().filter(is_kept).collect()
}

/// Returns the parts of `body` in pieces of `size`, the last one as far as it was read, and the
/// failure.
fn read(content_type: &str, body: &[u8], size: usize) -> (Vec<Read>, Option<String>) {
    let received = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&received);
    let pieces: Vec<_> = body.chunks(size).map(<[u8]>::to_vec).collect();
    let pieces = pieces.into_iter().map(move |piece| {
        counted.fetch_add(piece.len(), Ordering::Relaxed);
        Ok::<_, Infallible>(piece)
    });
    let request = Request::new(Body::from_stream(stream::iter(pieces)));
    let mut request = request
        .try_with_header("content-type", content_type)
        .expect("a value");
    let mut parts = Vec::new();
    let form = Multipart::of(&mut request).expect("a form");
    let failure = gather(form, &mut parts, &received, size)
        .now_or_never()
        .expect("the body is there");
    (parts, failure.err().map(|error| error.to_string()))
}

async fn gather(
    mut form: Multipart,
    parts: &mut Vec<Read>,
    received: &AtomicUsize,
    size: usize,
) -> Result<(), MultipartError> {
    let before = Cell::new(0);
    // From one call to the next, a piece arrives, and what the search for a head or a delimiter
    // needs.
    let assert_bounded = || {
        let now = received.load(Ordering::Relaxed);
        assert!(now - before.replace(now) <= HELD + size);
    };
    while let Some(mut part) = form.next_part().await? {
        assert_bounded();
        let content_type = part.content_type().map(str::to_owned);
        parts.push((
            part.name().to_owned(),
            part.file_name(),
            content_type,
            Vec::new(),
        ));
        while let Some(chunk) = part.chunk().await? {
            assert_bounded();
            assert!(chunk.len() <= HELD + size);
            let (.., content) = parts.last_mut().expect("a part");
            content.extend_from_slice(&chunk);
        }
        before.set(received.load(Ordering::Relaxed));
    }
    Ok(())
}
