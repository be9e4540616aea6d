use http4k_ws::Message;
use serde::{Deserialize, Serialize};

/// What another thread must not have.
struct Handle(*const u8);

impl Default for Handle {
    fn default() -> Self {
        Self(std::ptr::null())
    }
}

#[derive(Serialize, Deserialize, Message)]
struct Person {
    #[serde(skip)]
    handle: Handle,
}

fn main() {}
