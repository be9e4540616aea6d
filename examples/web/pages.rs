//! Pages for browsers: templates of maud, a redirect after each POST, and errors as pages.
//!
//! ```text
//! cargo run -p http4k-ws-examples-web --example pages
//! ```

use std::sync::{Arc, Mutex, PoisonError};

use http4k_ws::filter::{HtmlProblem, csrf, problems_as_html};
use http4k_ws::message::{Html, Redirect, SetCookie};
use http4k_ws::prelude::*;
use maud::{DOCTYPE, Markup, html};

/// The entries of the guest book, the oldest first.
type Book = Arc<Mutex<Vec<String>>>;

/// An entry as the form sends it.
#[derive(FromRequest)]
struct Entry {
    #[form]
    text: String,
}

/// The message that is shown once, on the page behind a redirect.
#[derive(FromRequest)]
struct Notice {
    #[cookie]
    notice: Option<String>,
}

/// Returns `content` in the frame of every page.
fn page(title: &str, content: Markup) -> Html<String> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
            }
            body { h1 { (title) } (content) }
        }
    };
    Html(page.into_string())
}

/// Returns the page of an error, in the frame of every page. maud escapes all texts.
fn problem(problem: &HtmlProblem) -> String {
    let content = html! {
        @if let Some(detail) = &problem.detail { p { (detail) } }
        p { a href=(app::book {}.uri()) { "Back to the book" } }
    };
    page(problem.title(), content).0
}

async fn show(book: &Book, Notice { notice }: Notice) -> (SetCookie, Html<String>) {
    let entries = book.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let content = html! {
        @if notice.as_deref() == Some("added") { p role="status" { "Thank you!" } }
        ol { @for (at, entry) in entries.iter().enumerate() {
            li { a href=(app::entry { at }.uri()) { (entry) } }
        } }
        form method="post" {
            label { "Your entry: " input name="text" maxlength="100" required; }
            button { "Write" }
        }
    };
    (
        SetCookie::new("notice", "").removed(),
        page("Guest book", content),
    )
}

async fn show_entry(book: &Book, at: usize) -> Option<Html<String>> {
    let entries = book.lock().unwrap_or_else(PoisonError::into_inner);
    let entry = entries.get(at)?;
    Some(page(
        &format!("Entry {at}"),
        html! { blockquote { (entry) } },
    ))
}

/// Adds an entry, and redirects: reloading the page that follows does not add it again.
async fn write(
    book: &Book,
    Entry { text }: Entry,
) -> Result<(SetCookie, Redirect), (StatusCode, &'static str)> {
    if text.trim().is_empty() || text.chars().count() > 100 {
        let reason = "an entry has 1 to 100 characters";
        return Err((StatusCode::UNPROCESSABLE_ENTITY, reason));
    }
    book.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(text);
    Ok((
        SetCookie::new("notice", "added"),
        Redirect::to(app::book {}),
    ))
}

routes! {
    fn app(book: Book) -> PolyHandler {
        GET  "/" as book           => http(show(&book, _)),
        POST "/"                   => http(write(&book, _)),
        GET  "/entries/<at>" as entry => http(show_entry(&book, at)),
    }
}

fn site() -> PolyHandler {
    let app = app(Book::default());
    app.with(csrf())
        .with(problems_as_html().rendered_by(problem))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    println!("http://127.0.0.1:9000/");
    site().serve("127.0.0.1:9000").await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser(request: http4k_ws::http::request::Builder) -> http4k_ws::http::request::Builder {
        request
            .header("accept", "text/html,*/*;q=0.8")
            .header("host", "localhost")
    }

    fn post(app: &PolyHandler, text: &str) -> Response {
        let request = browser(Request::post("/"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(format!("text={text}"));
        app.test_http(request)
    }

    fn text(response: &Response) -> &str {
        assert_eq!(
            response.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        response.body().as_text().expect("a page")
    }

    #[test]
    fn an_entry_is_written_and_shown_escaped() {
        let app = site();
        let written = post(&app, "%3Cb%3Ehello");
        assert_eq!(
            (written.status().as_u16(), written.header("location")),
            (303, Some("/"))
        );
        let notice = &written.set_cookies()[0];
        let cookie = format!("{}={}", notice.name(), notice.value());

        let shown = app.test_http(browser(Request::get("/")).header("cookie", cookie));
        assert!(
            text(&shown).contains("&lt;b&gt;hello</a>"),
            "{}",
            text(&shown)
        );
        assert!(text(&shown).contains("Thank you!"));
        assert!(shown.set_cookies()[0].is_removed());
        let entry = app.test_http(browser(Request::get("/entries/0")));
        assert!(text(&entry).contains("<blockquote>&lt;b&gt;hello</blockquote>"));
    }

    #[test]
    fn errors_are_pages_of_the_site() {
        let app = site();
        for (response, status, detail) in [
            (post(&app, "%20"), 422, "an entry has 1 to 100 characters"),
            (
                app.test_http(browser(Request::get("/entries/7"))),
                404,
                "Back to the book",
            ),
            (
                app.test_http(browser(Request::get("/%3Cscript%3E"))),
                404,
                "Back to the book",
            ),
        ] {
            assert_eq!(response.status(), status);
            assert!(text(&response).contains(detail), "{}", text(&response));
            assert!(!text(&response).contains("<script>"));
        }
        assert_eq!(
            app.test_http("/nowhere").header("content-type"),
            Some("text/plain; charset=utf-8")
        );
    }

    #[test]
    fn other_sites_cannot_write() {
        let request = browser(Request::post("/"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "cross-site")
            .body("text=spam");
        let refused = site().test_http(request);
        assert_eq!(refused.status(), 403);
        assert!(text(&refused).contains("Back to the book"));
    }
}
