//! Errors as pages, for browsers.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, VARY};
use http::{Method, StatusCode};

use crate::handler::over_upgrades::over_all;
use crate::handler::{BoxHttpHandler, BoxPolyFilter, BoxWsHandler, HttpHandler, Next, PolyFilter};
use crate::lens::{Accept, Failure, LensFailure};
use crate::message::{Body, Html, Request, Response};

/// Turns errors into pages of HTML for clients that prefer HTML, as browsers do.
///
/// An error is a response with a status from 400 on whose body is in memory and is
/// `application/problem+json`, plain text or empty. For it, the page has the status, the detail and
/// each failure of a lens. The other fields of the response stay, such as `Allow` and
/// `WWW-Authenticate`. A page of the application's own stays too. A client prefers HTML if its
/// `Accept` names `text/html` and nothing with a greater weight: browsers do so for pages, but not
/// for `fetch`, for streams of events and for sockets. `Vary: Accept` is added to each error, so
/// that caches keep them apart.
///
/// The texts are escaped, because they may repeat what a client sent.
/// [`rendered_by`](ProblemPages::rendered_by) sets a page of your own.
///
/// Requests that the server refuses before the application, such as one for another host, have its
/// plain text. Put this filter outermost, so that it sees the errors of other filters.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::problems_as_html;
///
/// async fn square(Query(page): Query<Page>) -> String {
///     (page.number * page.number).to_string()
/// }
///
/// #[derive(Deserialize)]
/// struct Page { number: u32 }
///
/// let app = routes! { GET "/square" => http(square(_)) }.with(problems_as_html());
/// let browser = |path: &str| {
///     let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
///     app.test_http(Request::get(path).header("accept", accept))
/// };
/// let response = browser("/square?number=%3Cb%3E");
/// assert_eq!(response.status(), 400);
/// assert_eq!(response.header("content-type"), Some("text/html; charset=utf-8"));
/// let page = response.body().as_text().unwrap();
/// assert!(page.contains("<h1>400 Bad Request</h1>") && !page.contains("<b>"), "{page}");
///
/// let response = app.test_http("/square?number=x");
/// assert_eq!(response.header("content-type"), Some("application/problem+json"));
/// ```
pub fn problems_as_html() -> ProblemPages {
    ProblemPages {
        render: Arc::new(HtmlProblem::page),
    }
}

type Render = dyn Fn(&HtmlProblem) -> String + Send + Sync;

/// The filter that [`problems_as_html`] returns.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{ProblemPages, problems_as_html};
///
/// let pages: ProblemPages = problems_as_html();
/// let app = routes! { GET "/" => http(|| "hello") }.with(pages);
/// let has_page = |accept: &'static str| {
///     let response = app.test_http(Request::get("/rooms").header("accept", accept));
///     response.header("content-type") == Some("text/html; charset=utf-8")
/// };
/// assert!(has_page("text/html"));
/// assert!(!has_page("application/json"));
/// ```
#[derive(Clone)]
pub struct ProblemPages {
    render: Arc<Render>,
}

impl fmt::Debug for ProblemPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProblemPages").finish_non_exhaustive()
    }
}

/// An error that is shown as a page.
///
/// The texts are not escaped. A template must escape them, or the function must call
/// [`Html::escaped`].
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{HtmlProblem, problems_as_html};
///
/// /// Returns a page without the detail.
/// fn page(problem: &HtmlProblem) -> String {
///     format!("<h1>{}: {}</h1>", problem.status.as_u16(), problem.title())
/// }
///
/// let app = routes! { GET "/" => http(|| "hello") };
/// let app = app.with(problems_as_html().rendered_by(page));
/// let response = app.test_http(Request::get("/rooms").header("accept", "text/html"));
/// assert_eq!(response.body(), "<h1>404: Not Found</h1>");
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HtmlProblem {
    /// The status of the response.
    pub status: StatusCode,
    /// The explanation, which may repeat what the client sent. `None` if there is none.
    pub detail: Option<String>,
    /// The parts of the request that could not be read, each of which `detail` names too.
    pub failures: Vec<Failure>,
}

impl HtmlProblem {
    /// Returns the reason phrase of the status, such as `Not Found`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::{HtmlProblem, problems_as_html};
    /// use http4k_ws::prelude::*;
    ///
    /// let title = |problem: &HtmlProblem| problem.title().to_owned();
    /// let pages = problems_as_html().rendered_by(title);
    /// let app = routes! { GET "/" => http(|| StatusCode::CONFLICT) }.with(pages);
    /// let response = app.test_http(Request::get("/").header("accept", "text/html"));
    /// assert_eq!(response.body(), "Conflict");
    /// ```
    pub fn title(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or("Error")
    }

