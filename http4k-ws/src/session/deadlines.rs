//! The deadlines of a session, on one timer.
//!
//! 1. A deadline is a point in time plus a limit of the configuration. The point moves only when
//!    the [`Snapshot`] at the end of a poll differs from the one before. Without a difference
//!    nothing moved, and the time counts.
//! 2. The timer is never later than the earliest deadline, and may be earlier: bytes that arrive
//!    move the deadline with each message, and leave the timer alone. It fires at the old time,
//!    finds no deadline that has passed, and is set again.
//! 3. A session waits for one event at a time. An open one whose peer reads nothing waits for a
//!    write, a failing one for the responses of its consumer and then for a write, a closing one
//!    for the peer's close frame, an ending one for the shutdown, and one that is over for its
//!    consumer.
//! 4. Silence and slow messages count only in the open phase, and only while this side reads. A
//!    peer is not silent while bytes move in either direction.
//! 5. A ping precedes the end by silence. After a late ping the peer still has the time that is
//!    normally left for the pong, so that a process that was suspended does not lose its peers.
//! 6. A message has a period in which it must keep its rate. A message that keeps it has another.
//! 7. A deadline that passes is reported once.
//! 8. The timer is polled with the session's own waker, which is always the same. It is polled
//!    again only if it was set to another time.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::config::SessionConfig;
use super::transport::{Partial, Progress};
use crate::message::WsStatus;
use crate::timer::poll_registered;

/// The time that a connection has for an orderly shutdown.
const LINGER: Duration = Duration::from_secs(1);

/// The time that a consumer in another task has to respond to the messages before a violation.
const RESPONSES: Duration = Duration::from_secs(1);

/// The phase of a session.
#[derive(Debug)]
pub(super) enum Phase {
    /// Messages travel both ways.
    Open,
    /// The peer broke a rule. The consumer still responds to what came before, then the connection
    /// fails with this status.
    Failing(WsStatus),
    /// Our close frame is sent, and the peer's has not arrived.
    Closing(WsStatus),
    /// No more messages travel, and the connection shuts down.
    Ending,
    /// The connection is closed.
    Over,
}

/// A deadline that has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// The phase has lasted too long: the peer reads nothing or does not close, or the consumer
    /// runs on.
    Phase,
    /// A ping must be sent.
    Ping,
    /// The peer was silent for too long.
    Silence,
    /// A message from the peer is too slow.
    Message,
    /// The consumer does not receive.
    Consumer,
}

/// The facts about a session at the end of a poll on which its deadlines depend.
#[derive(Debug)]
pub(super) struct Snapshot<'a> {
    pub(super) phase: &'a Phase,
    /// `true` while a consumer in another task may respond to what came before a violation.
    pub(super) awaits_responses: bool,
    /// `true` if the connection accepts no bytes for now.
    pub(super) blocked: bool,
    /// `true` if this side reads nothing for now, so that silence proves nothing (4).
    pub(super) reading_paused: bool,
    /// The number of messages that the consumer has received, if its queue is full.
    pub(super) consumer_progress: Option<u64>,
    pub(super) progress: Progress,
}

/// The event that ends the wait of a phase (3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// The connection accepts more than these bytes.
    Write(u64),
    /// The consumer responds to the messages before a violation, whatever the peer reads of it.
    Responses,
    /// The peer responds to our close frame. It may have to read earlier bytes first, and each of
    /// them starts the time again. This is how many were accepted.
    CloseFrame(u64),
    /// The connection shuts down.
    Shutdown,
    /// The consumer returns.
    Return,
}

/// The points in time from which the deadlines count.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// Set for the earliest deadline, or earlier (2).
    timer: Option<Timer>,
    wait: Option<(Wait, Instant)>,
    silence: Option<Silence>,
    arrival: Option<Arrival>,
    /// Boxed, because a consumer mostly receives in time.
    consumer: Option<Box<(u64, Instant)>>,
}

