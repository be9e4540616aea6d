//! The same clients with no socket: an application is called in memory.

mod client;
mod driver;
#[cfg(all(feature = "server", feature = "client"))]
mod duplex;
mod lots;
mod offline;
mod pipe;
mod seed;
mod world;

pub use client::TestWsClient;
#[cfg(all(feature = "server", feature = "client"))]
pub use duplex::DuplexWsClient;
pub use offline::Offline;
pub use seed::with_seed;

use http::Uri;

use crate::handler::{Handshake, PolyHandler, SessionConfig, WebSocket, open};
use crate::message::{Body, IntoRequest, Request, Response, WsStatus, copy_of_head};
use lots::Lots;
use pipe::Line;
use world::World;

impl PolyHandler {
    /// Opens a socket in memory, as a client that waits in a plain function.
    ///
    /// # Panics
    ///
    /// When the application refuses the upgrade, or `request` is none: a test that expects a refusal
    /// calls [`try_test_ws`](Self::try_test_ws).
    #[track_caller]
    pub fn test_ws(&self, request: impl IntoRequest) -> TestWsClient {
        self.test_ws_with(request, SessionConfig::default())
    }

    /// As [`test_ws`](Self::test_ws), with other bounds at the application's end.
    ///
    /// # Panics
    ///
    /// As [`test_ws`](Self::test_ws).
    #[track_caller]
    pub fn test_ws_with(&self, request: impl IntoRequest, config: SessionConfig) -> TestWsClient {
        let request = made(request);
        let target = request.uri().clone();
        accepted(self.try_test_ws_with(request, config), &target)
    }

    /// As [`test_ws_with`](Self::test_ws_with), or the response of an application that refuses.
    pub(crate) fn try_test_ws_with(
        &self,
        request: Request,
        config: SessionConfig,
    ) -> Result<TestWsClient, Response> {
        open_in_world(self.clone(), request, config)
    }

    /// Opens a socket in memory, or gives the response that refuses it.
    ///
    /// # Errors
    ///
    /// The response of an application that refuses the upgrade.
    ///
    /// # Panics
    ///
    /// When `request` is none.
    #[track_caller]
    pub fn try_test_ws(&self, request: impl IntoRequest) -> Result<TestWsClient, Response> {
        open_in_world(self.clone(), made(request), SessionConfig::default())
    }

    /// Sends a request in memory, and waits for its response, whose body is read whole.
    ///
    /// A panic of the handler is answered with 500, as the server does.
    ///
    /// # Panics
    ///
    /// When `request` is none.
    #[track_caller]
    pub fn test_http(&self, request: impl IntoRequest) -> Response {
        let request = made(request);
        let app = self.clone();
        World::of_this_thread().run(async move { whole(app.answer(request).await).await })
    }

    /// Sends a request in memory, inside the current runtime: the asynchronous twin of
    /// [`test_http`](Self::test_http).
    ///
    /// # Panics
    ///
    /// When `request` is none.
    pub async fn send_http(&self, request: impl IntoRequest) -> Response {
        whole(self.answer(made(request)).await).await
    }

    /// Opens a socket in memory, inside the current runtime: the asynchronous twin of
    /// [`test_ws`](Self::test_ws). Its time is the runtime's, so `tokio::time::pause` makes it virtual.
    ///
    /// # Errors
    ///
    /// The response of an application that refuses the upgrade.
    ///
    /// # Panics
    ///
    /// When `request` is none, or outside a tokio runtime.
    pub async fn connect_ws(&self, request: impl IntoRequest) -> Result<WebSocket, Response> {
        self.connect_ws_with(made(request), SessionConfig::default())
            .await
    }

    pub(crate) async fn connect_ws_with(
        &self,
        request: Request,
        config: SessionConfig,
    ) -> Result<WebSocket, Response> {
        let (socket, _line) = connect(self.clone(), request, config, None).await?;
        Ok(socket)
    }
}

/// Runs `work` in the world of this thread.
#[cfg(all(feature = "server", feature = "client"))]
pub(crate) fn run<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    World::of_this_thread().run(work)
}

#[track_caller]
pub(crate) fn made(request: impl IntoRequest) -> Request {
    match request.into_request() {
        Ok(request) => request,
        Err(error) => panic!("this is no request: {error}"),
    }
}

/// The socket, where there is one.
///
/// # Panics
///
/// With the response that refuses it.
#[track_caller]
pub(crate) fn accepted<S>(opened: Result<S, Response>, target: &Uri) -> S {
    match opened {
        Ok(socket) => socket,
        Err(response) => {
            let text = response
                .body()
                .as_bytes()
                .map(|bytes| String::from_utf8_lossy(bytes));
            panic!(
                "the upgrade of {target} was refused: {} {}",
                response.status(),
                text.unwrap_or_default()
            )
        }
    }
}

fn open_in_world(
    app: PolyHandler,
    request: Request,
    config: SessionConfig,
) -> Result<TestWsClient, Response> {
    let world = World::of_this_thread();
    let lots = world.lots();
    let opened = world.run(async move {
        match connect(app, request, config, lots).await {
            Ok(opened) => Ok(opened),
            Err(response) => Err(whole(response).await),
        }
    });
    opened.map(|(socket, line)| TestWsClient::new(world, socket, line))
}

/// Does in memory what the server does with an upgrade, and plays the client too.
async fn connect(
    app: PolyHandler,
    request: Request,
    config: SessionConfig,
    lots: Option<Lots>,
) -> Result<(WebSocket, Line), Response> {
    let clients = copy_of_head(&request);
    let (handshake, mut consumer) = app.upgrade(request, &config).await?;
    let config = consumer.session(config);
    let clients_config = SessionConfig::default();
    let subprotocol = handshake.subprotocol.clone();
    let (client_end, server_end) = pipe::pair(clients_config.max_message, config.max_message);
    let line = client_end.line();

    let (socket, session) = open(server_end, handshake, config);
    spawn(session.consumed_by(consumer, socket), lots.as_ref());

    let handshake = Handshake {
        request: clients,
        subprotocol,
        route: None,
    };
    let (socket, session) = open(client_end, handshake, clients_config);
    spawn(session, lots.as_ref());
    Ok((socket, line))
}

fn spawn(session: impl Future<Output = WsStatus> + Send + 'static, lots: Option<&Lots>) {
    match lots {
        None => drop(tokio::spawn(session)),
        Some(lots) => lots.spawn(async move { drop(session.await) }),
    }
}

/// The response with its body in memory; a body that breaks off is cut where it does.
async fn whole(response: Response) -> Response {
    let (head, body) = response.into_parts();
    let body = match body.bytes().await {
        Ok(bytes) => Body::from(bytes),
        Err(_broken) => Body::empty(),
    };
    Response::from_parts(head, body)
}
