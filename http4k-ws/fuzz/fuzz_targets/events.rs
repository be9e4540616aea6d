//! Event streams in pieces: the parser of the library against the reader of the tests, which reads a whole stream at
//! once. With a bound, the parser reads a prefix of the same events.
#![no_main]

use http4k_ws::sse::{SseEvent, SseParser, SseTooLarge};
use http4k_ws_fuzz::Choices;
use libfuzzer_sys::fuzz_target;

use naive::{Outcome, Parts};

#[path = "../../../tests/integration/sse/naive.rs"]
mod naive;

/// The bound of an event in bytes, small enough to be reached.
const LONGEST: usize = 40;

fuzz_target!(|data: &[u8]| {
    let mut choices = Choices::new(data);
    let Some(size) = choices.byte() else { return };
    let bytes = choices.rest();
    let (found, outcome) = read(SseParser::new(), bytes, usize::from(size));
    assert_eq!(outcome, Ok(()), "the input is shorter than the bound");
    let expected = naive::read(bytes);
    assert_eq!(found, expected);

    let bounded = SseParser::new().with_max_event(LONGEST);
    let (found, outcome) = read(bounded, bytes, usize::from(size));
    assert!(expected.events.starts_with(&found.events));
    if outcome.is_ok() {
        assert_eq!(found, expected);
    }
});

/// Reads `bytes` in pieces of `size`, or at once.
fn read(mut parser: SseParser, bytes: &[u8], size: usize) -> (Outcome, Result<(), SseTooLarge>) {
    let size = if size == 0 { bytes.len().max(1) } else { size };
    let mut events = Vec::new();
    let outcome = bytes.chunks(size).try_for_each(|mut piece| {
        while let Some(event) = parser.read(&mut piece)? {
            events.push(parts(&event));
        }
        assert!(piece.is_empty(), "every byte is read");
        Ok(())
    });
    let found = Outcome {
        events,
        last_event_id: parser.last_event_id().to_owned(),
        retry: parser.retry().map(|retry| retry.as_millis() as u64),
        comments: parser.comments(),
    };
    (found, outcome)
}

fn parts(event: &SseEvent) -> Parts {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let retry = event.retry().map(|retry| retry.as_millis() as u64);
    (event.data().to_owned(), text(event.name()), text(event.id()), retry)
}
