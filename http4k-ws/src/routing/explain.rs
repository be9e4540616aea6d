//! Why a request goes where it goes.

use std::fmt;

use http::{Method, StatusCode, header};

use super::leaves::Leaf;
use super::path::Path;
use super::route::{Route, aligned};
use super::router::Router;
use super::table::{Asked, Protocol};
use crate::handler::{Captures, MAX_PARAMS, Outcome, PolyHandler};
use crate::message::{Request, TemplateSegment, members, percent_decoded};

/// What [`PolyHandler::explain`] is asked: `"GET /users/7"`, `"/users/7"` for GET, `"ws /chat"` for an upgrade,
/// or a `&Request`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    protocol: Protocol,
    method: Method,
    path: String,
}

impl From<&str> for Question {
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

impl From<&Request> for Question {
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
impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.protocol {
            Protocol::Ws => write!(f, "ws {}", self.path),
            Protocol::Http | Protocol::Mount => write!(f, "{} {}", self.method, self.path),
        }
    }
}

/// Which routes could have taken a request, and why each but one did not.
///
/// `Display` shows it for a terminal: the request, a line for each candidate, and what is answered where
/// none takes it.
#[derive(Debug, Clone)]
pub struct Explanation {
    question: Question,
    candidates: Vec<Candidate>,
    outcome: Outcome,
}

/// A route that matches the path; where no route takes the request, also one that comes near.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The route.
    pub route: Route,
    /// What became of it.
    pub verdict: Verdict,
}