    fn page(&self) -> String {
        let heading = format!("{} {}", self.status.as_u16(), self.title());
        let mut content = String::new();
        if self.failures.is_empty() {
            if let Some(detail) = &self.detail {
                content = format!("<p>{}</p>\n", Html::escaped(detail));
            }
        } else {
            content.push_str("<ul>\n");
            for failure in &self.failures {
                let failure = Html::escaped(&failure.to_string());
                content.extend(["<li>", &failure, "</li>\n"]);
            }
            content.push_str("</ul>\n");
        }
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{heading}</title>\n\
             </head>\n<body>\n<h1>{heading}</h1>\n{content}</body>\n</html>\n"
        )
    }
}

impl ProblemPages {
    /// Sets the function that returns the page of a problem.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::{HtmlProblem, problems_as_html};
    /// use http4k_ws::message::Html;
    ///
    /// fn page(problem: &HtmlProblem) -> String {
    ///     let detail = Html::escaped(problem.detail.as_deref().unwrap_or_default());
    ///     format!("<h1>Oh no: {}</h1><p>{detail}", problem.title())
    /// }
    ///
    /// let app = routes! { GET "/" => http(|| "hello") };
    /// let app = app.with(problems_as_html().rendered_by(page));
    /// let response = app.test_http(Request::get("/rooms").header("accept", "text/html"));
    /// assert!(response.body().as_text().unwrap().starts_with("<h1>Oh no: Not Found</h1>"));
    /// ```
    #[must_use]
    pub fn rendered_by(
        self,
        render: impl Fn(&HtmlProblem) -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            render: Arc::new(render),
        }
    }

    fn over_all(&self) -> BoxPolyFilter {
        let render = Arc::clone(&self.render);
        let pages = move |request: Request, next: Next| {
            let (render, method) = (Arc::clone(&render), request.method().clone());
            let is_browser = Accept::of(&request).prefers("text/html");
            async move {
                let response = next.call(request).await;
                as_page(&method, is_browser, response, &*render)
            }
        };
        over_all("problems_as_html", pages)
    }
}

impl PolyFilter for ProblemPages {
    fn name(&self) -> String {
        "problems_as_html".to_owned()
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        self.over_all().http(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        self.over_all().ws(next)
    }
}

fn as_page(method: &Method, is_browser: bool, response: Response, render: &Render) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let Some(text) = text_of(&response) else {
        return response;
    };
    let text = text.into_owned();
    let (mut head, body) = response.into_parts();
    vary_by_accept(&mut head.headers);
    if !is_browser {
        return Response::from_parts(head, body);
    }
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    head.headers.insert(CONTENT_TYPE, html);
    head.headers.remove(CONTENT_LENGTH);
    // The detail of a response without its body is not known, and neither is the page's length.
    if method == Method::HEAD && text.is_empty() {
        return Response::from_parts(head, Body::empty());
    }
    let failures = head.extensions.get::<LensFailure>();
    let failures = failures.filter(|_| status.is_client_error());
    let problem = HtmlProblem {
        status,
        detail: Some(text).filter(|text| !text.is_empty()),
        failures: failures.map_or_else(Vec::new, |failure| failure.failures().to_vec()),
    };
    Response::from_parts(head, Body::from(render(&problem)))
}

/// Returns the explanation in the body of an error, which may be empty. `None` if the body is not
/// in memory, or of another type.
fn text_of(response: &Response) -> Option<Cow<'_, str>> {
    let text = response.body().as_text()?;
    let content_type = response.headers().get(CONTENT_TYPE);
    let Some(content_type) = content_type else {
        return text.is_empty().then_some(Cow::Borrowed(""));
    };
    let essence = content_type.to_str().ok()?.split(';').next()?.trim();
    if essence.eq_ignore_ascii_case("text/plain") {
        Some(Cow::Borrowed(text.trim()))
    } else if essence.eq_ignore_ascii_case("application/problem+json") {
        Some(Cow::Owned(detail(text)))
    } else {
        None
    }
}

/// Returns the detail of a problem in JSON, or an empty text.
#[cfg(feature = "json")]
fn detail(problem: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Detail {
        detail: Option<String>,
    }
    let read = serde_json::from_str(problem);
    read.ok()
        .and_then(|read: Detail| read.detail)
        .unwrap_or_default()
}

#[cfg(not(feature = "json"))]
fn detail(_problem: &str) -> String {
    String::new()
}

fn vary_by_accept(headers: &mut HeaderMap) {
    let varies = |value: &HeaderValue| {
        let value = value.to_str().unwrap_or_default();
        value
            .split(',')
            .any(|name| matches!(name.trim(), "*") || is_accept(name.trim()))
    };
    if !headers.get_all(VARY).iter().any(varies) {
        headers.append(VARY, HeaderValue::from_static("accept"));
    }
}

fn is_accept(name: &str) -> bool {
    let name = HeaderName::from_bytes(name.as_bytes());
    name.is_ok_and(|name| name == http::header::ACCEPT)
}
