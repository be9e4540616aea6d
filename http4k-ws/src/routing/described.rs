//! The description of a route: by its handler, by the builder, and by the filters before it.

use std::fmt;
use std::sync::Arc;

use http4k_ws_grammar::{Kind, pieces};

use super::route::Route;
use super::table::Protocol;
use crate::describe::{ParamDescription, RouteDescription};

/// The steps that describe a route. They run when a description is requested.
#[derive(Clone, Default)]
pub(super) struct Described {
    /// In the order in which they describe.
    steps: Vec<Step>,
    /// The number of path parameters that the route has itself. Those of mounts are before them.
    pub(super) own_params: usize,
    /// `true` for a route that documents leave out.
    #[cfg(feature = "schema")]
    pub(super) is_undocumented: bool,
}

/// One step adds what it knows.
type Step = Arc<dyn Fn(&mut RouteDescription) + Send + Sync>;

impl Described {
    /// Adds what `step` knows.
    pub(super) fn add(&mut self, step: impl Fn(&mut RouteDescription) + Send + Sync + 'static) {
        self.steps.push(Arc::new(step));
    }

    /// Adds all that the steps know to `route`.
    pub(super) fn describe(&self, route: &mut RouteDescription) {
        self.steps.iter().for_each(|step| step(route));
    }
}

impl fmt::Debug for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Described")
    }
}

/// A description follows from the handler, which cannot be compared.
impl PartialEq for Described {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Described {}

impl Route {
    /// Describes the route by the types of its function, and by the filters before it.
    ///
    /// With the feature `schema`, `routes!` infers what a function receives and returns; a builder
    /// [states](super::Routes::receives) it. The description is computed here, and never while
    /// requests are served.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::{Method, Request};
    /// use http4k_ws::routing::Routes;
    ///
    /// # fn main() -> Result<(), http4k_ws::routing::RouteError> {
    /// let app = Routes::new()
    ///     .http(Method::GET, "/files/<owner>/<path..>", |_: Request| "a file")
    ///     .build()?;
    /// let description = app.routes()[0].description();
    /// assert_eq!(description.params[0].name, "owner");
    /// assert!(description.params[1].is_rest);
    /// # Ok(())
    /// # }
    /// ```
    pub fn description(&self) -> RouteDescription {
        let mut params: Vec<_> = self.params().collect();
        let own = params.split_off(params.len().saturating_sub(self.described.own_params));
        let mut description = RouteDescription {
            params: own,
            ..RouteDescription::default()
        };
        self.described.describe(&mut description);
        description.params.splice(0..0, params);
        let (http, ws) = self.seen_over();
        self.filters.describe(&mut description, http, ws);
        description
    }

    /// Returns `false` for a route that documents leave out, such as that of a console.
    #[cfg(feature = "schema")]
    pub(crate) fn is_documented(&self) -> bool {
        !self.described.is_undocumented
    }

    /// Returns the parameters of the complete path.
    fn params(&self) -> impl Iterator<Item = ParamDescription> + '_ {
        let pieces = pieces(&self.template);
        let params = pieces.filter(|piece| piece.kind != Kind::Literal);
        params.map(|piece| ParamDescription {
            is_rest: piece.kind == Kind::Rest,
            ..ParamDescription::new(piece.text(&self.template).to_owned())
        })
    }

    /// Returns the protocols of which filters see requests for this route: HTTP and WebSockets.
    pub(super) fn seen_over(&self) -> (bool, bool) {
        match self.protocol {
            Protocol::Http | Protocol::Sse => (true, false),
            Protocol::Ws => (false, true),
            Protocol::Mount => (true, true),
        }
    }
}
