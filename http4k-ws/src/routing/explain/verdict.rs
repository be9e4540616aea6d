//! What became of one route.

use std::fmt;

use http::Method;

use crate::routing::route::Route;
use crate::routing::table::Protocol;

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
