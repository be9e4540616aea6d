//! The deadlines of a session, on one timer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::SessionConfig;
use super::phase::Phase;
use super::transport::{Partial, Progress};

/// How long a connection that ends may take to be shut down in order.
const LINGER: Duration = Duration::from_secs(1);

/// What has come due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// The phase has lasted too long: the peer takes nothing, or does not answer, or the consumer goes on.
    Phase,
    /// The peer is to be sent a ping.
    Ping,
    /// The peer was silent for too long.
    Silence,
    /// A message from the peer takes too long.
    Message,
    /// The consumer does not receive.
    Consumer,
}

/// How a session stands at the end of a round.
#[derive(Debug)]
pub(super) struct Standing<'a> {
    pub(super) phase: &'a Phase,
    /// The peer takes nothing more for now.
    pub(super) blocked: bool,
    /// This side reads nothing more for now, so that silence is no sign of death.
    pub(super) deaf: bool,
    /// What the consumer has received, if its queue is full.
    pub(super) awaited: Option<u64>,
    pub(super) progress: Progress,
}

/// What a phase waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// The peer is to take more than these bytes.
    Take(u64),
    /// The peer must respond to our close frame. It may have to take bytes before that: these are how
    /// many it had taken.
    Answer(u64),
    /// The connection is to be shut down.
    Shutdown,
    /// The consumer is to return.
    Return,
}

/// Since when everything is waited for that has a deadline.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// Set for the earliest deadline or, where that moved away, for an earlier time: to be heard
    /// moves a deadline with every message, and costs no timer.
    timer: Option<Pin<Box<Sleep>>>,
    wait: Option<(Wait, Instant)>,
    silence: Option<Silence>,
    arrival: Option<Arrival>,
    consumer: Option<(u64, Instant)>,
}

#[derive(Debug)]
struct Silence {
    /// The bytes that proved so far that the peer lives, in both directions.
    signs: (u64, u64),
    since: Instant,
    pinged: Option<Instant>,
}

/// A period in which a message comes.
#[derive(Debug)]
struct Arrival {
    /// The message as it was when the period began.
    from: Partial,
    since: Instant,
}

