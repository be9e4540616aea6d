//! The connections of an event source, one after another.
//!
//! The whole progress is in [`Source`], and none of it in the future of a call. A call that is
//! dropped therefore loses neither an event nor a connection.

use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::HeaderMap;
use tokio::time::{Sleep, sleep};

use super::attempt::{Boxed, Settings, attempt};
use super::error::EventSourceError;
use super::event::SourceEvent;
use super::open::OpenStream;
use super::prepared::Prepared;
use crate::client::reconnect::{Outage, retry_after};
use crate::random::Random;
use crate::session::no_headers;
use crate::sse::SseEvent;
use crate::sse::{SseEnd, SseReader};

pub(super) struct Source {
    /// `Err` for a request that cannot be sent, until that is reported.
    request: Result<Prepared, EventSourceError>,
    settings: Settings,
    state: State,
    /// `None` before the first attempt.
    outage: Option<Outage>,
    random: Random,
    last_event_id: String,
    /// The delay that the server requested last.
    retry: Option<Duration>,
    /// The comments of the connections before.
    comments: u64,
}

type Attempt = Boxed<Result<SseReader, EventSourceError>>;

enum State {
    /// The next attempt is due.
    Due,
    Waiting(Pin<Box<Sleep>>),
    // The mutex is never contended. It makes the source `Sync`.
    Connecting(Mutex<Attempt>),
    Open(Box<OpenStream>),
    Closed,
}

impl Source {
    pub(super) fn new(request: Result<Prepared, EventSourceError>, settings: Settings) -> Self {
        let seed = settings.policy.seed;
        Self {
            last_event_id: request
                .as_ref()
                .map(Prepared::last_event_id)
                .unwrap_or_default(),
            request,
            settings,
            state: State::Due,
            outage: None,
            random: seed.map_or_else(Random::new, Random::seeded),
            retry: None,
            comments: 0,
        }
    }

    fn report(&self, event: SourceEvent) {
        log::debug!("{event:?}");
        if let Some(observer) = &self.settings.observer {
            observer(&event);
        }
    }

    /// Polls for the next event. Returns `None` once no other connection will follow.
    pub(super) fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<SseEvent>, EventSourceError>> {
        loop {
            match &mut self.state {
                State::Closed => return Poll::Ready(Ok(None)),
                State::Open(open) => match ready!(open.poll(cx, self.settings.max_silence)) {
                    Ok(event) => {
                        self.note_progress();
                        return Poll::Ready(Ok(Some(event)));
                    }
                    Err(end) => self.disconnected(end)?,
                },
                _ => match ready!(self.poll_connection(cx)) {
                    Err(error) if error.is_no_content() => return Poll::Ready(Ok(None)),
                    outcome => outcome?,
                },
            }
        }
    }

