//! The options of a connection's socket.

use std::io;

use socket2::SockRef;
#[cfg(feature = "server")]
use tokio::net::TcpListener;
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

/// The bytes that wait in the kernel and are not sent yet.
///
/// The kernel accepts more when half of them have left. At 2 kB/s these steps take 4 s, which is
/// within every deadline. The peer's receive buffer adds steps of its own, which no value shortens.
/// A larger value makes the steps of this side longer. A smaller one costs more calls, as this one
/// may for a fast peer. A server raises it while it writes a long payload to such a peer.
pub(crate) const UNSENT: u32 = 16 * 1024;

/// The bytes on their way in one round trip. Systems that only limit the whole send buffer count
/// them too.
#[cfg_attr(any(target_os = "linux", target_os = "android"), allow(dead_code))]
const ON_THEIR_WAY: usize = 112 * 1024;

/// Sets the options that every TCP connection needs, on either side.
///
/// Nagle's algorithm is off, because it would delay a second small message until the first is
/// acknowledged. The kernel holds little that is unsent. Otherwise it would take megabytes per
/// connection, the session could not drop a waiting message for a newer one, and the progress of
/// the peer would not show. The kernel holds about `unsent` bytes.
///
/// # Errors
///
/// Fails if the connection is lost already.
pub(crate) fn prepare_tcp(stream: &TcpStream, unsent: u32) -> io::Result<()> {
    prepare(SockRef::from(stream), unsent)
}

/// Sets the options of connections on their listener, from which they may inherit them.
///
/// # Errors
///
/// Fails if the system does not have one of the options for a listener.
#[cfg(feature = "server")]
pub(crate) fn prepare_listener(listener: &TcpListener, unsent: u32) -> io::Result<()> {
    prepare(SockRef::from(listener), unsent)
}

fn prepare(socket: SockRef<'_>, unsent: u32) -> io::Result<()> {
    socket.set_tcp_nodelay(true)?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let bounded = socket.set_tcp_notsent_lowat(unsent);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let bounded = socket.set_send_buffer_size(ON_THEIR_WAY + unsent as usize);
    if let Err(error) = bounded {
        log::debug!("could not limit the kernel send buffer: {error}");
    }
    Ok(())
}

/// Returns `true` if `stream` has the options of [`prepare_tcp`].
#[cfg(all(feature = "server", any(target_os = "linux", target_os = "android")))]
pub(crate) fn is_prepared(stream: &TcpStream, unsent: u32) -> bool {
    let socket = SockRef::from(stream);
    matches!(socket.tcp_nodelay(), Ok(true))
        && socket
            .tcp_notsent_lowat()
            .is_ok_and(|bound| bound == unsent)
}

/// Returns `false`: other systems do not pass on the options of a listener, or not all of them.
#[cfg(all(
    feature = "server",
    not(any(target_os = "linux", target_os = "android"))
))]
pub(crate) fn is_prepared(_stream: &TcpStream, _unsent: u32) -> bool {
    false
}

/// The send buffer of a Unix socket, in bytes of data and bookkeeping. Linux doubles the value.
#[cfg(unix)]
const UNIX_SEND_BUFFER: usize = 64 * 1024;

/// Sets the options of a connection over a Unix socket, on either side, for the same reason: the
/// kernel holds little that the peer has not read. Nothing is on its way here, so that the whole
/// buffer waits for the peer.
#[cfg(unix)]
pub(crate) fn prepare_unix(stream: &UnixStream) {
    if let Err(error) = SockRef::from(stream).set_send_buffer_size(UNIX_SEND_BUFFER) {
        log::debug!("could not limit the kernel send buffer: {error}");
    }
}

#[cfg(all(
    test,
    feature = "server",
    any(target_os = "linux", target_os = "android")
))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_kernel_buffers_as_much_as_configured() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let _peer = TcpStream::connect(listener.local_addr()?).await?;
        let (stream, _address) = listener.accept().await?;
        for unsent in [UNSENT, 512 * 1024] {
            assert!(!is_prepared(&stream, unsent));
            prepare_tcp(&stream, unsent)?;
            assert!(is_prepared(&stream, unsent));
            assert_eq!(SockRef::from(&stream).tcp_notsent_lowat()?, unsent);
        }
        assert!(stream.nodelay()?);
        Ok(())
    }
}
