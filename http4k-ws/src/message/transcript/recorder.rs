//! Recording of a transcript within a bound.

use std::time::Duration;

use super::{Party, Transcript, TranscriptEntry};
use crate::message::ws_message::WsMessage;
use crate::message::ws_status::WsStatus;

/// The cost of an entry besides its payload, in bytes. It bounds the number of small messages.
const ENTRY: usize = 64;

/// A transcript that grows until a side closes or the limit is reached.
#[derive(Debug)]
pub(crate) struct Recorder {
    transcript: Transcript,
    /// The bytes that may still be recorded.
    left: usize,
    is_over: bool,
}

impl Recorder {
    /// The default limit of a recording in bytes: 1 MiB.
    pub(crate) const LIMIT: usize = 1024 * 1024;

    pub(crate) fn new(transcript: Transcript, limit: usize) -> Self {
        Self {
            transcript,
            left: limit,
            is_over: false,
        }
    }

    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.left = limit;
    }

    pub(crate) fn message(&mut self, by: Party, message: &WsMessage) {
        let message = message.clone();
        let size = message.as_bytes().len();
        self.write(TranscriptEntry::Message { by, message }, size);
    }

    /// Records the first close, and ends the recording. A message that crosses the close on its way
    /// arrives at one end only, so recordings of both ends would differ.
    pub(crate) fn close(&mut self, by: Party, status: &WsStatus) {
        let status = status.clone();
        self.write(TranscriptEntry::Close { by, status }, 0);
        self.is_over = true;
    }

    pub(crate) fn silence(&mut self, time: Duration) {
        if !time.is_zero() {
            self.write(TranscriptEntry::Silence(time), 0);
        }
    }

    fn write(&mut self, entry: TranscriptEntry, size: usize) {
        if self.is_over {
            return;
        }
        match self.left.checked_sub(ENTRY.saturating_add(size)) {
            Some(left) => {
                self.left = left;
                self.transcript.push(entry);
            }
            None => {
                self.is_over = true;
                self.transcript.push(TranscriptEntry::Cut);
            }
        }
    }

    pub(crate) fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    pub(crate) fn into_transcript(self) -> Transcript {
        self.transcript
    }
}
