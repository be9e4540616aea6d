//! What is to be explained.

use std::fmt;

use http::{Method, header};

use crate::message::{Request, members};
use crate::routing::table::Protocol;

/// What [`PolyHandler::explain`](crate::PolyHandler::explain) is asked: `"GET /users/7"`, `"/users/7"` for GET, `"ws /chat"` for an upgrade,
/// or a `&Request`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteQuery {
    pub(super) protocol: Protocol,
    pub(super) method: Method,
    pub(super) path: String,
}

impl From<&str> for RouteQuery {
    fn from(line: &str) -> Self {
        let (word, target) = line.split_once(' ').unwrap_or(("GET", line));
        let (protocol, method) = if word.eq_ignore_ascii_case("ws") {
            (Protocol::Ws, Ok(Method::GET))
        } else {
            (Protocol::Http, word.parse())
        };
        // A line that is no request is no path either, and no route has it.
        let (method, target) = method.map_or((Method::GET, line), |method| (method, target));
        Self {
            protocol,
            method,
            path: target.split('?').next().unwrap_or_default().to_owned(),
        }
    }
}

impl From<&Request> for RouteQuery {
    fn from(request: &Request) -> Self {
        let mut upgrades = members(request.headers(), header::UPGRADE);
        let is_upgrade = upgrades.any(|name| name.eq_ignore_ascii_case("websocket"));
        Self {
            protocol: if is_upgrade {
                Protocol::Ws
            } else {
                Protocol::Http
            },
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
        }
    }
}

/// `GET /users/7` or `ws /chat`.
impl fmt::Display for RouteQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.protocol {
            Protocol::Ws => write!(f, "ws {}", self.path),
            Protocol::Http | Protocol::Mount => write!(f, "{} {}", self.method, self.path),
        }
    }
}
