//! The members of a topic, and the nodes that they are connected to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The number of a node, which is random. A node is one process with an engine.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::engine::NodeId;
///
/// assert_eq!(NodeId(0xAF).to_string(), "00000000000000af");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u64);

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The identity of a membership: its node, and its number there. No other has the same.
///
/// Its text is `<node>/<number>`, with the node as 16 hexadecimal digits.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::engine::{MemberId, NodeId};
///
/// let id: MemberId = "00000000000000af/7".parse().unwrap();
/// assert_eq!((id.node, id.number), (NodeId(0xAF), 7));
/// assert_eq!(id.to_string(), "00000000000000af/7");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberId {
    /// The node that the member is connected to.
    pub node: NodeId,
    /// The number of the membership in its node.
    pub number: u64,
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.node, self.number)
    }
}

impl fmt::Debug for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not a [`MemberId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the id of a member has 16 hexadecimal digits, `/` and a decimal number")]
pub struct MemberIdError(());

impl FromStr for MemberId {
    type Err = MemberIdError;

    fn from_str(text: &str) -> Result<Self, MemberIdError> {
        let read = || {
            let (node, number) = text.split_once('/')?;
            let id = Self {
                node: NodeId(u64::from_str_radix(node, 16).ok()?),
                number: number.parse().ok()?,
            };
            (id.to_string() == text).then_some(id)
        };
        read().ok_or(MemberIdError(()))
    }
}

impl Serialize for MemberId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MemberId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// A socket or stream that is present in a topic under a name.
///
/// A user with two tabs is two members with one name.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::engine::Member;
///
/// let text = r#"{"id":"00000000000000af/7","name":"ann"}"#;
/// let member: Member = serde_json::from_str(text)?;
/// assert_eq!((member.id.number, &*member.name), (7, "ann"));
/// assert_eq!(serde_json::to_string(&member)?, text);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Member {
    /// The identity.
    pub id: MemberId,
    /// The name, which the program chose. At most 256 bytes.
    pub name: String,
}
