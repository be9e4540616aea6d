//! What is known of a route before any request.

use std::fmt;

use http::Method;

/// What a route speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Requests and responses.
    Http,
    /// WebSockets.
    Ws,
    /// Whatever the application mounted there speaks.
    Mount,
}

/// One route, as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteMeta {
    /// What it speaks.
    pub protocol: Protocol,
    /// The methods it takes; none stands for every method.
    pub methods: &'static [&'static str],
    /// The path, with the prefixes of the blocks around it.
    pub template: &'static str,
    /// The parameters of the path, in its order.
    pub params: &'static [&'static str],
    /// What it is called: `as`, or its function's name.
    pub name: &'static str,
    /// Its doc comment.
    pub docs: &'static str,
}

/// How well a route takes a method; the greater wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It takes every method.
    Any,
    /// It takes GET, and the request is HEAD (RFC 9110 §9.3.2).
    HeadAsGet,
    /// It names the method.
    Named,
}

impl RouteMeta {
    /// Whether this route takes requests of `protocol` with `method`, and how well.
    pub(super) fn fit(&self, protocol: Protocol, method: &Method) -> Option<Fit> {
        if self.protocol != protocol && self.protocol != Protocol::Mount {
            return None;
        }
        if self.methods.is_empty() {
            Some(Fit::Any)
        } else if self.methods.contains(&method.as_str()) {
            Some(Fit::Named)
        } else if *method == Method::HEAD && self.methods.contains(&"GET") {
            Some(Fit::HeadAsGet)
        } else {
            None
        }
    }
}

/// As it is written in `routes!`: `GET "/users/<id>" => http(show)`.
impl fmt::Display for RouteMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.methods.is_empty() {
            write!(f, "{} ", self.methods.join(" | "))?;
        }
        let protocol = match self.protocol {
            Protocol::Http => "http",
            Protocol::Ws => "ws",
            Protocol::Mount => "mount",
        };
        write!(f, "{:?} => {protocol}({})", self.template, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(methods: &'static [&'static str], protocol: Protocol) -> RouteMeta {
        RouteMeta {
            protocol,
            methods,
            template: "/users/<id>",
            params: &["id"],
            name: "show",
            docs: "",
        }
    }

    #[test]
    fn a_named_method_fits_best() {
        let get = route(&["GET"], Protocol::Http);
        let any = route(&[], Protocol::Http);
        for (route, method, fit) in [
            (get, Method::GET, Some(Fit::Named)),
            (get, Method::HEAD, Some(Fit::HeadAsGet)),
            (get, Method::POST, None),
            (any, Method::HEAD, Some(Fit::Any)),
        ] {
            assert_eq!(route.fit(Protocol::Http, &method), fit, "{route} {method}");
        }
        assert!(Fit::Named > Fit::HeadAsGet && Fit::HeadAsGet > Fit::Any);
    }

    #[test]
    fn a_mount_takes_every_protocol() {
        let mount = route(&[], Protocol::Mount);
        assert_eq!(mount.fit(Protocol::Ws, &Method::GET), Some(Fit::Any));
        let http = route(&[], Protocol::Http);
        assert_eq!(http.fit(Protocol::Ws, &Method::GET), None);
    }

    #[test]
    fn a_route_reads_as_it_was_written() {
        let route = route(&["GET", "POST"], Protocol::Http);
        assert_eq!(
            route.to_string(),
            r#"GET | POST "/users/<id>" => http(show)"#
        );
    }
}
