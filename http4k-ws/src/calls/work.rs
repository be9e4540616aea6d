//! The future of one call, from its handler to its last message.

use std::future::Future;
use std::time::Duration;

use http::StatusCode;
use tokio::time::timeout;

use super::call::CallInfo;
use super::envelope::{CallId, Outlet};
use super::problem::{CallFailure, CallProblem, CallResult};
use crate::lens::LensFailure;
use crate::message::WsMessage;

/// Awaits the work of a call, and sends its last message. The work is dropped before that waits.
pub(super) async fn respond(
    work: impl Future<Output = CallResult>,
    deadline: Option<Duration>,
    info: &'static CallInfo,
    outlet: Outlet,
) -> CallId {
    let result = match deadline {
        Some(limit) => timeout(limit, work)
            .await
            .unwrap_or_else(|_| Err(overdue(limit))),
        None => work.await,
    };
    let message = match result {
        Ok(replied) if replied.id == outlet.id => Ok(replied.message),
        Ok(_) => Err("the handler returned the reply to another call".into()),
        Err(failure) => Err(failure),
    };
    let message = message.or_else(|failure: CallFailure| {
        let problem = failure.into_problem(info.name());
        outlet.error(&problem)
    });
    send(message, &outlet).await;
    outlet.id
}

fn overdue(limit: Duration) -> CallFailure {
    let detail = format!("the call did not end within {limit:?}");
    CallProblem::new(StatusCode::SERVICE_UNAVAILABLE)
        .with_detail(detail)
        .into()
}

/// Sends the last message of a call. A closed socket ends all calls, so its error needs no care.
pub(super) async fn send(message: Result<WsMessage, LensFailure>, outlet: &Outlet) {
    match message {
        Ok(message) => {
            let _closed = outlet.sender.send(message).await;
        }
        // Not reached, since texts and numbers have every format.
        Err(failure) => log::error!("a problem cannot be sent: {failure}"),
    }
}