/// Why a route takes a request, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It takes the request; its parameters have these values.
    Takes {
        /// Names and values, in the order of the path.
        params: Vec<(String, String)>,
    },
    /// Another route, found before it, takes the request.
    Later {
        /// The route that takes it.
        than: Route,
    },
    /// It takes other methods.
    OtherMethod {
        /// These.
        only: Vec<Method>,
    },
    /// It speaks another protocol.
    OtherProtocol {
        /// This one.
        speaks: Protocol,
    },
    /// A segment that it captures is not percent-encoded UTF-8.
    BadEncoding {
        /// The segment.
        segment: String,
    },
    /// A segment differs from the template's.
    OtherSegment {
        /// Its place, from 1.
        place: usize,
        /// What the path has there; nothing where it ends before.
        found: Option<String>,
        /// What the template has there; nothing where it ends before.
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
            Self::OtherProtocol {
                speaks: Protocol::Ws,
            } => f.write_str("is a WebSocket"),
            Self::OtherProtocol { .. } => f.write_str("is no WebSocket"),
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

impl Explanation {
    /// The route that takes the request.
    pub fn taken(&self) -> Option<&Route> {
        let taken = |candidate: &&Candidate| matches!(candidate.verdict, Verdict::Takes { .. });
        self.candidates
            .iter()
            .find(taken)
            .map(|candidate| &candidate.route)
    }

    /// The routes that could have taken it, in the order of the table.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// What the library answers where no route takes the request; a 404 may be a fallback's to answer.
    pub fn status(&self) -> Option<StatusCode> {
        match self.outcome {
            Outcome::Found | Outcome::Mounted => None,
            Outcome::NotFound | Outcome::NoWebSocket => Some(StatusCode::NOT_FOUND),
            Outcome::NotAllowed(_) if self.question.method == Method::OPTIONS => {
                Some(StatusCode::NO_CONTENT)
            }
            Outcome::NotAllowed(_) => Some(StatusCode::METHOD_NOT_ALLOWED),
            Outcome::UpgradeRequired => Some(StatusCode::UPGRADE_REQUIRED),
            Outcome::BadEncoding => Some(StatusCode::BAD_REQUEST),
        }
    }

    /// The methods that the answer's `Allow` names; none where it has no `Allow`.
    pub fn allow(&self) -> &[Method] {
        match &self.outcome {
            Outcome::NotAllowed(methods) => methods,
            _ => &[],
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.question)?;
        let rows = self.candidates.iter().map(|Candidate { route, verdict }| {
            let mark = match verdict {
                Verdict::Takes { .. } => "->",
                _ => "",
            };
            vec![
                format!("  {mark:2}"),
                route.to_string(),
                route.name().into(),
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

impl PolyHandler {
    /// Which routes could take a request, and why each but one does not.
    ///
    /// Asks no handler and no filter, and does not know what a filter around the application changes.
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
    pub fn explain(&self, request: impl Into<Question>) -> Explanation {
        let question = request.into();
        let search = Router::of(self).and_then(|router| Search::new(router, &question));
        let (candidates, outcome) = match search {
            Some(search) => search.conclude(),
            None => (Vec::new(), Outcome::NotFound),
        };
        Explanation {
            question,
            candidates,
            outcome,
        }
    }
}

/// What became of a request.
struct Search<'a> {
    leaves: Vec<Leaf>,
    asked: Asked<'a>,
    /// The path's segments, as they were sent.
    segments: Vec<&'a str>,
    /// The way to the route or mount that the path leads to, as far as it does.
    way: Vec<usize>,
    led_to: Option<Route>,
    outcome: Outcome,
}

impl<'a> Search<'a> {
    fn new(router: &Router, question: &'a Question) -> Option<Self> {
        let path = Path::new(&question.path)?;
        let asked = Asked::new(question.protocol, &question.method);
        let mut way = Vec::new();
        let captures = [(0, 0); MAX_PARAMS];
        let start = (0, captures, 0);
        let outcome = follow(router, &path, asked, start, &mut way);
        let segments = match question.path.as_str() {
            "/" => Vec::new(),
            path => path.split('/').skip(1).collect(),
        };
        Some(Self {
            leaves: router.leaves(),
            led_to: at_end_of(&way, router),
            asked,
            segments,
            way,
            outcome,
        })
    }

    fn conclude(self) -> (Vec<Candidate>, Outcome) {
        let judged = self.leaves.iter().map(|leaf| (leaf, self.judge(leaf)));
        let judged: Vec<_> = judged.collect();
        let matches = |verdict: &Verdict| !matches!(verdict, Verdict::OtherSegment { .. });
        let any = judged.iter().any(|(_, verdict)| matches(verdict));
        // Where no route has the path, those that come nearest help most.
        let nearest = judged
            .iter()
            .filter_map(|(_, verdict)| distance(verdict))
            .max();
        let candidates = judged
            .into_iter()
            .filter(|(_, verdict)| match distance(verdict) {
                None => true,
                Some(place) => !any && place > 1 && Some(place) == nearest,
            });
        let candidates = candidates.map(|(leaf, verdict)| Candidate {
            route: leaf.route.clone(),
            verdict,
        });
        (candidates.collect(), self.outcome)
    }

    fn judge(&self, leaf: &Leaf) -> Verdict {
        let captured = match self.captured(leaf) {
            Ok(captured) => captured,
            Err(verdict) => return verdict,
        };
        let (speaks, takes) = (leaf.takes.protocol, &leaf.takes);
        if speaks != self.asked.protocol && speaks != Protocol::Mount {
            return Verdict::OtherProtocol { speaks };
        }
        if takes.fit(self.asked).is_none() {
            let only = leaf.route.methods.clone();
            return Verdict::OtherMethod { only };
        }
        match &self.led_to {
            Some(than) if !leaf.way.starts_with(&self.way) => Verdict::Later { than: than.clone() },
            _ => decoded(captured),
        }
    }

    /// The raw value of each parameter.
    fn captured<'l>(&'l self, leaf: &'l Leaf) -> Result<Vec<(&'l str, String)>, Verdict> {
        let mut captured = Vec::new();
        for (index, expected) in leaf.segments.iter().enumerate() {
            let found = self.segments.get(index).copied();
            match (expected, found) {
                (TemplateSegment::Rest { name }, _) => {
                    let rest = self.segments.get(index..).unwrap_or_default();
                    captured.push((name.as_str(), rest.join("/")));
                    return Ok(captured);
                }
                (TemplateSegment::Parameter { name, .. }, Some(found)) if !found.is_empty() => {
                    captured.push((name.as_str(), found.to_owned()));
                }
                (TemplateSegment::Literal(literal), Some(found))
                    if percent_decoded(found).is_some_and(|found| found == *literal) => {}
                _ => return Err(other_segment(index, found, Some(expected))),
            }
        }
        let count = leaf.segments.len();
        match self.segments.get(count) {
            Some(found) if !leaf.is_open() => Err(other_segment(count, Some(found), None)),
            _ => Ok(captured),
        }
    }
}

/// The route or mount at the end of `way`.
fn at_end_of(way: &[usize], router: &Router) -> Option<Route> {
    let (&first, further) = way.split_first()?;
    let route = router.table().route(first);
    match (further, router.mounted(first)) {
        ([], _) | (_, None) => Some(route),
        (further, Some(inner)) => Some(at_end_of(further, inner)?.under(&route.template)),
    }
}

fn decoded(captured: Vec<(&str, String)>) -> Verdict {
    let mut params = Vec::new();
    for (name, raw) in captured {
        match percent_decoded(&raw) {
            Some(value) => params.push((name.to_owned(), value.into_owned())),
            None => return Verdict::BadEncoding { segment: raw },
        }
    }
    Verdict::Takes { params }
}

fn other_segment(index: usize, found: Option<&str>, expected: Option<&TemplateSegment>) -> Verdict {
    Verdict::OtherSegment {
        place: index + 1,
        found: found.map(str::to_owned),
        expected: expected.map(|segment| match segment {
            TemplateSegment::Literal(text) => text.clone(),
            TemplateSegment::Parameter { name, .. } => format!("<{name}>"),
            TemplateSegment::Rest { name } => format!("<{name}..>"),
        }),
    }
}

/// How far a path went along with a template that it does not match.
fn distance(verdict: &Verdict) -> Option<usize> {
    match verdict {
        Verdict::OtherSegment { place, .. } => Some(*place),
        _ => None,
    }
}

/// Goes through routers, as a request does; `way` gets the place in each table.
fn follow(
    router: &Router,
    path: &Path<'_>,
    asked: Asked<'_>,
    (at, mut captures, outer): (usize, Captures, usize),
    way: &mut Vec<usize>,
) -> Outcome {
    let Some(found) = router.find(path, asked, at, &mut captures, outer) else {
        return router.outcome(path, asked, at);
    };
    way.push(found.route);
    let params = router.params(found.route);
    let captured = captures.get(outer..outer + params).unwrap_or_default();
    if path.is_encoded() && !path.decodes(captured) {
        return Outcome::BadEncoding;
    }
    match router.mounted(found.route) {
        Some(inner) => follow(
            inner,
            path,
            asked,
            (found.at, captures, outer + params),
            way,
        ),
        None => Outcome::Found,
    }
}
