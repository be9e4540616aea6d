//! One event of a stream: its parts, and the rules for names and ids (WHATWG HTML §9.2.6).

use std::fmt::Display;
use std::time::Duration;

/// One event of a stream: its data, and optionally a name, an id and a reconnection time.
///
/// `&str` and `String` convert into one with that data.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::sse::SseEvent;
///
/// let event = SseEvent::new("first\nsecond")
///     .named("lines")
///     .with_id(7)
///     .with_retry(Duration::from_secs(2));
///
/// assert_eq!(event.data(), "first\nsecond");
/// assert_eq!(event.name(), Some("lines"));
/// assert_eq!(event.id(), Some("7"));
/// assert_eq!(event.retry(), Some(Duration::from_secs(2)));
/// assert_eq!(SseEvent::from("hello"), SseEvent::new("hello"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SseEvent {
    data: String,
    name: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
}

/// A name or an id that an event cannot have, because it contains a line end or NUL.
///
/// On the wire it would end its line early, and could forge the fields of other events (WHATWG HTML
/// §9.2.6).
///
/// # Examples
///
/// ```
/// use http4k_ws::sse::SseEvent;
///
/// let refused = SseEvent::new("hello").try_named("news\ndata: forged").unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "the event name \"news\\ndata: forged\" contains a line end or NUL"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the event {field} {value:?} contains a line end or NUL")]
pub struct SseFieldError {
    field: &'static str,
    value: String,
}

fn checked(field: &'static str, value: String) -> Result<String, SseFieldError> {
    match value.contains(['\r', '\n', '\0']) {
        true => Err(SseFieldError { field, value }),
        false => Ok(value),
    }
}

impl SseEvent {
    /// Creates an event with `data`, which may have several lines.
    ///
    /// A client receives each line end as `\n`, whether it is `\n`, `\r` or `\r\n` here.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::sse::{Sse, SseEvent};
    /// let lines = |sse: Sse| sse.try_send(SseEvent::new("first\r\nsecond"));
    /// let app = routes! { GET "/" => sse(lines) };
    /// assert_eq!(app.test_http("/").body(), "data: first\ndata: second\n\n");
    /// let event = app.test_sse("/").received().next().unwrap().unwrap();
    /// assert_eq!(event.data(), "first\nsecond");
    /// ```
    pub fn new(data: impl Into<String>) -> Self {
        Self {
            data: data.into(),
            name: None,
            id: None,
            retry: None,
        }
    }

