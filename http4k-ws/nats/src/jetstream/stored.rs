//! Entries as JetStream returns them one by one. Its leader does, so that they are never stale.

use bytes::Bytes;
use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::code;
use crate::link::{Failure, Link};

/// An entry of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) subject: String,
    pub(crate) seq: u64,
    /// The nanoseconds since 1970 by the clock of the server, if they are known.
    pub(crate) time: Option<i128>,
    headers: Vec<(String, String)>,
    pub(crate) payload: Bytes,
}

#[derive(Debug, Deserialize)]
struct Found {
    message: Raw,
}

#[derive(Debug, Deserialize)]
struct Raw {
    subject: String,
    seq: u64,
    #[serde(default)]
    hdrs: Option<String>,
    #[serde(default)]
    data: Option<String>,
    time: String,
}

impl Stored {
    pub(super) fn new(
        subject: String,
        (seq, time): (u64, Option<i128>),
        headers: Vec<(String, String)>,
        payload: Bytes,
    ) -> Self {
        Self {
            subject,
            seq,
            time,
            headers,
            payload,
        }
    }

    /// Returns the value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Reads a header that is a number.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.header(name)?.parse().ok()
    }

    fn of(raw: Raw) -> Option<Self> {
        let decode = |text: Option<String>| match text {
            Some(text) => BASE64.decode(text.as_bytes()).ok(),
            None => Some(Vec::new()),
        };
        let headers = decode(raw.hdrs)?;
        let headers = String::from_utf8_lossy(&headers);
        // The first line is the version.
        let headers = headers.lines().skip(1).filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), value.trim().to_owned()))
        });
        let headers = headers.collect();
        let payload = decode(raw.data)?.into();
        let place = (raw.seq, nanos(&raw.time));
        Some(Self::new(raw.subject, place, headers, payload))
    }
}

/// Reads a time as the nanoseconds since 1970.
pub(super) fn nanos(time: &str) -> Option<i128> {
    let time = OffsetDateTime::parse(time, &Rfc3339).ok()?;
    Some(time.unix_timestamp_nanos())
}

impl Link {
    /// Returns the last entry of a subject.
    pub(crate) async fn last(
        &self,
        stream: &str,
        subject: &str,
    ) -> Result<Option<Stored>, Failure> {
        self.get(stream, &json!({ "last_by_subj": subject })).await
    }

    /// Returns the first entry at or behind a sequence whose subject matches.
    pub(crate) async fn next(
        &self,
        stream: &str,
        subject: &str,
        seq: u64,
    ) -> Result<Option<Stored>, Failure> {
        let body = json!({ "next_by_subj": subject, "seq": seq.max(1) });
        self.get(stream, &body).await
    }

    /// Returns the entry with a sequence.
    pub(crate) async fn at(&self, stream: &str, seq: u64) -> Result<Option<Stored>, Failure> {
        self.get(stream, &json!({ "seq": seq })).await
    }

    async fn get(&self, stream: &str, body: &serde_json::Value) -> Result<Option<Stored>, Failure> {
        let operation = format!("STREAM.MSG.GET.{stream}");
        match self.api::<Found>(&operation, body).await {
            Ok(found) => {
                let stored = Stored::of(found.message);
                let unexpected = || Failure::NoReply("NATS sent an unexpected entry".to_owned());
                stored.map(Some).ok_or_else(unexpected)
            }
            Err(failure) if failure.is(code::NO_MESSAGE) => Ok(None),
            Err(failure) if failure.is(code::NO_STREAM) => Err(Failure::Absent),
            Err(failure) => Err(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_bytes_are_decoded() {
        let raw = |hdrs: &str, data: &str| Raw {
            subject: "s".to_owned(),
            seq: 7,
            hdrs: Some(BASE64.encode(hdrs.as_bytes())),
            data: Some(BASE64.encode(data.as_bytes())),
            time: "2026-11-29T08:00:00.000000042Z".to_owned(),
        };
        let stored = Stored::of(raw("NATS/1.0\r\nA: 1\r\nB:x:y\r\n\r\n", "text")).unwrap();
        assert_eq!(
            (stored.number("A"), stored.header("B")),
            (Some(1), Some("x:y"))
        );
        assert_eq!((stored.number("B"), stored.header("a")), (None, None));
        assert_eq!((stored.seq, &stored.payload[..]), (7, &b"text"[..]));
        assert_eq!(stored.time, Some(1_795_939_200_000_000_042));
        let mut broken = raw("", "");
        broken.data = Some("?".to_owned());
        assert_eq!(Stored::of(broken), None);
    }
}
