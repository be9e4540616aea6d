//! The parts of a body, read as they arrive (RFC 7578, RFC 2046 §5.1.1).
//!
//! 1. The body must start with the first delimiter. Text in front of it is not of a form.
//! 2. `buffer` holds the bytes that were received and not yet returned. While the content of a part
//!    is read, all but a possible start of a delimiter is returned at once; while a head is read,
//!    it may grow to [`MAX_HEAD`]. So memory is bounded by a frame of the body and a head.
//! 3. No byte is searched twice, except those at the end that may be the start of a delimiter or of
//!    an empty line. So the time is in proportion to the body, however it is cut into frames.
//! 4. Line ends are CRLF. A delimiter is CRLF, two hyphens and the boundary, then spaces, then CRLF
//!    or two hyphens. Anything else behind the boundary is an error, not content: no other boundary
//!    of the same message may start with it (§5.1.1).
//! 5. What follows the last delimiter is read and dropped, so that an incomplete body is noticed.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use http_body::Body as _;
use memchr::memmem::Finder;

use super::error::MultipartError;
use super::head::PartHead;
use crate::message::Body;

/// The number of bytes of the head of a part.
pub(super) const MAX_HEAD: usize = 8 * 1024;

/// The number of spaces and tabs behind a boundary.
const MAX_PADDING: usize = 256;

/// The body of a form with files, at some position.
#[derive(Debug)]
pub(super) struct Reader {
    body: Body,
    buffer: BytesMut,
    /// CRLF, two hyphens and the boundary.
    delimiter: Finder<'static>,
    stage: Stage,
    /// The number of bytes at the start of `buffer` that were searched in vain.
    searched: usize,
    is_complete: bool,
    /// The number of parts so far, which is also the number of the one being read.
    parts: usize,
    max_parts: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// In front of the first delimiter.
    Start,
    /// Behind the boundary of a delimiter.
    AfterBoundary,
    Head,
    Content,
    /// Behind the last delimiter.
    Epilogue,
    End,
    Failed,
}

impl Reader {
    pub(super) fn new(body: Body, boundary: &str, max_parts: usize) -> Self {
        let delimiter = format!("\r\n--{boundary}");
        Self {
            body,
            // The first delimiter may lack its line end, which is added.
            buffer: BytesMut::from(&b"\r\n"[..]),
            delimiter: Finder::new(delimiter.as_bytes()).into_owned(),
            stage: Stage::Start,
            searched: 0,
            is_complete: false,
            parts: 0,
            max_parts,
        }
    }

    pub(super) fn set_max_parts(&mut self, max_parts: usize) {
        self.max_parts = max_parts;
    }

    /// Returns the head of the next part and its number, or `None` behind the last. The rest of the
    /// part before is dropped.
    pub(super) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<(PartHead, usize)>, MultipartError>> {
        loop {
            match self.stage {
                Stage::Start => ready!(self.poll_start(cx))?,
                Stage::AfterBoundary => ready!(self.poll_boundary(cx))?,
                Stage::Head => {
                    let head = ready!(self.poll_head(cx))?;
                    return Poll::Ready(Ok(Some((head, self.parts))));
                }
                Stage::Content => {
                    ready!(self.poll_chunk(self.parts, cx))?;
                }
                Stage::Epilogue => {
                    self.buffer.clear();
                    ready!(self.poll_fill(cx))?;
                    if self.is_complete {
                        self.stage = Stage::End;
                    }
                }
                Stage::End => return Poll::Ready(Ok(None)),
                Stage::Failed => return Poll::Ready(Err(MultipartError::Failed)),
            }
        }
    }

