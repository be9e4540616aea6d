//! The failure of a call: a problem for the client, and its cause for the log.

use std::error::Error;
use std::fmt;

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::handles::Replied;
use crate::handler::{AfterPanic, HandlerPanic};
use crate::lens::{Failure, LensFailure};
use crate::message::printable;
use crate::session::SendError;

/// The result of a call: the reply, or its failure.
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{CallProblem, CallResult, CallSocket, Calls, Reply};
/// use http4k_ws::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct Divide(u32, u32);
///
/// #[derive(Calls)]
/// enum Sums {
///     Divide(Divide, Reply<u32>),
/// }
///
/// async fn respond(Sums::Divide(Divide(number, by), reply): Sums) -> CallResult {
///     match number.checked_div(by) {
///         Some(result) => reply.send(result),
///         None => Err(CallProblem::new(StatusCode::UNPROCESSABLE_ENTITY).into()),
///     }
/// }
///
/// async fn sums(ws: CallSocket<Sums>) -> WsResult {
///     ws.serve_calls(respond).await
/// }
///
/// let app = routes! { "/" => ws(sums(ws)) };
/// let mut client = app.test_ws("/");
/// client.send(r#"{"id":1,"call":"divide","args":[6,2]}"#).unwrap();
/// assert_eq!(client.received().next().unwrap().unwrap(), r#"{"id":1,"ok":3}"#);
/// ```
pub type CallResult = Result<Replied, CallFailure>;

/// The reason why a call failed, with the members of `application/problem+json` (RFC 9457).
///
/// A handler returns one with `?`, and the client of the call receives it.
///
/// # Examples
///
/// ```
/// use http4k_ws::StatusCode;
/// use http4k_ws::calls::CallProblem;
///
/// let problem = CallProblem::new(StatusCode::NOT_FOUND).with_detail("no card 7");
/// assert_eq!(problem.to_string(), "404 Not Found: no card 7");
///
/// let json = serde_json::to_string(&problem).unwrap();
/// assert_eq!(json, r#"{"title":"Not Found","status":404,"detail":"no card 7"}"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallProblem {
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(default)]
    title: String,
    #[serde(default = "unknown_status")]
    status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    failures: Vec<ProblemPart>,
}

fn unknown_status() -> u16 {
    StatusCode::INTERNAL_SERVER_ERROR.as_u16()
}

/// A field of the arguments that could not be read.
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{CallProblem, CallSocket, Calls, Reply};
/// use http4k_ws::prelude::*;
///
/// #[derive(Serialize, Deserialize)]
/// struct Greet {
///     name: String,
/// }
///
/// #[derive(Calls)]
/// enum Desk {
///     Greet(Greet, Reply<String>),
/// }
///
/// async fn desk(ws: CallSocket<Desk>) -> WsResult {
///     ws.serve_calls(|Desk::Greet(Greet { name }, reply)| async move { reply.send(name) }).await
/// }
///
/// #[derive(Deserialize)]
/// struct Failed {
///     error: CallProblem,
/// }
///
/// let mut client = desk.test_ws("/");
/// client.send(r#"{"id":1,"call":"greet","args":{"name":7}}"#).unwrap();
/// let reply = client.received().next().unwrap().unwrap();
/// let Failed { error } = serde_json::from_str(&reply.text()).unwrap();
/// let part = &error.failures()[0];
/// assert_eq!((part.kind.as_str(), part.name.as_str()), ("invalid", "greet"));
/// assert_eq!(part.path.as_deref(), Some("args.name"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProblemPart {
    /// The kind of the failure: `missing`, `invalid` or `unsupported`.
    pub kind: String,
    /// The place of the part, such as `message`.
    pub location: String,
    /// The name of the part, which is that of the call.
    pub name: String,
    /// The kind of value that was expected, such as `JSON`.
    pub expected: String,
    /// The path of the value that failed, such as `args.title`. `None` for the whole part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The error, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

