//! Explanations of the route that a request takes, and of the routes that it does not take.
//!
//! [`PolyHandler::explain`] lists the routes that could match a request, each with a verdict. It is
//! meant for tests, for a debug page, and for a terminal.
//!
//! ```
//! use http4k_ws::prelude::*;
//!
//! let app = routes! { GET "/users/<id>" => http(|id: u64| id.to_string()) };
//! assert_eq!(app.explain("POST /users/7").status(), Some(StatusCode::METHOD_NOT_ALLOWED));
//! ```

mod search;

use std::fmt;

use http::header::{self, ACCEPT};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::accepted::{Accepted, EVENT_STREAM};
use super::route::{Route, aligned};
use super::table::Protocol;
use crate::handler::{Outcome, PolyHandler};
use crate::message::{Request, members, printable};
use search::Search;

/// The routes that could match a request, and the verdict for each.
///
/// `Display` shows the request, a line for each candidate and, if no route matches, the response.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// let app = routes! {
///     GET "/users/<id>" as user => http(|id: u64| id.to_string()),
///     GET "/users/me" as me     => http(|| "me"),
/// };
/// assert_eq!(app.explain("GET /users/me").taken().unwrap().name(), "me");
/// let refused = app.explain("POST /users/7");
/// assert!(refused.taken().is_none());
/// assert_eq!(refused.status(), Some(StatusCode::METHOD_NOT_ALLOWED));
/// ```
#[derive(Debug, Clone)]
pub struct Explanation {
    query: RouteQuery,
    candidates: Vec<Candidate>,
    outcome: Outcome,
}

impl Explanation {
    /// Returns the route that takes the request, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let app = routes! { GET "/users/<id>" as user => http(|id: u64| id.to_string()) };
    /// assert_eq!(app.explain("GET /users/7").taken().unwrap().template(), "/users/<id>");
    /// assert!(app.explain("GET /rooms").taken().is_none());
    /// ```
    pub fn taken(&self) -> Option<&Route> {
        let taken = |candidate: &&Candidate| matches!(candidate.verdict, Verdict::Takes { .. });
        self.candidates
            .iter()
            .find(taken)
            .map(|candidate| &candidate.route)
    }

    /// Returns the routes that could match the request, in the order of the table.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let app = routes! {
    ///     GET "/users/<id>"   => http(|id: u64| id.to_string()),
    ///     POST "/users/<id>"  => http(|id: u64| id.to_string()),
    ///     GET "/rooms/<name>" => http(|name: String| name),
    /// };
    /// assert_eq!(app.explain("GET /users/7").candidates().len(), 2);
    /// ```
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// Returns the status of the library's response if no route matches. Instead of a 404, a
    /// fallback may respond.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let chat = |ws: WebSocket| ws.try_send("hi");
    /// let app = routes! { GET "/" => http(|| "hello"), "/chat" => ws(chat(ws)) };
    /// assert_eq!(app.explain("GET /").status(), None);
    /// assert_eq!(app.explain("GET /rooms").status(), Some(StatusCode::NOT_FOUND));
    /// assert_eq!(app.explain("GET /chat").status(), Some(StatusCode::UPGRADE_REQUIRED));
    /// ```
    pub fn status(&self) -> Option<StatusCode> {
        match self.outcome {
            Outcome::Found | Outcome::Mounted => None,
            Outcome::NotFound | Outcome::NoWebSocket => Some(StatusCode::NOT_FOUND),
            Outcome::NotAllowed(_) if self.query.method == Method::OPTIONS => {
                Some(StatusCode::NO_CONTENT)
            }
            Outcome::NotAllowed(_) => Some(StatusCode::METHOD_NOT_ALLOWED),
            Outcome::UpgradeRequired => Some(StatusCode::UPGRADE_REQUIRED),
            Outcome::NotAcceptable => Some(StatusCode::NOT_ACCEPTABLE),
            Outcome::BadEncoding => Some(StatusCode::BAD_REQUEST),
        }
    }

