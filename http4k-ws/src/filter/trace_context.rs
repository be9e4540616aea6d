//! The trace of a request over several servers (W3C Trace Context).

mod parse;

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::request_span::label_request;
use crate::describe::{DescribeRequest, FieldDescription, RouteDescription, SchemaOf};
use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter, WsHandler,
    WsNext,
};
use crate::lens::{Header, LensFailure, Modifier};
use crate::message::{FromRequest, NeededValue, Rejection, Request};
use crate::session::WebSocket;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
const NEEDED: NeededValue = NeededValue::of::<TraceContext>("trace_context()");

/// The trace that a request belongs to (W3C Trace Context), which [`trace_context`] sets. A handler
/// receives it as the argument `_`, and a filter reads it from the extensions of the request.
///
/// A call to another server continues the trace with [`propagate`](Self::propagate), or with
/// `request.with(&context)` beside lenses. The context is a value that the handler passes on, as it
/// passes on everything else. There is no context of a task or a thread, which a spawned task, a
/// callback or a socket would lose without notice.
///
/// An application in which a route has the argument and not the filter is refused when it is built.
/// `Option<TraceContext>` is `None` without the filter.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{TraceContext, trace_context};
///
/// async fn stock(trace: TraceContext, warehouse: PolyHandler) -> Result<Response, Response> {
///     let request = "/stock".into_request().map_err(|_| StatusCode::NOT_FOUND.into_response())?;
///     // `warehouse` may be an `HttpClient` as well.
///     Ok(warehouse.http().call(trace.propagate(request)).await)
/// }
///
/// let echo = |request: Request| request.header("traceparent").unwrap_or_default().to_owned();
/// let warehouse = routes! { "/stock" => http(echo) };
/// let shop = routes! { "/" => http(stock(_, warehouse)) }.with(trace_context());
///
/// let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// let seen = shop.test_http(Request::get("/").header("traceparent", parent));
/// let seen = seen.body().as_text().unwrap();
/// assert!(seen.starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
/// assert!(!seen.contains("b7ad6b7169203331"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    parent_id: Option<u64>,
    span_id: u64,
    flags: u8,
    state: Option<Arc<str>>,
}

/// The bit of the flags that marks a trace as recorded (§3.2.2.5).
const SAMPLED: u8 = 0x01;

impl TraceContext {
    /// Returns the context of a request with these fields. Without a valid `traceparent`, it is
    /// that of a new trace, which is not sampled.
    fn received(headers: &HeaderMap) -> Self {
        let span_id = non_zero(rand::random);
        match parse::parent(headers) {
            Some(parent) => Self {
                trace_id: parent.trace_id,
                parent_id: Some(parent.parent_id),
                span_id,
                // A caller may set no other flag, and none is passed on.
                flags: parent.flags & SAMPLED,
                state: parse::state(headers),
            },
            None => Self {
                trace_id: non_zero(rand::random),
                parent_id: None,
                span_id,
                flags: 0,
                state: None,
            },
        }
    }

