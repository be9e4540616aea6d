//! Why a request goes where it goes.

mod query;
mod search;
mod verdict;

use std::fmt;

use http::{Method, StatusCode};

use super::route::{Route, aligned};
use crate::handler::{Outcome, PolyHandler};
use search::Search;

pub use query::RouteQuery;
pub use verdict::{Candidate, Verdict};

/// Which routes could have taken a request, and why each but one did not.
///
/// `Display` shows it for a terminal: the request, a line for each candidate, and what is answered where
/// none takes it.
#[derive(Debug, Clone)]
pub struct Explanation {
    query: RouteQuery,
    candidates: Vec<Candidate>,
    outcome: Outcome,
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
            Outcome::NotAllowed(_) if self.query.method == Method::OPTIONS => {
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

impl PolyHandler {
    /// Explains which routes could take a request, why each but one does not, and which filters
    /// see the request.
    ///
    /// No handler and no filter is called. A filter around the application that changes the path is
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
        let (candidates, outcome) = match Search::new(self, &query) {
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