impl CallProblem {
    /// Creates a problem with a status and its usual title.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::StatusCode;
    /// use http4k_ws::calls::CallProblem;
    ///
    /// let problem = CallProblem::new(StatusCode::CONFLICT);
    /// assert_eq!((problem.status(), problem.title()), (409, "Conflict"));
    /// assert_eq!((problem.detail(), problem.kind()), (None, None));
    /// ```
    pub fn new(status: StatusCode) -> Self {
        Self {
            kind: None,
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail: None,
            failures: Vec::new(),
        }
    }

    /// Sets the explanation of this occurrence, which the client sees.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::StatusCode;
    /// use http4k_ws::calls::CallProblem;
    ///
    /// let problem = CallProblem::new(StatusCode::CONFLICT).with_detail("the name is taken");
    /// assert_eq!(problem.detail(), Some("the name is taken"));
    /// ```
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Sets the URI that identifies the kind of problem, which is `type` in JSON.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::StatusCode;
    /// use http4k_ws::calls::CallProblem;
    ///
    /// let taken = CallProblem::new(StatusCode::CONFLICT);
    /// let taken = taken.with_kind("https://chat.example/name-taken");
    /// let json = serde_json::to_value(&taken).unwrap();
    /// assert_eq!(json["type"], "https://chat.example/name-taken");
    /// ```
    #[must_use]
    pub fn with_kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// Returns the URI that identifies the kind of problem. `None` if the status says enough.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::CallProblem;
    ///
    /// let json = r#"{"type":"https://chat.example/name-taken","status":409}"#;
    /// let problem: CallProblem = serde_json::from_str(json)?;
    /// assert_eq!(problem.kind(), Some("https://chat.example/name-taken"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// Returns the short description of the kind of problem.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::StatusCode;
    /// use http4k_ws::calls::CallProblem;
    ///
    /// let problem = CallProblem::new(StatusCode::TOO_MANY_REQUESTS);
    /// assert_eq!(problem.title(), "Too Many Requests");
    /// ```
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the status code, with the meaning that it has in HTTP. It is 404 if something is not
    /// found, and 500 if the handler failed.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::CallProblem;
    ///
    /// let gone: CallProblem = serde_json::from_str(r#"{"status":410}"#)?;
    /// assert_eq!(gone.status(), 410);
    /// // A server that sends no status is to blame.
    /// let unclear: CallProblem = serde_json::from_str("{}")?;
    /// assert_eq!(unclear.status(), 500);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the explanation of this occurrence. `None` if there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallProblem, CallResult, CallSocket, Calls, Reply};
    /// use http4k_ws::prelude::*;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Rename(String);
    /// # #[derive(Calls)]
    /// # enum Room {
    /// #     Rename(Rename, Reply<()>),
    /// # }
    ///
    /// async fn rename(Room::Rename(Rename(name), _reply): Room) -> CallResult {
    ///     let taken = CallProblem::new(StatusCode::CONFLICT);
    ///     Err(taken.with_detail(format!("{name} is taken")).into())
    /// }
    ///
    /// # async fn room(ws: CallSocket<Room>) -> WsResult {
    /// #     ws.serve_calls(rename).await
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let client = room.connect_ws("/").await.unwrap().calls::<Room>();
    /// let error = client.call(Rename("blue".to_owned())).await.unwrap_err();
    /// assert_eq!(error.problem().and_then(CallProblem::detail), Some("blue is taken"));
    /// # }
    /// ```
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Returns the fields that could not be read.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::CallFailure;
    /// use http4k_ws::lens::{Failure, LensFailure, LensFailureKind, Location};
    ///
    /// let part = Failure::new(LensFailureKind::Invalid, Location::Message, "Order", "JSON");
    /// let failure = CallFailure::from(LensFailure::from(part.with_path("count")));
    /// assert_eq!(failure.problem().status(), 400);
    /// assert_eq!(failure.problem().failures().len(), 1);
    /// ```
    pub fn failures(&self) -> &[ProblemPart] {
        &self.failures
    }

    /// Returns the problem of a client whose message could not be read. If this program is to
    /// blame, the problem has only its status.
    pub(super) fn of(failure: &LensFailure) -> Self {
        let problem = Self::new(failure.status());
        if !failure.status().is_client_error() {
            return problem;
        }
        Self {
            failures: failure.failures().iter().map(ProblemPart::new).collect(),
            ..problem.with_detail(failure.to_string())
        }
    }
}

