//! Login by a form: a session in an encrypted cookie, a redirect after POST, protection from pages
//! of other sites, a socket behind the login, and logout.
//!
//! Run it with `cargo run -p http4k-ws-examples-web --example login`, then open
//! <http://127.0.0.1:9000> and log in as `ann` with the password `correct horse`.

use std::collections::HashMap;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use http4k_ws::filter::csrf;
use http4k_ws::filter::sessions::{
    CookieSessions, Session, SessionError, SessionKey, SessionKeyError, Sessions,
};
use http4k_ws::lens::Form;
use http4k_ws::message::{Html, Redirect};
use http4k_ws::prelude::*;

/// The value of a session. The browser cannot read or change it.
#[derive(Clone, Serialize, Deserialize)]
struct User {
    name: String,
}

/// The users of the application. A real one has a database.
struct Users {
    argon2: Argon2<'static>,
    hashes: HashMap<String, String>,
    /// The hash of no password. It is verified for unknown names.
    decoy: String,
}

impl Users {
    fn new(params: Params, users: &[(&str, &str)]) -> Result<Self, password_hash::Error> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = |password: &str| {
            let hash = argon2.hash_password(password.as_bytes())?;
            Ok::<_, password_hash::Error>(hash.to_string())
        };
        let decoy = hash("")?;
        let mut hashes = HashMap::new();
        for (name, password) in users {
            hashes.insert((*name).to_owned(), hash(password)?);
        }
        Ok(Self {
            argon2,
            hashes,
            decoy,
        })
    }

    /// Returns `true` if the password is that of the user. An unknown name takes as long as a wrong
    /// password, and no comparison ends early: the time does not reveal which names exist.
    fn verify(&self, name: &str, password: &str) -> bool {
        let known = self.hashes.get(name);
        let hash = PasswordHash::new(known.unwrap_or(&self.decoy));
        let verified = hash.is_ok_and(|hash| {
            let verified = self.argon2.verify_password(password.as_bytes(), &hash);
            verified.is_ok()
        });
        verified & known.is_some()
    }
}

#[derive(Deserialize)]
struct Login {
    name: String,
    password: String,
}

/// The page of the form, which says why it is shown again.
fn form(reason: &str) -> Html<String> {
    Html(format!(
        r#"<!doctype html><title>Login</title><p>{reason}</p>
        <form method="post" action="/login">
        <label>Name <input name="name" autocomplete="username" required></label>
        <label>Password <input name="password" type="password" autocomplete="current-password"></label>
        <button>Log in</button></form>"#
    ))
}

async fn login(
    users: &Arc<Users>,
    sessions: Sessions<User>,
    Form(login): Form<Login>,
) -> Result<Response, SessionError> {
    let users = Arc::clone(users);
    let name = login.name.clone();
    // A hash takes tens of milliseconds of CPU time, in which this thread serves others.
    let verified = move || users.verify(&login.name, &login.password);
    if !tokio::task::spawn_blocking(verified).await.unwrap_or(false) {
        let page = form("The name or the password is wrong.");
        return Ok((StatusCode::FORBIDDEN, page).into_response());
    }
    // The browser then reloads a page that it can load again, and not the form.
    Ok((sessions.login(User { name }).await?, Redirect::to("/")).into_response())
}

async fn logout(sessions: Sessions<User>) -> Result<impl IntoResponse, SessionError> {
    Ok((sessions.logout().await?, Redirect::to("/login")))
}

fn home(Session(user): Session<User>) -> Html<String> {
    // Only names in the table log in, and none has a character of HTML.
    Html(format!(
        r#"<!doctype html><title>Home</title><h1>Hello {name}</h1><p id="said"></p>
        <form method="post" action="/logout"><button>Log out</button></form>
        <script>
        const socket = new WebSocket(location.href.replace("http", "ws") + "ws");
        socket.onmessage = message => said.textContent = message.data;
        </script>"#,
        name = user.name
    ))
}

