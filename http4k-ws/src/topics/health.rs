//! The health of a node: whether its engine can be reached.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use super::node::TopicNode;
use crate::message::{IntoResponse, Request, Response};

/// The time for which a node is still ready while its engine cannot be reached.
const PATIENCE: Duration = Duration::from_secs(5);

/// The state of the connection to an engine.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::{Health, TopicNode};
///
/// assert!(matches!(TopicNode::in_memory().health(), Health::Up { .. }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Health {
    /// The engine is reached.
    #[non_exhaustive]
    Up {
        /// The time since when. `None` before the first connection, which the first use opens.
        since: Option<Instant>,
    },
    /// The engine cannot be reached.
    #[non_exhaustive]
    Down {
        /// The time since when.
        since: Instant,
        /// The cause.
        cause: String,
    },
}

#[derive(Debug)]
pub(super) struct HealthState(Mutex<Health>);

impl Default for HealthState {
    fn default() -> Self {
        Self(Mutex::new(Health::Up { since: None }))
    }
}

impl HealthState {
    pub(super) fn get(&self) -> Health {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Records an outage. Returns `true` if it is a new one.
    pub(super) fn down(&self, cause: &str) -> bool {
        let mut health = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = matches!(*health, Health::Up { .. });
        let since = match *health {
            Health::Down { since, .. } => since,
            Health::Up { .. } => Instant::now(),
        };
        *health = Health::Down {
            since,
            cause: cause.to_owned(),
        };
        new
    }

    /// Records the end of an outage, and returns it.
    pub(super) fn up(&self) -> Option<Health> {
        let mut health = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let up = Health::Up {
            since: Some(Instant::now()),
        };
        let before = std::mem::replace(&mut *health, up);
        match before {
            Health::Up { since: None } => None,
            Health::Up { .. } => {
                *health = before;
                None
            }
            down => Some(down),
        }
    }
}

/// Returns a handler for the readiness check of a load balancer.
///
/// It responds 200 while the engine is reached, and 503 with the cause once it could not be reached
/// for 5 s. The sockets of a node that is not ready stay open.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::topics::{Topics, ready};
///
/// let rooms: Topics<String> = Topics::new("room");
/// let health = ready(rooms.node());
/// let app = routes! { GET "/ready" => http(health) };
/// assert_eq!(app.test_http("/ready").body(), "ready");
/// ```
pub fn ready(node: &TopicNode) -> impl Fn(Request) -> Response + Clone + Send + Sync + 'static {
    let node = node.clone();
    move |_request: Request| match node.health() {
        Health::Down { since, cause } if since.elapsed() >= PATIENCE => {
            let text = format!("the engine of the topics cannot be reached: {cause}");
            (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
        }
        _ => "ready".into_response(),
    }
}
