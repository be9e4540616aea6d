//! A chat for a team: login, rooms, presence, and a history in SQLite.

mod app;
mod chat;
mod login;
mod metrics;
#[cfg(test)]
mod tests;

use std::env;
use std::error::Error;

use http4k_ws::filter::sessions::{CookieSessions, SessionKey};

use crate::chat::{History, Team};

fn main() -> Result<(), Box<dyn Error>> {
    // `RUST_LOG=warn` omits the access log.
    env_logger::init_from_env(env_logger::Env::default().default_filter_or("info"));
    let address = env::args().nth(1).unwrap_or("127.0.0.1:9000".into());
    let database = env::var_os("DATABASE").unwrap_or("team_chat.db".into());
    let keys = match env::var_os("SESSION_KEYS") {
        Some(_) => SessionKey::all_from_env("SESSION_KEYS")?,
        // The sessions then end with the program.
        None => vec![SessionKey::generate()],
    };
    let team = Team::new(History::open(database.as_ref())?);
    let app = app::app(team, CookieSessions::encrypted(keys));
    let server = app.as_server(address).start()?;
    println!("http://{}", server.addr());
    // Until Ctrl-C or SIGTERM. What is being stored then is stored before the program ends.
    server.block();
    Ok(())
}
