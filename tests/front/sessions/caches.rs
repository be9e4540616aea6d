//! Responses with sessions in caches.

use std::time::Duration;

use super::*;

fn fields(response: &Response) -> (Option<&str>, Option<&str>) {
    (response.header("cache-control"), response.header("vary"))
}

#[test]
fn a_response_that_sets_the_cookie_is_not_stored() {
    let app = app(&sessions());
    let login = app.test_http(post("/login", "ann"));
    assert_eq!(fields(&login), (Some("no-store"), None));
    let ann = cookie(&login);
    let logout = app.test_http(with(post("/logout", ""), &ann));
    assert_eq!(logout.header("cache-control"), Some("no-store"));
}

#[test]
fn a_response_that_depends_on_the_session_is_private() {
    let app = app(&sessions());
    let ann = logged_in(&app, "ann");
    let private = (Some("private"), Some("cookie"));
    assert_eq!(fields(&app.test_http(with("/me", &ann))), private);
    assert_eq!(fields(&app.test_http("/anyone")), private);
    assert_eq!(fields(&app.test_http("/me")), private);
    assert_eq!(fields(&app.test_http(with("/static", &ann))), (None, None));
}

#[test]
fn the_field_of_a_handler_stays_unless_it_shares_a_cookie() {
    async fn shared(sessions: Sessions<User>) -> Result<Response, SessionError> {
        let cookie = sessions.login(user("ann")).await?;
        let response = (cookie, "in").into_response();
        Ok(response.with_header("cache-control", "public, max-age=60"))
    }
    async fn private(sessions: Sessions<User>) -> Result<Response, SessionError> {
        let cookie = sessions.login(user("ann")).await?;
        Ok((cookie, "in")
            .into_response()
            .with_header("cache-control", "Private"))
    }
    fn public(session: Option<Session<User>>) -> Response {
        let text = session.is_some().to_string();
        text.into_response()
            .with_header("cache-control", "public, max-age=60")
    }
    let sessions = sessions().with_idle_timeout(Duration::from_secs(100));
    let app = routes! {
        POST "/shared" => http(shared(_)),
        POST "/private" => http(private(_)),
        GET "/public" => http(public(_)),
        "/" => ws(stay(ws)),
    };
    let app = app.with(sessions);
    let response = app.test_http((Method::POST, "/shared"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    let response = app.test_http((Method::POST, "/private"));
    assert_eq!(response.header("cache-control"), Some("Private"));
    // A cache would send a renewed cookie to others.
    let mut clock = app.test_ws("/");
    clock.advance(Duration::from_secs(50));
    let response = app.test_http(with("/public", &cookie(&response)));
    assert_eq!(response.body(), "true");
    assert!(response.set_cookies().is_empty());
    assert_eq!(
        fields(&response),
        (Some("public, max-age=60"), Some("cookie"))
    );
}