    /// Returns the next bytes of part `number`, or `None` at its end.
    pub(super) fn poll_chunk(
        &mut self,
        number: usize,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Bytes>, MultipartError>> {
        if number != self.parts {
            return Poll::Ready(Err(MultipartError::Skipped));
        }
        while self.stage == Stage::Content {
            if let Some(at) = self.delimiter.find(&self.buffer) {
                let content = self.buffer.split_to(at).freeze();
                self.buffer.advance(self.delimiter.needle().len());
                self.enter(Stage::AfterBoundary);
                return Poll::Ready(Ok((!content.is_empty()).then_some(content)));
            }
            // The delimiter may start in the last bytes.
            let kept = self.delimiter.needle().len() - 1;
            if self.buffer.len() > kept {
                let end = self.buffer.len() - kept;
                return Poll::Ready(Ok(Some(self.buffer.split_to(end).freeze())));
            }
            ready!(self.poll_more(cx))?;
        }
        match self.stage {
            Stage::Failed => Poll::Ready(Err(MultipartError::Failed)),
            _ => Poll::Ready(Ok(None)),
        }
    }

    fn poll_start(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), MultipartError>> {
        let length = self.delimiter.needle().len();
        // A line end in front of the first delimiter is tolerated, as one may be sent there.
        while self.buffer.len() < length + 2 && !self.is_complete {
            ready!(self.poll_fill(cx))?;
        }
        let blank = self.buffer.starts_with(b"\r\n\r\n");
        if blank {
            self.buffer.advance(2);
        }
        if !self.buffer.starts_with(self.delimiter.needle()) {
            let error = match self.is_complete && self.buffer.len() <= 2 {
                true => MultipartError::Incomplete,
                false => MultipartError::NoBoundary,
            };
            return Poll::Ready(Err(self.fail(error)));
        }
        self.buffer.advance(length);
        self.enter(Stage::AfterBoundary);
        Poll::Ready(Ok(()))
    }

    fn poll_boundary(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), MultipartError>> {
        loop {
            let is_padding = |byte: &u8| matches!(byte, b' ' | b'\t');
            let padding = self
                .buffer
                .iter()
                .take_while(|byte| is_padding(byte))
                .count();
            let next = match self.buffer.get(padding..padding + 2) {
                _ if padding > MAX_PADDING => Some(&b""[..]),
                next => next,
            };
            match next {
                Some(b"\r\n") if self.parts == self.max_parts => {
                    let limit = self.max_parts;
                    return Poll::Ready(Err(self.fail(MultipartError::TooManyParts { limit })));
                }
                Some(b"\r\n") => {
                    self.parts += 1;
                    // The line end stays: a head without fields is one empty line.
                    self.buffer.advance(padding);
                    self.enter(Stage::Head);
                    return Poll::Ready(Ok(()));
                }
                Some(b"--") if padding == 0 => {
                    // Reading the last part again is an error.
                    self.parts += 1;
                    self.enter(Stage::Epilogue);
                    return Poll::Ready(Ok(()));
                }
                Some(_) => return Poll::Ready(Err(self.fail(MultipartError::Delimiter))),
                None => ready!(self.poll_more(cx))?,
            }
        }
    }

    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<PartHead, MultipartError>> {
        const END: &[u8] = b"\r\n\r\n";
        loop {
            let from = self.searched.saturating_sub(END.len() - 1);
            let found = memchr::memmem::find(&self.buffer[from..], END);
            // The empty line may start in the last bytes, so that the frames do not matter.
            let least = self.buffer.len().saturating_sub(END.len() - 1);
            if found.map_or(least, |at| from + at) > MAX_HEAD {
                let limit = MAX_HEAD;
                return Poll::Ready(Err(self.fail(MultipartError::HeadTooLong { limit })));
            }
            if let Some(at) = found {
                let head = self.buffer.split_to(from + at + END.len());
                self.enter(Stage::Content);
                // Without the line ends of the delimiter and of the empty line.
                let read = PartHead::parse(&head[2..head.len() - 2]);
                return Poll::Ready(read.map_err(|error| self.fail(error)));
            }
            self.searched = self.buffer.len();
            ready!(self.poll_more(cx))?;
        }
    }

    fn enter(&mut self, stage: Stage) {
        self.stage = stage;
        self.searched = 0;
    }

    fn fail(&mut self, error: MultipartError) -> MultipartError {
        self.stage = Stage::Failed;
        self.buffer = BytesMut::new();
        self.body = Body::empty();
        error
    }

    /// Receives more of a body that must not end here.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), MultipartError>> {
        ready!(self.poll_fill(cx))?;
        match self.is_complete {
            true => Poll::Ready(Err(self.fail(MultipartError::Incomplete))),
            false => Poll::Ready(Ok(())),
        }
    }

    /// Receives one frame.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), MultipartError>> {
        match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    self.buffer.extend_from_slice(data);
                }
            }
            Some(Err(error)) => return Poll::Ready(Err(self.fail(error.into()))),
            None => self.is_complete = true,
        }
        Poll::Ready(Ok(()))
    }
}
