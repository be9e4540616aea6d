//! Fields that only a proxy may set, from a peer that the server does not trust.

use std::fmt;
use std::net::IpAddr;

use http::Request;
use http::header::{FORWARDED, HeaderMap, HeaderName};

use super::x_forwarded;

/// Returns `true` for the fields that state a client, scheme or host: `Forwarded`, `X-Forwarded-*`
/// and `X-Real-IP`.
#[inline]
pub(crate) fn is_forwarding(name: &HeaderName) -> bool {
    *name == FORWARDED || is_customary(name)
}

/// Returns `true` for those which no document specifies.
#[inline]
fn is_customary(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.starts_with("x-") && (name.starts_with("x-forwarded-") || name == "x-real-ip")
}

/// Removes all of these fields, except those that `is_kept`.
pub(super) fn remove(headers: &mut HeaderMap, is_kept: impl Fn(&HeaderName) -> bool) {
    let is_removed = |name: &&HeaderName| is_forwarding(name) && !is_kept(name);
    let removed: Vec<_> = headers.keys().filter(is_removed).cloned().collect();
    for name in removed {
        headers.remove(name);
    }
}

/// A peer that is not trusted and has sent a host, so that it may be a proxy which the operator
/// forgot to name. The extensions of its request hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UntrustedProxy {
    peer: Option<IpAddr>,
    field: &'static str,
}

impl UntrustedProxy {
    /// Returns the peer of a request with `headers`, if it has sent a host.
    pub(super) fn of(peer: Option<IpAddr>, headers: &HeaderMap) -> Option<Self> {
        let field = if headers.contains_key(x_forwarded::HOST) {
            "X-Forwarded-Host"
        } else if headers.contains_key(FORWARDED) {
            "Forwarded"
        } else {
            return None;
        };
        Some(Self { peer, field })
    }
}

/// Returns the setting with which the host of an untrusted proxy would count, to follow another
/// sentence; empty if the peer of `request` is not one.
pub(crate) fn untrusted_proxy<B>(request: &Request<B>) -> String {
    let proxy = request.extensions().get::<UntrustedProxy>();
    proxy.map_or_else(String::new, UntrustedProxy::to_string)
}

/// Writes the setting with which the server trusts the peer, to follow another sentence.
impl fmt::Display for UntrustedProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { peer, field } = self;
        let kind = match *field {
            "Forwarded" => "forwarded()",
            _ => "x_forwarded()",
        };
        let (peer, trusted) = match peer {
            Some(peer) => (peer.to_string(), format!("trusted([\"{peer}\"])?")),
            None => ("a peer without an address".to_owned(), "unix()".to_owned()),
        };
        write!(
            f,
            "; {peer} sent {field}, which was ignored: if it is your proxy, trust it with \
             `ServerConfig::with_proxies(Proxies::{trusted}.{kind})`"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_proxies_are_told_from_others() {
        for (name, forwarding) in [
            ("forwarded", true),
            ("X-Forwarded-For", true),
            ("x-forwarded-prefix", true),
            ("x-forwarded-", true),
            ("x-real-ip", true),
            ("x-forwarded", false),
            ("x-real-ip-2", false),
            ("x-request-id", false),
            ("host", false),
            ("via", false),
        ] {
            let name = name.parse().unwrap();
            assert_eq!(is_forwarding(&name), forwarding, "{name}");
        }
    }

    #[test]
    fn the_setting_names_the_peer() {
        let mut headers = HeaderMap::new();
        assert_eq!(UntrustedProxy::of(None, &headers), None);
        headers.insert("forwarded", "host=a".parse().unwrap());
        let local = UntrustedProxy::of(None, &headers).unwrap().to_string();
        assert!(local.ends_with("`ServerConfig::with_proxies(Proxies::unix().forwarded())`"));
        headers.insert("x-forwarded-host", "a".parse().unwrap());
        let far = UntrustedProxy::of(Some([10, 0, 0, 1].into()), &headers);
        let far = far.unwrap().to_string();
        assert!(far.contains("10.0.0.1 sent X-Forwarded-Host"), "{far}");
        assert!(far.contains("Proxies::trusted([\"10.0.0.1\"])?.x_forwarded()"));
    }
}
