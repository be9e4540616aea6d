//! A field that is skipped for some values is missing when the message is read.

use http4k_ws::Message;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Message)]
struct Post {
    title: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
}

#[derive(Serialize, Deserialize, Message)]
#[serde(tag = "kind")]
enum Event {
    Moved {
        #[serde(rename = "by", skip_serializing_if = "is_zero")]
        distance: i32,
    },
    Renamed {
        // An `Option` that a function deserializes must be present.
        #[serde(skip_serializing_if = "Option::is_none", with = "text")]
        name: Option<String>,
    },
}

fn is_zero(distance: &i32) -> bool {
    *distance == 0
}

mod text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(text: &Option<String>, to: S) -> Result<S::Ok, S::Error> {
        text.serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
        Option::deserialize(from)
    }
}

fn main() {}
