//! The HTTP client with blocking calls.

use super::HttpClient;
use super::error::HttpClientError;
use crate::client::background;
use crate::message::{IntoRequest, IntoResponse, Request, Response, read_whole};

/// An [`HttpClient`] whose calls block. [`HttpClient::blocking`] returns it.
///
/// It works in a plain function, in a test, and inside a runtime of either flavour. Inside a
/// runtime it blocks the current thread, so that a server on the same thread cannot respond
/// meanwhile. The bodies of its responses are in memory.
///
/// # Examples
///
/// ```
/// use http4k_ws::Serve;
/// use http4k_ws::client::HttpClient;
///
/// let server = (|_request| "hello").as_server("127.0.0.1:0").start()?;
/// let client = HttpClient::new().with_base(format!("http://{}", server.addr()))?.blocking();
/// assert_eq!(client.send("/")?.body(), "hello");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct BlockingHttpClient(HttpClient);

impl BlockingHttpClient {
    pub(super) fn new(client: HttpClient) -> Self {
        Self(client)
    }

    /// Sends `request`, and waits for the response.
    ///
    /// # Errors
    ///
    /// Returns [`HttpClientError`] if there is no complete response.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::{HttpClient, HttpClientError};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |_request: Request| StatusCode::NOT_FOUND;
    /// # let server = app.as_server("127.0.0.1:0").start()?;
    /// # let uri = format!("http://{}/", server.addr());
    /// let client = HttpClient::new().blocking();
    /// assert_eq!(client.send(&uri)?.status(), 404);
    ///
    /// server.stop();
    /// assert!(matches!(client.send(&uri), Err(HttpClientError::Dial(_))));
    /// # Ok(())
    /// # }
    /// ```
    pub fn send(&self, request: impl IntoRequest) -> Result<Response, HttpClientError> {
        let (client, request) = (self.0.clone(), request.into_request());
        let runtime = background::runtime().map_err(HttpClientError::broken)?;
        let sent = runtime.spawn(async move { client.send(request).await });
        background::wait(sent).map_err(HttpClientError::broken)?
    }

    /// Sends `request`. If the body of the response ends early, it can be read up to its error.
    #[cfg_attr(not(feature = "server"), allow(dead_code))]
    pub(crate) fn read(&self, request: Request) -> Result<Response, HttpClientError> {
        let client = self.0.clone().streaming();
        let runtime = background::runtime().map_err(HttpClientError::broken)?;
        let sent = runtime.spawn(async move {
            let response = client.send(request).await?;
            Ok(read_whole(response).await)
        });
        background::wait(sent).map_err(HttpClientError::broken)?
    }

    /// Sends `request` as [`send`](Self::send) does, with a failure as the response of a handler:
    /// 502, or 504 for a time-out.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::client::HttpClient;
    /// let client = HttpClient::new().blocking();
    /// assert_eq!(client.call("ftp://localhost/").status(), 500);
    /// ```
    pub fn call(&self, request: impl IntoRequest) -> Response {
        self.send(request)
            .unwrap_or_else(IntoResponse::into_response)
    }
}
