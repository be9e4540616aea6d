//! A subscriber that records what it receives.

use std::sync::Mutex;
use std::time::Duration;

use crate::lens::{Format, Message};
use crate::message::WsStatus;
use crate::random::Random;
use crate::topics::Feed;
use crate::topics::engine::EngineFuture;
use crate::topics::outlet::{Offer, Outlet};
use crate::topics::render::{Encoded, Shape};

/// A subscriber that records what it receives. Its queue is sometimes full.
pub(super) struct Recorder {
    id: u64,
    pub(super) received: Mutex<Vec<Feed<String>>>,
    random: Mutex<Random>,
    slow: bool,
}

impl Recorder {
    pub(super) fn new(id: u64, slow: bool) -> Self {
        Self {
            id,
            received: Mutex::default(),
            random: Mutex::new(Random::seeded(id)),
            slow,
        }
    }

    fn take(&self, item: Encoded) {
        if let Encoded::Message(message) = item {
            let feed = Feed::from_message(message).expect("a feed");
            self.received.lock().unwrap().push(feed);
        }
    }
}

impl Outlet for Recorder {
    fn id(&self) -> u64 {
        self.id
    }

    fn shape(&self) -> Shape {
        Shape::Feed(Format::Json)
    }

    fn offer(&self, item: Encoded, _key: Option<u64>) -> Offer {
        if self.slow && self.random.lock().unwrap().below(4) == 0 {
            return Offer::Full;
        }
        self.take(item);
        Offer::Taken
    }

    fn send(&self, item: Encoded) -> EngineFuture<'_, bool> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            self.take(item);
            true
        })
    }

    fn close(&self, _status: WsStatus) {}
}
