//! The checks of `Host` and `Origin`, which a server and the in-memory clients share.

use std::net::IpAddr;

use http::StatusCode;
use http::header::ORIGIN;

use crate::message::{
    HostPolicy, HostSource, OriginPolicy, Response, authority, plain, printable, untrusted_proxy,
};
#[cfg(feature = "server")]
use crate::session::RefusalKind;

/// The reason a request does not reach the application.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAdmitted {
    /// The request names a host that this server does not serve.
    #[error(
        "this server is not for the host `{host}`: add it to `ServerConfig::hosts` to serve it; on a \
         loopback address the default is loopback names only (RFC 9110 §15.5.20){proxy}"
    )]
    Host {
        host: String,
        /// The setting for a proxy that is not trusted, or an empty text.
        proxy: String,
    },
    /// The page that opens the socket has an origin that is not allowed.
    #[error(
        "pages of `{origin}` may not open a socket at `{host}`: add the origin to \
         `ServerConfig::origins` to allow it (RFC 6455 §4.2.2, 4, §10.2){proxy}"
    )]
    Origin {
        origin: String,
        host: String,
        /// As in `Host`.
        proxy: String,
    },
}

impl NotAdmitted {
    #[cfg(feature = "server")]
    pub(crate) fn kind(&self) -> RefusalKind {
        match self {
            Self::Host { .. } => RefusalKind::Host,
            Self::Origin { .. } => RefusalKind::Origin,
        }
    }

    pub(crate) fn response(&self) -> Response {
        let status = match self {
            Self::Host { .. } => StatusCode::MISDIRECTED_REQUEST,
            Self::Origin { .. } => StatusCode::FORBIDDEN,
        };
        plain(status, format!("{self}\n"))
    }
}

/// Checks the host that a request names, on a server that is bound to the address `bound`.
///
/// The address does not count if a trusted proxy has stated the host: the proxy may be bound to
/// another.
pub(crate) fn check_host<B>(
    hosts: &HostPolicy,
    bound: Option<IpAddr>,
    source: HostSource,
    request: &http::Request<B>,
) -> Result<(), NotAdmitted> {
    let bound = bound.filter(|_| source == HostSource::Connection);
    if hosts.allows(request, bound) {
        return Ok(());
    }
    let host = authority(request).unwrap_or_default();
    Err(NotAdmitted::Host {
        host: printable(host).to_string(),
        proxy: untrusted_proxy(request),
    })
}

/// Checks the `Origin` of an opening handshake.
pub(crate) fn check_origin<B>(
    origins: &OriginPolicy,
    request: &http::Request<B>,
) -> Result<(), NotAdmitted> {
    if origins.allows(request) {
        return Ok(());
    }
    let values = request.headers().get_all(ORIGIN).iter();
    let values: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    Err(NotAdmitted::Origin {
        origin: printable(values.join(", ")).to_string(),
        host: printable(authority(request).unwrap_or("no host")).to_string(),
        proxy: untrusted_proxy(request),
    })
}
