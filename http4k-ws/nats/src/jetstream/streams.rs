//! Streams: their configuration, and the requests that create, read and delete them.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use tokio::time::timeout;

use super::code;
use super::stored::nanos;
use crate::link::{Failure, Link};

/// The time after which a question is asked again.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// The part of the configuration of a stream that the engine sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StreamConfig {
    pub(crate) name: String,
    pub(crate) subjects: Vec<String>,
    pub(crate) storage: String,
    pub(crate) num_replicas: usize,
    pub(crate) max_msgs_per_subject: i64,
    /// In nanoseconds; 0 for ever.
    pub(crate) max_age: u64,
    /// -1 for no bound.
    pub(crate) max_bytes: i64,
    /// In nanoseconds.
    pub(crate) duplicate_window: u64,
    #[serde(default)]
    pub(crate) allow_direct: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) republish: Option<Republish>,
}

/// Republishes what is stored, with the sequences of the entry and of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Republish {
    pub(crate) src: String,
    pub(crate) dest: String,
}

/// The reply about a stream.
#[derive(Debug, Deserialize)]
pub(crate) struct Info {
    pub(crate) config: StreamConfig,
    /// The time of its creation. A stream that was created again has another.
    pub(crate) created: String,
    pub(crate) state: StreamState,
}

impl Info {
    /// Returns the age of the stream, by the clocks of the server and this machine. Zero if that of
    /// the server is ahead.
    pub(crate) fn age(&self) -> Option<Duration> {
        let now = OffsetDateTime::now_utc().unix_timestamp_nanos();
        let age = now.saturating_sub(nanos(&self.created)?);
        let age = u64::try_from(age.max(0)).unwrap_or(u64::MAX);
        Some(Duration::from_nanos(age))
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct StreamState {
    pub(crate) last_seq: u64,
}

#[derive(Debug, Deserialize)]
struct Names {
    /// `null` if there is none.
    streams: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Done {
    success: bool,
}

impl StreamConfig {
    /// Returns `true` if a setting differs that can be changed later.
    pub(crate) fn differs_from(&self, other: &Self) -> bool {
        let changeable = |config: &Self| {
            (
                config.num_replicas,
                config.max_msgs_per_subject,
                config.max_age,
                config.max_bytes,
                config.duplicate_window,
            )
        };
        changeable(self) != changeable(other)
    }
}

impl Link {
    /// Creates a stream. Without effect if it exists with this configuration.
    pub(crate) async fn create(&self, config: &StreamConfig) -> Result<Info, Failure> {
        let operation = format!("STREAM.CREATE.{}", config.name);
        self.api(&operation, &full(config)).await
    }

    /// Changes the configuration of a stream.
    pub(crate) async fn update(&self, config: &StreamConfig) -> Result<Info, Failure> {
        let operation = format!("STREAM.UPDATE.{}", config.name);
        self.api(&operation, &full(config)).await
    }

    /// Reads the state of a stream. `None` if it does not exist.
    pub(crate) async fn info(&self, stream: &str) -> Result<Option<Info>, Failure> {
        match self.api(&format!("STREAM.INFO.{stream}"), &json!({})).await {
            Ok(info) => Ok(Some(info)),
            Err(failure) if failure.is(code::NO_STREAM) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Waits until JetStream replies, and asks until then whether a stream exists.
    ///
    /// A server subscribes to the replies of an account when the first client asks for one. It
    /// loses those to other clients that ask in that moment (nats-server 2.9.10), as nodes do that
    /// start with the server. Once a reply has come, none is lost in this way.
    pub(crate) async fn first_reply(&self, stream: &str) -> Result<(), Failure> {
        let mut asked = FuturesUnordered::from_iter([self.info(stream)]);
        loop {
            // A late reply counts, too. The first question has the limit of all requests.
            if let Ok(Some(replied)) = timeout(ASK_AGAIN, asked.next()).await {
                return replied.map(drop);
            }
            asked.push(self.info(stream));
        }
    }

    /// Removes the entries before a sequence whose subject matches.
    pub(crate) async fn purge(&self, stream: &str, subject: &str, seq: u64) -> Result<(), Failure> {
        let operation = format!("STREAM.PURGE.{stream}");
        let body = json!({ "filter": subject, "seq": seq });
        self.api::<Done>(&operation, &body).await.map(drop)
    }

    /// Deletes a stream. Without effect if it does not exist.
    pub(crate) async fn delete(&self, stream: &str) -> Result<(), Failure> {
        let operation = format!("STREAM.DELETE.{stream}");
        match self.api::<Done>(&operation, &json!({})).await {
            Ok(_) => Ok(()),
            Err(failure) if failure.is(code::NO_STREAM) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// Returns the names of the streams that store `subject`.
    pub(crate) async fn streams_of(&self, subject: &str) -> Result<Vec<String>, Failure> {
        let body = json!({ "subject": subject });
        let names: Names = self.api("STREAM.NAMES", &body).await?;
        Ok(names.streams.unwrap_or_default())
    }

    /// Removes one entry. Returns `false` if it does not exist.
    pub(crate) async fn remove(&self, stream: &str, seq: u64) -> Result<bool, Failure> {
        let operation = format!("STREAM.MSG.DELETE.{stream}");
        let body = json!({ "seq": seq, "no_erase": true });
        match self.api::<Done>(&operation, &body).await {
            Ok(done) => Ok(done.success),
            Err(Failure::Refused(_)) => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}

/// Returns the whole configuration of a stream.
fn full(config: &StreamConfig) -> serde_json::Value {
    // A configuration always has JSON.
    let mut all = serde_json::to_value(config).unwrap_or_default();
    all["retention"] = "limits".into();
    all["discard"] = "old".into();
    all["max_consumers"] = (-1).into();
    all["max_msgs"] = (-1).into();
    all["max_msg_size"] = (-1).into();
    all
}
