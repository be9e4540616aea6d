//! What a contract is written over.

use http::Uri;

use crate::message::{IntoRequest, Response};
use crate::session::WebSocket;
use crate::session::client::WsClient;
use crate::testing::{accepted, made};

/// An application, as a test reaches it that waits in plain functions: the same in every backend.
///
/// See [`contract_test`](crate::contract_test) for the tests that are made of one function over it.
pub trait Backend {
    /// What talks on a socket.
    type Client: WsClient;

    /// Opens a socket, or gives the response that refuses it, whose body is in memory.
    ///
    /// # Errors
    ///
    /// The response of an application that refuses the upgrade.
    ///
    /// # Panics
    ///
    /// When `request` is none, or the application can't be reached.
    #[track_caller]
    fn try_ws(&self, request: impl IntoRequest) -> Result<Self::Client, Response>;

    /// Opens a socket.
    ///
    /// # Panics
    ///
    /// As [`try_ws`](Self::try_ws), and when the application refuses.
    #[track_caller]
    fn ws(&self, request: impl IntoRequest) -> Self::Client {
        let request = made(request);
        let target = request.uri().clone();
        accepted(self.try_ws(request), &target)
    }

    /// Sends a request, and waits for its response, whose body is in memory.
    ///
    /// # Panics
    ///
    /// When `request` is none, or the application can't be reached.
    #[track_caller]
    fn http(&self, request: impl IntoRequest) -> Response;
}

/// An application, as an async test reaches it: the same in every backend.
///
/// See [`contract_test`](crate::contract_test) for the tests that are made of one function over it.
pub trait AsyncBackend {
    /// Opens a socket, or gives the response that refuses it, whose body is in memory.
    ///
    /// # Errors
    ///
    /// The response of an application that refuses the upgrade.
    ///
    /// # Panics
    ///
    /// When `request` is none, or the application can't be reached.
    fn try_ws(
        &self,
        request: impl IntoRequest,
    ) -> impl Future<Output = Result<WebSocket, Response>>;

    /// Opens a socket.
    ///
    /// # Panics
    ///
    /// As [`try_ws`](Self::try_ws), and when the application refuses.
    fn ws(&self, request: impl IntoRequest) -> impl Future<Output = WebSocket> {
        let request = made(request);
        async move {
            let target: Uri = request.uri().clone();
            accepted(self.try_ws(request).await, &target)
        }
    }

    /// Sends a request, and waits for its response, whose body is in memory.
    ///
    /// # Panics
    ///
    /// When `request` is none, or the application can't be reached.
    fn http(&self, request: impl IntoRequest) -> impl Future<Output = Response>;
}
