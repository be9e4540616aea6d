//! A request of HTTP/2 in the form that it has in HTTP/1.1, for the rules and the application.

use http::header::{COOKIE, HOST, HeaderMap, HeaderValue};
use http::{Request, Uri};

use super::rules::RequestRefusal;
use crate::message::hide_secrets;
use crate::server::ServerConfig;

/// Sets `Host`, reduces the target to its path and query, joins cookies and counts the fields.
pub(in crate::server) fn normalize<B>(
    mut request: Request<B>,
    config: &ServerConfig,
) -> Result<Request<B>, RequestRefusal> {
    name_the_host(&mut request)?;
    // CONNECT does not have a path, and is refused by its method.
    if let Some(target) = request.uri().path_and_query().cloned() {
        *request.uri_mut() = Uri::from(target);
    }
    join_cookies(request.headers_mut());
    hide_secrets(request.headers_mut());
    let (count, limit) = (request.headers().len(), config.max_fields);
    if count > limit {
        return Err(RequestRefusal::Fields { count, limit });
    }
    Ok(request)
}

/// Sets `Host` to `:authority`, from which it must not differ (RFC 9113 §8.3.1).
fn name_the_host<B>(request: &mut Request<B>) -> Result<(), RequestRefusal> {
    let Some(authority) = request.uri().authority().cloned() else {
        return Ok(());
    };
    let same = |host: &HeaderValue| {
        host.as_bytes()
            .eq_ignore_ascii_case(authority.as_str().as_bytes())
    };
    if !request.headers().get_all(HOST).iter().all(same) {
        return Err(RequestRefusal::Authority);
    }
    let host = HeaderValue::try_from(authority.as_str()).map_err(|_| RequestRefusal::Host)?;
    request.headers_mut().insert(HOST, host);
    Ok(())
}

/// Joins cookies, which may arrive in several fields for the sake of compression (RFC 9113 §8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    let crumbs: Vec<_> = headers
        .get_all(COOKIE)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if crumbs.len() < 2 {
        return;
    }
    // Each part is a valid value, so the whole is one.
    if let Ok(cookie) = HeaderValue::from_bytes(&crumbs.join(&b"; "[..])) {
        headers.insert(COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str, fields: &[(&str, &str)]) -> Request<()> {
        let mut request = Request::get(uri);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request")
    }

    fn normalized(uri: &str, fields: &[(&str, &str)]) -> Result<Request<()>, RequestRefusal> {
        normalize(request(uri, fields), &ServerConfig::default())
    }

    #[test]
    fn the_authority_becomes_the_host() {
        for fields in [
            &[][..],
            &[("host", "a:1")],
            &[("host", "A:1"), ("host", "a:1")],
        ] {
            let request = normalized("http://a:1/b?c", fields).expect("a request");
            assert_eq!(request.uri(), "/b?c");
            let hosts: Vec<_> = request.headers().get_all(HOST).iter().collect();
            assert_eq!(hosts, ["a:1"]);
        }
    }

    #[test]
    fn a_host_that_differs_is_refused() {
        for fields in [&[("host", "b")][..], &[("host", "a"), ("host", "b")]] {
            assert_eq!(
                normalized("http://a/", fields).err(),
                Some(RequestRefusal::Authority)
            );
        }
    }

    #[test]
    fn cookies_are_joined() {
        let fields = [("cookie", "a=1"), ("x", "y"), ("cookie", "b=2; c=3")];
        let request = normalized("http://a/", &fields).expect("a request");
        let cookies: Vec<_> = request.headers().get_all(COOKIE).iter().collect();
        assert_eq!(cookies, ["a=1; b=2; c=3"]);
    }

    #[test]
    fn fields_are_counted() {
        let many = vec![("x", "y"); 100];
        let refused = normalized("http://a/", &many).err();
        let (count, limit) = (101, 100);
        assert_eq!(refused, Some(RequestRefusal::Fields { count, limit }));
        assert!(normalized("http://a/", &many[1..]).is_ok());
    }
}
