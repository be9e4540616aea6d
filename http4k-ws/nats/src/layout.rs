//! The streams and subjects of an application in NATS.
//!
//! | stream | subject | content |
//! |---|---|---|
//! | `H4K_<app>` | `h4k.<app>.t.<epoch>.<topic>` | the entries of a topic |
//! | | `h4k.<app>.t.<epoch>.end` | the end of the epoch, with the next one |
//! | | `h4k.<app>.l.<epoch>.<topic>` | the entries, as the stream republishes them to the nodes |
//! | `H4KM_<app>_<epoch>` | `h4k.<app>.m.<epoch>.r.<topic>.<node>.<number>` | a member |
//! | | `h4k.<app>.m.<epoch>.n.<node>` | the lease of a node |
//!
//! An epoch is 16 hexadecimal digits. It is a random number in the configuration of the stream,
//! so a stream that was created again has another one. A topic has a `/` in its name, so none is
//! called `end`.

use http4k_ws::topics::TopicName;
use http4k_ws::topics::engine::{MemberId, NodeId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The characters of a topic that are written as `%` and two digits. A token of a subject may have
/// no dots, spaces and wildcards.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'/');

/// The names of one application.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    app: String,
}

impl Layout {
    pub(crate) fn new(app: &str) -> Self {
        Self {
            app: app.to_owned(),
        }
    }

    /// Returns the name of the stream of the entries.
    pub(crate) fn log_stream(&self) -> String {
        format!("H4K_{}", self.app)
    }

    /// Returns the name of the stream of the members.
    pub(crate) fn member_stream(&self, epoch: u64) -> String {
        format!("H4KM_{}_{epoch:016x}", self.app)
    }

    /// Returns the subjects of all entries of an epoch.
    pub(crate) fn log(&self, epoch: u64) -> String {
        format!("h4k.{}.t.{epoch:016x}.>", self.app)
    }

    /// Returns the subjects of the entries of all epochs, and those to which they are republished.
    pub(crate) fn republished(&self) -> (String, String) {
        let app = &self.app;
        (format!("h4k.{app}.t.>"), format!("h4k.{app}.l.>"))
    }

    /// Returns the subject of the end of an epoch.
    pub(crate) fn end(&self, epoch: u64) -> String {
        format!("h4k.{}.t.{epoch:016x}.end", self.app)
    }

    /// Returns the subjects of the members of an epoch.
    pub(crate) fn members(&self, epoch: u64) -> String {
        format!("h4k.{}.m.{epoch:016x}.>", self.app)
    }

    /// Returns the subjects of the members of all epochs.
    pub(crate) fn all_members(&self) -> String {
        format!("h4k.{}.m.>", self.app)
    }

    /// Returns the epoch of a stream with these subjects.
    pub(crate) fn epoch_of(&self, subjects: &[String]) -> Option<u64> {
        let [subject] = subjects else { return None };
        let rest = subject.strip_prefix(&format!("h4k.{}.t.", self.app))?;
        epoch(rest.strip_suffix(".>")?)
    }

    /// Returns the subject of the entries of a topic.
    pub(crate) fn entries(&self, epoch: u64, topic: &TopicName) -> String {
        format!("h4k.{}.t.{epoch:016x}.{}", self.app, token(topic))
    }

    /// Returns the subject that carries a topic in all epochs.
    pub(crate) fn carried(&self, topic: &TopicName) -> String {
        format!("h4k.{}.l.*.{}", self.app, token(topic))
    }

    /// Returns the epoch of an entry that was carried.
    pub(crate) fn epoch_of_carried(&self, subject: &str) -> Option<u64> {
        let rest = subject.strip_prefix("h4k.")?.strip_prefix(&*self.app)?;
        epoch(rest.strip_prefix(".l.")?.split('.').next()?)
    }

