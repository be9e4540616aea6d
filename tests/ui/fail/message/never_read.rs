//! Serde cannot read 128-bit integers behind a tag.

use std::collections::BTreeMap;

use http4k_ws::Message;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Message)]
#[serde(tag = "kind")]
enum Command {
    Pay { amount: u128 },
    Wait { seconds: u64 },
}

#[derive(Serialize, Deserialize, Message)]
#[serde(untagged)]
enum Either {
    Left(Vec<Option<i128>>),
    Right(String),
}

#[derive(Serialize, Deserialize, Message)]
#[message(msgpack)]
struct Totals {
    sum: u128,
    #[serde(flatten)]
    by_name: BTreeMap<String, u128>,
}

fn main() {}
