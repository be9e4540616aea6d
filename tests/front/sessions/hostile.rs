//! Cookies that are no session.

use super::*;

/// Returns `text` with its letters in the other case.
fn flipped(text: &str) -> String {
    let flip = |c: char| {
        if c.is_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    text.chars().map(flip).collect()
}

/// Returns `text` with another letter at this place.
fn other_at(text: &str, at: usize) -> String {
    let other = if text[at..].starts_with('A') {
        'B'
    } else {
        'A'
    };
    let mut changed = text.to_owned();
    changed.replace_range(at..=at, &other.to_string());
    changed
}

#[test]
fn a_broken_cookie_is_no_session_and_never_an_error() {
    let app = app(&sessions());
    let ann = logged_in(&app, "ann").value().to_owned();
    let foreign = logged_in(&self::app(&sessions()), "ann").value().to_owned();
    let mut fields = vec![
        String::new(),
        "session".into(),
        "session=".into(),
        "session==".into(),
        "session=a".into(),
        "session=%41".into(),
        "session=\"\"".into(),
        ";;;=;=;session".into(),
        format!("session={foreign}"),
        format!("Session={ann}"),
        format!("session ={ann}x"),
        format!("session={ann}="),
        format!("session={ann}A"),
        format!("session={}", flipped(&ann)),
        format!("session={}", other_at(&ann, ann.len() / 2)),
        format!("session={}", other_at(&ann, 0)),
        format!("__Host-session={ann}"),
        format!("session={ann}; session={ann}"),
        format!("session={ann}; session="),
        format!("session=; a=b; session={ann}"),
        format!("session={}", "A".repeat(60_000)),
        format!("session={}", "A=".repeat(2_000)),
    ];
    fields.extend(
        (0..ann.len())
            .step_by(7)
            .map(|end| format!("session={}", &ann[..end])),
    );
    for field in fields {
        let request = || Request::get("/anyone").header("cookie", &field);
        let response = app.test_http(request());
        assert_eq!(response.status(), 200, "{field}");
        assert_eq!(response.body(), "a stranger", "{field}");
        assert!(response.set_cookies().is_empty(), "{field}");
        let request = Request::get("/ws").header("cookie", &field);
        assert_eq!(
            app.try_test_ws(request).expect_err("a refusal").status(),
            401,
            "{field}"
        );
    }
    // The same cookie among others, in one field or in several.
    for fields in [
        vec![format!("a=b;session={ann};c=d")],
        vec!["a=b".into(), format!("session={ann}")],
        vec![format!("session = {ann} ")],
    ] {
        let mut request = Request::get("/anyone");
        for field in fields {
            request = request.header("cookie", field);
        }
        assert_eq!(app.test_http(request).body(), "ann");
    }
    let twice = Request::get("/anyone")
        .header("cookie", format!("session={ann}"))
        .header("cookie", format!("session={ann}"));
    assert_eq!(app.test_http(twice).body(), "a stranger");
}

#[test]
fn bytes_that_are_not_text_are_no_session() {
    let app = app(&sessions());
    let mut request = Request::get("/anyone")
        .body(Body::empty())
        .expect("a request");
    let field = http4k_ws::http::HeaderValue::from_bytes(b"session=\xff\xfe").expect("a field");
    request.headers_mut().insert("cookie", field);
    assert_eq!(app.test_http(request).body(), "a stranger");
}

#[test]
fn a_cookie_for_another_use_is_no_session() {
    let key = SessionKey::generate();
    let with_key = || CookieSessions::<User>::encrypted([key.clone()]);
    let ann = logged_in(&app(&with_key()), "ann");
    for other in [
        with_key().with_purpose("staging"),
        with_key().with_name("other"),
        with_key().with_https(),
        with_key().with_store(http4k_ws::filter::sessions::MemorySessions::new(9)),
    ] {
        let app = app(&other);
        let name = logged_in(&app, "bob").name().to_owned();
        let replayed = SetCookie::new(name, ann.value().to_owned());
        assert_eq!(known(&app, &replayed), "a stranger", "{other:?}");
    }
    assert_eq!(known(&app(&with_key()), &ann), "ann");
    // A value of another type is no session.
    let numbers = CookieSessions::<u64>::encrypted([key]);
    let app = numbers_app(&numbers);
    assert_eq!(app.test_http(with("/number", &ann)).body(), "None");
}

fn number(session: Option<Session<u64>>) -> String {
    format!("{:?}", session.map(|Session(number)| number))
}

fn numbers_app(sessions: &CookieSessions<u64>) -> PolyHandler {
    routes! { GET "/number" => http(number(_)) }.with(sessions.clone())
}

#[test]
fn a_planted_session_is_replaced_by_the_login() {
    let app = app(&sessions().with_store(http4k_ws::filter::sessions::MemorySessions::new(9)));
    let planted = logged_in(&app, "attacker");
    let login = app.test_http(with(post("/login", "victim"), &planted));
    let victim = cookie(&login);
    assert_ne!(victim.value(), planted.value());
    assert_eq!(known(&app, &victim), "victim");
    // The id that the attacker knows is gone.
    assert_eq!(known(&app, &planted), "a stranger");
}

#[test]
fn a_rotated_key_is_read_renewed_and_then_dropped() {
    let (old, new) = (SessionKey::generate(), SessionKey::generate());
    let before = app(&CookieSessions::encrypted([old.clone()]));
    let during = app(&CookieSessions::encrypted([new.clone(), old.clone()]));
    let after = app(&CookieSessions::encrypted([new.clone()]));
    let ann = logged_in(&before, "ann");
    let response = during.test_http(with("/anyone", &ann));
    assert_eq!(response.body(), "ann");
    let renewed = cookie(&response);
    assert!(
        during
            .test_http(with("/anyone", &renewed))
            .set_cookies()
            .is_empty()
    );
    assert_eq!(known(&after, &renewed), "ann");
    assert_eq!(known(&after, &ann), "a stranger");
    // A server that does not have the new key in front yet reads what the others write.
    let behind = app(&CookieSessions::encrypted([old, new]));
    assert_eq!(known(&behind, &renewed), "ann");
}

#[test]
#[should_panic(expected = "sessions need at least one key")]
fn sessions_without_a_key_panic() {
    CookieSessions::<User>::encrypted([]);
}

#[test]
fn settings_that_cannot_work_panic() {
    let panics = |change: fn(CookieSessions<User>) -> CookieSessions<User>| {
        std::panic::catch_unwind(|| change(sessions())).is_err()
    };
    assert!(panics(|sessions| sessions.with_name("")));
    assert!(panics(|sessions| sessions.with_name("a b")));
    assert!(panics(|sessions| sessions.with_name("a;b")));
    assert!(panics(|sessions| sessions.with_name("__Host-session")));
    assert!(panics(|sessions| sessions.with_login_page("//evil.example")));
    assert!(panics(|sessions| sessions.with_login_page("login")));
    assert!(panics(|sessions| sessions.with_login_page("/a\r\nb")));
    assert!(panics(
        |sessions| sessions.with_idle_timeout(std::time::Duration::ZERO)
    ));
    assert!(panics(
        |sessions| sessions.with_max_age(std::time::Duration::from_millis(9))
    ));
    assert!(!panics(|sessions| sessions.with_name("chat.session")));
}