    /// Returns the id of the trace, 32 lower-case hexadecimal digits.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{TraceContext, trace_context};
    /// use http4k_ws::prelude::*;
    ///
    /// async fn id(trace: TraceContext) -> String {
    ///     trace.trace_id()
    /// }
    ///
    /// let app = routes! { GET "/" => http(id(_)) }.with(trace_context());
    /// let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    /// let response = app.test_http(Request::get("/").header("traceparent", parent));
    /// assert_eq!(response.body(), "0af7651916cd43dd8448eb211c80319c");
    /// ```
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.trace_id)
    }

    /// Returns the id of this request in the trace, 16 lower-case hexadecimal digits. It is the
    /// parent of every call that [`propagate`](Self::propagate) marks.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{TraceContext, trace_context};
    /// use http4k_ws::prelude::*;
    ///
    /// async fn is_named(trace: TraceContext) -> String {
    ///     trace.traceparent().contains(&trace.span_id()).to_string()
    /// }
    ///
    /// let app = routes! { GET "/" => http(is_named(_)) }.with(trace_context());
    /// assert_eq!(app.test_http("/").body(), "true");
    /// ```
    pub fn span_id(&self) -> String {
        format!("{:016x}", self.span_id)
    }

    /// Returns the id of the caller's request, 16 lower-case hexadecimal digits. `None` if the
    /// trace began here.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{TraceContext, trace_context};
    /// use http4k_ws::prelude::*;
    ///
    /// async fn parent(trace: TraceContext) -> String {
    ///     trace.parent_id().unwrap_or_else(|| "a new trace".to_owned())
    /// }
    ///
    /// let app = routes! { GET "/" => http(parent(_)) }.with(trace_context());
    /// assert_eq!(app.test_http("/").body(), "a new trace");
    /// let caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    /// let response = app.test_http(Request::get("/").header("traceparent", caller));
    /// assert_eq!(response.body(), "b7ad6b7169203331");
    /// ```
    pub fn parent_id(&self) -> Option<String> {
        self.parent_id.map(|id| format!("{id:016x}"))
    }

    /// Returns `true` if the caller may have recorded its part of the trace.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{TraceContext, trace_context};
    /// use http4k_ws::prelude::*;
    ///
    /// async fn is_sampled(trace: TraceContext) -> String {
    ///     trace.is_sampled().to_string()
    /// }
    ///
    /// let app = routes! { GET "/" => http(is_sampled(_)) }.with(trace_context());
    /// assert_eq!(app.test_http("/").body(), "false");
    /// let sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    /// let request = Request::get("/").header("traceparent", sampled);
    /// assert_eq!(app.test_http(request).body(), "true");
    /// ```
    pub fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// Marks the trace as one that is recorded here, or as one that is not. Default: as the caller
    /// has marked it, and not recorded for a new trace.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{TraceContext, trace_context};
    /// use http4k_ws::prelude::*;
    ///
    /// async fn recorded(trace: TraceContext) -> String {
    ///     trace.with_sampled(true).traceparent()
    /// }
    ///
    /// let app = routes! { GET "/" => http(recorded(_)) }.with(trace_context());
    /// assert!(app.test_http("/").body().as_text().unwrap().ends_with("-01"));
    /// ```
    #[must_use]
    pub fn with_sampled(mut self, sampled: bool) -> Self {
        self.flags = (self.flags & !SAMPLED) | if sampled { SAMPLED } else { 0 };
        self
    }

    /// Returns the value of `traceparent` for a call to another server, in version 00.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{TraceContext, trace_context};
    /// use http4k_ws::prelude::*;
    ///
    /// async fn next(trace: TraceContext) -> String {
    ///     trace.traceparent()
    /// }
    ///
    /// let app = routes! { GET "/" => http(next(_)) }.with(trace_context());
    /// let response = app.test_http("/");
    /// assert!(response.body().as_text().unwrap().starts_with("00-"));
    /// ```
    pub fn traceparent(&self) -> String {
        let (trace_id, span_id, flags) = (self.trace_id, self.span_id, self.flags);
        format!("00-{trace_id:032x}-{span_id:016x}-{flags:02x}")
    }

    /// Returns the members of `tracestate`, which other systems of tracing read. `None` without
    /// any.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{TraceContext, trace_context};
    /// use http4k_ws::prelude::*;
    ///
    /// async fn state(trace: TraceContext) -> Option<String> {
    ///     trace.tracestate().map(str::to_owned)
    /// }
    ///
    /// let app = routes! { GET "/" => http(state(_)) }.with(trace_context());
    /// let request = Request::get("/")
    ///     .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    ///     .header("tracestate", "vendor=7");
    /// assert_eq!(app.test_http(request).body(), "vendor=7");
    /// assert_eq!(app.test_http("/").status(), 404); // `None`
    /// ```
    pub fn tracestate(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// Returns `request` as a part of this trace, for a call to another server: `traceparent` names
    /// this request as the parent, and `tracestate` is passed on.
    ///
    /// Both fields are replaced, also those that a forwarded request already has.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{TraceContext, trace_context};
    /// use http4k_ws::prelude::*;
    ///
    /// async fn call(trace: TraceContext) -> String {
    ///     let forwarded = "/stock".into_request().unwrap().with_header("traceparent", "forged");
    ///     let request = trace.propagate(forwarded);
    ///     (request.header("traceparent") == Some(&*trace.traceparent())).to_string()
    /// }
    ///
    /// let app = routes! { GET "/" => http(call(_)) }.with(trace_context());
    /// assert_eq!(app.test_http("/").body(), "true");
    /// ```
    #[must_use]
    pub fn propagate(&self, mut request: Request) -> Request {
        let fields = request.headers_mut();
        let parent = HeaderValue::try_from(self.traceparent()).expect("hexadecimal digits");
        fields.insert(TRACEPARENT, parent);
        fields.remove(TRACESTATE);
        let state = self.tracestate().map(HeaderValue::from_str);
        if let Some(Ok(state)) = state {
            fields.insert(TRACESTATE, state);
        }
        request
    }

    /// Sets the fields of the span of `request`.
    pub(super) fn label(&self, request: &Request) {
        label_request(request, "trace_id", &self.trace_id());
        label_request(request, "span_id", &self.span_id());
        if let Some(parent) = self.parent_id() {
            label_request(request, "parent_id", &parent);
        }
    }
}