    /// Polls until a stream is open.
    pub(super) fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), EventSourceError>> {
        loop {
            match &mut self.state {
                State::Closed => return Poll::Ready(Err(EventSourceError::Closed)),
                State::Open(_) => return Poll::Ready(Ok(())),
                _ => ready!(self.poll_connection(cx))?,
            }
        }
    }

    /// Takes one step towards an open stream.
    fn poll_connection(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), EventSourceError>> {
        match &mut self.state {
            State::Due => return Poll::Ready(self.connect()),
            State::Waiting(sleep) => {
                ready!(sleep.as_mut().poll(cx));
                self.state = State::Due;
            }
            State::Connecting(attempt) => {
                let attempt = attempt.get_mut().unwrap_or_else(PoisonError::into_inner);
                let outcome = ready!(attempt.as_mut().poll(cx));
                return Poll::Ready(self.connected(outcome));
            }
            State::Open(_) | State::Closed => {}
        }
        Poll::Ready(Ok(()))
    }

    fn connect(&mut self) -> Result<(), EventSourceError> {
        let outage = self.outage.get_or_insert_with(Outage::begin);
        outage.attempts += 1;
        match &self.request {
            Ok(request) => {
                let request = request.with_last_event_id(&self.last_event_id);
                let attempt = attempt(self.settings.rules.clone(), request);
                self.state = State::Connecting(Mutex::new(Box::pin(attempt)));
                Ok(())
            }
            Err(error) => {
                let error = error.clone();
                self.failed(error)
            }
        }
    }

    fn connected(
        &mut self,
        outcome: Result<SseReader, EventSourceError>,
    ) -> Result<(), EventSourceError> {
        let reader = match outcome {
            Ok(reader) => reader,
            Err(error) => return self.failed(error),
        };
        // The id counts until the stream has another one. As in browsers, an event without an id
        // does not reset it, although each stream starts with an empty buffer for it.
        let reader = reader
            .with_max_event(self.settings.max_event)
            .with_last_event_id(self.last_event_id.clone());
        self.state = State::Open(Box::new(OpenStream::new(reader)));
        let attempt = self.attempts();
        self.report(SourceEvent::Connected { attempt });
        Ok(())
    }

    fn attempts(&self) -> u32 {
        self.outage.as_ref().map_or(0, |outage| outage.attempts)
    }

    /// Copies what the next connection needs.
    fn note_progress(&mut self) {
        if let State::Open(open) = &self.state {
            if self.last_event_id != open.reader.last_event_id() {
                open.reader
                    .last_event_id()
                    .clone_into(&mut self.last_event_id);
            }
            self.retry = open.reader.retry().or(self.retry);
        }
    }

    fn disconnected(&mut self, end: SseEnd) -> Result<(), EventSourceError> {
        self.note_progress();
        let state = std::mem::replace(&mut self.state, State::Closed);
        if let State::Open(open) = state {
            self.comments += open.reader.comments();
            if open.was_stable(self.settings.policy.stable_after) {
                self.outage = Some(Outage::begin());
            }
        }
        self.report(SourceEvent::Disconnected { end: end.clone() });
        if !self.settings.reconnection && end == SseEnd::Complete {
            return Ok(());
        }
        self.wait_after(EventSourceError::Ended(end), self.retry)
    }

    fn failed(&mut self, error: EventSourceError) -> Result<(), EventSourceError> {
        self.state = State::Closed;
        let attempt = self.attempts();
        self.report(SourceEvent::Failed {
            attempt,
            error: error.clone(),
        });
        let requested = match &error {
            EventSourceError::Refused { response } => retry_after(response.headers()),
            _ => None,
        };
        self.wait_after(error, requested.or(self.retry))
    }

    /// Waits before the next attempt, or returns the error if none will follow.
    fn wait_after(
        &mut self,
        error: EventSourceError,
        requested: Option<Duration>,
    ) -> Result<(), EventSourceError> {
        let is_retried =
            error.is_transient() || self.settings.retried_refusals && error.is_transient_refusal();
        if !is_retried || !self.settings.reconnection {
            return self.give_up(error);
        }
        let outage = self.outage.get_or_insert_with(Outage::begin);
        let (policy, random) = (&self.settings.policy, &mut self.random);
        let Some(after) = outage.next_delay(policy, requested, random) else {
            let (attempts, source) = (outage.attempts, Box::new(error));
            return self.give_up(EventSourceError::GaveUp { attempts, source });
        };
        let attempt = outage.attempts + 1;
        self.state = State::Waiting(Box::pin(sleep(after)));
        self.report(SourceEvent::Reconnecting { attempt, after });
        Ok(())
    }

    fn give_up(&mut self, error: EventSourceError) -> Result<(), EventSourceError> {
        let attempts = self.attempts();
        self.report(SourceEvent::GaveUp { attempts });
        Err(error)
    }

    pub(super) fn close(&mut self) {
        if self.is_closed() {
            return;
        }
        self.note_progress();
        let state = std::mem::replace(&mut self.state, State::Closed);
        if let State::Open(open) = state {
            self.comments += open.reader.comments();
            let end = SseEnd::Closed;
            self.report(SourceEvent::Disconnected { end });
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    fn reader(&self) -> Option<&SseReader> {
        match &self.state {
            State::Open(open) => Some(&open.reader),
            _ => None,
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.reader().is_some()
    }

    pub(super) fn last_event_id(&self) -> &str {
        self.reader()
            .map_or(&self.last_event_id, SseReader::last_event_id)
    }

    pub(super) fn retry(&self) -> Option<Duration> {
        self.reader().and_then(SseReader::retry).or(self.retry)
    }

    pub(super) fn comments(&self) -> u64 {
        self.comments + self.reader().map_or(0, SseReader::comments)
    }

    pub(super) fn response_headers(&self) -> &HeaderMap {
        self.reader()
            .map_or_else(|| no_headers(), SseReader::response_headers)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Due => "due",
            State::Waiting(_) => "waiting",
            State::Connecting(_) => "connecting",
            State::Open(_) => "open",
            State::Closed => "closed",
        };
        f.debug_struct("Source")
            .field("state", &state)
            .field("last_event_id", &self.last_event_id())
            .field("retry", &self.retry())
            .finish_non_exhaustive()
    }
}
