//! The times of sessions, on a clock that the test advances.

use std::time::Duration;

use http4k_ws::filter::sessions::MemorySessions;
use http4k_ws::testing::TestWsClient;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

/// Returns a socket whose clock is that of every application of the test.
fn clock() -> TestWsClient {
    routes! { "/" => ws(stay(ws)) }.test_ws("/")
}

fn on_both_kinds(check: impl Fn(CookieSessions<User>)) {
    check(sessions());
    check(sessions().with_store(MemorySessions::new(10)));
}

#[test]
fn a_session_ends_after_the_idle_time() {
    on_both_kinds(|sessions| {
        let (app, mut clock) = (app(&sessions), clock());
        let ann = logged_in(&app, "ann");
        clock.advance(24 * HOUR - Duration::from_secs(60));
        assert_eq!(known(&app, &ann), "ann");
        clock.advance(Duration::from_secs(61));
        assert_eq!(known(&app, &ann), "a stranger");
    });
}

#[test]
fn requests_keep_a_session_alive_until_its_longest_life() {
    on_both_kinds(|sessions| {
        let (app, mut clock) = (app(&sessions), clock());
        let mut ann = logged_in(&app, "ann");
        for hours in (0..160).step_by(8) {
            let response = app.test_http(with("/anyone", &ann));
            assert_eq!(response.body(), "ann", "after {hours} h");
            if let [renewed] = response.set_cookies().as_slice() {
                ann = renewed.clone();
                let rest = HOUR * (168 - hours);
                let lifetime = renewed.lifetime().expect("a lifetime");
                assert!(
                    lifetime <= rest.min(24 * HOUR),
                    "{lifetime:?} after {hours} h"
                );
            } else {
                assert_eq!(hours, 0);
            }
            clock.advance(8 * HOUR);
        }
        clock.advance(8 * HOUR);
        assert_eq!(known(&app, &ann), "a stranger");
    });
}

#[test]
fn a_change_keeps_the_start_and_a_login_does_not() {
    on_both_kinds(|sessions| {
        let (app, mut clock) = (
            app(&sessions
                .with_idle_timeout(100 * HOUR)
                .with_max_age(100 * HOUR)),
            clock(),
        );
        let ann = logged_in(&app, "ann");
        clock.advance(90 * HOUR);
        let renamed = cookie(&app.test_http(with(post("/rename", "ann b"), &ann)));
        let again = cookie(&app.test_http(post("/login", "bob")));
        clock.advance(11 * HOUR);
        assert_eq!(known(&app, &renamed), "a stranger");
        assert_eq!(known(&app, &again), "bob");
    });
}

#[test]
fn a_cookie_is_renewed_once_in_a_tenth_of_the_idle_time() {
    let (app, mut clock) = (app(&sessions().with_idle_timeout(10 * HOUR)), clock());
    let ann = logged_in(&app, "ann");
    assert!(app.test_http(with("/me", &ann)).set_cookies().is_empty());
    clock.advance(HOUR - Duration::from_secs(10));
    assert!(app.test_http(with("/me", &ann)).set_cookies().is_empty());
    clock.advance(Duration::from_secs(10));
    let renewed = cookie(&app.test_http(with("/me", &ann)));
    assert!(
        app.test_http(with("/me", &renewed))
            .set_cookies()
            .is_empty()
    );

    // The responses that open a socket and a stream renew it, too.
    let socket = app.test_ws(with("/ws", &ann));
    let field = socket.response_headers()["set-cookie"]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(field.starts_with("session="), "{field}");
    let value = field["session=".len()..]
        .split(';')
        .next()
        .expect("a value")
        .to_owned();
    assert_eq!(known(&app, &SetCookie::new("session", value)), "ann");
    let stream = app.test_http(with(
        Request::get("/feed").header("accept", "text/event-stream"),
        &ann,
    ));
    assert_eq!(stream.set_cookies().len(), 1);

    // A change replaces the renewal.
    let response = app.test_http(with(post("/rename", "bob"), &ann));
    assert_eq!(known(&app, &cookie(&response)), "bob");
    let response = app.test_http(with(post("/logout", ""), &ann));
    assert!(cookie(&response).is_removed());
}
