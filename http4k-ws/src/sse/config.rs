//! The bounds of one stream.

use std::hash::Hash;
use std::time::Duration;

use super::event::SseEvent;
use crate::session::{CoalesceKey, SlowConsumer};
use crate::setters::{optional_setters, setters};

/// The bounds of one stream of events, in events, bytes and time.
///
/// A server reads them from its `ServerConfig`. The filter
/// [`sse_config`](crate::filter::sse_config) changes them for the streams of a route. The time for
/// which the client may read nothing is that of other responses, `ServerConfig::write_stall`.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::session::SlowConsumer;
/// use http4k_ws::sse::{OnStop, SseConfig};
///
/// let by_name = SlowConsumer::coalesce_events_by(|event| event.name().map(str::to_owned));
/// let config = SseConfig::default()
///     .with_keep_alive(Duration::from_secs(5))
///     .with_queue_events(16)
///     .with_slow_consumer(by_name)
///     .with_on_stop(OnStop::Finish);
/// assert_eq!(config.keep_alive, Some(Duration::from_secs(5)));
/// assert_eq!((config.queue_events, config.queue_bytes), (16, 1024 * 1024));
/// assert_eq!(config.retry, None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SseConfig {
    /// The silence after which a comment is sent, so that proxies keep the connection open, and
    /// that a client which is gone is noticed. Clients ignore comments. Default 15 s, `None` for no
    /// comments. At least 10 ms.
    pub keep_alive: Option<Duration>,
    /// The maximum number of events that wait for the client. Default 256, at least 1.
    pub queue_events: usize,
    /// The bytes that wait for the client before the next event must wait, too. Below that, an
    /// event of any size is queued. Default 1 MiB.
    pub queue_bytes: usize,
    /// The policy for events that are sent while the queue is full. Default [`SlowConsumer::Wait`].
    pub slow_consumer: SlowConsumer<SseEvent>,
    /// The time that the client waits before it reconnects, sent at the start of the stream.
    /// Default `None`, which leaves the time to the client.
    pub retry: Option<Duration>,
    /// The end of the stream when the server stops. Default [`OnStop::End`].
    pub on_stop: OnStop,
}

/// The end of a stream when its server stops.
///
/// # Examples
///
/// ```
/// use http4k_ws::sse::{OnStop, SseConfig};
///
/// assert_eq!(SseConfig::default().on_stop, OnStop::End);
/// let answer = SseConfig::default().with_on_stop(OnStop::Finish);
/// assert_eq!(answer.on_stop, OnStop::Finish);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnStop {
    /// The consumer is dropped. The events that wait are sent, and then a reconnection time from
    /// 500 ms to 3.5 s, at random, so that the clients do not all reconnect at once.
    #[default]
    End,
    /// The stream goes on until its consumer ends it, or the `shutdown_grace` of the server is
    /// over. For responses that have an end.
    Finish,
}

impl Default for SseConfig {
    fn default() -> Self {
        Self {
            keep_alive: Some(Duration::from_secs(15)),
            queue_events: 256,
            queue_bytes: 1024 * 1024,
            slow_consumer: SlowConsumer::Wait,
            retry: None,
            on_stop: OnStop::End,
        }
    }
}

impl SseConfig {
    setters! {
        SseConfig: "http4k_ws::sse::{OnStop, SseConfig}";
        with_queue_events, queue_events: usize = 256 => 16;
        with_queue_bytes, queue_bytes: usize = 1024 * 1024 => 64 * 1024;
        ///
        /// # Examples
        ///
        /// ```
        /// # use http4k_ws::prelude::*;
        /// # use http4k_ws::filter::sse_config;
        /// # use http4k_ws::session::SlowConsumer;
        /// # use http4k_ws::sse::{Sse, SseConfig};
        /// let prices = |sse: Sse| {
        ///     ["101", "102", "103"].map(|price| sse.try_send(price).unwrap());
        ///     assert_eq!(sse.dropped(), 1);
        /// };
        /// let latest = |config: SseConfig| {
        ///     config.with_queue_events(2).with_slow_consumer(SlowConsumer::DropOldest)
        /// };
        /// let app = routes! { GET "/" with(sse_config(latest)) => sse(prices) };
        /// assert_eq!(app.test_sse("/").received().next().unwrap().unwrap().data(), "102");
        /// ```
        with_slow_consumer, slow_consumer: SlowConsumer<SseEvent>;
        with_on_stop, on_stop: OnStop = OnStop::End => OnStop::Finish;
    }

    optional_setters! {
        SseConfig: "http4k_ws::sse::{OnStop, SseConfig}";
        with_keep_alive, keep_alive: Duration =
            Some(Duration::from_secs(15)) => Duration::from_secs(5);
        with_retry, retry: Duration = None => Duration::from_secs(2);
    }
}

impl SlowConsumer<SseEvent> {
    /// Returns the policy by which an event replaces queued events with the same key. An event
    /// without a key replaces none.
    ///
    /// The remaining events keep their order. `key` is called once for each event sent, under a
    /// lock. It should be quick, and must not use the stream.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::session::SlowConsumer;
    /// use http4k_ws::sse::SseConfig;
    ///
    /// let by_name = SlowConsumer::coalesce_events_by(|event| event.name().map(str::to_owned));
    /// let config = SseConfig::default().with_slow_consumer(by_name.clone());
    /// assert_eq!(config.slow_consumer, by_name);
    /// ```
    pub fn coalesce_events_by<K: Hash>(
        key: impl Fn(&SseEvent) -> Option<K> + Send + Sync + 'static,
    ) -> Self {
        Self::Coalesce(CoalesceKey::hashing(key))
    }
}
