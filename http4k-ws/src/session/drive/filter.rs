//! The message filters of a socket, between the transport and the queues.

use super::Session;
use super::poll_state::PollState;
use crate::message::{WsMessage, WsStatus};
use crate::session::deadlines::Phase;
use crate::session::message_filter::MessageAction;
use crate::session::outbound::Offered;
use crate::session::transport::Transport;

impl<T: Transport> Session<T> {
    /// Takes the filters that were added before the consumer started.
    pub(super) fn take_filters(&mut self) {
        let mut inner = self.state.lock_outside();
        let filtering = inner.filtering.as_mut();
        self.filters = filtering.map(|filtering| Box::new(std::mem::take(&mut filtering.filters)));
    }

    /// Passes a message from the peer through the filters. Returns it if it is to be received.
    #[inline(never)]
    pub(super) fn filter_received(&mut self, message: WsMessage) -> Option<WsMessage> {
        let Some(filters) = &mut self.filters else {
            return Some(message);
        };
        if self.state.lock().end().is_some() {
            // Nothing is received any more.
            return None;
        }
        match filters.received(message) {
            MessageAction::Pass(message) => Some(message),
            MessageAction::Drop => None,
            MessageAction::Close(status) => {
                self.state.close(status);
                None
            }
        }
    }

    /// Passes the messages that wait for the filters through them, however full the queue to the
    /// peer is.
    #[inline(never)]
    pub(super) fn filter_sent(&mut self, poll: &mut PollState) {
        while !poll.may_write.is_spent() {
            let Some(filters) = &mut self.filters else {
                return;
            };
            let Some((number, message)) = self.state.lock().next_unfiltered() else {
                return;
            };
            match filters.sent(message) {
                MessageAction::Pass(message) => self.queue_filtered(number, message),
                MessageAction::Drop => {
                    poll.may_write.spend(0);
                    self.state.lock().outbound.skip(number);
                }
                MessageAction::Close(status) => self.state.close_unfiltered(status),
            }
        }
    }

    /// Queues a message that passed the filters, as far as the policy for a slow peer allows.
    fn queue_filtered(&mut self, number: u64, message: WsMessage) {
        let offered = self.state.lock().outbound.offer_as(number, message);
        match offered {
            Offered::Queued { dropped } => self.state.notifier.dropped(dropped),
            // A message that was filtered never waits.
            Offered::MustWait(_) | Offered::TooSlow(_) => {
                self.state.close_unfiltered(WsStatus::TRY_AGAIN_LATER);
            }
        }
    }

    /// Returns `true` if messages still wait for the filters, and their turn is now.
    #[inline(never)]
    pub(super) fn filters_on(&self, poll: &PollState) -> bool {
        let sends = matches!(self.phase, Phase::Open | Phase::Failing(_));
        sends && !poll.blocked && !poll.may_write.is_spent() && self.state.lock().has_unfiltered()
    }
}
