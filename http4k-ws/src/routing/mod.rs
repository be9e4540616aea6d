//! Which function answers: what `routes!` expands to.
//!
//! A [`Router`] is a table of routes, the matcher that the macro writes for their paths, and one
//! endpoint for each. [`matching`] has the rules of precedence, [`endpoint`] what a route calls,
//! [`unmatched`] what is answered when no route does. [`across`] compares tables where the program is compiled.

mod across;
pub(crate) mod endpoint;
pub(crate) mod matching;
mod path;
mod report;
mod router;
pub(crate) mod table;
mod template;
mod unmatched;

pub use across::{Mount, Mounting, Table, Tabled, Unknown, check_mount};
pub use endpoint::{Side, filter, http, http_handler, mount, ws, ws_handler};
pub use matching::Matching;
pub use path::{Path, Segment};
pub use router::{Router, Unmatched};
pub use table::{Protocol, RouteMeta};
pub use unmatched::unmatched;
