//! Variants that serde cannot serialize beside a tag.

use http4k_ws::Message;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Point {
    x: i32,
}

#[derive(Serialize, Deserialize, Message)]
#[serde(tag = "type")]
enum Event {
    Number(u32),
    Text(String),
    List(Vec<Point>),
    Moved(Point),
    Ended,
}

#[derive(Serialize, Deserialize, Message)]
#[serde(tag = "type", content = "value")]
enum Beside {
    Number(u32),
}

fn main() {}
