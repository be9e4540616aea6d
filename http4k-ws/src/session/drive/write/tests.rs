use std::task::Waker;

use futures_util::FutureExt;

use crate::message::WsStatus;
use crate::session::config::SessionConfig;
use crate::session::drive::line::opened;
use crate::session::error::SendError;
use crate::session::transport::Incoming;

use super::*;

#[tokio::test]
async fn a_flush_is_complete_if_its_messages_left_before_the_connection_failed() {
    for blocked in [false, true] {
        let (line, mut socket, mut session) = opened(SessionConfig::default());
        let mut cx = Context::from_waker(Waker::noop());
        assert!(session.poll_unpin(&mut cx).is_pending());
        line.block(blocked);
        socket.try_send("response").expect("room");
        let mut flush = Box::pin(socket.flush());
        assert_eq!((&mut flush).now_or_never(), None);
        line.incoming(Incoming::Failed(WsStatus::PROTOCOL_ERROR));
        let receiver = std::pin::pin!(socket.recv());
        // A task that has received everything responds to nothing more.
        assert!(receiver.now_or_never().is_none());
        let _ = session.poll_unpin(&mut cx);
        match blocked {
            false => {
                assert_eq!(line.sent(), ["response", "closed 1002"]);
                assert_eq!(flush.now_or_never(), Some(Ok(())));
            }
            true => {
                assert_eq!(flush.as_mut().now_or_never(), None);
                drop(session);
                let lost = SendError::Closed(WsStatus::ABNORMAL);
                assert_eq!(flush.now_or_never(), Some(Err(lost)));
            }
        }
    }
}
