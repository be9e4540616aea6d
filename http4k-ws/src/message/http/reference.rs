//! URI references, such as the target of a `Location`, relative to a URI (RFC 3986 §4.1).

use http::Uri;

use super::host_port::HostPort;

/// The reason a reference names no URI that can be requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReferenceError {
    #[error("its scheme is not `http` or `https`")]
    Scheme,
    #[error("it has a scheme without a host")]
    NoHost,
    #[error("it has a host, and no scheme is known")]
    NoScheme,
    #[error("it has user information (RFC 9110 §4.2.4)")]
    UserInformation,
    #[error("its host is not valid")]
    Host,
    #[error("its path would name a host")]
    PathOfHost,
    #[error("it is not a valid URI (RFC 3986)")]
    Invalid,
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

/// Returns the URI of `http` or `https` that `reference` names relative to `base` (RFC 3986 §5.2).
/// Its fragment is left out, because it is not part of a request.
pub(crate) fn resolve_reference(base: &Uri, reference: &str) -> Result<Uri, ReferenceError> {
    let reference = Reference::of(reference);
    let scheme = match reference.scheme {
        Some(scheme) if is_of_http(scheme) => Some(scheme.to_ascii_lowercase()),
        Some(_) => return Err(ReferenceError::Scheme),
        None => base.scheme_str().map(str::to_owned),
    };
    let authority = match reference.authority {
        Some(authority) => {
            check_authority(authority)?;
            if scheme.is_none() {
                return Err(ReferenceError::NoScheme);
            }
            Some(authority)
        }
        None if reference.scheme.is_some() => return Err(ReferenceError::NoHost),
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
        return Err(ReferenceError::PathOfHost);
    }
    uri.push_str(if path.is_empty() { "/" } else { &path });
    if let Some(query) = query {
        uri.extend(["?", query]);
    }
    uri.parse().map_err(|_| ReferenceError::Invalid)
}

fn is_of_http(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

fn check_authority(authority: &str) -> Result<(), ReferenceError> {
    match HostPort::parse(authority) {
        Some(_) => Ok(()),
        None if authority.contains('@') => Err(ReferenceError::UserInformation),
        None => Err(ReferenceError::Host),
    }
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

    fn from(base: &'static str, reference: &str) -> Result<String, ReferenceError> {
        resolve_reference(&Uri::from_static(base), reference).map(|uri| uri.to_string())
    }

    #[test]
    fn references_are_resolved_as_rfc_3986_says() {
        // Those of §5.4 that http allows, with the scheme http.
        for (reference, expected) in [
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
            let resolved = from("http://a/b/c/d;p?q", reference);
            assert_eq!(resolved.as_deref(), Ok(expected), "{reference}");
        }
    }

    #[test]
    fn other_references_are_refused() {
        for (reference, error) in [
            ("ftp://g/", ReferenceError::Scheme),
            ("mailto:a@b", ReferenceError::Scheme),
            ("javascript:alert(1)", ReferenceError::Scheme),
            ("data:,x", ReferenceError::Scheme),
            ("g:h", ReferenceError::Scheme),
            ("http:g", ReferenceError::NoHost),
            ("http:/g", ReferenceError::NoHost),
            ("http:///g", ReferenceError::Host),
            ("http://", ReferenceError::Host),
            ("//", ReferenceError::Host),
            ("http://a:99999/", ReferenceError::Host),
            ("http://user:pass@g/", ReferenceError::UserInformation),
            ("//user@g/", ReferenceError::UserInformation),
            ("http://a b/", ReferenceError::Host),
            ("/a b", ReferenceError::Invalid),
            ("a b", ReferenceError::Invalid),
            ("/\u{7f}", ReferenceError::Invalid),
        ] {
            assert_eq!(from("http://a/b", reference), Err(error), "{reference}");
        }
    }

    #[test]
    fn a_base_without_a_host_keeps_paths_only() {
        for (reference, expected) in [
            ("/x?y", Ok("/x?y")),
            ("x", Ok("/b/x")),
            ("http://g/x", Ok("http://g/x")),
            ("//g/x", Err(ReferenceError::NoScheme)),
            ("/.//g", Err(ReferenceError::PathOfHost)),
            ("/x/..//g", Err(ReferenceError::PathOfHost)),
        ] {
            let expected = expected.map(str::to_owned);
            assert_eq!(from("/b/c", reference), expected, "{reference}");
        }
    }
}
