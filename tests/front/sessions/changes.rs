//! Logins, changes and logouts over every protocol.

use std::panic::AssertUnwindSafe;

use http4k_ws::contract_test;
use http4k_ws::filter::sessions::MemorySessions;
use http4k_ws::testing::SseClient;
use http4k_ws::testing::contract::Backend;

use super::*;

fn a_session_is_known_everywhere(backend: &impl Backend) {
    for path in ["/me", "/feed"] {
        let refusal = backend.http(path);
        assert_eq!(refusal.status(), 401, "{path}");
        let challenge = refusal.header("www-authenticate");
        assert_eq!(challenge, Some("Cookie cookie-name=\"session\""));
        assert_eq!(
            refusal.header("content-type"),
            Some("application/problem+json")
        );
    }
    assert_eq!(
        backend.try_ws("/ws").err().expect("a refusal").status(),
        401
    );
    assert_eq!(
        backend.try_sse("/feed").err().expect("a refusal").status(),
        401
    );
    assert_eq!(backend.http("/anyone").body(), "a stranger");

    let ann = cookie(&backend.http(post("/login", "ann")));
    assert_eq!(ann.name(), "session");
    assert!(!ann.value().contains("ann"));
    assert_eq!(backend.http(with("/me", &ann)).body(), "ann");
    assert_eq!(
        backend.ws(with("/ws", &ann)).received().next(),
        Some(Ok("ann".into()))
    );
    let event = backend.sse(with("/feed", &ann)).received().next();
    assert_eq!(event.expect("open").expect("an event").data(), "ann");

    let bob = cookie(&backend.http(with(post("/rename", "bob"), &ann)));
    assert_eq!(backend.http(with("/me", &bob)).body(), "bob");
    let removed = cookie(&backend.http(with(post("/logout", ""), &bob)));
    assert!(removed.is_removed() && removed.name() == "session");
    assert_eq!(backend.http(with("/anyone", &removed)).body(), "a stranger");
}

#[contract_test(app(&sessions()))]
fn a_session_in_a_cookie_is_known_over_every_protocol(backend: &impl Backend) {
    a_session_is_known_everywhere(backend);
}

#[contract_test(app(&sessions().with_store(MemorySessions::new(10))))]
fn a_session_in_a_store_is_known_over_every_protocol(backend: &impl Backend) {
    a_session_is_known_everywhere(backend);
}

#[test]
fn a_login_sets_safe_attributes() {
    let response = app(&sessions()).test_http(post("/login", "ann"));
    let field = response.header("set-cookie").expect("a cookie");
    assert!(field.starts_with("session="), "{field}");
    assert!(
        field.ends_with("; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax"),
        "{field}"
    );

    let app = app(&sessions().with_name("chat"));
    let request = post("https://chat.example/login", "ann");
    let response = app.test_http(request);
    let field = response.header("set-cookie").expect("a cookie");
    assert!(field.starts_with("__Host-chat="), "{field}");
    assert!(
        field.ends_with("; HttpOnly; SameSite=Lax; Secure"),
        "{field}"
    );
    let ann = cookie(&response);
    assert_eq!(
        app.test_http(with("https://chat.example/me", &ann)).body(),
        "ann"
    );
    // The prefix is required over https: a page at `http` could have set the plain name.
    let plain = SetCookie::new("chat", ann.value().to_owned());
    assert_eq!(
        app.test_http(with("https://chat.example/me", &plain))
            .status(),
        401
    );
    assert_eq!(
        app.test_http(with("http://chat.example/me", &ann)).status(),
        401
    );

    let removed = app.test_http(with(post("https://chat.example/logout", ""), &ann));
    let field = removed.header("set-cookie").expect("a cookie");
    let expected = "__Host-chat=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure";
    assert_eq!(field, expected);
}

#[test]
fn https_may_be_declared() {
    let response = app(&sessions().with_https()).test_http(post("/login", "ann"));
    let field = response.header("set-cookie").expect("a cookie");
    assert!(
        field.starts_with("__Host-session=") && field.ends_with("; Secure"),
        "{field}"
    );
}

#[test]
fn a_value_that_browsers_would_drop_is_an_error() {
    let app = app(&sessions());
    let largest = (2900..3050).rev().find(|length| {
        let response = app.test_http(post("/login", "x".repeat(*length)));
        let is_set = response.status() == 200;
        assert_eq!(is_set, !response.set_cookies().is_empty());
        if is_set {
            let field = response.header("set-cookie").expect("a cookie");
            assert!(field.len() <= 4096, "{}", field.len());
        } else {
            assert_eq!(response.status(), 500);
        }
        is_set
    });
    let largest = largest.expect("a value that fits");
    assert!((2900..3040).contains(&largest), "{largest}");
    let ann = logged_in(&app, "ann");
    assert_eq!(
        app.test_http(with(post("/rename", "x".repeat(5000)), &ann))
            .status(),
        500
    );
    assert_eq!(known(&app, &ann), "ann");
}

