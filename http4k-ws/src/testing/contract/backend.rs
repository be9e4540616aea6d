//! The traits over which a contract is written.

use http::Uri;

use crate::message::{IntoRequest, Response};
use crate::session::WebSocket;
use crate::session::client::WsClient;
use crate::testing::in_memory::{accepted, valid};

/// An application under test, reached by blocking calls. It is the same on every backend.
///
/// [`contract_test`](crate::contract_test) generates the tests from one function over a backend.
pub trait Backend {
    /// The client of a socket.
    type Client: WsClient;

    /// Opens a socket, or returns the response that refuses it, with its body read.
    ///
    /// # Errors
    ///
    /// Returns the response that refuses the upgrade.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or the application cannot be reached.
    #[track_caller]
    fn try_ws(&self, request: impl IntoRequest) -> Result<Self::Client, Response>;

    /// Opens a socket.
    ///
    /// # Panics
    ///
    /// Panics as [`try_ws`](Self::try_ws) does, and if the upgrade is refused.
    #[track_caller]
    fn ws(&self, request: impl IntoRequest) -> Self::Client {
        let request = valid(request);
        let target = request.uri().clone();
        accepted(self.try_ws(request), &target)
    }

    /// Sends a request, and waits for its response, with its body read.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or the application cannot be reached.
    #[track_caller]
    fn http(&self, request: impl IntoRequest) -> Response;
}

/// An application under test, reached from async code. It is the same on every backend.
///
/// [`contract_test`](crate::contract_test) generates the tests from one `async fn` over a backend.
pub trait AsyncBackend {
    /// Opens a socket, or returns the response that refuses it, with its body read.
    ///
    /// # Errors
    ///
    /// Returns the response that refuses the upgrade.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or the application cannot be reached.
    fn try_ws(
        &self,
        request: impl IntoRequest,
    ) -> impl Future<Output = Result<WebSocket, Response>>;

    /// Opens a socket.
    ///
    /// # Panics
    ///
    /// Panics as [`try_ws`](Self::try_ws) does, and if the upgrade is refused.
    fn ws(&self, request: impl IntoRequest) -> impl Future<Output = WebSocket> {
        let request = valid(request);
        async move {
            let target: Uri = request.uri().clone();
            accepted(self.try_ws(request).await, &target)
        }
    }

    /// Sends a request, and waits for its response, with its body read.
    ///
    /// # Panics
    ///
    /// Panics if `request` is not a valid request, or the application cannot be reached.
    fn http(&self, request: impl IntoRequest) -> impl Future<Output = Response>;
}
