//! The listeners of a server: ports, Unix sockets, and types of the user.
//!
//! 1. Each listener is accepted from in turn, so that none starves.
//! 2. The attempts of all listeners are dropped when one of them accepts, as [`Listen::accept`]
//!    allows.
//! 3. A listener that fails pauses by itself. The pause is kept across attempts.

mod backoff;
mod bind;
mod inherited;
mod listen;
mod source;
#[cfg(unix)]
mod unix;

use std::future::poll_fn;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::Poll;

use tokio::net::{ToSocketAddrs, lookup_host};
use tokio::time::{Sleep, sleep};

use backoff::Backoff;
use inherited::Inherited;
pub use listen::{Accepted, Listen, ListenAddr};
use source::{Source, StdListener};
#[cfg(unix)]
use unix::SocketFile;
#[cfg(unix)]
pub use unix::{BoundUnixSocket, UnixSocket};

use super::stream::Stream;

/// Several listeners of one server.
///
/// Every [`Listen`] converts into it, and so does a [`BoundUnixSocket`](super::UnixSocket), a
/// `TcpListener` or `UnixListener` of std, and a tuple of two to four, an array, or a `Vec` of
/// these. So all of them can be passed to [`serve_with`](crate::Serve::serve_with).
///
/// Those of std may be inherited from another process, and may block: the server sets them to
/// non-blocking mode when it starts. They can be created without a runtime. A listener of tokio
/// must be created inside a runtime, which must exist for as long as the server.
///
/// # Examples
///
/// ```
/// use std::net::TcpListener;
///
/// use http4k_ws::{Request, Serve};
/// use http4k_ws::client::HttpClient;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let one = TcpListener::bind("127.0.0.1:0")?;
/// let other = TcpListener::bind("127.0.0.1:0")?;
/// let server = (|_request: Request| "hello").as_server_with((one, other)).start()?;
///
/// let client = HttpClient::new().blocking();
/// for address in server.addrs() {
///     assert_eq!(client.send(format!("http://{address}/"))?.body(), "hello");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Listeners {
    all: Vec<Entry>,
    /// The listener that is polled first. It changes with each connection, so that none starves.
    next: usize,
}

/// One listener.
#[derive(Debug)]
struct Entry {
    // In front of the listener, so that the file is never one that refuses connections.
    #[cfg(unix)]
    _file: Option<SocketFile>,
    source: Source,
    place: Place,
    inherited: Inherited,
    backoff: Backoff,
    pause: Option<Pin<Box<Sleep>>>,
}

/// The facts of a listener that all its connections share.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// The address that all TCP listeners of the server count as, which may be unspecified: one
    /// that other machines can reach, if there is one. `None` for any other listener.
    pub(super) bound: Option<IpAddr>,
    /// The connections are not encrypted, also if the server has TLS.
    pub(super) plain: bool,
    /// The connection has the options of [`Listeners::offer_options`].
    pub(super) prepared: bool,
}

