//! Sessions in an encrypted cookie.
//!
//! ```
//! use http4k_ws::prelude::*;
//! use http4k_ws::filter::sessions::{CookieSessions, Session, SessionKey};
//!
//! async fn home(Session(name): Session<String>) -> String {
//!     format!("hello {name}")
//! }
//!
//! let sessions = CookieSessions::<String>::encrypted([SessionKey::generate()]);
//! let app = routes! { GET "/" with(sessions) => http(home(_)) };
//! assert_eq!(app.test_http("/").status(), 401);
//! ```
//!
#![doc = include_str!("../../docs/sessions.md")]

mod argument;
mod at_request;
mod clock;
mod cookie;
mod error;
mod filter;
mod key;
mod memory;
mod sealed;
mod settings;
mod source;
mod store;

pub use argument::Session;
pub use at_request::Sessions;
pub use error::SessionError;
pub use key::{SessionKey, SessionKeyError};
pub use memory::MemorySessions;
pub use settings::CookieSessions;
pub use source::{SessionCookie, session_cookie};
pub use store::{SessionId, SessionStore};
