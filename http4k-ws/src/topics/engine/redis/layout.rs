//! The keys of an application in Redis.
//!
//! | key | type | content |
//! |---|---|---|
//! | `h4k:<app>:{<topic>}:m` | hash | epoch `e`, run id `r`, last offset `o`, lives `t` and `a`, number of members `n`, and of each node `n<node>` |
//! | `h4k:<app>:{<topic>}:s` | stream | entries, with the id `<offset>-<second>` and the field `d` |
//! | `h4k:<app>:{<topic>}:c` | channel | `<epoch><offset>\n<entry>` |
//! | `h4k:<app>:{<topic>}:d:<node>` | string | `<number> <epoch> <offset>` of the last entry of that node |
//! | `h4k:<app>:{<topic>}:p` | hash | the name of each member |
//! | `h4k:<app>:nodes` | sorted set | the end of the lease of each node, by the clock of Redis |
//! | `h4k:<app>:n:<node>` | set | the topics in which the node has members |
//!
//! The keys of one topic have one hash slot. An epoch is 16 hexadecimal digits.

use crate::topics::engine::NodeId;
use crate::topics::name::TopicName;

/// The keys of one application.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    prefix: String,
}

/// The part of a key that names the topic.
#[derive(Debug, Clone)]
pub(super) struct TopicKeys {
    stem: String,
}

impl Layout {
    pub(super) fn new(app: &str) -> Self {
        Self {
            prefix: format!("h4k:{app}:"),
        }
    }

    pub(super) fn topic(&self, topic: &TopicName) -> TopicKeys {
        let name = topic.as_str();
        let mut stem = String::with_capacity(self.prefix.len() + name.len() + 2);
        stem.push_str(&self.prefix);
        stem.push('{');
        for c in name.chars() {
            if c.is_control() || matches!(c, '{' | '}' | '%') {
                let mut utf8 = [0; 4];
                for byte in c.encode_utf8(&mut utf8).bytes() {
                    stem.push_str(&format!("%{byte:02X}"));
                }
            } else {
                stem.push(c);
            }
        }
        stem.push('}');
        TopicKeys { stem }
    }

    /// Returns the keys of a topic that no program can name, for the check of the permissions.
    pub(super) fn check(&self) -> TopicKeys {
        TopicKeys {
            stem: format!("{}{{}}", self.prefix),
        }
    }

    /// Returns the keys of the script that publishes for `node`, with a change of a member of
    /// `member_of`.
    pub(super) fn written(&self, keys: &TopicKeys, node: NodeId, member_of: NodeId) -> [String; 5] {
        let [numbers, entries, members] = keys.log();
        let (stored, topics) = (keys.stored(node), self.topics_of(member_of));
        [numbers, entries, members, stored, topics]
    }

    pub(super) fn nodes(&self) -> String {
        format!("{}nodes", self.prefix)
    }

    pub(super) fn topics_of(&self, node: NodeId) -> String {
        format!("{}n:{node}", self.prefix)
    }
}

impl TopicKeys {
    pub(super) fn numbers(&self) -> String {
        format!("{}:m", self.stem)
    }

    /// Returns the keys of the scripts that open a log.
    pub(super) fn log(&self) -> [String; 3] {
        [self.numbers(), self.entries(), self.members()]
    }

    fn entries(&self) -> String {
        format!("{}:s", self.stem)
    }

    pub(super) fn channel(&self) -> String {
        format!("{}:c", self.stem)
    }

    pub(super) fn stored(&self, node: NodeId) -> String {
        format!("{}:d:{node}", self.stem)
    }

    pub(super) fn members(&self) -> String {
        format!("{}:p", self.stem)
    }
}

/// Returns the index of the server that has the topic, by rendezvous hashing. A server that is
/// added or removed moves only the topics that it gets or had.
pub(super) fn server_of(topic: &str, servers: &[String]) -> usize {
    let weight = |server: &String| {
        // FNV-1a, and then the mixer of SplitMix64: nodes of every version must agree.
        let bytes = server.bytes().chain([0]).chain(topic.bytes());
        let hash = bytes.fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        });
        let hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        hash ^ (hash >> 31)
    };
    let indices = 0..servers.len();
    indices
        .max_by_key(|&index| weight(&servers[index]))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_keys_of_a_topic_share_one_slot() {
        let layout = Layout::new("chat");
        let keys = layout.topic(&TopicName::new("room", "4 2").unwrap());
        assert_eq!(keys.numbers(), "h4k:chat:{room/4 2}:m");
        assert_eq!(keys.entries(), "h4k:chat:{room/4 2}:s");
        assert_eq!(keys.channel(), "h4k:chat:{room/4 2}:c");
        assert_eq!(keys.members(), "h4k:chat:{room/4 2}:p");
        let stored = keys.stored(NodeId(0xAF));
        assert_eq!(stored, "h4k:chat:{room/4 2}:d:00000000000000af");
    }

    #[test]
    fn no_name_leaves_its_braces_or_equals_another() {
        let layout = Layout::new("chat");
        let names = [
            "a", "}:m", "{a}", "%7D:m", "%257D", "a\nb", "a%0Ab", "ü", "\u{85}", "%",
        ];
        let keys: HashSet<String> = names
            .iter()
            .map(|name| layout.topic(&TopicName::new("k", name).unwrap()).numbers())
            .collect();
        assert_eq!(keys.len(), names.len());
        for key in keys {
            assert_eq!(key.matches(['{', '}']).count(), 2, "{key}");
            assert!(key.ends_with("}:m") && !key.contains(char::is_control));
        }
    }

    #[test]
    fn a_further_server_takes_topics_and_moves_no_others() {
        let servers = ["a:6379/0", "b:6379/0", "c:6379/0"].map(str::to_owned);
        let mut shares = [0; 3];
        for topic in (0..3000).map(|number| format!("room/{number}")) {
            let (of_two, of_three) = (
                server_of(&topic, &servers[..2]),
                server_of(&topic, &servers),
            );
            assert!(of_three == of_two || of_three == 2);
            shares[of_three] += 1;
        }
        assert!(
            shares.iter().all(|share| (800..1200).contains(share)),
            "{shares:?}"
        );
    }

    #[test]
    fn the_place_of_a_topic_is_the_same_in_every_version() {
        let servers = ["a:6379/0", "b:6379/0", "c:6379/0"].map(str::to_owned);
        let places = (0..12).map(|number| server_of(&format!("room/{number}"), &servers));
        assert_eq!(
            places.collect::<Vec<_>>(),
            [1, 0, 1, 0, 0, 0, 0, 0, 2, 0, 2, 0]
        );
    }
}