impl Listeners {
    /// Returns no listeners.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::server::{Listeners, ServerConfig};
    /// assert!(Listeners::new().addrs()?.is_empty());
    /// // There is nothing to serve.
    /// let app = |_request: Request| "hello";
    /// assert!(app.serve_with(Listeners::new(), ServerConfig::default()).await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Listens at `address`, or at every address that a name such as `localhost` resolves to, as
    /// [`serve`](crate::Serve::serve) does. Port 0 selects a free port, the same at every address.
    ///
    /// # Errors
    ///
    /// Fails if an address cannot be resolved or bound.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime with I/O.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::server::{ListenAddr, Listeners};
    /// let listeners = Listeners::bind("127.0.0.1:0").await?;
    /// let [ListenAddr::Tcp(address)] = listeners.addrs()?[..] else { panic!("one address") };
    /// assert_ne!(address.port(), 0);
    /// assert!(Listeners::bind(address).await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        Self::bind_all(lookup_host(address).await?).await
    }

    /// Adds `listener`, or several.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use http4k_ws::server::Listeners;
    /// let internal = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let listeners = Listeners::bind("127.0.0.1:0").await?.and(internal);
    /// assert_eq!(listeners.addrs()?.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn and(mut self, listener: impl Into<Self>) -> Self {
        self.all.extend(listener.into().all);
        self
    }

    /// Serves the connections of these listeners without TLS, also if the server has it. Listeners
    /// that are added later are not affected.
    ///
    /// For a Unix socket or a loopback port beside an encrypted port. It has no effect without
    /// [`ServerConfig::tls`](super::ServerConfig).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # #[cfg(feature = "tls")] {
    /// # use http4k_ws::prelude::*;
    /// # use http4k_ws::client::HttpClient;
    /// # use http4k_ws::server::{Listeners, ServerConfig, ServerTls};
    /// # use tokio::net::TcpListener;
    /// # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    /// # let tls = ServerTls::from_pem(made.cert.pem(), made.signing_key.serialize_pem())?;
    /// let health = TcpListener::bind("127.0.0.1:0").await?;
    /// let uri = format!("http://{}/", health.local_addr()?);
    /// let encrypted = TcpListener::bind("127.0.0.1:0").await?;
    /// let listeners = Listeners::from(health).without_tls().and(encrypted);
    ///
    /// let app = |_request: Request| "healthy";
    /// tokio::spawn(app.serve_with(listeners, ServerConfig::default().with_tls(tls)));
    /// assert_eq!(HttpClient::new().send(uri).await?.body(), "healthy");
    /// # }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn without_tls(mut self) -> Self {
        self.all
            .iter_mut()
            .for_each(|entry| entry.place.plain = true);
        self
    }

    /// Returns the addresses, in the order in which the listeners were added.
    ///
    /// # Errors
    ///
    /// Fails if the system does not report an address.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::{ListenAddr, Listeners};
    /// # fn main() -> std::io::Result<()> {
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let address = listener.local_addr()?;
    /// assert_eq!(Listeners::from(listener).addrs()?, [ListenAddr::Tcp(address)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn addrs(&self) -> io::Result<Vec<ListenAddr>> {
        self.all
            .iter()
            .map(|entry| entry.source.local_addr())
            .collect()
    }

    /// Listens at each of `addresses`. An address that this machine does not have is skipped if it
    /// has another one. Port 0 selects a free port, the same at every address.
    pub(super) async fn bind_all(
        addresses: impl IntoIterator<Item = std::net::SocketAddr>,
    ) -> io::Result<Self> {
        let mut bound = Self::from(bind::bind(addresses).await?);
        for entry in &mut bound.all {
            entry.inherited = Inherited::Possible;
        }
        Ok(bound)
    }

    /// Prepares all listeners to accept in the current runtime. Returns their addresses.
    pub(super) fn start(&mut self) -> io::Result<Vec<ListenAddr>> {
        if self.all.is_empty() {
            let none = "there is no listener to serve";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, none));
        }
        for entry in &mut self.all {
            entry.source.register()?;
        }
        let addresses = self.addrs()?;
        let ip = |address: &ListenAddr| match address {
            ListenAddr::Tcp(address) => Some(address.ip().to_canonical()),
            _ => None,
        };
        let widest = addresses
            .iter()
            .filter_map(ip)
            .min_by_key(IpAddr::is_loopback);
        for (entry, address) in self.all.iter_mut().zip(&addresses) {
            entry.place.bound = ip(address).and(widest);
        }
        Ok(addresses)
    }

    /// Sets the options of connections on the ports that pass them on. `unsent` is the bound on the
    /// bytes that the kernel holds.
    pub(super) fn offer_options(&mut self, unsent: u32) {
        for entry in &mut self.all {
            if let Source::Tcp(listener) = &entry.source {
                entry.inherited.offer(listener, unsent);
            }
        }
    }

    /// Accepts the next connection. Returns it with the facts of its listener.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no connection.
    pub(super) async fn accept(&mut self) -> (Accepted, Place) {
        let Self { all, next } = self;
        if let [only] = &mut all[..] {
            // The usual case, which needs no list of attempts.
            return only.accept().await;
        }
        let count = all.len();
        let mut attempts: Vec<_> = all.iter_mut().map(|one| Box::pin(one.accept())).collect();
        poll_fn(|cx| {
            for offset in 0..count {
                let index = (*next + offset) % count;
                if let Poll::Ready(accepted) = attempts[index].as_mut().poll(cx) {
                    *next = (index + 1) % count;
                    return Poll::Ready(accepted);
                }
            }
            Poll::Pending
        })
        .await
    }
}

