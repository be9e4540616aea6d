//! The static facts of a route.

use std::fmt;

use http::Method;
use http4k_ws_grammar::Pattern;

use super::method_set::MethodSet;
use crate::handler::PathText;

/// The protocol of a route.
///
/// # Examples
///
/// ```
/// use http4k_ws::routing::Protocol;
///
/// let shown = [Protocol::Http, Protocol::Ws, Protocol::Sse].map(|protocol| protocol.to_string());
/// assert_eq!(shown, ["http", "ws", "sse"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// HTTP requests and responses.
    Http,
    /// WebSockets.
    Ws,
    /// Streams of server-sent events, which are responses to HTTP requests.
    Sse,
    /// A mounted application, which may have routes of every protocol.
    Mount,
}

/// Shows the keyword of `routes!`: `http`, `ws`, `sse` or `mount`.
impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Http => "http",
            Self::Ws => "ws",
            Self::Sse => "sse",
            Self::Mount => "mount",
        })
    }
}

/// One route of a static table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteMeta {
    /// The protocol.
    pub protocol: Protocol,
    /// The methods. None stands for every method.
    pub methods: &'static [&'static str],
    /// The path, with the prefixes of the blocks around it, and its parameters.
    pub path: PathText,
    /// The name: that after `as`, or the name of its function.
    pub name: &'static str,
    /// The doc comment.
    pub docs: &'static str,
}

/// One row of a table: the index of its protocol and methods, the path, the index of its
/// parameters, the name and the doc comment.
type Row = (usize, &'static str, usize, &'static str, &'static str);

/// Returns the routes of a table.
///
/// Most protocols, methods and parameters occur many times. So generated code states each of them
/// once, and a row is a tuple of literals, which costs the compiler less than any call.
pub const fn routes<const N: usize>(
    heads: &[(Protocol, &'static [&'static str])],
    params: &[&'static [&'static str]],
    rows: [Row; N],
) -> [RouteMeta; N] {
    let none = RouteMeta {
        protocol: Protocol::Http,
        methods: &[],
        path: PathText {
            template: "",
            params: &[],
        },
        name: "",
        docs: "",
    };
    let mut routes = [none; N];
    let mut i = 0;
    while i < N {
        let (head, template, names, name, docs) = rows[i];
        let ((protocol, methods), params) = (heads[head], params[names]);
        routes[i] = RouteMeta {
            protocol,
            methods,
            path: PathText { template, params },
            name,
            docs,
        };
        i += 1;
    }
    routes
}

impl RouteMeta {
    /// Returns the paths of this route.
    pub(super) const fn pattern(&self) -> Pattern<'_> {
        Pattern {
            template: self.path.template,
            is_mount: matches!(self.protocol, Protocol::Mount),
        }
    }

    /// Returns the methods as values that are compared.
    pub(super) fn methods(&self) -> Vec<Method> {
        let names = self.methods.iter();
        // An identifier in the source may contain letters that a method cannot have (RFC 9110
        // §9.1). No request has such a method.
        names.filter_map(|name| name.parse().ok()).collect()
    }

    pub(super) fn method_set(&self) -> MethodSet {
        MethodSet::new(self.protocol, &self.methods())
    }
}

/// Shows the route as in `routes!`: `GET "/users/<id>" => http(show)`.
impl fmt::Display for RouteMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.methods.is_empty() {
            write!(f, "{} ", self.methods.join(" | "))?;
        }
        let (template, protocol, name) = (self.path.template, self.protocol, self.name);
        write!(f, "{template:?} => {protocol}({name})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_shown_as_declared() {
        const ROUTES: &[RouteMeta] = &routes(
            &[(Protocol::Ws, &[]), (Protocol::Http, &["GET", "POST"])],
            &[&[], &["id"]],
            [
                (1, "/users/<id>", 1, "show", "Shows a user."),
                (0, "/talk", 0, "talk", ""),
            ],
        );
        let shown: Vec<_> = ROUTES.iter().map(RouteMeta::to_string).collect();
        let expected = [
            r#"GET | POST "/users/<id>" => http(show)"#,
            r#""/talk" => ws(talk)"#,
        ];
        assert_eq!(shown, expected);
        assert_eq!(
            (ROUTES[0].path.params, ROUTES[0].docs),
            (&["id"] as &[_], "Shows a user.")
        );
        assert!(ROUTES[1].path.params.is_empty());
    }
}
