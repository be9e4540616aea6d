//! Admission of requests: the checks of `Origin` that a server and the in-memory clients share.

use http::StatusCode;
use http::header::ORIGIN;

use super::plain::plain;
use crate::message::{OriginPolicy, Response, authority};

/// The reason a request does not reach the application.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAdmitted {
    /// Its page may not open a socket.
    #[error(
        "pages of `{origin}` may not open a socket at `{host}`: add the origin to \
         `ServerConfig::origins` to allow it (RFC 6455 §4.2.2, 4, §10.2)"
    )]
    Origin { origin: String, host: String },
}

impl NotAdmitted {
    pub(crate) fn response(&self) -> Response {
        let Self::Origin { .. } = self;
        plain(StatusCode::FORBIDDEN, format!("{self}\n"))
    }
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
        origin: values.join(", ").escape_debug().to_string(),
        host: authority(request).unwrap_or("no host").to_owned(),
    })
}
