//! An independent reader of a whole event stream, by the steps of WHATWG HTML §9.2.6.
//!
//! It decodes the stream first and then splits it into lines, so it shares no step with the
//! library.

/// The parts of an event: its data, name, id and reconnection time.
pub(crate) type Parts = (String, Option<String>, Option<String>, Option<u64>);

/// The outcome of reading a whole stream.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) events: Vec<Parts>,
    pub(crate) last_event_id: String,
    pub(crate) retry: Option<u64>,
    pub(crate) comments: u64,
}

/// Reads a whole stream.
pub(crate) fn read(bytes: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut outcome = Outcome::default();
    let (mut name, mut data, mut id, mut retry) = (String::new(), String::new(), None, None);
    // What follows the last line end is not a line.
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines.pop();
    for line in lines {
        if line.is_empty() {
            if let Some(id) = &id {
                outcome.last_event_id = String::clone(id);
            }
            if let Some(data) = data.strip_suffix('\n') {
                let name = Some(name).filter(|name| !name.is_empty());
                outcome.events.push((data.to_owned(), name, id, retry));
            }
            (name, data, id, retry) = (String::new(), String::new(), None, None);
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => outcome.comments += 1,
            "event" => name = value.to_owned(),
            "data" => {
                data.push_str(value);
                data.push('\n');
            }
            "id" if !value.contains('\0') => id = Some(value.to_owned()),
            "retry" if !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()) => {
                retry = Some(value.parse().unwrap_or(u64::MAX));
                outcome.retry = retry;
            }
            _ => {}
        }
    }
    outcome
}
