//! Many entries at once: a batch of the direct API, which servers have since 2.11, or an ephemeral
//! consumer that is pulled from.
//!
//! A replica may reply that is behind the leader. So the caller must know which entry it waits for.

use std::collections::HashMap;
use std::time::Duration;

use async_nats::{HeaderMap, Message, StatusCode, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::Stored;
use crate::link::{Failure, LIMIT, Link};

/// The entries and bytes of one page.
const PAGE: usize = 256;
const PAGE_BYTES: usize = 1024 * 1024;

/// The time without an entry after which no further one is expected.
const QUIET: Duration = Duration::from_millis(500);

/// The first entry of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// All entries from this sequence.
    At(u64),
    /// The last entry of each subject.
    LastOfEach,
}

#[derive(Debug, Deserialize)]
struct Consumer {
    name: String,
    #[serde(default)]
    num_pending: u64,
}

impl Link {
    /// Returns entries whose subject matches, at most 256 and about 1 MiB.
    pub(crate) async fn page(
        &self,
        stream: &str,
        subject: &str,
        seq: u64,
    ) -> Result<Vec<Stored>, Failure> {
        if self.client.is_server_compatible(2, 11, 0) {
            return self.batch(stream, subject, seq).await;
        }
        let Some(mut pull) = self.pull(stream, subject, Start::At(seq)).await? else {
            return Ok(Vec::new());
        };
        let page = pull.next(PAGE).await;
        pull.end().await;
        page
    }

    /// Returns the last entry of each subject that matches. Of a subject that is stored again in
    /// the meantime, it may be the newer one.
    pub(crate) async fn last_of_each(
        &self,
        stream: &str,
        subject: &str,
    ) -> Result<Vec<Stored>, Failure> {
        let Some(mut pull) = self.pull(stream, subject, Start::LastOfEach).await? else {
            return Ok(Vec::new());
        };
        let mut all = Vec::new();
        while pull.pending > 0 {
            match pull.next(4 * PAGE).await {
                Ok(page) if page.is_empty() => break,
                Ok(page) => all.extend(page),
                Err(failure) => {
                    pull.end().await;
                    return Err(failure);
                }
            }
        }
        pull.end().await;
        // The count of what is pending is not exact while entries are removed.
        let mut seq = all.last().map_or(1, |last: &Stored| last.seq + 1);
        while let Some(next) = self.next(stream, subject, seq).await? {
            seq = next.seq + 1;
            all.push(next);
        }
        let mut newest: HashMap<String, Stored> = HashMap::with_capacity(all.len());
        for entry in all {
            newest.insert(entry.subject.clone(), entry);
        }
        Ok(newest.into_values().collect())
    }

    /// Requests a batch from the direct API.
    async fn batch(&self, stream: &str, subject: &str, seq: u64) -> Result<Vec<Stored>, Failure> {
        let body = json!({
            "seq": seq.max(1),
            "next_by_subj": subject,
            "batch": PAGE,
            "max_bytes": PAGE_BYTES,
        });
        let mut replies = self
            .ask(format!("$JS.API.DIRECT.GET.{stream}"), &body)
            .await?;
        let mut page = Vec::new();
        loop {
            let message = self.reply(&mut replies).await?;
            match message.status {
                None => {}
                Some(StatusCode::NO_RESPONDERS) => return Err(Failure::Absent),
                // The end of the batch, or nothing matches.
                Some(status) if matches!(status.as_u16(), 204 | 404) => return Ok(page),
                Some(status) => return Err(Failure::NoReply(format!("status {status}"))),
            }
            let entry = direct(message).ok_or_else(unexpected)?;
            page.push(entry);
        }
    }

    /// Creates a consumer. `None` if nothing matches.
    async fn pull<'a>(
        &'a self,
        stream: &'a str,
        subject: &str,
        start: Start,
    ) -> Result<Option<Pull<'a>>, Failure> {
        let mut config = json!({
            "ack_policy": "none",
            "replay_policy": "instant",
            "filter_subject": subject,
            "inactive_threshold": LIMIT.as_nanos() as u64,
            "mem_storage": true,
            "num_replicas": 1,
        });
        match start {
            Start::At(seq) => {
                config["deliver_policy"] = "by_start_sequence".into();
                config["opt_start_seq"] = seq.max(1).into();
            }
            Start::LastOfEach => config["deliver_policy"] = "last_per_subject".into(),
        }
        let body = json!({ "stream_name": stream, "config": config });
        let operation = format!("CONSUMER.CREATE.{stream}");
        let consumer: Consumer = match self.api(&operation, &body).await {
            Err(failure) if failure.is(super::code::NO_STREAM) => return Err(Failure::Absent),
            consumer => consumer?,
        };
        let pull = Pull {
            link: self,
            stream,
            name: consumer.name,
            pending: consumer.num_pending,
        };
        if pull.pending == 0 {
            pull.end().await;
            return Ok(None);
        }
        Ok(Some(pull))
    }

    /// Sends a request that has several replies.
    async fn ask(&self, subject: String, body: &Value) -> Result<Subscriber, Failure> {
        let inbox = self.client.new_inbox();
        let replies = self.subscribe(inbox.clone()).await?;
        // A request of texts and numbers always has JSON.
        let body = Bytes::from(serde_json::to_vec(body).unwrap_or_default());
        let sent = self.client.publish_with_reply(subject, inbox, body).await;
        sent.map_err(|error| Failure::NoReply(error.to_string()))?;
        Ok(replies)
    }

    /// Waits for the next reply.
    async fn reply(&self, replies: &mut Subscriber) -> Result<Message, Failure> {
        let next = tokio::select! {
            next = timeout(LIMIT, replies.next()) => next,
            cause = self.ended() => return Err(Failure::NoReply(cause)),
        };
        match next {
            Ok(Some(message)) => Ok(message),
            Ok(None) => Err(Failure::NoReply("the connection ended".to_owned())),
            Err(_) => Err(self.late()),
        }
    }
}

