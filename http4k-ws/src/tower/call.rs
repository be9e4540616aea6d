//! The call of a service for one request.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use tower_service::Service;

use crate::handler::internal_error;
use crate::message::{Body, Request, Response, printable};

pub(super) type BoxError = Box<dyn Error + Send + Sync>;

/// A service of which each request receives a clone.
///
/// The lock is held while the service is cloned, and makes a service usable that is not `Sync`.
pub(super) struct Shared<S>(Mutex<S>);

impl<S: Clone> Shared<S> {
    pub(super) fn new(service: S) -> Self {
        Self(Mutex::new(service))
    }

    /// Calls a clone of the service once it is ready. An error is logged and becomes 500.
    pub(super) fn call<B>(
        &self,
        request: Request,
    ) -> impl Future<Output = Response> + Send + use<S, B>
    where
        S: Service<Request, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>
            + Send,
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let service = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        called(service, request)
    }
}

impl<S> fmt::Debug for Shared<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}

async fn called<S, B>(mut service: S, request: Request) -> Response
where
    S: Service<Request, Response = http::Response<B>, Error: Into<BoxError>>,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    // The clone that is ready is the one to call: it may hold a permit. Errors are converted before
    // the next await, because they need not be `Send`.
    let ready = poll_fn(|cx| service.poll_ready(cx).map_err(Into::into)).await;
    if let Err(error) = ready {
        return failed(&error);
    }
    match service.call(request).await {
        Ok(response) => response.map(body),
        Err(error) => failed(&error.into()),
    }
}

fn failed(error: &BoxError) -> Response {
    log::error!("a tower service failed: {}", printable(error));
    internal_error()
}

/// Converts a body. One of our own, which passed through unchanged, stays as it is.
fn body<B>(body: B) -> Body
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let mut body = Some(body);
    let own = (&mut body as &mut dyn Any).downcast_mut::<Option<Body>>();
    match own.and_then(Option::take) {
        Some(own) => own,
        None => body.map_or_else(Body::empty, Body::new),
    }
}