/// Repeats `random` until the id is valid: zero is not (§3.2.2.3, §3.2.2.4).
fn non_zero<T: Default + PartialEq>(random: impl Fn() -> T) -> T {
    loop {
        let id = random();
        if id != T::default() {
            return id;
        }
    }
}

impl fmt::Debug for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceContext")
            .field("trace_id", &self.trace_id())
            .field("parent_id", &self.parent_id())
            .field("span_id", &self.span_id())
            .field("is_sampled", &self.is_sampled())
            .finish_non_exhaustive()
    }
}

impl FromRequest for TraceContext {
    const NEEDS: &'static [NeededValue] = &[NEEDED];

    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let context = request.extensions().get::<Self>().cloned();
        context.ok_or_else(|| NEEDED.rejection(request))
    }
}

/// The two fields of the recommendation, which a client may send.
impl DescribeRequest for TraceContext {
    type Body = ();

    fn describe(route: &mut RouteDescription, _: Option<SchemaOf>) {
        let fields = [
            (
                "traceparent",
                "The trace of the request, and the caller in it.",
            ),
            ("tracestate", "Further data about the trace."),
        ];
        route.fields.extend(fields.map(|(name, docs)| {
            let lens = Header::string(name).optional();
            FieldDescription::of::<str>(lens.meta().clone()).with_docs(docs)
        }));
    }
}

/// Continues the trace, as [`TraceContext::propagate`] does. It never fails.
impl Modifier<Request> for &TraceContext {
    fn modify(self, request: Request) -> Result<Request, LensFailure> {
        Ok(self.propagate(request))
    }
}

/// Reads the trace that each request belongs to (W3C Trace Context), and puts it in the extensions
/// as a [`TraceContext`].
///
/// The recommendation decides what is valid (§3.2, §3.3). A request without a valid `traceparent`,
/// or with several, begins a new trace. A higher version is read as far as version 00 defines it.
/// An invalid `tracestate`, one with more than 32 members, or one of more than 512 characters is
/// dropped, and the trace goes on.
///
/// The span of the request (`filter::request_span`) and that of a socket
/// have the fields `trace_id`, and the former `span_id` and `parent_id`. The request of a socket
/// and of a stream of events has the extension. Nothing is sent to the client. The ids of a client
/// are taken as they are, so a client can choose them; they identify nothing but log lines.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{TraceContext, trace_context};
///
/// async fn show(trace: TraceContext) -> String {
///     trace.trace_id()
/// }
///
/// let app = routes! { "/" => http(show(_)) }.with(trace_context());
/// let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// let response = app.test_http(Request::get("/").header("traceparent", parent));
/// assert_eq!(response.body(), "0af7651916cd43dd8448eb211c80319c");
/// ```
pub fn trace_context() -> impl PolyFilter + Clone {
    ReadTrace
}

#[derive(Clone)]
struct ReadTrace;

fn traced(request: &mut Request) -> TraceContext {
    let context = TraceContext::received(request.headers());
    request.extensions_mut().insert(context.clone());
    context.label(request);
    context
}

impl PolyFilter for ReadTrace {
    fn name(&self) -> String {
        "trace_context".to_owned()
    }

    fn provides(&self) -> Vec<TypeId> {
        vec![TypeId::of::<TraceContext>()]
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let tracing = move |mut request: Request, next: Next| {
            traced(&mut request);
            async move { next.call(request).await }
        };
        tracing.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let tracing = move |mut request: Request, next: WsNext| {
            let context = traced(&mut request);
            async move {
                let response = WsHandler::call(&next, request).await;
                response.map_consumer(|consumer| {
                    consumer.after(move |socket: &mut WebSocket| {
                        socket.label("trace_id", &context.trace_id());
                        socket.kept_request().insert(context);
                    })
                })
            }
        };
        tracing.then(next)
    }
}
