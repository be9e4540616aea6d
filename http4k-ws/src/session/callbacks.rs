//! http4k's surface: functions that are called when something happens.

use super::error::{WsError, WsResult};
use crate::message::{WsMessage, WsStatus};

pub(super) type OnMessage = Box<dyn FnMut(WsMessage) -> WsResult + Send>;
pub(super) type OnError = Box<dyn FnMut(&WsError) + Send>;
pub(super) type OnClose = Box<dyn FnOnce(WsStatus) + Send>;

/// The callbacks of one socket. Each is taken out while it runs, so that it may use the socket.
#[derive(Default)]
pub(super) struct Callbacks {
    pub(super) on_message: Vec<OnMessage>,
    pub(super) on_error: Vec<OnError>,
    pub(super) on_close: Vec<OnClose>,
    /// Whether any was ever registered: the socket then outlives its consumer.
    pub(super) registered: bool,
}