/// A timer that was polled, and so calls the waker when it fires (8).
#[derive(Debug)]
struct Timer(Pin<Box<Sleep>>);

impl Timer {
    /// Sets a timer to `at`, which calls the waker of `cx`.
    fn set(at: Instant, cx: &mut Context<'_>) -> Self {
        let mut timer = Self(Box::pin(sleep_until(at)));
        timer.poll(cx);
        timer
    }

    /// Sets the timer to `at` if that is earlier.
    fn bring_forward(&mut self, at: Instant, cx: &mut Context<'_>) {
        if self.0.deadline() > at {
            self.0.as_mut().reset(at);
            self.poll(cx);
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) {
        // `has_fired` looks at the result.
        let _: Poll<()> = poll_registered(self.0.as_mut(), cx);
    }

    fn has_fired(&self) -> bool {
        self.0.is_elapsed()
    }
}

/// A time in which no byte moved.
#[derive(Debug)]
struct Silence {
    /// The number of bytes that prove, up to here, that the peer is alive, in both directions.
    activity: u64,
    since: Instant,
    pinged: Option<Instant>,
}

/// A period in which a message arrives (6).
#[derive(Debug)]
struct Arrival {
    /// The message at the start of the period.
    from: Partial,
    since: Instant,
}

impl Deadlines {
    /// Records `snapshot`, and returns the deadline that has passed. If none has, the waker of `cx`
    /// is called when one may. It must be the same in each call (8).
    pub(super) fn poll_due(
        &mut self,
        cx: &mut Context<'_>,
        snapshot: &Snapshot<'_>,
        config: &SessionConfig,
    ) -> Option<Due> {
        let may_be_earlier = self.record(snapshot);
        if !may_be_earlier && self.timer.as_ref().is_some_and(|timer| !timer.has_fired()) {
            // The case after nearly every message: the timer is not later than any deadline (2).
            return None;
        }
        loop {
            let Some((at, due)) = self.earliest(config) else {
                self.timer = None;
                return None;
            };
            let timer = self.timer.get_or_insert_with(|| Timer::set(at, cx));
            // Only an earlier deadline resets the timer (2).
            timer.bring_forward(at, cx);
            if !timer.has_fired() {
                return None;
            }
            let now = Instant::now();
            self.timer = None;
            // A timer of an old deadline may fire before the present one (2).
            if at <= now && self.is_due(due, now, snapshot.progress.partial, config) {
                return Some(due);
            }
        }
    }

    /// Returns `true` if no byte on which a deadline depends has moved since the last record. An
    /// open session that writes at once need record nothing then.
    pub(super) fn have_seen(&self, progress: Progress) -> bool {
        let silence = self.silence.as_ref();
        silence.is_some_and(|silence| silence.activity == progress.activity())
    }

    /// Starts the time again of each wait that `snapshot` differs in (1). Returns `true` if a
    /// deadline may now be earlier than all of those before.
    fn record(&mut self, snapshot: &Snapshot<'_>) -> bool {
        let mut may_be_earlier = false;
        // The wait of the phase (3).
        let wait = match snapshot.phase {
            Phase::Failing(_) if snapshot.awaits_responses => Some(Wait::Responses),
            Phase::Open | Phase::Failing(_) if snapshot.blocked => {
                Some(Wait::Write(snapshot.progress.bytes_written))
            }
            Phase::Open | Phase::Failing(_) => None,
            Phase::Closing(_) => Some(Wait::CloseFrame(snapshot.progress.bytes_written)),
            Phase::Ending => Some(Wait::Shutdown),
            Phase::Over => Some(Wait::Return),
        };
        if self.wait.map(|(known, _)| known) != wait {
            self.wait = wait.map(|wait| (wait, Instant::now()));
            may_be_earlier = true;
        }
        // The consumer, which only an open session waits for.
        let received = snapshot
            .consumer_progress
            .filter(|_| matches!(snapshot.phase, Phase::Open));
        if self.consumer.as_ref().map(|consumer| consumer.0) != received {
            self.consumer = received.map(|received| Box::new((received, Instant::now())));
            may_be_earlier = true;
        }
        // Silence and slow messages, while this side reads (4).
        if !matches!(snapshot.phase, Phase::Open) || snapshot.reading_paused {
            self.silence = None;
            self.arrival = None;
            return may_be_earlier;
        }
        let activity = snapshot.progress.activity();
        if self.silence.as_ref().map(|silence| silence.activity) != Some(activity) {
            // Without a ping before, the deadline of the next one only moves on.
            let pinged = |silence: &Silence| silence.pinged.is_some();
            may_be_earlier |= self.silence.as_ref().is_none_or(pinged);
            self.silence = Some(Silence {
                activity,
                since: Instant::now(),
                pinged: None,
            });
        }
        // Another message than before starts a period (6).
        let partial = snapshot.progress.partial;
        let known = self.arrival.as_ref().map(|arrival| arrival.from.number);
        if known != partial.map(|partial| partial.number) {
            self.arrival = partial.map(|from| Arrival {
                from,
                since: Instant::now(),
            });
            may_be_earlier = true;
        }
        may_be_earlier
    }