    pub(crate) fn member(&self, epoch: u64, topic: &TopicName, id: MemberId) -> String {
        let MemberId { node, number } = id;
        format!(
            "h4k.{}.m.{epoch:016x}.r.{}.{node}.{number}",
            self.app,
            token(topic)
        )
    }

    pub(crate) fn members_of_topic(&self, epoch: u64, topic: &TopicName) -> String {
        format!("h4k.{}.m.{epoch:016x}.r.{}.*.*", self.app, token(topic))
    }

    pub(crate) fn members_of_node(&self, epoch: u64, node: NodeId) -> String {
        format!("h4k.{}.m.{epoch:016x}.r.*.{node}.*", self.app)
    }

    /// Reads the subject of a member.
    pub(crate) fn read_member(&self, subject: &str) -> Option<(TopicName, MemberId)> {
        let rest = subject.strip_prefix("h4k.")?.strip_prefix(&*self.app)?;
        let mut tokens = rest.strip_prefix(".m.")?.split('.').skip(2);
        let (topic, node, number) = (tokens.next()?, tokens.next()?, tokens.next()?);
        let topic = percent_decode_str(topic).decode_utf8().ok()?;
        let (kind, own) = topic.split_once('/')?;
        let id = format!("{node}/{number}").parse().ok()?;
        Some((TopicName::new(kind, own).ok()?, id))
    }

    pub(crate) fn lease(&self, epoch: u64, node: NodeId) -> String {
        format!("h4k.{}.m.{epoch:016x}.n.{node}", self.app)
    }

    pub(crate) fn leases(&self, epoch: u64) -> String {
        format!("h4k.{}.m.{epoch:016x}.n.*", self.app)
    }

    /// Reads the subject of a lease.
    pub(crate) fn read_lease(&self, subject: &str) -> Option<NodeId> {
        epoch(subject.rsplit('.').next()?).map(NodeId)
    }

    /// Returns a subject that nothing listens to.
    pub(crate) fn nothing(&self) -> String {
        format!("h4k.{}.x", self.app)
    }
}

/// Reads 16 hexadecimal digits.
pub(crate) fn epoch(text: &str) -> Option<u64> {
    let number = u64::from_str_radix(text, 16).ok()?;
    (format!("{number:016x}") == text).then_some(number)
}

/// Returns a topic as one token of a subject.
fn token(topic: &TopicName) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(topic.as_str(), ESCAPED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        Layout::new("chat")
    }

    #[test]
    fn a_topic_is_one_token_and_is_read_back() {
        for own in ["42", "a.b", "*", ">", " ", "ü/%", "\r\n", "x y\t{}"] {
            let topic = TopicName::new("r.1", own).unwrap();
            let id = MemberId {
                node: NodeId(0xAF),
                number: 7,
            };
            let subject = layout().member(1, &topic, id);
            assert_eq!(subject.split('.').count(), 8, "{subject}");
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_/%.".contains(c);
            assert!(subject.chars().all(plain), "{subject}");
            assert_eq!(layout().read_member(&subject), Some((topic, id)));
        }
    }

    #[test]
    fn the_epoch_is_a_part_of_the_subjects() {
        let topic = TopicName::new("room", "42").unwrap();
        assert_eq!(
            layout().entries(0xAF, &topic),
            "h4k.chat.t.00000000000000af.room/42"
        );
        let of = |subject: &str| layout().epoch_of(&[subject.to_owned()]);
        assert_eq!(of(&layout().log(0xAF)), Some(0xAF));
        for other in [
            "",
            "h4k.chat.t.>",
            "h4k.chat.t.AF.>",
            "h4k.other.t.00000000000000af.>",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
        let carried = "h4k.chat.l.00000000000000af.room/42";
        assert_eq!(layout().epoch_of_carried(carried), Some(0xAF));
        for other in [
            "h4k.chat.l",
            "h4k.chat.l.x.room/42",
            "h4k.chats.l.00000000000000af.r",
        ] {
            assert_eq!(layout().epoch_of_carried(other), None, "{other}");
        }
    }
}
