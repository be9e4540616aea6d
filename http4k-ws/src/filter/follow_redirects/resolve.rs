//! The target of a `Location`, relative to the URI that was requested (RFC 3986 §5.2).

use http::Uri;

use crate::message::{HostPort, Scheme};

/// The origin of a URI (RFC 6454 §4).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Origin {
    scheme: Scheme,
    host: String,
    port: u16,
}

impl Origin {
    /// Returns the origin of `uri`. `None` if it names no host, or another scheme.
    pub(super) fn of(uri: &Uri) -> Option<Self> {
        let scheme = Scheme::named(uri.scheme_str()?)?;
        let authority = uri.authority()?.as_str();
        let after_user = authority.rsplit('@').next()?;
        let known = HostPort::parse(after_user)?;
        let default = match scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        };
        Some(Self {
            scheme,
            host: known.host.to_ascii_lowercase(),
            port: known.port.unwrap_or(default),
        })
    }

    pub(super) fn is_https(&self) -> bool {
        self.scheme == Scheme::Https
    }
}

/// The parts of a URI reference (RFC 3986 appendix B), without the fragment.
struct Reference<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Reference<'a> {
    fn of(text: &'a str) -> Self {
        let text = text.split('#').next().unwrap_or_default();
        let before_path = text.find(['/', '?']).unwrap_or(text.len());
        let (scheme, rest) = match text[..before_path].split_once(':') {
            Some((scheme, _)) => (Some(scheme), &text[scheme.len() + 1..]),
            None => (None, text),
        };
        let (hierarchy, query) = match rest.split_once('?') {
            Some((hierarchy, query)) => (hierarchy, Some(query)),
            None => (rest, None),
        };
        let (authority, path) = match hierarchy.strip_prefix("//") {
            Some(rest) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                (Some(authority), path)
            }
            None => (None, hierarchy),
        };
        Self {
            scheme,
            authority,
            path,
            query,
        }
    }
}

/// Returns the URI that `location` names relative to `base`. `None` if it is not a URI of http or
/// https, if it has user information (RFC 9110 §4.2.4), or if it needs a scheme that `base` lacks.
pub(super) fn resolved(base: &Uri, location: &str) -> Option<Uri> {
    let reference = Reference::of(location);
    if reference.scheme.is_some() && reference.authority.is_none() {
        return None;
    }
    let scheme = match reference.scheme {
        Some(scheme)
            if ["http", "https"]
                .iter()
                .any(|name| scheme.eq_ignore_ascii_case(name)) =>
        {
            Some(scheme.to_ascii_lowercase())
        }
        Some(_) => return None,
        None => base.scheme_str().map(str::to_owned),
    };
    let authority = match reference.authority {
        Some(authority) => {
            scheme.as_ref()?;
            HostPort::parse(authority)?;
            Some(authority)
        }
        None => base.authority().map(|authority| authority.as_str()),
    };
    let (path, query) = match (reference.authority, reference.path) {
        (Some(_), path) => (without_dots(path), reference.query),
        (None, "") => {
            let query = reference.query.or_else(|| base.query());
            (base.path().to_owned(), query)
        }
        (None, path) if path.starts_with('/') => (without_dots(path), reference.query),
        (None, path) => (without_dots(&merged(base.path(), path)), reference.query),
    };
    let mut uri = String::new();
    if let (Some(scheme), Some(authority)) = (scheme, authority) {
        uri.extend([&scheme, "://", authority]);
    }
    // Without a host, `//` at the start would name one.
    if uri.is_empty() && path.starts_with("//") {
        return None;
    }
    uri.push_str(if path.is_empty() { "/" } else { &path });
    if let Some(query) = query {
        uri.extend(["?", query]);
    }
    uri.parse().ok()
}

/// Replaces the last segment of `base` (§5.2.3).
fn merged(base: &str, path: &str) -> String {
    let folder = base.rfind('/').map_or("/", |at| &base[..=at]);
    format!("{folder}{path}")
}

/// Resolves the segments `.` and `..` (§5.2.4).
fn without_dots(path: &str) -> String {
    let Some(path) = path.strip_prefix('/') else {
        return path.to_owned();
    };
    let mut segments: Vec<&str> = Vec::new();
    let mut ends_in_folder = false;
    for segment in path.split('/') {
        ends_in_folder = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    if ends_in_folder {
        segments.push("");
    }
    format!("/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(base: &'static str, location: &str) -> Option<String> {
        resolved(&Uri::from_static(base), location).map(|uri| uri.to_string())
    }

    #[test]
    fn references_are_resolved_as_rfc_3986_says() {
        // Those of §5.4 that http allows, with the scheme http.
        for (location, expected) in [
            ("http://g", "http://g/"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"),
            ("g#s", "http://a/b/c/g"),
            ("g?y#s", "http://a/b/c/g?y"),
            (";x", "http://a/b/c/;x"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            (".g", "http://a/b/c/.g"),
            ("g..", "http://a/b/c/g.."),
            ("..g", "http://a/b/c/..g"),
            ("./../g", "http://a/b/g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g/./h", "http://a/b/c/g/h"),
            ("g/../h", "http://a/b/c/h"),
            ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
            ("g?y/./x", "http://a/b/c/g?y/./x"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("g#s/../x", "http://a/b/c/g"),
            ("HTTPS://G:8/x", "https://G:8/x"),
            ("http://g?y", "http://g/?y"),
            ("?u=http://x", "http://a/b/c/d;p?u=http://x"),
            ("/x:y", "http://a/x:y"),
        ] {
            let resolved = from("http://a/b/c/d;p?q", location);
            assert_eq!(resolved.as_deref(), Some(expected), "{location}");
        }
    }

    #[test]
    fn other_locations_are_refused() {
        for location in [
            "ftp://g/",
            "mailto:a@b",
            "javascript:alert(1)",
            "http:g",
            "http:/g",
            "http:///g",
            "http://user:pass@g/",
            "//user@g/",
            "http://a:99999/",
            "http://a b/",
            "/a b",
            "g:h",
            "http://",
            "//",
            "/\u{7f}",
        ] {
            assert_eq!(from("http://a/b", location), None, "{location}");
        }
    }

    #[test]
    fn a_base_without_a_host_keeps_paths_only() {
        for (location, expected) in [
            ("/x?y", Some("/x?y")),
            ("x", Some("/b/x")),
            ("http://g/x", Some("http://g/x")),
            ("//g/x", None),
            ("/.//g", None),
            ("/x/..//g", None),
        ] {
            assert_eq!(from("/b/c", location).as_deref(), expected, "{location}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let origin = |uri: &'static str| Origin::of(&Uri::from_static(uri));
        assert_eq!(origin("http://A/x"), origin("http://user@a:80/y"));
        assert_ne!(origin("http://a/"), origin("https://a/"));
        assert_ne!(origin("http://a/"), origin("http://a:81/"));
        assert_eq!(origin("/x"), None);
    }
}
