//! The target of a redirect, from a reference (RFC 3986 §5).

use http::Uri;
use http::uri::{Authority, PathAndQuery};

use crate::client::uri::Destination;

/// Resolves a reference against `base` (RFC 3986 §5.2). A fragment is not part of a request.
pub(super) fn resolved(base: &Uri, reference: &str) -> Result<Uri, String> {
    let reference = reference.split('#').next().unwrap_or_default();
    if has_scheme(reference) {
        return absolute(reference);
    }
    if reference.starts_with("//") {
        let scheme = base.scheme_str().unwrap_or("http");
        return absolute(&format!("{scheme}:{reference}"));
    }
    let (path, query) = match reference.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (reference, None),
    };
    let (path, query) = match path {
        "" => (base.path().to_owned(), query.or(base.query())),
        path if path.starts_with('/') => (without_dots(path), query),
        path => {
            let folder = base
                .path()
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder);
            (without_dots(&format!("{folder}/{path}")), query)
        }
    };
    let target = match query {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let mut parts = base.clone().into_parts();
    let target = PathAndQuery::try_from(target).map_err(|error| error.to_string())?;
    parts.path_and_query = Some(target);
    Uri::from_parts(parts).map_err(|error| error.to_string())
}

/// Returns `true` if `reference` starts with a scheme and a colon (RFC 3986 §3.1).
fn has_scheme(reference: &str) -> bool {
    let Some((scheme, _)) = reference.split_once(':') else {
        return false;
    };
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(is_part)
}

fn absolute(text: &str) -> Result<Uri, String> {
    let uri: Uri = text
        .parse()
        .map_err(|error: http::uri::InvalidUri| error.to_string())?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err("its scheme is not `http` or `https`".to_owned());
    }
    Destination::of(&uri, false)?;
    if uri
        .authority()
        .map(Authority::as_str)
        .is_some_and(|authority| authority.contains('@'))
    {
        return Err("it has user information".to_owned());
    }
    Ok(uri)
}

/// Removes the segments `.` and `..` of an absolute path (RFC 3986 §5.2.4).
fn without_dots(path: &str) -> String {
    let segments: Vec<_> = path.split('/').skip(1).collect();
    let mut kept: Vec<&str> = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let is_last = at + 1 == segments.len();
        match *segment {
            "." => {}
            ".." => drop(kept.pop()),
            segment => {
                kept.push(segment);
                continue;
            }
        }
        if is_last {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 3986 §5.4, except those with another scheme.
    #[test]
    fn references_are_resolved() {
        let base = Uri::from_static("http://a/b/c/d;p?q");
        for (reference, expected) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"),
            ("g?y#s", "http://a/b/c/g?y"),
            (";x", "http://a/b/c/;x"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g/../h", "http://a/b/c/h"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("http://other:7/x", "http://other:7/x"),
            ("HTTPS://other", "https://other/"),
        ] {
            let found = resolved(&base, reference).map(|uri| uri.to_string());
            assert_eq!(found.as_deref(), Ok(expected), "{reference}");
        }
        for reference in [
            "ftp://a/",
            "javascript:1",
            "http://u:p@a/",
            "http://",
            "a b",
            "data:,x",
        ] {
            let found = resolved(&base, reference);
            assert!(found.is_err(), "{reference}: {found:?}");
        }
        let path = Uri::from_static("/feed");
        assert_eq!(resolved(&path, "other").expect("a path"), "/other");
    }
}