impl Entry {
    fn new(source: Source) -> Self {
        Self {
            #[cfg(unix)]
            _file: None,
            source,
            place: Place::default(),
            inherited: Inherited::default(),
            backoff: Backoff::default(),
            pause: None,
        }
    }

    /// Accepts the next connection, with a pause after each failure.
    async fn accept(&mut self) -> (Accepted, Place) {
        loop {
            if let Some(pause) = &mut self.pause {
                pause.as_mut().await;
                self.pause = None;
            }
            match self.source.accept().await {
                Ok(accepted) => {
                    self.backoff = Backoff::default();
                    let prepared = match &accepted.stream {
                        Stream::Tcp(stream, _) => self.inherited.has_reached(stream),
                        _ => false,
                    };
                    let place = Place {
                        prepared,
                        ..self.place
                    };
                    return (accepted, place);
                }
                Err(error) => {
                    if let Some(pause) = self.backoff.after(&error) {
                        log::error!("accepting at {} paused for {pause:?}: {error}", self.source);
                        self.pause = Some(Box::pin(sleep(pause)));
                    }
                }
            }
        }
    }
}

impl<L: Listen> From<L> for Listeners {
    fn from(listener: L) -> Self {
        Entry::new(Source::of(listener)).into()
    }
}

impl From<std::net::TcpListener> for Listeners {
    fn from(listener: std::net::TcpListener) -> Self {
        Entry::new(Source::Std(StdListener::Tcp(listener))).into()
    }
}

#[cfg(unix)]
impl From<std::os::unix::net::UnixListener> for Listeners {
    fn from(listener: std::os::unix::net::UnixListener) -> Self {
        Entry::new(Source::Std(StdListener::Unix(listener))).into()
    }
}

#[cfg(unix)]
impl From<BoundUnixSocket> for Listeners {
    fn from(socket: BoundUnixSocket) -> Self {
        let BoundUnixSocket { file, listener } = socket;
        let listener = Source::Std(StdListener::Unix(listener));
        Entry {
            _file: file,
            ..Entry::new(listener)
        }
        .into()
    }
}

impl From<Entry> for Listeners {
    fn from(entry: Entry) -> Self {
        Self {
            all: vec![entry],
            next: 0,
        }
    }
}

impl<L: Into<Listeners>, const N: usize> From<[L; N]> for Listeners {
    fn from(listeners: [L; N]) -> Self {
        listeners.into_iter().fold(Self::new(), Self::and)
    }
}

impl<L: Into<Listeners>> From<Vec<L>> for Listeners {
    fn from(listeners: Vec<L>) -> Self {
        listeners.into_iter().fold(Self::new(), Self::and)
    }
}

macro_rules! tuples {
    ($(($($listener:ident)*))*) => {$(
        impl<$($listener: Into<Listeners>),*> From<($($listener),*)> for Listeners {
            #[allow(non_snake_case)] // The names of the type parameters.
            fn from(($($listener),*): ($($listener),*)) -> Self {
                Self::new()$(.and($listener))*
            }
        }
    )*};
}

tuples! { (A B) (A B C) (A B C D) }

#[cfg(test)]
mod tests;
