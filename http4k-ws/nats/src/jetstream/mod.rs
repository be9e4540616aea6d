//! The requests to JetStream that the engine needs, as its protocol documents them.
//!
//! They are written here and not taken from the client, because each must end with its connection,
//! and because the engine must know whether a request may have had an effect.

mod pages;
mod stored;
mod streams;

use async_nats::HeaderMap;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub(crate) use stored::Stored;
pub(crate) use streams::{Info, Republish, StreamConfig};

use crate::link::{Failure, Link, Refusal};

/// Errors of JetStream, by the numbers that it documents.
pub(crate) mod code {
    /// The stream does not exist.
    pub(crate) const NO_STREAM: u64 = 10_059;
    /// No message has the subject or the sequence.
    pub(crate) const NO_MESSAGE: u64 = 10_037;
    /// A stream with the name has another configuration.
    pub(crate) const NAME_IN_USE: u64 = 10_058;
    /// The stream exists, or one with its subjects. A server may find out either of a stream that
    /// is created twice at once.
    pub(crate) const EXISTS: [u64; 2] = [NAME_IN_USE, 10_065];
    /// The last sequence of the subject is not the expected one.
    pub(crate) const WRONG_LAST_SEQUENCE: u64 = 10_071;
    /// The same, as servers since 2.10 say it of a subject.
    pub(crate) const WRONG_LAST_SEQUENCE_CONSTANT: u64 = 10_164;
    /// The cluster has no leader, or the server is starting.
    pub(crate) const UNAVAILABLE: [u64; 4] = [10_008, 10_009, 10_022, 10_118];
}

/// A header that a publication is stored once for.
pub(crate) const MESSAGE_ID: &str = "Nats-Msg-Id";

/// A header with the last sequence of the subject, without which nothing is stored.
const EXPECTED_LAST: &str = "Nats-Expected-Last-Subject-Sequence";

/// The reply of the API to anything.
#[derive(Debug, Deserialize)]
struct Reply<T> {
    error: Option<ApiError>,
    #[serde(flatten)]
    value: Option<T>,
}

#[derive(Debug, Deserialize)]
struct ApiError {
    #[serde(default)]
    err_code: u64,
    #[serde(default)]
    description: String,
}

/// The reply to a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Ack {
    /// The sequence of the entry, or of the one that was stored before under the same id.
    pub(crate) seq: u64,
}

/// An entry to be stored.
#[derive(Debug, Default)]
pub(crate) struct Put {
    pub(crate) subject: String,
    pub(crate) payload: Bytes,
    /// The id under which the entry is stored once.
    pub(crate) id: Option<String>,
    /// The last sequence of the subject, without which nothing is stored.
    pub(crate) expected: Option<u64>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Link {
    /// Sends a request to the API of JetStream.
    async fn api<T: DeserializeOwned>(
        &self,
        operation: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<T, Failure> {
        // A request of texts and numbers always has JSON.
        let body = serde_json::to_vec(body).unwrap_or_default();
        let subject = format!("$JS.API.{operation}");
        let closed = |_| Failure::NoReply("the connection ended".to_owned());
        let _space = self.space.acquire().await.map_err(closed)?;
        let reply = self.request(subject, None, body.into()).await?;
        read(&reply.payload)
    }

    /// Stores an entry, and waits until it is stored.
    pub(crate) async fn put(&self, put: Put) -> Result<Ack, Failure> {
        let mut headers = HeaderMap::new();
        if let Some(id) = &put.id {
            headers.insert(MESSAGE_ID, id.as_str());
        }
        if let Some(expected) = put.expected {
            headers.insert(EXPECTED_LAST, expected.to_string());
        }
        for (name, value) in put.headers {
            headers.insert(name, value);
        }
        let reply = self
            .request(put.subject, Some(headers), put.payload)
            .await?;
        read(&reply.payload)
    }
}

impl Failure {
    /// Returns `true` if the server refused with this code.
    pub(crate) fn is(&self, code: u64) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.code == code)
    }

    /// Returns `true` if the last sequence was not the expected one.
    pub(crate) fn is_conflict(&self) -> bool {
        self.is(code::WRONG_LAST_SEQUENCE) || self.is(code::WRONG_LAST_SEQUENCE_CONSTANT)
    }
}

fn read<T: DeserializeOwned>(payload: &[u8]) -> Result<T, Failure> {
    let unexpected = || Failure::NoReply("NATS sent an unexpected reply".to_owned());
    let reply: Reply<T> = serde_json::from_slice(payload).map_err(|_| unexpected())?;
    if let Some(error) = reply.error {
        return Err(Failure::Refused(Refusal {
            code: error.err_code,
            text: error.description,
        }));
    }
    reply.value.ok_or_else(unexpected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_a_value_or_an_error() {
        let ack = read::<Ack>(br#"{"stream":"H4K_a","seq":7,"duplicate":true}"#);
        assert_eq!(ack, Ok(Ack { seq: 7 }));
        let error = br#"{"error":{"code":400,"err_code":10071,"description":"wrong"},"seq":0}"#;
        assert!(read::<Ack>(error).unwrap_err().is_conflict());
        let error = br#"{"type":"x","error":{"code":503,"description":"wrong"}}"#;
        let refused = Failure::Refused(Refusal {
            code: 0,
            text: "wrong".to_owned(),
        });
        assert_eq!(read::<Ack>(error), Err(refused));
        for other in ["", "[]", "{}", r#"{"seq":-1}"#] {
            let failed = read::<Ack>(other.as_bytes());
            assert!(matches!(failed, Err(Failure::NoReply(_))), "{other}");
        }
    }
}
