//! Entries on their way from a node to an engine.

use std::time::Duration;

use bytes::Bytes;

use super::member::{Member, MemberId, NodeId};
use crate::topics::name::TopicName;

/// An entry to be stored in the log of a topic.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use http4k_ws::topics::TopicName;
/// use http4k_ws::topics::engine::{Engine, FaultyEngine, NodeId, Publication, empty_entry};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let publication = Publication {
///     topic: TopicName::new("room", "42")?,
///     bytes: empty_entry(),
///     change: None,
///     keep: 500,
///     keep_for: Duration::from_secs(3600),
///     once: (NodeId(0xAF), 1),
///     expect: None,
/// };
/// let engine = FaultyEngine::new().node();
/// let at = engine.publish(&publication).await?;
/// // A further attempt does not store it again.
/// assert_eq!(engine.publish(&publication).await?, at);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The topic.
    pub topic: TopicName,
    /// The entry. The engine stores it as it is.
    pub bytes: Bytes,
    /// The change of the members that the entry reports, stored in the same step.
    pub change: Option<MemberChange>,
    /// The number of entries that are kept. If it is 0, the entry is numbered and not kept.
    pub keep: usize,
    /// The time for which entries are kept. The numbers are kept for as long, and for at least 24
    /// hours.
    pub keep_for: Duration,
    /// The node, and the number of the publication in this node and topic. A node makes the
    /// attempts of one topic one after another, with increasing numbers, and repeats the number in
    /// a further attempt. An attempt whose number is not greater than that of the last stored
    /// entry, of the same node in the same topic and epoch, is stored already.
    pub once: (NodeId, u64),
    /// The epoch in which an earlier attempt may have stored the entry. `None` for the first
    /// attempt. If the epoch is another by now, nothing may be stored.
    pub expect: Option<u64>,
}

/// A change of the members of a topic.
///
/// # Examples
///
/// ```
/// use std::collections::BTreeMap;
///
/// use http4k_ws::topics::engine::{Member, MemberChange, MemberId, NodeId};
///
/// /// Applies a change, as an engine does. Returns `false` if it has no effect.
/// fn apply(members: &mut BTreeMap<MemberId, String>, change: &MemberChange) -> bool {
///     match change {
///         MemberChange::Join(Member { id, name }) => {
///             members.insert(*id, name.clone()).as_ref() != Some(name)
///         }
///         MemberChange::Leave(id) => members.remove(id).is_some(),
///     }
/// }
///
/// let id = MemberId { node: NodeId(0xAF), number: 7 };
/// let ann = MemberChange::Join(Member { id, name: "ann".to_owned() });
/// let mut members = BTreeMap::new();
/// assert!(apply(&mut members, &ann) && !apply(&mut members, &ann));
/// assert!(apply(&mut members, &MemberChange::Leave(id)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberChange {
    /// Adds the member, or changes its name. Without effect if it is present with this name.
    Join(Member),
    /// Removes the member. Without effect if it is absent.
    Leave(MemberId),
}

/// The outcome of an attempt that did not store the entry, as far as is known.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::engine::AttemptError;
///
/// /// Returns `true` if the entry may be stored although the attempt failed.
/// fn may_be_stored(error: &AttemptError) -> bool {
///     matches!(error, AttemptError::NoReply(_) | AttemptError::EpochChanged)
/// }
///
/// assert!(may_be_stored(&AttemptError::NoReply("timed out".to_owned())));
/// assert!(!may_be_stored(&AttemptError::NotSent("connection refused".to_owned())));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttemptError {
    /// The entry was not sent. It is certainly not stored.
    #[error("the entry was not sent: {0}")]
    NotSent(String),
    /// The entry was sent, and no reply came. It may be stored.
    #[error("no reply came: {0}")]
    NoReply(String),
    /// The epoch is not the expected one. An earlier attempt may have stored the entry in that one.
    #[error("the epoch has changed")]
    EpochChanged,
    /// The engine refused the entry, for example for want of memory. It is certainly not stored.
    #[error("the engine refused the entry: {0}")]
    Refused(String),
}
