//! The methods of a route, compared with those of requests and of other routes.

use http::Method;

use super::accepted::Accepted;
use super::table::Protocol;

/// The way in which a route accepts a method. At one path, the greatest is found first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MethodMatch {
    /// The route accepts every method.
    Any,
    /// The route accepts GET, and the request is HEAD (RFC 9110 §9.3.2).
    HeadAsGet,
    /// The route names the method.
    Named,
}

/// The requests that a route accepts, among those with its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MethodSet {
    pub(super) protocol: Protocol,
    /// One bit for each registered method. Zero, with no other methods, stands for every method.
    registered: u16,
    others: Box<[Method]>,
    /// All of them, as declared.
    named: Box<[Method]>,
}

/// The protocol and the method of a request, compared with each [`MethodSet`].
#[derive(Debug, Clone, Copy)]
pub(super) struct RouteKey<'r> {
    /// [`Protocol::Http`] or [`Protocol::Ws`].
    pub(super) protocol: Protocol,
    /// `true` if streams are searched for. Without them, the search is shorter.
    pub(super) has_streams: bool,
    bit: u16,
    pub(super) accepted: &'r Accepted<'r>,
}

impl<'r> RouteKey<'r> {
    #[inline]
    pub(super) fn new(protocol: Protocol, accepted: &'r Accepted<'r>) -> Self {
        Self {
            protocol,
            has_streams: false,
            bit: bit(accepted.method),
            accepted,
        }
    }

    /// Sets whether the tables have streams, which only HTTP requests can find.
    #[inline]
    pub(super) fn with_streams(self, has_streams: bool) -> Self {
        Self {
            has_streams: has_streams && self.protocol == Protocol::Http,
            ..self
        }
    }

    /// Returns `true` for HEAD, which a route for GET accepts.
    #[inline]
    pub(super) fn is_head(self) -> bool {
        self.bit == HEAD
    }
}

const GET: u16 = 1;
const HEAD: u16 = 1 << 1;

/// Returns the bit of a registered method (RFC 9110 §9.3, RFC 5789), or zero for another.
#[inline]
fn bit(method: &Method) -> u16 {
    match *method {
        Method::GET => GET,
        Method::HEAD => HEAD,
        Method::POST => 1 << 2,
        Method::PUT => 1 << 3,
        Method::DELETE => 1 << 4,
        Method::CONNECT => 1 << 5,
        Method::OPTIONS => 1 << 6,
        Method::TRACE => 1 << 7,
        Method::PATCH => 1 << 8,
        _ => 0,
    }
}

impl MethodSet {
    pub(super) fn new(protocol: Protocol, methods: &[Method]) -> Self {
        Self {
            protocol,
            registered: methods.iter().fold(0, |bits, method| bits | bit(method)),
            others: methods.iter().filter(|m| bit(m) == 0).cloned().collect(),
            named: methods.into(),
        }
    }

