//! The trait of a listener, and what it accepts.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};

use crate::message::canonical;
use crate::server::long_writes::LongWrites;
use crate::server::stream::Stream;

/// A source of connections for a server, such as a port or a Unix socket.
///
/// [`TcpListener`] and, on Unix, [`UnixListener`](tokio::net::UnixListener) implement it. Implement
/// it to accept connections from something else, or to look at connections before they are served.
/// [`Listeners`](super::Listeners) has more sources, and holds several.
///
/// # Examples
///
/// A listener that accepts from one network only:
///
/// ```
/// use std::io;
///
/// use http4k_ws::{Request, Serve};
/// use http4k_ws::client::HttpClient;
/// use http4k_ws::server::{Accepted, Listen, ListenAddr, ServerConfig};
/// use tokio::net::TcpListener;
///
/// struct FromHere(TcpListener);
///
/// impl Listen for FromHere {
///     async fn accept(&mut self) -> io::Result<Accepted> {
///         loop {
///             let (stream, peer) = self.0.accept().await?;
///             if peer.ip().is_loopback() {
///                 return Ok(Accepted::tcp(stream, peer));
///             }
///         }
///     }
///
///     fn local_addr(&self) -> io::Result<ListenAddr> {
///         Ok(ListenAddr::Tcp(self.0.local_addr()?))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = FromHere(TcpListener::bind("127.0.0.1:0").await?);
/// let uri = format!("http://{}/", listener.local_addr()?);
/// let app = |_request: Request| "hello";
/// tokio::spawn(app.serve_with(listener, ServerConfig::default()));
/// assert_eq!(HttpClient::new().send(uri).await?.body(), "hello");
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a server cannot accept connections from `{Self}`",
    note = "pass a `TcpListener`, a `UnixListener`, a bound `UnixSocket`, a tuple or an array of \
            them, `Listeners`, or a type that implements `Listen`"
)]
pub trait Listen: Send + 'static {
    /// Waits for the next connection.
    ///
    /// # Cancel safety
    ///
    /// The future must lose no connection if it is dropped. A server drops it whenever another
    /// listener accepts, and calls the function again. So it must not await anything between the
    /// accepting of a connection and its return, such as a handshake.
    ///
    /// # Errors
    ///
    /// An error does not end the server. One of a single connection, such as
    /// [`ConnectionAborted`](io::ErrorKind::ConnectionAborted), is ignored. After any other, such
    /// as too many open files, the listener pauses for 10 ms, and then for longer up to 1 s, while
    /// the others go on. The error is logged. A panic counts as an error.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use std::io;
    /// # use http4k_ws::server::{Accepted, Listen, ListenAddr};
    /// # use tokio::net::{TcpListener, TcpStream};
    /// /// Accepts no more than a number of connections.
    /// struct Limited(TcpListener, u32);
    ///
    /// impl Listen for Limited {
    ///     async fn accept(&mut self) -> io::Result<Accepted> {
    ///         if self.1 == 0 {
    ///             return std::future::pending().await;
    ///         }
    ///         let (stream, peer) = self.0.accept().await?;
    ///         self.1 -= 1;
    ///         Ok(Accepted::tcp(stream, peer))
    ///     }
    /// #   fn local_addr(&self) -> io::Result<ListenAddr> {
    /// #       Ok(ListenAddr::Tcp(self.0.local_addr()?))
    /// #   }
    /// }
    /// # let listener = TcpListener::bind("127.0.0.1:0").await?;
    /// # let address = listener.local_addr()?;
    /// # let mut limited = Limited(listener, 1);
    /// # let _client = TcpStream::connect(address).await?;
    /// assert!(limited.accept().await.is_ok());
    /// assert_eq!(limited.1, 0);
    /// # Ok(())
    /// # }
    /// ```
    fn accept(&mut self) -> impl Future<Output = io::Result<Accepted>> + Send;

    /// Returns the address of the listener, which the server reports.
    ///
    /// An address of TCP also decides if [`HostPolicy::by_address`] allows every host. For any
    /// other listener it does.
    ///
    /// # Errors
    ///
    /// An error fails the start of the server.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::ListenAddr;
    /// // The address of a listener of your own that has neither a port nor a path.
    /// let address = ListenAddr::Other("the pipes of a test".to_owned());
    /// assert_eq!(address.to_string(), "the pipes of a test");
    /// ```
    ///
    /// [`HostPolicy::by_address`]: crate::message::HostPolicy::by_address
    fn local_addr(&self) -> io::Result<ListenAddr>;
}

/// A connection that a [`Listen`] accepted.
///
/// # Examples
///
/// ```
/// use std::{future, io};
///
/// use http4k_ws::{Request, Serve};
/// use http4k_ws::server::{Accepted, Listen, ListenAddr, ServerConfig};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
///
/// /// One connection in memory.
/// struct One(Option<DuplexStream>);
///
/// impl Listen for One {
///     async fn accept(&mut self) -> io::Result<Accepted> {
///         match self.0.take() {
///             Some(stream) => Ok(Accepted::new(stream, None)),
///             None => future::pending().await,
///         }
///     }
///
///     fn local_addr(&self) -> io::Result<ListenAddr> {
///         Ok(ListenAddr::Other("memory".to_owned()))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> io::Result<()> {
/// let (mut client, server) = duplex(1024);
/// let app = |_request: Request| "hello";
/// tokio::spawn(app.serve_with(One(Some(server)), ServerConfig::default()));
/// client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await?;
/// let mut response = String::new();
/// client.read_to_string(&mut response).await?;
/// assert!(response.starts_with("HTTP/1.1 200 OK\r\n") && response.ends_with("hello"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Accepted {
    pub(in crate::server) stream: Stream,
    /// The other end, or `None` if it has no address.
    pub(in crate::server) peer: Option<SocketAddr>,
}