/// An ephemeral consumer. The server removes it if it is not used for some seconds.
struct Pull<'a> {
    link: &'a Link,
    stream: &'a str,
    name: String,
    pending: u64,
}

impl Pull<'_> {
    /// Returns the next entries. They may be fewer than there are.
    async fn next(&mut self, most: usize) -> Result<Vec<Stored>, Failure> {
        let (stream, name) = (self.stream, &self.name);
        let body = json!({ "batch": most, "max_bytes": PAGE_BYTES, "no_wait": true });
        let subject = format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}");
        let mut replies = self.link.ask(subject, &body).await?;
        let mut entries = Vec::new();
        while entries.len() < most && self.pending > 0 {
            let message = tokio::select! {
                next = timeout(QUIET, replies.next()) => next,
                cause = self.link.ended() => return Err(Failure::NoReply(cause)),
            };
            let Ok(Some(message)) = message else {
                // What this request still receives must not be missing in the next one.
                self.pending = 0;
                break;
            };
            match message.status {
                None => {}
                Some(StatusCode::NO_RESPONDERS) => return Err(Failure::Absent),
                // Nothing more, or nothing more within the bytes.
                Some(status) if matches!(status.as_u16(), 404 | 408 | 409) => break,
                Some(status) => return Err(Failure::NoReply(format!("status {status}"))),
            }
            let (entry, pending) = pulled(message).ok_or_else(unexpected)?;
            self.pending = pending;
            entries.push(entry);
        }
        Ok(entries)
    }

    /// Removes the consumer, without waiting for it.
    async fn end(self) {
        let subject = format!("$JS.API.CONSUMER.DELETE.{}.{}", self.stream, self.name);
        let _removed_later = self.link.client.publish(subject, Bytes::new()).await;
    }
}

fn unexpected() -> Failure {
    Failure::NoReply("NATS sent an unexpected entry".to_owned())
}

fn headers(headers: Option<HeaderMap>) -> Vec<(String, String)> {
    let headers = headers.unwrap_or_default();
    let all = headers.iter().flat_map(|(name, values)| {
        let name = name.to_string();
        values
            .iter()
            .map(move |value| (name.clone(), value.as_str().to_owned()))
    });
    all.collect()
}

/// Reads a header that is a number.
fn number(message: &Message, name: &str) -> Option<u64> {
    message.headers.as_ref()?.get(name)?.as_str().parse().ok()
}

/// Reads an entry of the direct API, whose headers tell where it was stored.
fn direct(message: Message) -> Option<Stored> {
    let seq = number(&message, "Nats-Sequence")?;
    let all = headers(message.headers);
    let subject = all.iter().find(|(name, _)| name == "Nats-Subject");
    let subject = subject?.1.clone();
    Some(Stored::new(subject, (seq, None), all, message.payload))
}

/// Reads an entry that a consumer sent, and the number of those that follow.
fn pulled(message: Message) -> Option<(Stored, u64)> {
    let (place, pending) = place(message.reply.as_deref()?)?;
    let subject = message.subject.to_string();
    let entry = Stored::new(subject, place, headers(message.headers), message.payload);
    Some((entry, pending))
}

/// Reads the sequence, the time and the number of entries that follow from the subject of an
/// acknowledgement.
fn place(reply: &str) -> Option<((u64, Option<i128>), u64)> {
    let tokens: Vec<&str> = reply.strip_prefix("$JS.ACK.")?.split('.').collect();
    // Newer servers have a domain and an account in front, and more behind.
    let at = match tokens.len() {
        7 => 0,
        9.. => 2,
        _ => return None,
    };
    let number = |place: usize| tokens.get(at + place)?.parse::<u64>().ok();
    Some(((number(3)?, number(5).map(i128::from)), number(6)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_of_an_acknowledgement_has_the_place_of_the_entry() {
        let expected = Some(((42, Some(1_700_000_000_000_000_000)), 3));
        let old = "$JS.ACK.H4K_a.abc.1.42.7.1700000000000000000.3";
        assert_eq!(place(old), expected);
        let new = "$JS.ACK._.hash.H4K_a.abc.1.42.7.1700000000000000000.3.x";
        assert_eq!(place(new), expected);
        for other in ["", "_INBOX.a.b", "$JS.ACK.a", "$JS.ACK.a.b.c.d.e.f.g"] {
            assert_eq!(place(other), None, "{other}");
        }
    }
}