    /// Returns the methods in the `Allow` field of the response. Empty if it has no such field.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let app = routes! { GET | PUT "/rooms/<id>" => http(|id: u64| id.to_string()) };
    /// assert!(app.explain("POST /rooms/7").allow().contains(&Method::PUT));
    /// assert!(app.explain("GET /rooms").allow().is_empty());
    /// ```
    pub fn allow(&self) -> &[Method] {
        match &self.outcome {
            Outcome::NotAllowed(methods) => methods,
            _ => &[],
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.query)?;
        let rows = self.candidates.iter().map(|Candidate { route, verdict }| {
            let mark = match verdict {
                Verdict::Takes { .. } => "->",
                _ => "",
            };
            vec![
                format!("  {mark:2}"),
                route.to_string(),
                route.name().into(),
                route.filters_shown(),
                verdict.to_string(),
            ]
        });
        aligned(rows.collect(), f)?;
        let Some(status) = self.status() else {
            return Ok(());
        };
        write!(f, "  {status}")?;
        let allow: Vec<&str> = self.allow().iter().map(Method::as_str).collect();
        if !allow.is_empty() {
            write!(f, ", Allow: {}", allow.join(", "))?;
        }
        writeln!(f)
    }
}

/// A request for [`PolyHandler::explain`]: `"GET /users/7"`, `"/users/7"` for GET, `"ws /chat"` for
/// an upgrade, `"sse /feed"` for GET with `Accept: text/event-stream`, or a `&Request`.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// let app = routes! {
///     GET "/room" as page => http(|| "page"),
///     "/room" as talk     => ws(|ws: WebSocket| ws.try_send("hi")),
/// };
/// assert_eq!(app.explain("/room").taken().unwrap().name(), "page");
/// assert_eq!(app.explain("ws /room").taken().unwrap().name(), "talk");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteQuery {
    pub(super) protocol: Protocol,
    pub(super) method: Method,
    pub(super) path: String,
    /// The `Accept` fields.
    pub(super) accept: HeaderMap,
}

impl From<&str> for RouteQuery {
    fn from(line: &str) -> Self {
        let (word, target) = line.split_once(' ').unwrap_or(("GET", line));
        let mut accept = HeaderMap::new();
        let (protocol, method) = if word.eq_ignore_ascii_case("ws") {
            (Protocol::Ws, Ok(Method::GET))
        } else if word.eq_ignore_ascii_case("sse") {
            accept.insert(ACCEPT, HeaderValue::from_static(EVENT_STREAM));
            (Protocol::Sse, Ok(Method::GET))
        } else {
            (Protocol::Http, word.parse())
        };
        // Without a valid method, the whole line is taken for a path, which no route has.
        let (method, target) = method.map_or((Method::GET, line), |method| (method, target));
        Self {
            protocol,
            method,
            path: target.split('?').next().unwrap_or_default().to_owned(),
            accept,
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
            accept: request
                .headers()
                .get_all(ACCEPT)
                .iter()
                .map(|value| (ACCEPT, value.clone()))
                .collect(),
        }
    }
}

/// Shows `GET /users/7`, `ws /chat` or `sse /feed`, with the `Accept` field of a `&Request`.
impl fmt::Display for RouteQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.protocol {
            Protocol::Ws | Protocol::Sse => {
                return write!(f, "{} {}", self.protocol, self.path);
            }
            Protocol::Http | Protocol::Mount => write!(f, "{} {}", self.method, self.path)?,
        }
        let accept: Vec<&str> = members(&self.accept, ACCEPT).collect();
        match accept.as_slice() {
            [] => Ok(()),
            accept => write!(f, ", Accept: {}", printable(accept.join(", "))),
        }
    }
}

/// A route that matches the path. If none does, a route that comes near.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::routing::explain::Verdict;
///
/// let app = routes! { GET "/users/<id>" => http(|id: u64| id.to_string()) };
/// let explanation = app.explain("/users/7");
/// let candidate = &explanation.candidates()[0];
/// assert_eq!(candidate.route.template(), "/users/<id>");
/// let params = vec![("id".to_owned(), "7".to_owned())];
/// assert_eq!(candidate.verdict, Verdict::Takes { params });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The route.
    pub route: Route,
    /// The verdict.
    pub verdict: Verdict,
}

