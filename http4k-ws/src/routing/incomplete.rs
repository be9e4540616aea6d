//! The parts that routes need and their table lacks: parameters of the path, values that filters
//! provide, and arguments of a type that a request can have.

use std::fmt;

use super::route::Route;
use super::router::Router;
use crate::handler::Unprovided;
use crate::message::NeededValue;

/// A route whose handler reads a path parameter that its path lacks.
pub(super) struct Lacking {
    route: Route,
    param: &'static str,
}

impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { route, param } = self;
        let template = match route.template() {
            "/" => "",
            template => template,
        };
        write!(
            f,
            "the handler of `{route}` reads the path parameter `{param}`, which the path lacks: \
             write `\"{template}/<{param}>\"`, mount the table at a prefix with `<{param}>`, or make \
             the `#[param]` field an `Option`"
        )
    }
}

/// A route with an argument that no request to it has.
pub(super) struct Unreadable {
    route: Route,
    reason: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { route, reason } = self;
        write!(f, "the handler of `{route}` can never be called: {reason}")
    }
}

/// A route that needs a value which no filter provides.
pub(super) struct Unmet {
    route: Route,
    value: NeededValue,
    over_ws: bool,
}

impl Unmet {
    pub(super) fn described(self) -> Unprovided {
        Unprovided {
            id: self.value.id(),
            over_ws: self.over_ws,
            reason: self.value.lacking(&self.route),
        }
    }
}

impl Router {
    /// Returns the routes that read path parameters which neither their path has nor a prefix in
    /// here. This table may be mounted at a prefix that has them.
    pub(super) fn lacking(&self) -> Vec<Lacking> {
        let mut all = Vec::new();
        for (index, end) in self.endpoints.iter().enumerate() {
            let params = self.table.params(index);
            let has = |name: &str| params.iter().any(|param| *param == *name);
            let own = end.reads.iter().filter(|name| !has(name));
            all.extend(own.map(|param| Lacking {
                route: self.table.route(index),
                param,
            }));
            let inner = self.mounted(index).map(Self::lacking).unwrap_or_default();
            let inner = inner.into_iter().filter(|lacking| !has(lacking.param));
            all.extend(inner.map(|lacking| Lacking {
                route: lacking.route.in_mount(&self.table.route(index)),
                ..lacking
            }));
        }
        all
    }

    /// Returns the routes with an argument that no request has, if this table is mounted at a
    /// prefix with the parameters `outer`.
    pub(super) fn unreadable(&self, outer: &[&str]) -> Vec<Unreadable> {
        let mut all = Vec::new();
        for (index, end) in self.endpoints.iter().enumerate() {
            if end.checks.is_empty() && end.mounted.is_none() {
                continue;
            }
            let own = self.table.params(index);
            let own: Vec<_> = own.iter().collect();
            let own = own.iter().map(|name| &**name);
            let params: Vec<&str> = outer.iter().copied().chain(own).collect();
            let own = end.checks.iter().filter_map(|check| check(&params));
            all.extend(own.map(|reason| Unreadable {
                route: self.table.route(index),
                reason,
            }));
            let inner = self.mounted(index).map(|inner| inner.unreadable(&params));
            all.extend(
                inner
                    .unwrap_or_default()
                    .into_iter()
                    .map(|unreadable| Unreadable {
                        route: unreadable.route.in_mount(&self.table.route(index)),
                        ..unreadable
                    }),
            );
        }
        all
    }

    /// Returns the values that routes need and that no filter in here provides. This table may be
    /// behind a filter that does.
    pub(super) fn unprovided(&self) -> Vec<Unmet> {
        let mut all = Vec::new();
        for (index, end) in self.endpoints.iter().enumerate() {
            let over_ws = end.http.is_none();
            let own = end.needs.iter().map(|value| Unmet {
                route: self.table.route(index),
                value: *value,
                over_ws,
            });
            let inner = self.mounted(index).map(Self::unprovided);
            let inner = inner.unwrap_or_default().into_iter().map(|unmet| Unmet {
                route: unmet.route.in_mount(&self.table.route(index)),
                ..unmet
            });
            let provided = |unmet: &Unmet| end.filters.provide(unmet.value.id(), unmet.over_ws);
            all.extend(own.chain(inner).filter(|unmet| !provided(unmet)));
        }
        all
    }
}
