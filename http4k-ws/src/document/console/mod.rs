//! The console: a page that shows the routes of an application, and calls them.

use bytes::Bytes;
use http::{HeaderValue, Method, header};

use super::info::Info;
use crate::handler::PolyHandler;
use crate::message::{IntoResponse, Request, Response, ResponseExt};
use crate::routing::Routes;

/// The page. `{nonce}` and `{mount}` stand for what differs between responses and applications.
const PAGE: &str = include_str!("page.html");

/// The settings of [`PolyHandler::with_console`], which an [`Info`] converts into.
///
/// # Examples
///
/// ```
/// use http4k_ws::document::{Console, Info};
///
/// let console = Console::new(Info::new("chat", "1.2.0")).in_release();
/// assert!(console.is_in_release());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Console {
    info: Info,
    in_release: bool,
}

impl Console {
    /// Creates the settings of a console for development.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::document::{Console, Info};
    ///
    /// assert!(!Console::new(Info::new("chat", "1.2.0")).is_in_release());
    /// ```
    pub fn new(info: Info) -> Self {
        let in_release = false;
        Self { info, in_release }
    }

    /// Lets release builds have the console, too. It lists every route and its documentation, so
    /// that it belongs behind a login: add the filter after the console.
    pub fn in_release(self) -> Self {
        let in_release = true;
        Self { in_release, ..self }
    }

    /// Returns `true` if release builds have the console, too.
    pub fn is_in_release(&self) -> bool {
        self.in_release
    }

    /// Returns the reason not to mount the console at `path`, if there is one.
    fn refusal(&self, path: &str, is_release: bool) -> Option<String> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
        if !path.starts_with('/') || path.ends_with('/') || !path.chars().all(is_plain) {
            return Some(format!(
                "the path of a console is `/` and ASCII letters, digits, `-`, `.`, `_` or `~`, as in \
                 `/_console`, and not `{path}`"
            ));
        }
        (is_release && !self.in_release).then(|| {
            format!(
                "the console at `{path}` shows every route to every visitor, and this is a release \
                 build: write `Console::new(info).in_release()` if it is behind a login, or call \
                 `with_console` only if `cfg!(debug_assertions)`"
            )
        })
    }
}

impl From<Info> for Console {
    fn from(info: Info) -> Self {
        Self::new(info)
    }
}

impl From<&Info> for Console {
    fn from(info: &Info) -> Self {
        Self::new(info.clone())
    }
}

impl PolyHandler {
    /// Adds a console for developers: a page at `path` with the routes of this application, their
    /// documentation, and forms that call them.
    ///
    /// The page connects sockets, sends messages from forms made of their schemas, sends HTTP
    /// requests, and reads streams of events. It is one file without external resources, under a
    /// strict Content-Security-Policy. `asyncapi.json`, `openapi.json` and `client.ts` are below
    /// `path`.
    ///
    /// No document lists the routes of the console itself, also if it is created afterwards.
    ///
    /// Routes that are added later are not shown, and filters around the console see its requests:
    /// call this after the routes are complete, and before the filter that requires a login. A
    /// filter that sets a Content-Security-Policy of its own stops the page.
    ///
    /// # Panics
    ///
    /// Panics in a release build, unless the console is [`in_release`](Console::in_release): it
    /// shows every route. A build is a release build if this library has no `debug_assertions`.
    /// Panics also if the path is not a plain one, and if the application has the same route.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::document::{Console, Info};
    ///
    /// let app = routes! { GET "/hello/<name>" => http(|name: String| format!("hello {name}")) };
    /// let console = Console::new(Info::new("hello", "1.0")).in_release();
    /// let app = app.with_console("/_console", console);
    ///
    /// let page = app.test_http("/_console");
    /// assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    /// assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    /// assert_eq!(app.test_http("/_console/client.ts").status(), 200);
    /// assert_eq!(app.test_http("/hello/ann").body(), "hello ann");
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_console(self, path: &str, console: impl Into<Console>) -> Self {
        let console = console.into();
        if let Some(reason) = console.refusal(path, cfg!(not(debug_assertions))) {
            panic!("{reason}");
        }
        let mounted = PAGE.replace("{mount}", path);
        let client = Bytes::from(self.typescript());
        let file = |name: &str| format!("{path}/{name}");
        let routes = Routes::new()
            .http(Method::GET, path, move |_: Request| page(&mounted))
            .undocumented()
            .http(
                Method::GET,
                file("asyncapi.json"),
                self.asyncapi(&console.info),
            )
            .undocumented()
            .http(
                Method::GET,
                file("openapi.json"),
                self.openapi(&console.info),
            )
            .undocumented()
            .http(Method::GET, file("client.ts"), move |_: Request| {
                let response = client.clone().into_response();
                response.with_header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
            })
            .undocumented();
        match routes.mount("/", self).build() {
            Ok(app) => app,
            Err(conflict) => panic!("the console cannot be mounted at `{path}`: {conflict}"),
        }
    }
}

/// Returns the page with a nonce of its own, which its style and its script have.
fn page(mounted: &str) -> Response {
    let nonce = format!("{:032x}", rand::random::<u128>());
    let policy = HeaderValue::try_from(format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; \
         connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    ))
    .expect("a policy is visible ASCII");
    mounted
        .replace("{nonce}", &nonce)
        .into_response()
        .with_header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .with_header(header::CONTENT_SECURITY_POLICY, policy)
        .with_header(header::CACHE_CONTROL, "no-store")
        .with_header(header::REFERRER_POLICY, "no-referrer")
        .with_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_at_most_30_kb() {
        assert!(PAGE.len() <= 30_000, "{} bytes", PAGE.len());
    }

    #[test]
    fn the_page_never_makes_markup_of_data() {
        for forbidden in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
        ] {
            assert!(!PAGE.contains(forbidden), "{forbidden}");
        }
        for external in ["http://", "https://", "//cdn", "@import", "url("] {
            assert!(!PAGE.contains(external), "{external}");
        }
        // The policy has no place for them.
        for inline in [" style=", " onclick=", " onload=", "javascript:"] {
            assert!(!PAGE.contains(inline), "{inline}");
        }
    }

    #[test]
    fn a_release_build_has_no_console_unless_it_is_asked_for() {
        let console = Console::new(Info::new("a", "1"));
        assert_eq!(console.refusal("/_console", false), None);
        let reason = console.refusal("/_console", true).unwrap();
        assert!(
            reason.contains("`Console::new(info).in_release()`"),
            "{reason}"
        );
        assert_eq!(console.in_release().refusal("/_console", true), None);
    }

    #[test]
    fn the_path_is_plain() {
        let console = Console::new(Info::new("a", "1"));
        for path in ["", "/", "x", "/x/", "/<x>", "/a'b", "/a b", "/{nonce}"] {
            let reason = console.refusal(path, false).unwrap();
            assert!(reason.ends_with(&format!("and not `{path}`")), "{reason}");
        }
        assert_eq!(console.refusal("/dev/con-sole_1.0~", false), None);
    }
}