    /// Returns the methods that `Allow` lists for this route (RFC 9110 §10.2.1).
    pub(super) fn methods(&self) -> impl Iterator<Item = Method> + '_ {
        let named = self.named.iter();
        named.flat_map(|method| {
            let head = (*method == Method::GET).then_some(Method::HEAD);
            [Some(method.clone()), head].into_iter().flatten()
        })
    }

    #[inline]
    fn every_method(&self) -> bool {
        self.registered == 0 && self.others.is_empty()
    }

    /// Returns the way in which this route accepts the request, or `None` if it does not or if it
    /// is a stream.
    #[inline]
    pub(super) fn matches(&self, key: RouteKey<'_>) -> Option<MethodMatch> {
        if self.protocol != key.protocol && self.protocol != Protocol::Mount {
            return None;
        }
        self.matches_method(key)
    }

    /// Returns the way in which this stream accepts the method of the request, or `None` if it does
    /// not or if it is not a stream.
    pub(super) fn streams(&self, key: RouteKey<'_>) -> Option<MethodMatch> {
        if (self.protocol, key.protocol) != (Protocol::Sse, Protocol::Http) {
            return None;
        }
        self.matches_method(key)
    }

    /// Returns `true` if this route responds to HEAD as to GET, without the body.
    pub(super) fn accepts_head_as_get(&self, key: RouteKey<'_>) -> bool {
        let found = self.matches(key).or_else(|| self.streams(key));
        found == Some(MethodMatch::HeadAsGet)
    }

    #[inline]
    fn matches_method(&self, key: RouteKey<'_>) -> Option<MethodMatch> {
        if self.registered & key.bit != 0 {
            Some(MethodMatch::Named)
        } else if self.every_method() {
            Some(MethodMatch::Any)
        } else if key.bit == HEAD && self.registered & GET != 0 {
            Some(MethodMatch::HeadAsGet)
        } else if key.bit == 0 && self.others.contains(key.accepted.method) {
            Some(MethodMatch::Named)
        } else {
            None
        }
    }

    /// Returns `true` if both accept the same request, and neither is found first.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        [self.protocol, other.protocol].contains(&Protocol::Mount)
            || self.protocol == other.protocol
                && http4k_ws_grammar::overlap(&self.names(), &other.names())
    }

    /// Returns `true` if this set accepts every request that `other` accepts.
    pub(super) fn covers(&self, other: &Self) -> bool {
        // A page is for every `Accept`, and a stream only for some.
        let same = self.protocol == other.protocol
            || (self.protocol, other.protocol) == (Protocol::Http, Protocol::Sse);
        self.protocol == Protocol::Mount
            || same && http4k_ws_grammar::covers(&self.names(), &other.names())
    }

    fn names(&self) -> Vec<&str> {
        self.named.iter().map(Method::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(methods: &[&str], protocol: Protocol) -> MethodSet {
        let methods: Vec<Method> = methods.iter().map(|name| name.parse().unwrap()).collect();
        MethodSet::new(protocol, &methods)
    }

    #[test]
    fn a_named_method_is_the_best_match() {
        let purge = Method::from_bytes(b"PURGE").unwrap();
        for (methods, method, expected) in [
            (&["GET"] as &[&str], Method::GET, Some(MethodMatch::Named)),
            (&["GET"], Method::HEAD, Some(MethodMatch::HeadAsGet)),
            (&["GET", "HEAD"], Method::HEAD, Some(MethodMatch::Named)),
            (&["GET"], Method::POST, None),
            (&["GET"], purge.clone(), None),
            (&["PURGE"], purge.clone(), Some(MethodMatch::Named)),
            (&["PURGE"], Method::GET, None),
            (&[], Method::HEAD, Some(MethodMatch::Any)),
            (&[], purge, Some(MethodMatch::Any)),
        ] {
            let route = set(methods, Protocol::Http);
            let accepted = Accepted::every_type(&method);
            let key = RouteKey::new(Protocol::Http, &accepted);
            assert_eq!(route.matches(key), expected, "{methods:?} {method}");
        }
        assert!(
            MethodMatch::Named > MethodMatch::HeadAsGet
                && MethodMatch::HeadAsGet > MethodMatch::Any
        );
    }

    #[test]
    fn a_mount_accepts_every_protocol() {
        let get = Accepted::every_type(&Method::GET);
        let upgrade = RouteKey::new(Protocol::Ws, &get);
        assert_eq!(
            set(&[], Protocol::Mount).matches(upgrade),
            Some(MethodMatch::Any)
        );
        assert_eq!(set(&[], Protocol::Http).matches(upgrade), None);
    }

    #[test]
    fn a_stream_accepts_http_requests_apart_from_the_other_routes() {
        let (get, post) = (set(&["GET"], Protocol::Sse), set(&["POST"], Protocol::Sse));
        let [to_get, to_head] = [&Method::GET, &Method::HEAD].map(Accepted::every_type);
        let key = RouteKey::new(Protocol::Http, &to_get);
        assert_eq!(get.streams(key), Some(MethodMatch::Named));
        assert_eq!(post.streams(key), None);
        assert_eq!(get.matches(key), None);
        let head = RouteKey::new(Protocol::Http, &to_head);
        assert_eq!(get.streams(head), Some(MethodMatch::HeadAsGet));
        let upgrade = RouteKey::new(Protocol::Ws, &to_get);
        assert_eq!(get.streams(upgrade), None);
        let page = set(&["GET"], Protocol::Http);
        assert_eq!(page.streams(key), None);
    }

    #[test]
    fn methods_overlap_and_cover_in_one_protocol_or_a_mount() {
        let (get, head) = (
            set(&["GET"], Protocol::Http),
            set(&["HEAD"], Protocol::Http),
        );
        assert!(get.overlaps(&get) && !get.overlaps(&head) && get.covers(&head));
        let upgrade = set(&[], Protocol::Ws);
        let every = set(&[], Protocol::Http);
        assert!(!every.overlaps(&upgrade) && !every.covers(&upgrade));
        let stream = set(&["GET"], Protocol::Sse);
        assert!(!get.overlaps(&stream) && stream.overlaps(&stream));
        assert!(every.covers(&stream) && get.covers(&stream) && !head.covers(&stream));
        assert!(!stream.covers(&get) && !upgrade.covers(&stream));
        let mount = set(&[], Protocol::Mount);
        assert!(mount.overlaps(&get) && upgrade.overlaps(&mount) && mount.covers(&upgrade));
        assert!(!every.covers(&mount));
    }
}
