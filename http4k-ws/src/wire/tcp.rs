//! The options of a TCP connection.

use std::io;

use socket2::SockRef;
use tokio::net::TcpStream;

/// The bytes that wait in the kernel to be sent at all, beside those on their way.
///
/// The kernel reports room for more when half of them have left. At 2 kB a second these steps take 4 s,
/// which is within every deadline. The peer's receive buffer adds steps of its own, which no mark
/// makes shorter. A larger mark makes the steps of this side longer. A smaller one costs more calls, and
/// so may this one for a fast peer.
const UNSENT: u32 = 16 * 1024;

/// The same if only all of the kernel's send buffer can be bounded, bytes on their way included. It is
/// larger, for it bounds the bytes of one round trip too.
#[cfg_attr(any(target_os = "linux", target_os = "android"), allow(dead_code))]
const SEND_BUFFER: usize = 128 * 1024;

/// Sets what every TCP connection needs, on either side.
///
/// Nagle's algorithm is off, for it would hold a second small message until the first is acknowledged.
/// The kernel holds little that is unsent: it would take megabytes for each connection, a message in its
/// hands can no longer be dropped for a newer one, and the peer's progress would not show.
///
/// # Errors
///
/// The connection is lost already.
pub(crate) fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let bounded = SockRef::from(stream).set_tcp_notsent_lowat(UNSENT);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let bounded = SockRef::from(stream).set_send_buffer_size(SEND_BUFFER);
    if let Err(error) = bounded {
        log::debug!("could not limit the kernel's send buffer: {error}");
    }
    Ok(())
}

#[cfg(all(test, any(target_os = "linux", target_os = "android")))]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn the_kernel_holds_little_for_a_slow_peer() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let _peer = TcpStream::connect(listener.local_addr()?).await?;
        let (stream, _address) = listener.accept().await?;
        prepare(&stream)?;
        assert_eq!(SockRef::from(&stream).tcp_notsent_lowat()?, UNSENT);
        assert!(stream.nodelay()?);
        Ok(())
    }
}