impl Deadlines {
    /// Takes note of how the session stands, and gives what has come due. Where nothing has, the task is
    /// woken when something may.
    pub(super) fn poll_due(
        &mut self,
        cx: &mut Context<'_>,
        standing: &Standing<'_>,
        config: &SessionConfig,
    ) -> Option<Due> {
        self.note(standing);
        loop {
            let Some((at, due)) = self.earliest(standing.phase, config) else {
                self.timer = None;
                return None;
            };
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(at)));
            if timer.deadline() > at {
                timer.as_mut().reset(at);
            }
            if timer.as_mut().poll(cx) == Poll::Pending {
                return None;
            }
            let now = Instant::now();
            self.timer = None;
            if at <= now && self.is_due(due, now, standing.progress.partial, config) {
                return Some(due);
            }
        }
    }

    fn note(&mut self, standing: &Standing<'_>) {
        let wait = match standing.phase {
            Phase::Open | Phase::Failing(_) if standing.blocked => {
                Some(Wait::Take(standing.progress.bytes_written))
            }
            Phase::Open | Phase::Failing(_) => None,
            Phase::Closing(_) => Some(Wait::Answer(standing.progress.bytes_written)),
            Phase::Ending => Some(Wait::Shutdown),
            Phase::Over => Some(Wait::Return),
        };
        if self.wait.map(|(known, _)| known) != wait {
            self.wait = wait.map(|wait| (wait, Instant::now()));
        }
        let awaited = standing
            .awaited
            .filter(|_| matches!(standing.phase, Phase::Open));
        if self.consumer.map(|(known, _)| known) != awaited {
            self.consumer = awaited.map(|received| (received, Instant::now()));
        }
        if !matches!(standing.phase, Phase::Open) || standing.deaf {
            self.silence = None;
            self.arrival = None;
            return;
        }
        let signs = (
            standing.progress.bytes_read,
            standing.progress.bytes_resumed,
        );
        if self.silence.as_ref().map(|silence| silence.signs) != Some(signs) {
            self.silence = Some(Silence {
                signs,
                since: Instant::now(),
                pinged: None,
            });
        }
        let partial = standing.progress.partial;
        let known = self.arrival.as_ref().map(|arrival| arrival.from.number);
        if known != partial.map(|partial| partial.number) {
            self.arrival = partial.map(|from| Arrival {
                from,
                since: Instant::now(),
            });
        }
    }

    fn earliest(&self, phase: &Phase, config: &SessionConfig) -> Option<(Instant, Due)> {
        let silent = self
            .silence
            .as_ref()
            .and_then(|silence| silence.next(config));
        if self.wait.is_none() && self.arrival.is_none() && self.consumer.is_none() {
            // As it is after nearly every message.
            return silent;
        }
        let limit = match phase {
            Phase::Open | Phase::Failing(_) => config.write_stall,
            Phase::Closing(_) => config.close_timeout,
            Phase::Ending => LINGER,
            Phase::Over => config.consumer_grace,
        };
        let wait = self.wait.and_then(|(_, since)| since.checked_add(limit));
        let period = config.message_deadline.filter(|_| config.message_rate > 0);
        let arrival = self.arrival.as_ref();
        let period_ends = arrival.and_then(|arrival| arrival.since.checked_add(period?));
        let stuck = self
            .consumer
            .and_then(|(_, since)| since.checked_add(config.consumer_stall));
        [
            wait.map(|at| (at, Due::Phase)),
            period_ends.map(|at| (at, Due::Message)),
            stuck.map(|at| (at, Due::Consumer)),
            silent,
        ]
        .into_iter()
        .flatten()
        .min_by_key(|(at, _)| *at)
    }

    /// Takes note of a deadline that has passed. Returns `false` if it is met: the message `partial`
    /// came fast enough, and has another period.
    fn is_due(
        &mut self,
        due: Due,
        now: Instant,
        partial: Option<Partial>,
        config: &SessionConfig,
    ) -> bool {
        match due {
            Due::Phase => self.wait = None,
            Due::Consumer => self.consumer = None,
            Due::Message => {
                let arrival = self.arrival.take();
                if let (Some(arrival), Some(from)) = (arrival, partial) {
                    if arrival.is_fast_enough(from.bytes, now, config.message_rate) {
                        self.arrival = Some(Arrival { from, since: now });
                        return false;
                    }
                }
            }
            Due::Ping | Due::Silence => {
                if let Some(silence) = &mut self.silence {
                    silence.pinged = Some(now);
                }
            }
        }
        true
    }
}

impl Arrival {
    /// Returns `true` if the message, of which `bytes` have come up to `now`, keeps `rate`.
    fn is_fast_enough(&self, bytes: u64, now: Instant, rate: u32) -> bool {
        let came = bytes.saturating_sub(self.from.bytes) as f64;
        came >= f64::from(rate) * now.duration_since(self.since).as_secs_f64()
    }
}

impl Silence {
    /// A ping while none is out; then the end.
    fn next(&self, config: &SessionConfig) -> Option<(Instant, Due)> {
        let ping = match (config.ping_interval, config.dead_after) {
            (Some(ping), Some(dead)) if ping >= dead => None,
            (ping, _) => ping,
        };
        let since = |from: Instant, limit: Option<Duration>| from.checked_add(limit?);
        match (ping, self.pinged) {
            (Some(_), None) => since(self.since, ping).map(|at| (at, Due::Ping)),
            (Some(ping), Some(pinged)) => match config.dead_after {
                // Where the ping was late, so may the answer be.
                Some(dead) => since(self.since, Some(dead))
                    .max(since(pinged, Some(dead.saturating_sub(ping))))
                    .map(|at| (at, Due::Silence)),
                None => since(pinged, Some(ping)).map(|at| (at, Due::Ping)),
            },
            (None, _) => since(self.since, config.dead_after).map(|at| (at, Due::Silence)),
        }
    }
}