#[tokio::test]
async fn the_error_of_a_large_value_states_its_size() {
    let sessions = sessions()
        .read(&Request::default())
        .await
        .expect("no store");
    let error = sessions
        .login(user("x".repeat(9000)))
        .await
        .expect_err("too large");
    let SessionError::TooLarge { length } = &error else {
        panic!("{error:?}");
    };
    assert!((12_000..12_500).contains(length), "{length}");
    assert!(
        error
            .to_string()
            .contains("browsers drop one of more than 4096"),
        "{error}"
    );
}

#[test]
fn page_requests_are_redirected_to_the_login_page() {
    let app = app(&sessions().with_login_page("/login"));
    let accepting = |accept: &'static str, path: &str| Request::get(path).header("accept", accept);
    let chromium = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let page = app.test_http(accepting(chromium, "/me"));
    assert_eq!(
        (page.status().as_u16(), page.header("location")),
        (303, Some("/login"))
    );
    for accept in ["*/*", "application/json", "text/event-stream"] {
        assert_eq!(
            app.test_http(accepting(accept, "/me")).status(),
            401,
            "{accept}"
        );
    }
    assert_eq!(app.try_test_ws("/ws").expect_err("a refusal").status(), 401);
}

#[test]
fn without_the_filter_the_application_is_refused_and_an_option_is_500() {
    crate::logged::start();
    let refused = |app: PolyHandler| {
        let panic =
            std::panic::catch_unwind(AssertUnwindSafe(|| app.test_http("/"))).expect_err("a panic");
        *panic.downcast::<String>().expect("a text")
    };
    let text = refused(routes! { GET "/" => http(me(_)) });
    let expected = "reads `Session<User>`, which no filter before it provides: add \
        `with(CookieSessions::encrypted(keys))`";
    assert!(text.contains(expected), "{text}");
    let text = refused(routes! { POST "/" => http(logout(_)) });
    assert!(text.contains("reads `Sessions<User>`"), "{text}");

    let app = routes! { GET "/unfiltered/optional" => http(anyone(_)) };
    assert_eq!(app.test_http("/unfiltered/optional").status(), 500);
    let line = crate::logged::await_line_with("/unfiltered/optional");
    assert!(
        line.contains("add `with(CookieSessions::encrypted(keys))`"),
        "{line}"
    );
}

#[test]
fn two_kinds_of_sessions_have_a_type_and_a_name_each() {
    #[derive(Clone, Serialize, Deserialize)]
    struct Cart(u32);
    async fn put(carts: Sessions<Cart>) -> Result<impl IntoResponse, SessionError> {
        let count = carts.value().map_or(0, |cart| cart.0) + 1;
        Ok((carts.update(Cart(count)).await?, count.to_string()))
    }
    fn both(user: Option<Session<User>>, cart: Option<Session<Cart>>) -> String {
        format!("{} {:?}", user.is_some(), cart.map(|Session(cart)| cart.0))
    }
    let key = SessionKey::generate();
    let carts = CookieSessions::<Cart>::encrypted([key.clone()]).with_name("cart");
    let users = CookieSessions::<User>::encrypted([key]);
    let app = routes! {
        POST "/put" => http(put(_)),
        POST "/login" => http(login(_, _)),
        GET "/both" => http(both(_, _)),
    };
    let app = app.with(carts).with(users);
    let cart = cookie(&app.test_http((Method::POST, "/put")));
    let ann = logged_in(&app, "ann");
    let pairs = format!("session={}; cart={}", ann.value(), cart.value());
    let request = Request::get("/both").header("cookie", pairs);
    assert_eq!(app.test_http(request).body(), "true Some(1)");
    let swapped = format!("session={}; cart={}", cart.value(), ann.value());
    let request = Request::get("/both").header("cookie", swapped);
    assert_eq!(app.test_http(request).body(), "false None");
}

#[test]
fn nothing_shows_a_secret() {
    let sessions = sessions()
        .with_purpose("hidden-purpose")
        .with_store(MemorySessions::new(9));
    let shown = format!("{sessions:?}");
    assert!(
        shown.contains("keys: 1") && !shown.contains("hidden"),
        "{shown}"
    );
}