/// The reason why a route takes a request or does not.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::routing::explain::Verdict;
///
/// let app = routes! { POST "/users" => http(|| "created") };
/// let explanation = app.explain("GET /users");
/// let only = vec![Method::POST];
/// assert_eq!(explanation.candidates()[0].verdict, Verdict::OtherMethod { only });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It takes the request. Its parameters have these values.
    Takes {
        /// Names and values, in the order of the path.
        params: Vec<(String, String)>,
    },
    /// Another route that is found before it takes the request.
    Later {
        /// The route that takes it.
        than: Route,
    },
    /// It accepts other methods.
    OtherMethod {
        /// The methods that it accepts.
        only: Vec<Method>,
    },
    /// It is a stream of events, which the `Accept` field of the request excludes.
    NotAcceptable,
    /// It has another protocol.
    OtherProtocol {
        /// The protocol that it has.
        protocol: Protocol,
    },
    /// A captured segment is not percent-encoded UTF-8.
    BadEncoding {
        /// The segment.
        segment: String,
    },
    /// A segment differs from that of the template.
    OtherSegment {
        /// The number of the segment, from 1.
        place: usize,
        /// The segment of the path; `None` if the path ends before it.
        found: Option<String>,
        /// The segment of the template; `None` if the template ends before it.
        expected: Option<String>,
    },
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Takes { params } => {
                f.write_str("takes it")?;
                for (index, (name, value)) in params.iter().enumerate() {
                    let before = if index == 0 { ":" } else { "," };
                    write!(f, "{before} {name} = {value:?}")?;
                }
                Ok(())
            }
            Self::Later { than } => write!(f, "`{than}` goes before it"),
            Self::OtherMethod { only } => {
                let only: Vec<&str> = only.iter().map(Method::as_str).collect();
                write!(f, "takes {} only", only.join(", "))
            }
            Self::NotAcceptable => write!(f, "is {EVENT_STREAM}, which `Accept` excludes"),
            Self::OtherProtocol {
                protocol: Protocol::Ws,
            } => f.write_str("is a WebSocket"),
            Self::OtherProtocol { .. } => f.write_str("is not a WebSocket route"),
            Self::BadEncoding { segment } => {
                write!(f, "segment `{segment}` is not percent-encoded UTF-8")
            }
            Self::OtherSegment {
                place,
                found,
                expected,
            } => match (found, expected) {
                (Some(found), Some(expected)) => {
                    write!(f, "segment {place} is `{found}`, not `{expected}`")
                }
                (Some(found), None) => write!(
                    f,
                    "goes no further than segment {}, and `{found}` follows",
                    place - 1
                ),
                (None, Some(expected)) => write!(f, "goes on with `{expected}`"),
                (None, None) => Ok(()),
            },
        }
    }
}

impl PolyHandler {
    /// Explains which routes could take a request, why each of the others does not, and which
    /// filters see the request.
    ///
    /// No handler and no filter is called. Filters around the application that change the path are
    /// not taken into account.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::routes;
    ///
    /// fn show(id: u64) -> String {
    ///     id.to_string()
    /// }
    ///
    /// fn me() -> &'static str {
    ///     "me"
    /// }
    ///
    /// let app = routes! {
    ///     GET "/users/<id>" => http(show(id)),
    ///     GET "/users/me"   => http(me()),
    ///     PUT "/users/<id>" as update => http(show(id)),
    /// };
    ///
    /// let explanation = app.explain("GET /users/me");
    /// assert_eq!(explanation.taken().map(|route| route.name()), Some("me"));
    /// assert_eq!(
    ///     explanation.to_string(),
    ///     "GET /users/me
    ///       GET /users/<id>  show    `GET /users/me` goes before it
    ///   ->  GET /users/me    me      takes it
    ///       PUT /users/<id>  update  takes PUT only
    /// ",
    /// );
    /// assert_eq!(
    ///     app.explain("POST /users/7").to_string(),
    ///     "POST /users/7
    ///       GET /users/<id>  show    takes GET only
    ///       PUT /users/<id>  update  takes PUT only
    ///   405 Method Not Allowed, Allow: GET, HEAD, PUT, OPTIONS
    /// ",
    /// );
    /// ```
    pub fn explain(&self, request: impl Into<RouteQuery>) -> Explanation {
        let query = request.into();
        let accepted = Accepted::new(&query.method, &query.accept);
        let (candidates, outcome) = match Search::new(self, &query, &accepted) {
            Some(search) => search.conclude(),
            None => (Vec::new(), Outcome::NotFound),
        };
        Explanation {
            query,
            candidates,
            outcome,
        }
    }
}
