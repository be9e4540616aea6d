//! Sessions in a store.

use std::error::Error;
use std::time::Duration;

use http4k_ws::filter::sessions::{MemorySessions, SessionId, SessionStore};

use super::*;

#[test]
fn a_session_ends_at_once_if_it_is_removed() {
    let store = MemorySessions::new(10);
    let app = app(&sessions().with_store(store.clone()));
    let (ann, bob) = (logged_in(&app, "ann"), logged_in(&app, "bob"));
    assert_eq!(store.len(), 2);
    assert_eq!(store.remove_if(|user: &User| user.name == "ann"), 1);
    assert_eq!(
        (known(&app, &ann), known(&app, &bob)),
        ("a stranger".into(), "bob".into())
    );

    app.test_http(with(post("/logout", ""), &bob));
    assert!(store.is_empty());
    assert_eq!(known(&app, &bob), "a stranger");
}

#[test]
fn a_value_may_be_large_and_the_cookie_stays_short() {
    let app = app(&sessions().with_store(MemorySessions::new(10)));
    let name = "x".repeat(100_000);
    let cookie = logged_in(&app, &name);
    assert!(cookie.value().len() < 200, "{}", cookie.value().len());
    assert_eq!(known(&app, &cookie), name);
}

#[test]
fn a_change_does_not_bring_back_a_session_that_was_removed() {
    // The session is removed while the handler runs.
    async fn slow(
        sessions: Sessions<User>,
        store: http4k_ws::filter::Provided<MemorySessions<User>>,
    ) -> Result<impl IntoResponse, SessionError> {
        store.0.remove_if(|_| true);
        Ok((sessions.update(user("back")).await?, "changed"))
    }
    let store = MemorySessions::new(10);
    let sessions = sessions().with_store(store.clone());
    let app = routes! {
        POST "/login" => http(login(_, _)),
        POST "/slow" => http(slow(_, _)),
        GET "/anyone" => http(anyone(_)),
    };
    let app = app
        .with(http4k_ws::filter::provide(store.clone()))
        .with(sessions);
    let ann = logged_in(&app, "ann");
    let removed = cookie(&app.test_http(with((Method::POST, "/slow"), &ann)));
    assert!(removed.is_removed() && store.is_empty());
}

/// A store that is out of order.
struct Broken;

type Stored<T> = Result<T, Box<dyn Error + Send + Sync>>;

impl SessionStore<User> for Broken {
    async fn create(&self, _id: SessionId, _value: User, _lifetime: Duration) -> Stored<()> {
        Err("out of order: create".into())
    }

    async fn load(&self, _id: &SessionId) -> Stored<Option<User>> {
        Err("out of order: load".into())
    }

    async fn update(&self, _id: &SessionId, _value: User) -> Stored<bool> {
        Err("out of order: update".into())
    }

    async fn remove(&self, _id: &SessionId) -> Stored<()> {
        Err("out of order: remove".into())
    }
}

#[test]
fn a_store_that_fails_is_503_and_logged() {
    crate::logged::start();
    let key = SessionKey::generate();
    let works = CookieSessions::encrypted([key.clone()]).with_store(MemorySessions::new(10));
    let ann = logged_in(&app(&works), "ann");
    let broken = app(&CookieSessions::encrypted([key]).with_store(Broken));
    assert_eq!(broken.test_http(post("/login", "ann")).status(), 503);
    crate::logged::await_line_with("the store of the sessions failed: out of order: create");
    assert_eq!(broken.test_http(with("/anyone", &ann)).status(), 503);
    assert_eq!(
        broken
            .try_test_ws(with("/ws", &ann))
            .expect_err("a refusal")
            .status(),
        503
    );
    crate::logged::await_line_with("the store of the sessions failed: out of order: load");
    // A cookie that does not open never reaches the store.
    let forged = SetCookie::new("session", "forged");
    assert_eq!(known(&broken, &forged), "a stranger");
    assert_eq!(broken.test_http("/anyone").body(), "a stranger");
}