    /// Returns the earliest deadline. `None` if nothing is waited for, or without a limit.
    fn earliest(&self, config: &SessionConfig) -> Option<(Instant, Due)> {
        let silent = self
            .silence
            .as_ref()
            .and_then(|silence| silence.next(config));
        if self.wait.is_none() && self.arrival.is_none() && self.consumer.is_none() {
            // The case after nearly every message.
            return silent;
        }
        let limit = |wait| match wait {
            Wait::Write(_) => config.write_stall,
            Wait::Responses => RESPONSES,
            Wait::CloseFrame(_) => config.close_timeout,
            Wait::Shutdown => LINGER,
            Wait::Return => config.consumer_grace,
        };
        let wait = self
            .wait
            .and_then(|(wait, since)| since.checked_add(limit(wait)));
        let period = config.message_deadline.filter(|_| config.message_rate > 0);
        let arrival = self.arrival.as_ref();
        let period_ends = arrival.and_then(|arrival| arrival.since.checked_add(period?));
        let consumer = self.consumer.as_ref();
        let stuck = consumer.and_then(|consumer| consumer.1.checked_add(config.consumer_stall));
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

    /// Removes a deadline that has passed, so that it is reported once (7). Returns `false` if
    /// there is nothing to report, because the message `partial` kept its rate (6).
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
    /// Returns `true` if the message, of which `bytes` have arrived by `now`, keeps `rate`.
    fn is_fast_enough(&self, bytes: u64, now: Instant, rate: u32) -> bool {
        let arrived = bytes.saturating_sub(self.from.bytes) as f64;
        arrived >= f64::from(rate) * now.duration_since(self.since).as_secs_f64()
    }
}

impl Silence {
    /// Returns the deadline of the next ping, or that of the end if a ping is sent (5).
    fn next(&self, config: &SessionConfig) -> Option<(Instant, Due)> {
        let ping = match (config.ping_interval, config.dead_after) {
            // A ping after the end is not sent.
            (Some(ping), Some(dead)) if ping >= dead => None,
            (ping, _) => ping,
        };
        let since = |from: Instant, limit: Option<Duration>| from.checked_add(limit?);
        match (ping, self.pinged) {
            (Some(_), None) => since(self.since, ping).map(|at| (at, Due::Ping)),
            (Some(ping), Some(pinged)) => match config.dead_after {
                // If the ping was late, the pong may be as late.
                Some(dead) => since(self.since, Some(dead))
                    .max(since(pinged, Some(dead.saturating_sub(ping))))
                    .map(|at| (at, Due::Silence)),
                None => since(pinged, Some(ping)).map(|at| (at, Due::Ping)),
            },
            (None, _) => since(self.since, config.dead_after).map(|at| (at, Due::Silence)),
        }
    }
}
