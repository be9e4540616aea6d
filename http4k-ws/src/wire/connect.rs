//! The client's side of the opening handshake.

use bytes::Bytes;
use http::{Request, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::guard::FrameGuard;
use super::stream::FrameStream;
use super::{Limits, Wire};

/// Why the opening handshake did not end with an open socket.
#[derive(Debug)]
pub(crate) enum HandshakeError {
    /// The server answered, but not with 101.
    Answered(Response<Bytes>),
    /// The server's answer breaks RFC 6455 §4.1.
    Protocol(String),
    /// The request can't be sent, or the answer is not HTTP.
    Http(String),
    /// The connection broke off.
    Io(std::io::Error),
}

/// Does the opening handshake over `io`. `request` has an absolute URI; the fields of the handshake are
/// added where they are missing.
pub(crate) async fn connect<S>(
    io: S,
    request: Request<()>,
    limits: Limits,
) -> Result<(Wire<S>, Response<()>), HandshakeError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let stream = FrameStream::new(io, Bytes::new(), FrameGuard::of_response());
    match client_async_with_config(request, stream, Some(limits.config())).await {
        Ok((frames, response)) => Ok((Wire::new(frames, Role::Client), response.map(drop))),
        Err(Error::Http(response)) => Err(HandshakeError::Answered(
            (*response).map(|body| body.unwrap_or_default().into()),
        )),
        Err(Error::Protocol(error)) => Err(HandshakeError::Protocol(error.to_string())),
        Err(Error::Io(error)) => Err(HandshakeError::Io(error)),
        Err(other) => Err(HandshakeError::Http(other.to_string())),
    }
}
