//! Redirects that a client follows.

mod origin;

use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION,
    CONTENT_TYPE, COOKIE, EXPECT, HOST, LOCATION, PROXY_AUTHORIZATION, TRANSFER_ENCODING,
};
use http::{Method, StatusCode, Uri};

use self::origin::Origin;
use crate::handler::{Filter, HttpHandler, Next};
use crate::message::{Body, Request, RequestedUri, Response, copy_of_head, resolve_reference};

/// Follows redirects, at most `max` of them for one request. It is a filter for clients:
/// `follow_redirects(10).then(client)`. The client may be an
/// [`HttpClient`] or an application in memory.
///
/// | status | next request |
/// |---|---|
/// | 303 | GET without the body; HEAD stays HEAD |
/// | 301, 302 | the same for POST, as browsers do (RFC 9110 §15.4.2); another method and its body stay |
/// | 307, 308 | the same method and body |
/// | 300, 304 and others | none: the response is returned |
///
/// `Location` may be relative (RFC 3986 §5.2). Its fragment is not sent. For another origin, which
/// is another scheme, host or port, the fields `Authorization`, `Cookie`, `Proxy-Authorization` and
/// `Host` are removed, and stay removed. Secrets in fields of your own are sent, so do not follow
/// redirects with those. The origin of a target without a host is that of the client's base. In
/// memory it is not known, so that a `Location` with a host is another origin.
///
/// A redirect that is not followed is returned as the response, because a handler does not fail.
/// Its extensions then hold the reason, a [`NotFollowed`]. Each request has the time limit of the
/// client. A body of a redirect that was not read is dropped, which closes its connection.
///
#[doc = crate::doc_link::client!("HttpClient")]
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{NotFollowed, follow_redirects};
///
/// fn redirect(to: &'static str) -> Response {
///     StatusCode::SEE_OTHER.into_response().with_header("location", to)
/// }
///
/// let server = routes! {
///     POST "/orders" => http(redirect("orders/7?new")),
///     GET "/orders/7" => http(|| "order 7"),
///     GET "/circle" => http(redirect("/circle")),
/// };
/// let client = follow_redirects(10).then(server.http().clone());
/// assert_eq!(client.test_http(Request::post("/orders")).body(), "order 7");
///
/// let response = client.test_http("/circle");
/// assert_eq!(response.status(), 303);
/// assert_eq!(response.extensions().get(), Some(&NotFollowed::Loop));
/// ```
pub fn follow_redirects(max: usize) -> FollowRedirects {
    FollowRedirects { max }
}

/// The filter that [`follow_redirects`] returns.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{FollowRedirects, follow_redirects};
///
/// fn moved(to: &'static str) -> Response {
///     StatusCode::FOUND.into_response().with_header("location", to)
/// }
///
/// let server = routes! {
///     GET "/a" => http(moved("/b")),
///     GET "/b" => http(moved("/c")),
///     GET "/c" => http(|| "here"),
/// };
/// let once: FollowRedirects = follow_redirects(1);
/// let client = once.then(server.http().clone());
/// assert_eq!(client.test_http("/b").body(), "here");
/// assert_eq!(client.test_http("/a").header("location"), Some("/c"));
/// ```
#[derive(Debug, Clone)]
pub struct FollowRedirects {
    max: usize,
}

/// The reason why a redirect was not followed. The extensions of the response hold it.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{NotFollowed, follow_redirects};
///
/// // A redirect without a target.
/// let client = follow_redirects(10).then(|_request: Request| StatusCode::FOUND);
/// let response = client.test_http("/");
/// assert_eq!(response.status(), 302);
/// assert_eq!(response.extensions().get(), Some(&NotFollowed::BadLocation));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NotFollowed {
    /// The limit of [`follow_redirects`] is reached.
    #[error("there were too many redirects")]
    TooMany,
    /// The same request was sent before.
    #[error("the redirect leads back to an earlier request")]
    Loop,
    /// The redirect leads from https to http, where others can read the request.
    #[error("the redirect leads from https to http")]
    Insecure,
    /// There is not exactly one `Location` that is a URI of http or https without user information.
    #[error("the redirect lacks a valid `Location` (RFC 9110 §10.2.2)")]
    BadLocation,
    /// The redirect keeps the body of the request, which is a stream and was sent already.
    #[error("the body of the request cannot be sent again")]
    BodySent,
}

impl Filter for FollowRedirects {
    async fn filter(&self, mut request: Request, next: Next) -> Response {
        let mut seen: Vec<(Method, Uri)> = Vec::new();
        loop {
            let sent = copy_of_head(&request);
            let body = request.body().as_bytes().cloned().map(Body::from);
            let response = next.call(request).await;
            if !is_redirect(response.status()) {
                return response;
            }
            seen.push((sent.method().clone(), sent.uri().clone()));
            match again(sent, body, &response) {
                Ok(again) => {
                    let is_seen = seen
                        .iter()
                        .any(|(method, uri)| method == again.method() && uri == again.uri());
                    if is_seen {
                        return stopped(response, NotFollowed::Loop);
                    }
                    if seen.len() > self.max {
                        return stopped(response, NotFollowed::TooMany);
                    }
                    request = again;
                }
                Err(reason) => return stopped(response, reason),
            }
        }
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn stopped(mut response: Response, reason: NotFollowed) -> Response {
    log::debug!("a redirect is returned: {reason}");
    response.extensions_mut().insert(reason);
    response
}

/// Returns the request that `response` redirects `sent` to. `body` is that of the request, unless
/// it was a stream.
fn again(sent: Request, body: Option<Body>, response: &Response) -> Result<Request, NotFollowed> {
    let mut locations = response.headers().get_all(LOCATION).iter();
    let (Some(location), None) = (locations.next(), locations.next()) else {
        return Err(NotFollowed::BadLocation);
    };
    let location = location.to_str().map_err(|_| NotFollowed::BadLocation)?;
    let known = response.extensions().get::<RequestedUri>();
    let base = known.map_or(sent.uri(), |requested| &requested.0);
    let target = resolve_reference(base, location).map_err(|_| NotFollowed::BadLocation)?;
    let (from, to) = (Origin::of(base), Origin::of(&target));
    if from.as_ref().is_some_and(Origin::is_https) && !to.as_ref().is_some_and(Origin::is_https) {
        return Err(NotFollowed::Insecure);
    }
    let is_same = from == to;
    let (mut head, _) = sent.into_parts();
    let method = method_after(response.status(), &head.method);
    let body = if method == head.method {
        body.ok_or(NotFollowed::BodySent)?
    } else {
        for name in [
            CONTENT_ENCODING,
            CONTENT_LANGUAGE,
            CONTENT_LENGTH,
            CONTENT_LOCATION,
            CONTENT_TYPE,
            EXPECT,
            TRANSFER_ENCODING,
        ] {
            head.headers.remove(name);
        }
        Body::empty()
    };
    if !is_same {
        for name in [AUTHORIZATION, COOKIE, HOST, PROXY_AUTHORIZATION] {
            head.headers.remove(name);
        }
    }
    head.method = method;
    head.uri = target;
    Ok(Request::from_parts(head, body))
}

fn method_after(status: StatusCode, method: &Method) -> Method {
    let becomes_get = match status {
        StatusCode::SEE_OTHER => *method != Method::HEAD,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => *method == Method::POST,
        _ => false,
    };
    if becomes_get {
        Method::GET
    } else {
        method.clone()
    }
}
