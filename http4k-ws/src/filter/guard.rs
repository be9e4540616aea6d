//! A check of every request, over every protocol.

use std::future::Future;
use std::sync::Arc;

use crate::handler::{
    BoxHttpHandler, BoxPolyFilter, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter,
    WsHandler, WsNext, WsResponse, short_name,
};
use crate::message::{IntoResponse, Request};

/// Checks every request before it reaches the application, over every protocol.
///
/// `check` returns the request, possibly changed, to let it pass. It returns an error to refuse it.
/// The error becomes the response: instead of the handler's over HTTP, instead of 101 before an
/// upgrade. A refused client does not get a socket. A guard before a block or an application also
/// checks requests that no route matches.
///
/// The error may be of any type that implements [`IntoResponse`], such as `StatusCode`,
/// [`Response`](crate::Response), or a type of your own.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::guard;
///
/// async fn signed_in(request: Request) -> Result<Request, StatusCode> {
///     match request.header("x-name") {
///         Some(_) => Ok(request),
///         None => Err(StatusCode::UNAUTHORIZED),
///     }
/// }
///
/// let app = routes! {
///     "/api" with(guard(signed_in)) => {
///         GET "/hello" => http(|| "hello"),
///         "/ws"        => ws(|ws: WebSocket| ws.try_send("hi")),
///     },
/// };
/// assert_eq!(app.test_http("/api/hello").status(), 401);
/// assert_eq!(app.test_http("/api/nothing").status(), 401);
/// assert_eq!(app.try_test_ws("/api/ws").unwrap_err().status(), 401);
/// let ann = || Request::get("/api/ws").header("x-name", "ann");
/// assert!(app.try_test_ws(ann()).is_ok());
/// ```
///
/// A closure that never refuses must name its error type: `Ok::<_, Response>(request)`. Otherwise
/// it is inferred:
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::guard;
///
/// let tokens = ["a", "b"];
/// let known = guard(move |request: Request| async move {
///     match request.header("x-token") {
///         Some(token) if tokens.contains(&token) => Ok(request),
///         _ => Err(StatusCode::FORBIDDEN),
///     }
/// });
/// let app = routes! { GET "/" with(known) => http(|| "hello") };
/// assert_eq!(app.test_http("/").status(), 403);
/// assert_eq!(app.test_http(Request::get("/").header("x-token", "b")).body(), "hello");
/// ```
pub fn guard<F, Fut, R>(check: F) -> BoxPolyFilter
where
    F: Fn(Request) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Request, R>> + Send,
    R: IntoResponse,
{
    BoxPolyFilter::new(Guard(Arc::new(check)))
}

struct Guard<F>(Arc<F>);

impl<F, Fut, R> PolyFilter for Guard<F>
where
    F: Fn(Request) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Request, R>> + Send,
    R: IntoResponse,
{
    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let check = Arc::clone(&self.0);
        let guard = move |request: Request, next: Next| {
            let check = Arc::clone(&check);
            async move {
                // The error need not be `Send`: it becomes a response before the next await.
                let checked = check(request).await.map_err(IntoResponse::into_response);
                match checked {
                    Ok(request) => next.call(request).await,
                    Err(refusal) => refusal,
                }
            }
        };
        guard.then(next)
    }

    fn name(&self) -> String {
        format!("guard({})", short_name::<F>())
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let check = Arc::clone(&self.0);
        let guard = move |request: Request, next: WsNext| {
            let check = Arc::clone(&check);
            async move {
                let checked = check(request).await.map_err(IntoResponse::into_response);
                match checked {
                    Ok(request) => next.call(request).await,
                    Err(refusal) => WsResponse::refuse(refusal),
                }
            }
        };
        guard.then(next)
    }
}
