//! Requests with random changes, in random pieces: a server that answers some of them without hyper
//! has the responses of one that answers none so.

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::task::yield_now;

use super::requests::{app, pipelines, undated};
use http4k_ws::server::ServerConfig;

/// The number of changed pipelines. `HTTP_MUTATIONS` sets another, and `HTTP_SEED` a start.
const MUTATIONS: u64 = 200;

/// Texts that change the framing or the connection.
const TOKENS: [&str; 24] = [
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    " ",
    "\t",
    ":",
    "#",
    "?",
    "%",
    "\0",
    "\u{7f}",
    "é",
    "HTTP/1.0",
    "HTTP/1.1",
    "Content-Length: 3\r\n",
    "Content-Length: 0\r\n",
    "Content-Length: 4096\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
    "Expect: 100-continue\r\n",
    "Host: b\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
];

/// A sequence of numbers that depends on its start only (SplitMix64).
struct Choices(u64);

impl Choices {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Changes up to four places of `bytes`.
fn mutate(bytes: &mut Vec<u8>, choices: &mut Choices) {
    for _ in 0..choices.below(5) {
        let at = choices.below(bytes.len() + 1);
        match choices.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << choices.below(8),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.insert(at, choices.next() as u8),
            3 => {
                let end = (at + choices.below(30)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            4 => bytes.truncate(at.max(bytes.len() / 2)),
            _ => {
                let token = TOKENS[choices.below(TOKENS.len())];
                bytes.splice(at..at, token.bytes());
            }
        }
    }
}

/// Returns all bytes that a server sends for `pieces`, of which each is read before the next, in
/// lower case.
async fn answer(pieces: &[&[u8]], config: ServerConfig) -> String {
    let (ours, theirs) = duplex(1 << 20);
    let serving = app().serve_connection(theirs, config);
    let (mut reading, mut writing) = tokio::io::split(ours);
    let talking = async {
        let sending = async {
            for piece in pieces {
                let _ = writing.write_all(piece).await;
                for _ in 0..3 {
                    yield_now().await;
                }
            }
            let _ = writing.shutdown().await;
        };
        let mut received = Vec::new();
        let (_, read) = tokio::join!(sending, reading.read_to_end(&mut received));
        read.expect("an end");
        received
    };
    let received = tokio::join!(serving, talking).1;
    undated(&received.to_ascii_lowercase())
}

/// Returns the responses, without a last one that refuses what cannot be read. The client ends its
/// side, and by then the server may not have said yet that the head has an error.
fn comparable(responses: &str) -> &str {
    let last = responses.rfind("http/1.1 ").unwrap_or(0);
    let refusals = ["400", "414", "431", "501", "505"];
    let code = responses[last..].get(9..12).unwrap_or_default();
    let is_refusal = refusals.contains(&code) && responses[last..].contains("connection: close");
    if is_refusal {
        &responses[..last]
    } else {
        responses
    }
}

#[tokio::test(start_paused = true)]
async fn changed_requests_have_the_same_responses_in_any_pieces() {
    let number = |name, default| {
        let set = std::env::var(name).ok();
        set.map_or(default, |text| text.parse().expect("a number"))
    };
    let (count, start) = (number("HTTP_MUTATIONS", MUTATIONS), number("HTTP_SEED", 0));
    let mut pipelines = pipelines();
    // A panic is a log line of its own.
    pipelines.retain(|pipeline| !pipeline.contains("/panics"));
    for seed in start..start + count {
        let mut choices = Choices(seed);
        let mut bytes = pipelines[choices.below(pipelines.len())]
            .clone()
            .into_bytes();
        bytes.truncate(2_000);
        mutate(&mut bytes, &mut choices);
        let mut pieces = vec![];
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let length = match choices.below(3) {
                0 => 1 + choices.below(8),
                1 => 1 + choices.below(200),
                _ => rest.len(),
            };
            let (piece, after) = rest.split_at(length.min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        let single: Vec<_> = bytes.chunks(1).collect();
        for pieces in [&[&bytes[..]][..], &pieces, &single] {
            let answered = answer(pieces, ServerConfig::default()).await;
            // Names in title case are written by hyper alone.
            let config = ServerConfig::default().with_title_case_fields(true);
            let by_hyper = answer(pieces, config).await;
            assert_eq!(
                comparable(&answered),
                comparable(&by_hyper),
                "seed {seed}, {} pieces: {}",
                pieces.len(),
                bytes.escape_ascii()
            );
        }
    }
}
