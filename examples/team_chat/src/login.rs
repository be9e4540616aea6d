//! Login and logout.

use http4k_ws::filter::sessions::{SessionError, Sessions};
use http4k_ws::lens::Form;
use http4k_ws::message::{Html, Redirect, Secret};
use http4k_ws::prelude::*;
use tokio::task::spawn_blocking;

use crate::app::routed;
use crate::chat::User;

/// The fields of the login page.
#[derive(Deserialize)]
pub(crate) struct Login {
    name: String,
    password: String,
}

const USERS: [&str; 3] = ["ann", "bob", "eve"];
const PASSWORD: &str = "open sesame";

/// Checks a password. A real application compares a hash, which takes long: see the README.
fn is_right(login: &Login) -> bool {
    let known = Secret::new(PASSWORD).matches(&login.password);
    known & USERS.contains(&login.name.as_str())
}

pub(crate) async fn log_in(
    Form(login): Form<Login>,
    sessions: Sessions<User>,
) -> Result<Response, SessionError> {
    let name = login.name.clone();
    let Ok(true) = spawn_blocking(move || is_right(&login)).await else {
        return Ok((StatusCode::UNAUTHORIZED, page("Wrong name or password.")).into_response());
    };
    let cookie = sessions.login(User { name }).await?;
    Ok((cookie, Redirect::to(routed::chat)).into_response())
}

pub(crate) async fn log_out(sessions: Sessions<User>) -> Result<impl IntoResponse, SessionError> {
    Ok((sessions.logout().await?, Redirect::to(routed::login)))
}

/// Returns the login page with a problem, or without if it is empty.
pub(crate) fn page(problem: &'static str) -> Html<String> {
    Html(include_str!("../pages/login.html").replace("{problem}", problem))
}