    /// Sets the name, by which a browser chooses the listeners: `addEventListener("name", …)`. An
    /// event without a name, or with an empty one, is a `message`.
    ///
    /// # Panics
    ///
    /// If `name` contains a line end or NUL. [`try_named`](Self::try_named) returns an error
    /// instead.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseEvent;
    /// let event = SseEvent::new("ann joined").named("presence");
    /// assert_eq!(event.name(), Some("presence"));
    /// assert_eq!(event.named("").name(), None);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn named(self, name: impl Into<String>) -> Self {
        match self.try_named(name) {
            Ok(event) => event,
            Err(error) => panic!("{error}"),
        }
    }

    /// Sets the name as [`named`](Self::named), from text that may not be valid.
    ///
    /// # Errors
    ///
    /// [`SseFieldError`] if `name` contains a line end or NUL.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseEvent;
    /// let topic = "weather";
    /// let event = SseEvent::new("rain").try_named(topic).unwrap();
    /// assert_eq!(event.name(), Some("weather"));
    /// assert!(SseEvent::new("rain").try_named("two\nlines").is_err());
    /// ```
    pub fn try_named(mut self, name: impl Into<String>) -> Result<Self, SseFieldError> {
        let name = checked("name", name.into())?;
        self.name = Some(name).filter(|name| !name.is_empty());
        Ok(self)
    }

    /// Sets the id. A client that reconnects sends the last id in the field `Last-Event-ID`. An
    /// empty id makes it send none.
    ///
    /// # Panics
    ///
    /// If the text of `id` contains a line end or NUL. [`try_with_id`](Self::try_with_id) returns
    /// an error instead.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseEvent;
    /// let event = SseEvent::new("rain").with_id(1001);
    /// assert_eq!(event.id(), Some("1001"));
    /// assert_eq!(event.with_id("").id(), Some(""));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_id(self, id: impl Display) -> Self {
        match self.try_with_id(id) {
            Ok(event) => event,
            Err(error) => panic!("{error}"),
        }
    }

    /// Sets the id as [`with_id`](Self::with_id), from text that may not be valid.
    ///
    /// # Errors
    ///
    /// [`SseFieldError`] if the text of `id` contains a line end or NUL.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseEvent;
    /// let event = SseEvent::new("rain").try_with_id("node 1").unwrap();
    /// assert_eq!(event.id(), Some("node 1"));
    /// let error = event.try_with_id("1\n").unwrap_err();
    /// assert_eq!(error.to_string(), r#"the event id "1\n" contains a line end or NUL"#);
    /// ```
    pub fn try_with_id(mut self, id: impl Display) -> Result<Self, SseFieldError> {
        self.id = Some(checked("id", id.to_string())?);
        Ok(self)
    }

    /// Sets the time that the client waits before it reconnects. It travels in whole milliseconds,
    /// so it is rounded down, and at most [`u64::MAX`] milliseconds.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseEvent;
    /// # use std::time::Duration;
    /// let event = SseEvent::new("restarting").with_retry(Duration::from_micros(2500));
    /// assert_eq!(event.retry(), Some(Duration::from_millis(2)));
    /// ```
    #[must_use]
    pub fn with_retry(mut self, retry: Duration) -> Self {
        self.retry = Some(Duration::from_millis(millis(retry)));
        self
    }

    /// Creates an event as a parser has received it, whose name and id may have a NUL.
    pub(super) fn received(
        data: String,
        name: Option<String>,
        id: Option<String>,
        retry: Option<Duration>,
    ) -> Self {
        Self {
            data,
            name,
            id,
            retry,
        }
    }

    /// Returns the data. Its lines are separated by `\n` if it was received.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::{SseEvent, SseParser, SseTooLarge};
    /// assert_eq!(SseEvent::from("rain").data(), "rain");
    /// // A client joins the lines of the data.
    /// let event = SseParser::new().read(&mut &b"event: weather\ndata: rain\ndata: sun\n\n"[..])?;
    /// assert_eq!(event.unwrap().data(), "rain\nsun");
    /// # Ok::<(), SseTooLarge>(())
    /// ```
    pub fn data(&self) -> &str {
        &self.data
    }

    /// Converts the event into its data.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseEvent;
    /// let data: String = SseEvent::new("rain").named("weather").into_data();
    /// assert_eq!(data, "rain");
    /// ```
    pub fn into_data(self) -> String {
        self.data
    }

    /// Returns the name; `None` for a `message`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseEvent;
    /// assert_eq!(SseEvent::new("rain").name(), None);
    /// assert_eq!(SseEvent::new("rain").named("weather").name(), Some("weather"));
    /// ```
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the id; `None` if the event leaves that of the client as it is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseEvent;
    /// assert_eq!(SseEvent::new("rain").id(), None);
    /// assert_eq!(SseEvent::new("rain").with_id(7).id(), Some("7"));
    /// ```
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns the time that the client waits before it reconnects; `None` if the event leaves it
    /// as it is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::sse::SseEvent;
    /// # use std::time::Duration;
    /// let event = SseEvent::new("restarting");
    /// assert_eq!(event.retry(), None);
    /// let event = event.with_retry(Duration::from_secs(5));
    /// assert_eq!(event.retry(), Some(Duration::from_secs(5)));
    /// ```
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Returns the number of bytes that the event holds.
    pub(super) fn size(&self) -> usize {
        let of = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        self.data.len() + of(&self.name) + of(&self.id)
    }
}

impl From<&str> for SseEvent {
    fn from(data: &str) -> Self {
        Self::new(data)
    }
}

impl From<String> for SseEvent {
    fn from(data: String) -> Self {
        Self::new(data)
    }
}

/// Returns a time in whole milliseconds, rounded down.
pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Case S9.
    #[test]
    fn a_name_or_id_with_a_line_end_or_nul_is_refused() {
        for value in ["a\nb", "a\r", "\r\nb", "\0", "a\0b"] {
            let name = SseEvent::new("").try_named(value).unwrap_err();
            let text = format!("the event name {value:?} contains a line end or NUL");
            assert_eq!(name.to_string(), text);
            let id = SseEvent::new("").try_with_id(value).unwrap_err();
            let text = format!("the event id {value:?} contains a line end or NUL");
            assert_eq!(id.to_string(), text);
        }
        for value in ["", " ", ":", "a b", "é\u{2028}", "data: x"] {
            assert!(SseEvent::new("").try_named(value).is_ok());
            assert!(SseEvent::new("").try_with_id(value).is_ok());
        }
    }

    #[test]
    #[should_panic(expected = r#"the event name "a\nb" contains a line end or NUL"#)]
    fn the_short_form_panics() {
        let _ = SseEvent::new("").named("a\nb");
    }
}
