//! The body of a stream, which is its session: the connection that polls it polls the consumer.
//!
//! Each poll does these steps:
//!
//! 1. At the first poll, takes the configuration and registers the stream. A response to HEAD is
//!    never polled, so it starts nothing.
//! 2. Polls the consumer, or drops it if the stream is over.
//! 3. Drains the queue into one frame.
//! 4. If there was nothing to drain, ends the body if the stream is over.
//! 5. Otherwise polls the timer, and sends a comment after a long silence.
//!
//! There is no task and no channel. A connection polls a body only if it has space for a frame, so
//! a consumer that sends waits for the client. If the client leaves, the connection drops the body,
//! and the consumer with it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::Frame;
use tokio::time::{Instant, Sleep, sleep_until};

use super::encoding::write_retry_alone;
use super::ending::Ending;
use super::error::SseResult;
use super::outcome::{OnEnd, SseSummary};
use super::setup::Setup;
use super::state::{Drained, StreamState};
#[cfg(feature = "server")]
use super::stop::StreamGuard;
use crate::message::BodyError;
use crate::panics::guarded;

/// The comment that keeps a connection open.
const KEEP_ALIVE: &[u8] = b":\n\n";

/// The shortest and the longest silence before a comment.
const SILENCE: (Duration, Duration) = (
    Duration::from_millis(10),
    Duration::from_secs(365 * 24 * 60 * 60),
);

/// The future of a consumer.
pub(super) type ConsumerFuture = Pin<Box<dyn Future<Output = SseResult> + Send>>;

/// The body of the response that is a stream.
pub(super) struct StreamBody {
    state: Arc<StreamState>,
    /// `None` once the stream has started.
    setup: Option<Setup>,
    consumer: Option<ConsumerFuture>,
    /// The reconnection time to send first.
    retry: Option<Duration>,
    keep_alive: KeepAlive,
    /// `true` once the last frame, or the error, was returned.
    ended: bool,
    /// The functions to call at the end.
    on_end: Vec<OnEnd>,
    /// The events and bytes that the connection has received.
    events: u64,
    bytes: u64,
    #[cfg(feature = "server")]
    guard: Option<StreamGuard>,
}

impl StreamBody {
    pub(super) fn new(state: Arc<StreamState>, setup: Setup, consumer: ConsumerFuture) -> Self {
        Self {
            state,
            setup: Some(setup),
            consumer: Some(consumer),
            retry: None,
            keep_alive: KeepAlive::default(),
            ended: false,
            on_end: Vec::new(),
            events: 0,
            bytes: 0,
            #[cfg(feature = "server")]
            guard: None,
        }
    }

    /// Takes the configuration, at the first poll.
    fn start(&mut self) {
        let Some(setup) = self.setup.take() else {
            return;
        };
        let mut setup = setup.take();
        self.on_end = std::mem::take(&mut setup.on_end);
        let Some(config) = setup.config() else {
            return self.state.end(Ending::Failed);
        };
        self.state.configure(&config);
        self.retry = config.retry;
        self.keep_alive = KeepAlive::new(config.keep_alive);
        #[cfg(feature = "server")]
        {
            if let Some(budget) = setup.budget.take() {
                self.state.set_budget(budget);
            }
            let streams = setup.streams.upgrade();
            self.guard = streams.map(|streams| streams.enter(&self.state));
        }
    }

    /// Polls the consumer. If the stream is over, drops it.
    fn poll_consumer(&mut self, cx: &mut Context<'_>) {
        let Some(consumer) = &mut self.consumer else {
            return;
        };
        if self.state.is_over() {
            return self.drop_consumer();
        }
        match guarded(CONSUMER, || consumer.as_mut().poll(cx)) {
            Some(Poll::Pending) => {}
            Some(Poll::Ready(result)) => {
                self.drop_consumer();
                match result {
                    Ok(()) => self.state.consumer_returned(),
                    Err(error) => {
                        if !error.is_closed() {
                            log::error!("{CONSUMER} failed: {error}");
                        }
                        self.state.end(Ending::Failed);
                    }
                }
            }
            None => {
                self.drop_consumer();
                self.state.end(Ending::Failed);
            }
        }
    }

    /// Returns `bytes` as a frame, and counts them.
    fn counted(&mut self, bytes: Bytes) -> Frame<Bytes> {
        self.bytes += bytes.len() as u64;
        Frame::data(bytes)
    }

    /// Calls the functions that wait for the end. Calling it again has no effect.
    fn report(&mut self, ending: Ending) {
        let summary = SseSummary {
            outcome: ending.into(),
            events: self.events,
            bytes: self.bytes,
        };
        for call in std::mem::take(&mut self.on_end) {
            guarded("a function at the end of a stream", || call(summary));
        }
    }

    fn drop_consumer(&mut self) {
        let consumer = self.consumer.take();
        guarded("the drop of a consumer of events", || drop(consumer));
    }
}

/// The name of a consumer in the log.
const CONSUMER: &str = "a consumer of events";

impl http_body::Body for StreamBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(None);
        }
        this.start();
        this.state.begin_poll();
        this.poll_consumer(cx);
        let mut frame = BytesMut::new();
        if let Some(retry) = this.retry.take() {
            write_retry_alone(&mut frame, retry);
        }
        match this.state.drain(&mut frame, cx.waker()) {
            Drained::Frame { events } => {
                this.keep_alive.sent();
                this.events += events;
                Poll::Ready(Some(Ok(this.counted(frame.freeze()))))
            }
            Drained::Over(ending) => {
                this.ended = true;
                let last = ending.last_frame();
                let last = last.map(|last| last.map(|bytes| this.counted(bytes)));
                this.report(ending);
                Poll::Ready(last)
            }
            Drained::Idle => this.keep_alive.poll(cx).map(|()| {
                let comment = Bytes::from_static(KEEP_ALIVE);
                Some(Ok(this.counted(comment)))
            }),
        }
    }

    /// Returns `true` behind the last frame, so that HTTP/2 ends the stream with it.
    fn is_end_stream(&self) -> bool {
        self.ended
    }
}

impl Drop for StreamBody {
    fn drop(&mut self) {
        self.state.end(Ending::Gone);
        self.drop_consumer();
        self.report(Ending::Gone);
        // A stream that has not started is over too, even if its response is kept.
        if let Some(setup) = self.setup.take() {
            guarded("the drop of the functions of a stream", || {
                drop(setup.take())
            });
        }
    }
}

impl fmt::Debug for StreamBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamBody")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// The timer of comments.
#[derive(Debug, Default)]
struct KeepAlive {
    after: Option<Duration>,
    /// The time of the last frame.
    last: Option<Instant>,
    /// Created when the stream is first silent.
    timer: Option<Pin<Box<Sleep>>>,
}

impl KeepAlive {
    fn new(after: Option<Duration>) -> Self {
        Self {
            after: after.map(|after| after.clamp(SILENCE.0, SILENCE.1)),
            last: None,
            timer: None,
        }
    }

    /// Records a frame, which restarts the silence.
    fn sent(&mut self) {
        self.last = Some(Instant::now());
    }

    /// Ready after each silence. A timer that fires too early is polled again, so frames do not
    /// reset it.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(after) = self.after else {
            return Poll::Pending;
        };
        let deadline = *self.last.get_or_insert_with(Instant::now) + after;
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        while timer.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                self.sent();
                return Poll::Ready(());
            }
            timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}