async fn talk(mut ws: WebSocket, Session(user): Session<User>) -> WsResult {
    ws.send(format!("hello {}, over a socket", user.name))
        .await?;
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

fn app(users: Arc<Users>, sessions: CookieSessions<User>) -> PolyHandler {
    let sessions = sessions.with_login_page("/login");
    routes! {
        with(csrf(), sessions) => {
            GET "/"        => http(home(_)),
            "/ws"          => ws(talk(ws, _)),
            GET "/login"   => http(|| form("")),
            POST "/login"  => http(login(&users, _, _)),
            POST "/logout" => http(logout(_)),
        },
    }
}

/// Reads the keys from `SESSION_KEYS`. Without it, sessions end with the process.
fn keys() -> Result<Vec<SessionKey>, SessionKeyError> {
    match SessionKey::all_from_env("SESSION_KEYS") {
        Err(missing @ SessionKeyError::Missing { .. }) => {
            eprintln!("sessions end with this process: {missing}");
            Ok(vec![SessionKey::generate()])
        }
        keys => keys,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:9000".into());
    let users = Users::new(Params::default(), &[("ann", "correct horse")])?;
    let sessions = CookieSessions::encrypted(keys()?);
    println!("http://{address}");
    Ok(app(Arc::new(users), sessions).serve(address).await?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http4k_ws::IntoRequest;
    use http4k_ws::message::SetCookie;

    use super::*;

    fn users() -> Users {
        // The least that Argon2 allows, so that the tests do not wait for it.
        let params = Params::new(8, 1, 1, None).unwrap();
        Users::new(
            params,
            &[("ann", "correct horse"), ("bob", "battery staple")],
        )
        .unwrap()
    }

    fn started() -> PolyHandler {
        let sessions = CookieSessions::encrypted([SessionKey::generate()]);
        app(Arc::new(users()), sessions)
    }

    fn posted(path: &str, form: &'static str) -> Request {
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        request.unwrap().map(Body::from)
    }

    fn with(cookie: &SetCookie, request: impl IntoRequest) -> Request {
        let field = format!("{}={}", cookie.name(), cookie.value());
        let request = request.into_request().unwrap();
        request.try_with_header("cookie", field).unwrap()
    }

    fn login_as(app: &PolyHandler, form: &'static str) -> SetCookie {
        let response = app.test_http(posted("/login", form));
        assert_eq!(response.status(), 303);
        assert_eq!(response.header("location"), Some("/"));
        response.set_cookies().remove(0)
    }

    const ANN: &str = "name=ann&password=correct+horse";

    #[test]
    fn a_login_opens_the_page_and_the_socket() {
        let app = started();
        let page = Request::get("/").header("accept", "text/html");
        let redirect = app.test_http(page);
        assert_eq!(redirect.status(), 303);
        assert_eq!(redirect.header("location"), Some("/login"));
        let form = app.test_http("/login");
        assert!(form.body().as_text().unwrap().contains("method=\"post\""));
        assert_eq!(app.try_test_ws("/ws").unwrap_err().status(), 401);

        let ann = login_as(&app, ANN);
        let page = app.test_http(with(&ann, "/"));
        assert!(page.body().as_text().unwrap().contains("Hello ann"));
        let mut socket = app.test_ws(with(&ann, "/ws"));
        let said = socket.received().next().unwrap().unwrap();
        assert_eq!(said.text(), "hello ann, over a socket");
    }

    #[test]
    fn a_wrong_password_and_an_unknown_name_have_the_same_response() {
        let app = started();
        let refused = |form| {
            let response = app.test_http(posted("/login", form));
            assert_eq!(response.status(), 403);
            assert!(response.set_cookies().is_empty());
            response.body().as_text().unwrap().to_owned()
        };
        let wrong = refused("name=ann&password=battery+staple");
        assert!(wrong.contains("The name or the password is wrong."));
        assert_eq!(refused("name=eve&password=correct+horse"), wrong);
        // The decoy is the hash of the empty password.
        assert_eq!(refused("name=eve&password="), wrong);
        assert_eq!(refused("name=&password="), wrong);
        assert_eq!(app.test_http(posted("/login", "name=ann")).status(), 400);
    }

    #[test]
    fn a_page_of_another_site_can_neither_log_in_nor_out() {
        let app = started();
        let ann = login_as(&app, ANN);
        let cross = |path: &str, form| {
            let request = posted(path, form).with_header("sec-fetch-site", "cross-site");
            app.test_http(with(&ann, request))
        };
        // Otherwise the user would type into an account of the attacker.
        assert_eq!(
            cross("/login", "name=bob&password=battery+staple").status(),
            403
        );
        let refused = cross("/logout", "");
        assert_eq!(refused.status(), 403);
        assert!(refused.set_cookies().is_empty());
        let socket = with(&ann, "/ws").with_header("sec-fetch-site", "cross-site");
        assert_eq!(app.try_test_ws(socket).unwrap_err().status(), 403);
    }

    #[test]
    fn a_logout_removes_the_cookie() {
        let app = started();
        let ann = login_as(&app, ANN);
        let response = app.test_http(with(&ann, posted("/logout", "")));
        assert_eq!(response.header("location"), Some("/login"));
        assert!(response.set_cookies()[0].is_removed());
    }

    #[test]
    fn a_session_ends_after_a_day_without_requests() {
        let app = started();
        let ann = login_as(&app, ANN);
        let mut socket = app.test_ws(with(&ann, "/ws"));
        socket.received().next().unwrap().unwrap();
        socket.advance(Duration::from_secs(25 * 60 * 60));
        assert_eq!(app.test_http(with(&ann, "/")).status(), 401);
    }
}
