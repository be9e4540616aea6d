//! Which function answers: what `routes!` expands to, and the same without the macro.
//!
//! A [`Router`] is a table of routes, a [`walk`] over their paths, and one endpoint for each. [`matching`] has
//! the rules of precedence, [`check`] what no table may hold, [`endpoint`] what a route calls,
//! [`unmatched`] what is answered when no route does. The macro has one [`written`], [`Routes`] builds one; [`Route`] and [`RouteTable`]
//! show what is in it, and [`Explanation`] what became of a request. [`across`] compares tables where a
//! program is compiled, and a [`Link`] is a path made from a route.

mod across;
mod captured;
mod check;
mod decoded;
mod endpoint;
mod error;
mod explain;
mod filters;
mod flat;
mod leaves;
mod link;
mod matching;
mod path;
mod report;
mod route;
mod router;
mod routes;
mod table;
mod template;
mod tree;
mod unmatched;
mod walk;
mod written;

pub use across::{Mount, Mounting, Table, Tabled, Unknown, check_mount};
pub use captured::{Captured, Lent, captured, copied, lent, made};
pub use endpoint::{
    Side, http, http_closure, http_extracting, http_handler, mount, ws, ws_closure, ws_extracting,
    ws_handler,
};
pub use error::RouteError;
pub use explain::{Candidate, Explanation, Question, Verdict};
pub use filters::{filter, filter_before_both, filter_before_http, filter_before_ws};
pub use link::{
    Filled, Here, Link, Mounts, Through, Typed, filled, mounted_uri, path_of, push_prefix,
};
pub use matching::Matching;
pub use path::{Path, Segment};
pub use route::{Route, RouteTable};
pub use router::Router;
pub use routes::{Methods, Routes};
pub use table::{Protocol, RouteMeta};
pub use unmatched::unmatched;
pub use written::{Ends, Unmatched, http_route, mount_route, ws_route};
