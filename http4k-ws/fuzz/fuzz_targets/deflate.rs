//! Compressed messages through the whole server, against an inflater of another library: valid ones, bombs, flipped
//! bits, truncated and random payloads, in fragments. The server hears what the other inflater reads, and refuses the
//! rest with the code of the rule.
#![no_main]

use std::sync::{Arc, Mutex};

use http4k_ws::server::ServerConfig;
use http4k_ws::session::{Deflate, SessionConfig};
use http4k_ws::{PolyHandler, Request, WebSocket};
use http4k_ws_fuzz::{Choices, Last, Step, frames_of, on_paused_clock, talk};
use libfuzzer_sys::fuzz_target;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress, create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::decompress_to_vec_with_limit;

/// The maximum size of a message in bytes.
const LONGEST: usize = 100_000;

/// The maximum ratio, beyond 64 KiB.
const RATIO: usize = 50;

const HANDSHAKE: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

fuzz_target!(|data: &[u8]| {
    let mut choices = Choices::new(data);
    let Some(form) = choices.byte() else { return };
    let takeover = form & 1 != 0;
    let (mut bytes, mut expected) = (Vec::new(), Vec::new());
    // Until the first message whose outcome only the server decides.
    let mut is_known = true;
    // Bombs take long, so a few must do.
    for _ in 0..8 {
        let Some(message) = Message::next(&mut choices) else {
            break;
        };
        message.write(&mut bytes);
        match message.plain() {
            Some(plain) if is_known => expected.push((message.is_text, plain)),
            _ => is_known = false,
        }
    }
    let (heard, code) = served(&bytes, takeover);
    for (heard, expected) in heard.iter().zip(&expected) {
        assert!(heard == expected, "a message differs");
    }
    assert!(
        heard.len() >= expected.len(),
        "{} of {} heard: {code:?}",
        heard.len(),
        expected.len()
    );
    assert!(heard.iter().all(|(_, plain)| plain.len() <= LONGEST));
    if is_known {
        assert_eq!((heard.len(), code), (expected.len(), None));
    }
    assert!(
        matches!(code, None | Some(1002 | 1007 | 1008 | 1009)),
        "{code:?}"
    );
});

struct Message {
    is_text: bool,
    payload: Vec<u8>,
    /// The size of a fragment.
    piece: usize,
}

impl Message {
    fn next(choices: &mut Choices<'_>) -> Option<Self> {
        let (kind, size, piece) = (choices.byte()?, choices.byte()?, choices.byte()?);
        let content = choices.bytes(usize::from(size) % 100);
        let mut payload = match kind & 7 {
            // A bomb.
            0 => compressed(&vec![kind; usize::from(size) * 1024]),
            1 => content.to_vec(),
            _ => compressed(&content.repeat(usize::from(kind) / 8 + 1)),
        };
        match kind & 7 {
            2 if !payload.is_empty() => {
                let bit = usize::from(size) * 31 % (payload.len() * 8);
                payload[bit / 8] ^= 1 << (bit % 8);
            }
            3 => payload.truncate(usize::from(size) % (payload.len() + 1)),
            _ => {}
        }
        Some(Self {
            is_text: piece & 1 != 0,
            payload,
            piece: usize::from(piece) * 50 + 1,
        })
    }

    /// Writes its frames, masked with zeros.
    fn write(&self, out: &mut Vec<u8>) {
        let mut pieces = self.payload.chunks(self.piece).peekable();
        let mut opcode = 0x40 | if self.is_text { 1 } else { 2 };
        loop {
            let piece = pieces.next().unwrap_or_default();
            let fin = if pieces.peek().is_none() { 0x80 } else { 0 };
            out.push(fin | opcode);
            match piece.len() {
                short @ 0..=125 => out.push(0x80 | short as u8),
                long => {
                    out.push(0x80 | 126);
                    out.extend((long as u16).to_be_bytes());
                }
            }
            out.extend([0; 4]);
            out.extend(piece);
            opcode = 0;
            if fin != 0 {
                return;
            }
        }
    }

    /// Returns the content that the server must hear, if another inflater reads it and no limit forbids it.
    fn plain(&self) -> Option<Vec<u8>> {
        // The end of the flush, and an empty final block.
        let whole = [&self.payload[..], &[0, 0, 0xFF, 0xFF, 3, 0]].concat();
        let plain = decompress_to_vec_with_limit(&whole, LONGEST).ok()?;
        // The other inflater stops at a final block, and says nothing of what follows.
        let short = &whole[..whole.len() - 1];
        let is_whole = decompress_to_vec_with_limit(short, LONGEST).is_err();
        let is_within = plain.len() <= (self.payload.len() * RATIO).max(64 * 1024);
        let is_valid = !self.is_text || std::str::from_utf8(&plain).is_ok();
        (is_whole && is_within && is_valid).then_some(plain)
    }
}

/// Compresses without the end of the flush.
fn compressed(plain: &[u8]) -> Vec<u8> {
    let mut state = CompressorOxide::new(create_comp_flags_from_zip_params(6, 0, 0));
    let mut out = vec![0; plain.len() + 1000];
    let (_, read, written) = compress(&mut state, plain, &mut out, TDEFLFlush::Sync);
    assert_eq!(read, plain.len());
    out.truncate(written);
    out.strip_suffix(&[0, 0, 0xFF, 0xFF])
        .expect("the end of a flush")
        .to_vec()
}

/// Returns the messages that the server heard, and the code with which it refused.
fn served(bytes: &[u8], takeover: bool) -> (Vec<(bool, Vec<u8>)>, Option<u16>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hearing = Arc::clone(&heard);
    let app = PolyHandler::new(
        |_: Request| "http",
        move |mut ws: WebSocket| {
            let hearing = Arc::clone(&hearing);
            async move {
                while let Ok(Some(message)) = ws.recv().await {
                    let plain = message.as_bytes().to_vec();
                    hearing.lock().unwrap().push((message.is_text(), plain));
                }
            }
        },
    );
    let deflate = Deflate::default()
        .with_max_ratio(RATIO as u32)
        .with_peer_context_takeover(takeover);
    let session = SessionConfig::default()
        .with_max_message(LONGEST)
        .with_deflate(deflate);
    let config = ServerConfig::default().with_session(session);
    let mut steps = vec![Step::Send(HANDSHAKE.as_bytes())];
    for piece in bytes.chunks(4000) {
        steps.extend([Step::Send(piece), Step::Yield]);
    }
    let answer = on_paused_clock(talk(app, config, &steps, Last::HalfClose));
    let head = answer
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .expect("a head");
    assert!(answer.starts_with(b"HTTP/1.1 101"));
    let frames = frames_of(&answer[head + 4..]);
    let code = frames.iter().find_map(|frame| frame.code());
    let heard = heard.lock().unwrap().clone();
    (heard, code)
}