impl Accepted {
    /// Returns a connection over TCP from `peer`. An IPv4-mapped address becomes IPv4. The server
    /// sets its options, such as TCP_NODELAY.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::server::Accepted;
    /// # use tokio::net::{TcpListener, TcpStream};
    /// let listener = TcpListener::bind("127.0.0.1:0").await?;
    /// let _client = TcpStream::connect(listener.local_addr()?).await?;
    /// let (stream, _peer) = listener.accept().await?;
    /// let accepted = Accepted::tcp(stream, "[::ffff:192.0.2.1]:4000".parse()?);
    /// assert!(format!("{accepted:?}").contains("192.0.2.1:4000"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn tcp(stream: TcpStream, peer: SocketAddr) -> Self {
        Self {
            stream: Stream::Tcp(Arc::new(stream), LongWrites::default()),
            peer: Some(canonical(peer)),
        }
    }

    /// Returns a connection over a Unix socket, whose peer has no address.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::server::Accepted;
    /// let (_client, server) = tokio::net::UnixStream::pair()?;
    /// let accepted = Accepted::unix(server);
    /// assert!(format!("{accepted:?}").contains("peer: None"));
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(unix)]
    pub fn unix(stream: UnixStream) -> Self {
        Self {
            stream: Stream::Unix(Arc::new(stream)),
            peer: None,
        }
    }

    /// Returns a connection over any stream of bytes. `peer` is the address of the other end, which
    /// counts for [`ServerConfig::max_connections_per_address`]; `None` if there is none.
    ///
    /// Unlike over a socket, the end of the peer's bytes is noticed only once they are read, up to
    /// 256 KiB ahead.
    ///
    /// [`ServerConfig::max_connections_per_address`]:
    /// crate::server::ServerConfig::max_connections_per_address
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::Accepted;
    /// let (_client, server) = tokio::io::duplex(1024);
    /// let accepted = Accepted::new(server, Some(([192, 0, 2, 1], 4000).into()));
    /// assert!(format!("{accepted:?}").contains("192.0.2.1:4000"));
    /// ```
    pub fn new(
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        peer: Option<SocketAddr>,
    ) -> Self {
        Self {
            stream: Stream::Other(Box::new(stream)),
            peer: peer.map(canonical),
        }
    }
}

/// The address of a listener.
///
/// # Examples
///
/// ```
/// use http4k_ws::server::ListenAddr;
///
/// assert_eq!(ListenAddr::Tcp(([127, 0, 0, 1], 80).into()).to_string(), "127.0.0.1:80");
/// assert_eq!(ListenAddr::Unix("/run/app.sock".into()).to_string(), "unix:/run/app.sock");
/// assert_eq!(ListenAddr::Unix("\0app".into()).to_string(), "unix:@app");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListenAddr {
    /// The address and port of a TCP listener.
    Tcp(SocketAddr),
    /// The path of a Unix socket. One that starts with a NUL byte is an abstract name of Linux,
    /// which no file has.
    Unix(PathBuf),
    /// The description of any other listener.
    Other(String),
}

/// Shows an abstract name with `@` for its first byte, as other tools do.
impl fmt::Display for ListenAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => {
                let path = path.to_string_lossy();
                match path.strip_prefix('\0') {
                    Some(name) => write!(f, "unix:@{}", name.escape_debug()),
                    None => write!(f, "unix:{}", path.escape_debug()),
                }
            }
            Self::Other(description) => f.write_str(description),
        }
    }
}

impl Listen for TcpListener {
    async fn accept(&mut self) -> io::Result<Accepted> {
        let (stream, peer) = TcpListener::accept(self).await?;
        Ok(Accepted::tcp(stream, peer))
    }

    fn local_addr(&self) -> io::Result<ListenAddr> {
        let address = TcpListener::local_addr(self)?;
        Ok(ListenAddr::Tcp(canonical(address)))
    }
}

#[cfg(unix)]
impl Listen for UnixListener {
    async fn accept(&mut self) -> io::Result<Accepted> {
        let (stream, _) = UnixListener::accept(self).await?;
        Ok(Accepted::unix(stream))
    }

    fn local_addr(&self) -> io::Result<ListenAddr> {
        unix_addr(socket2::SockRef::from(self))
    }
}

/// Returns the address of a Unix socket.
#[cfg(unix)]
pub(super) fn unix_addr(socket: socket2::SockRef<'_>) -> io::Result<ListenAddr> {
    let address = socket.local_addr()?;
    if let Some(path) = address.as_pathname() {
        return Ok(ListenAddr::Unix(path.to_owned()));
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Some(name) = address.as_abstract_namespace() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let name = [b"\0", name].concat();
        return Ok(ListenAddr::Unix(OsStr::from_bytes(&name).into()));
    }
    Ok(ListenAddr::Other("unix".to_owned()))
}
