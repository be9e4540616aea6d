//! One listener, in the runtime or before it is registered there.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;

use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;

#[cfg(unix)]
use super::listen::unix_addr;
use super::listen::{Accepted, Listen, ListenAddr};
use crate::message::canonical;
use crate::panics::guarded_future;

/// A [`Listen`] of any type.
pub(super) trait AnyListen: Send {
    fn accept(&mut self) -> Accepting<'_>;
    fn local_addr(&self) -> io::Result<ListenAddr>;
}

type Accepting<'a> = Pin<Box<dyn Future<Output = io::Result<Accepted>> + Send + 'a>>;

impl<L: Listen> AnyListen for L {
    fn accept(&mut self) -> Accepting<'_> {
        Box::pin(async {
            let accepted = guarded_future("a listener", Listen::accept(self)).await;
            accepted.unwrap_or_else(|| Err(io::Error::other("the listener panicked")))
        })
    }

    fn local_addr(&self) -> io::Result<ListenAddr> {
        Listen::local_addr(self)
    }
}

/// A listener that is not registered in a runtime yet.
#[derive(Debug)]
pub(super) enum StdListener {
    Tcp(std::net::TcpListener),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixListener),
}

impl StdListener {
    fn local_addr(&self) -> io::Result<ListenAddr> {
        match self {
            Self::Tcp(listener) => Ok(ListenAddr::Tcp(canonical(listener.local_addr()?))),
            #[cfg(unix)]
            Self::Unix(listener) => unix_addr(socket2::SockRef::from(listener)),
        }
    }

    /// Registers the listener in the current runtime.
    fn register(self) -> io::Result<Source> {
        Ok(match self {
            Self::Tcp(listener) => {
                listener.set_nonblocking(true)?;
                Source::Tcp(TcpListener::from_std(listener)?)
            }
            #[cfg(unix)]
            Self::Unix(listener) => {
                listener.set_nonblocking(true)?;
                Source::Ready(Box::new(UnixListener::from_std(listener)?))
            }
        })
    }
}

/// A listener.
pub(super) enum Source {
    /// A port, the only kind that accepts without a box for each connection.
    Tcp(TcpListener),
    Ready(Box<dyn AnyListen>),
    Std(StdListener),
    /// The registration failed.
    Lost,
}

impl Source {
    pub(super) fn of<L: Listen>(listener: L) -> Self {
        let mut listener = Some(listener);
        let tcp = (&mut listener as &mut dyn Any).downcast_mut::<Option<TcpListener>>();
        match (tcp.and_then(Option::take), listener) {
            (Some(tcp), _) => Self::Tcp(tcp),
            (None, Some(other)) => Self::Ready(Box::new(other)),
            (None, None) => Self::Lost,
        }
    }

    /// Registers the listener in the current runtime, unless it was created in one.
    pub(super) fn register(&mut self) -> io::Result<()> {
        *self = match std::mem::replace(self, Self::Lost) {
            Self::Std(listener) => listener.register()?,
            registered => registered,
        };
        Ok(())
    }

    pub(super) fn local_addr(&self) -> io::Result<ListenAddr> {
        match self {
            Self::Tcp(listener) => Listen::local_addr(listener),
            Self::Ready(listener) => listener.local_addr(),
            Self::Std(listener) => listener.local_addr(),
            Self::Lost => Err(lost()),
        }
    }

    pub(super) async fn accept(&mut self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(listener) => Listen::accept(listener).await,
            Self::Ready(listener) => listener.accept().await,
            _ => Err(lost()),
        }
    }
}

fn lost() -> io::Error {
    io::Error::other("the listener could not be registered in the runtime")
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.local_addr() {
            Ok(address) => address.fmt(f),
            Err(_) => f.write_str("an unknown address"),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Listener({self})")
    }
}