impl ProblemPart {
    fn new(failure: &Failure) -> Self {
        Self {
            kind: failure.kind().as_str().to_owned(),
            location: failure.location().as_str().to_owned(),
            name: failure.name().to_owned(),
            expected: failure.expected().to_owned(),
            path: failure.path().map(str::to_owned),
            cause: failure.cause().map(ToString::to_string),
        }
    }
}

impl fmt::Display for CallProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.title)?;
        match &self.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl Error for CallProblem {}

/// The failure of a call's handler, with the problem that its client receives.
///
/// Every error becomes one with `?`:
///
/// | error | problem |
/// |---|---|
/// | [`CallProblem`] | itself |
/// | [`LensFailure`] | its status and its parts |
/// | any other | 500. The error is logged, and the client does not see its text |
///
/// # Examples
///
/// ```
/// use http4k_ws::StatusCode;
/// use http4k_ws::calls::{CallFailure, CallProblem};
///
/// let failure = CallFailure::from(std::io::Error::other("the disk is full"));
/// assert_eq!(failure.problem().to_string(), "500 Internal Server Error");
///
/// let failure = CallFailure::from(CallProblem::new(StatusCode::CONFLICT));
/// assert_eq!(failure.problem().status(), 409);
/// ```
pub struct CallFailure {
    problem: CallProblem,
    /// The error that is logged and not sent.
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl CallFailure {
    /// Returns the problem that the client receives.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallFailure, CallProblem};
    /// use http4k_ws::StatusCode;
    ///
    /// fn withdraw(balance: u32, amount: u32) -> Result<u32, CallFailure> {
    ///     let low = CallProblem::new(StatusCode::CONFLICT).with_detail("the balance is too low");
    ///     Ok(balance.checked_sub(amount).ok_or(low)?)
    /// }
    ///
    /// assert_eq!(withdraw(10, 3).unwrap(), 7);
    /// let failure = withdraw(10, 30).unwrap_err();
    /// assert_eq!(failure.problem().to_string(), "409 Conflict: the balance is too low");
    /// ```
    pub fn problem(&self) -> &CallProblem {
        &self.problem
    }

    /// Returns the error that is logged and not sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::StatusCode;
    /// use http4k_ws::calls::{CallFailure, CallProblem};
    ///
    /// let failure = CallFailure::from(std::io::Error::other("the disk is full"));
    /// assert_eq!(failure.cause().unwrap().to_string(), "the disk is full");
    /// assert_eq!(failure.problem().detail(), None); // The client does not see it.
    /// assert!(CallFailure::from(CallProblem::new(StatusCode::CONFLICT)).cause().is_none());
    /// ```
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }

    /// Logs the cause of the failed call `name`, and returns the problem.
    pub(super) fn into_problem(self, name: &str) -> CallProblem {
        if let Some(cause) = &self.cause {
            log::error!("the call `{name}` failed: {}", printable(cause));
        }
        self.problem
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for CallFailure {
    fn from(error: E) -> Self {
        let cause = match error.into().downcast::<CallProblem>() {
            Ok(problem) => {
                return Self {
                    problem: *problem,
                    cause: None,
                };
            }
            Err(cause) => cause,
        };
        let failure = match cause.downcast_ref() {
            Some(SendError::Unencodable(failure)) => Some(failure),
            _ => cause.downcast_ref::<LensFailure>(),
        };
        let problem = match failure {
            Some(failure) => CallProblem::of(failure),
            None => CallProblem::new(StatusCode::INTERNAL_SERVER_ERROR),
        };
        let is_logged = problem.status >= 500;
        Self {
            problem,
            cause: is_logged.then_some(cause),
        }
    }
}

/// The panic is logged at its place.
impl AfterPanic for CallResult {
    fn after_panic(_panic: HandlerPanic) -> Self {
        Err(CallProblem::new(StatusCode::INTERNAL_SERVER_ERROR).into())
    }
}

impl fmt::Debug for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallFailure")
            .field("problem", &self.problem)
            .field(
                "cause",
                &self
                    .cause
                    .as_ref()
                    .map(|cause| printable(cause).to_string()),
            )
            .finish()
    }
}
