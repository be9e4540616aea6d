//! The flattening of a builder: nested blocks become routes with complete templates and all filters
//! before them.
//!
//! A block is a *scope* if it has a prefix and filters or fallbacks of its own:
//!
//! 1. The application is scope 0. A scope responds to requests below its prefix that no route
//!    matches. Its filters are before these responses.
//! 2. A scope without a fallback for a protocol inherits it from the nearest scope around it. A
//!    scope is around another if its prefix is the beginning of the other's and all its filters are
//!    before both.
//! 3. Filters are compared by number, because two blocks may have filters of one type.
//! 4. A block without a prefix belongs to the scope around it; its filters still see its routes.

use http4k_ws_grammar::{Kind, pieces};

use super::check;
use super::endpoint::Endpoint;
use super::error::RouteError;
use super::route::{Route, joined};
use super::router::{RouteList, Router, Scope};
use super::routes::{Entry, Given, Routes};
use super::table::Protocol;
use super::tree::{Tree, Walk};
use super::unmatched::unmatched;
use crate::handler::{BoxPolyFilter, FilterNames, ParamNames, PolyHandler};
use crate::message::{TemplateSegment, UriTemplate};

type Filters = Vec<BoxPolyFilter>;

impl Routes {
    /// Builds the application.
    ///
    /// # Errors
    ///
    /// Returns a [`RouteError`] for the first rejected route. It names that route and the one in
    /// conflict with it.
    pub fn build(self) -> Result<PolyHandler, RouteError> {
        Flat::new(self)?.into_app()
    }
}

/// The parts of a router.
struct Flat {
    routes: Vec<(Route, ParamNames)>,
    endpoints: Vec<Endpoint>,
    /// The prefixes with responses of their own. The first is that of the application.
    scopes: Vec<FlatScope>,
    /// The number of filters so far.
    count: usize,
}

struct FlatScope {
    prefix: String,
    filters: Filters,
    fallbacks: Vec<(Protocol, Endpoint)>,
    /// The numbers of its filters.
    numbers: Vec<usize>,
}

/// The context of a block, which its entries inherit.
#[derive(Clone)]
struct Around {
    prefix: String,
    filters: Filters,
    /// The number of each filter.
    numbers: Vec<usize>,
    scope: usize,
    /// The number of filters that belong to the scope.
    scope_filters: usize,
}

impl Flat {
    fn new(routes: Routes) -> Result<Self, RouteError> {
        let mut flat = Self {
            routes: Vec::new(),
            endpoints: Vec::new(),
            scopes: Vec::new(),
            count: 0,
        };
        let filters = routes.filters;
        let around = Around {
            prefix: "/".into(),
            scope_filters: filters.len(),
            numbers: flat.numbers(filters.len()),
            filters,
            scope: 0,
        };
        flat.open_scope(&around);
        flat.add_fallbacks(routes.fallbacks, &around)?;
        flat.add_all(routes.entries, routes.stray, &around)?;
        flat.names_differ()?;
        Ok(flat)
    }

    fn add_all(
        &mut self,
        entries: Vec<Entry>,
        stray: Option<String>,
        around: &Around,
    ) -> Result<(), RouteError> {
        if let Some(text) = stray {
            return Err(RouteError::NoRoute { text });
        }
        for entry in entries {
            match entry {
                Entry::Route(route) => self.add(route, around)?,
                Entry::Under { prefix, routes } => self.add_under(&prefix, routes, around)?,
            }
        }
        Ok(())
    }

    fn add(&mut self, given: Given, around: &Around) -> Result<(), RouteError> {
        let mut route = Route {
            protocol: given.protocol,
            methods: given.methods,
            template: given.template,
            name: given.name,
            docs: given.docs,
            filters: FilterNames::default(),
        };
        // Read alone first, so that an error shows the template without its prefixes.
        read(&route.template, &route.to_string())?;
        route = route.under(&around.prefix);
        let template = read(&route.template, &route.to_string())?;
        if route.protocol == Protocol::Mount {
            ends_before_rest(&template)?;
        }
        let names: Vec<String> = template.parameters().map(Into::into).collect();
        self.routes.push((route, ParamNames::Dynamic(names.into())));
        self.endpoints
            .push(filtered(given.endpoint, &around.filters));
        Ok(())
    }

    fn add_under(
        &mut self,
        prefix: &str,
        routes: Routes,
        around: &Around,
    ) -> Result<(), RouteError> {
        read(prefix, prefix)?;
        let whole = joined(&around.prefix, prefix);
        ends_before_rest(&read(&whole, &whole)?)?;
        let answers = !routes.filters.is_empty() || has_fallback(&routes);
        let mut inner = around.clone();
        inner.numbers.extend(self.numbers(routes.filters.len()));
        inner.filters.extend(routes.filters);
        // Invariant 4.
        if prefix != "/" && answers {
            inner.scope = self.scopes.len();
            inner.scope_filters = inner.filters.len();
        }
        inner.prefix = whole;
        if inner.scope != around.scope {
            self.open_scope(&inner);
        }
        self.add_fallbacks(routes.fallbacks, &inner)?;
        self.add_all(routes.entries, routes.stray, &inner)
    }

    /// Returns numbers for new filters.
    fn numbers(&mut self, filters: usize) -> Vec<usize> {
        let first = self.count;
        self.count += filters;
        (first..self.count).collect()
    }

    fn open_scope(&mut self, around: &Around) {
        self.scopes.push(FlatScope {
            prefix: around.prefix.clone(),
            filters: around.filters.clone(),
            fallbacks: Vec::new(),
            numbers: around.numbers.clone(),
        });
    }

    fn add_fallbacks(
        &mut self,
        fallbacks: Vec<(Protocol, Endpoint)>,
        around: &Around,
    ) -> Result<(), RouteError> {
        let scope = &mut self.scopes[around.scope];
        for (protocol, endpoint) in fallbacks {
            if scope.fallbacks.iter().any(|(known, _)| *known == protocol) {
                let prefix = scope.prefix.clone();
                return Err(RouteError::DuplicateFallback { prefix, protocol });
            }
            let endpoint = filtered(endpoint, &around.filters[around.scope_filters..]);
            scope.fallbacks.push((protocol, endpoint));
        }
        Ok(())
    }

    fn names_differ(&self) -> Result<(), RouteError> {
        for (index, (new, _)) in self.routes.iter().enumerate() {
            let mut before = self.routes[..index].iter().map(|(route, _)| route);
            let same = before.find(|route| !new.name.is_empty() && route.name == new.name);
            if let Some(existing) = same {
                return Err(RouteError::DuplicateName {
                    name: new.name.clone(),
                    new: new.to_string(),
                    existing: existing.to_string(),
                });
            }
        }
        Ok(())
    }

    /// Checks that each fallback has paths to respond to.
    fn fallbacks_are_reached(&self, router: &Router) -> Result<(), RouteError> {
        for scope in &self.scopes {
            for (protocol, _) in &scope.fallbacks {
                if let Some(by) = check::covering_rest(router, &scope.prefix, *protocol) {
                    return Err(RouteError::Unreachable {
                        route: format!("the {protocol} fallback of {}", scope.prefix),
                        by: by.to_string(),
                    });
                }
            }
        }
        Ok(())
    }

    fn into_app(mut self) -> Result<PolyHandler, RouteError> {
        let mut tree = Tree::default();
        for (index, (route, _)) in self.routes.iter().enumerate() {
            match route.protocol {
                Protocol::Mount => tree.add_mount(&route.template, index),
                Protocol::Http | Protocol::Ws => tree.add_route(&route.template, index),
            }
        }
        for (index, scope) in self.scopes.iter().enumerate().skip(1) {
            tree.add_scope(&scope.prefix, index);
        }
        let scopes = (0..self.scopes.len())
            .map(|scope| self.scope(scope))
            .collect();
        let table = RouteList::Dynamic(std::mem::take(&mut self.routes));
        let endpoints = std::mem::take(&mut self.endpoints);
        let router = Router::new(table, Walk::Dynamic(tree), endpoints, scopes);
        check::routes(&router)?;
        self.fallbacks_are_reached(&router)?;
        Ok(router.into_app())
    }

    fn scope(&self, index: usize) -> Scope {
        let scope = &self.scopes[index];
        let mut endpoint = unmatched();
        for protocol in [Protocol::Http, Protocol::Ws] {
            if let Some(fallback) = self.fallback(index, protocol) {
                endpoint = endpoint.or_http(fallback).or_ws(fallback);
            }
        }
        // A prefix has no rest.
        let params = pieces(&scope.prefix).filter(|piece| piece.kind == Kind::Param);
        let names = params.map(|piece| piece.text(&scope.prefix).into());
        Scope {
            params: ParamNames::Dynamic(names.collect()),
            endpoint: filtered(endpoint, &scope.filters),
            fallbacks: scope
                .fallbacks
                .iter()
                .map(|(protocol, _)| *protocol)
                .collect(),
        }
    }

    /// Returns the scope's own fallback, or the one that it inherits (invariant 2).
    fn fallback(&self, index: usize, protocol: Protocol) -> Option<&Endpoint> {
        let inner = &self.scopes[index];
        let own = |scope: &'_ FlatScope| {
            scope
                .fallbacks
                .iter()
                .position(|(known, _)| *known == protocol)
        };
        let around = self
            .scopes
            .iter()
            .filter(|outer| outer.is_around(inner) && own(outer).is_some());
        let scope = match own(inner) {
            Some(_) => inner,
            // Of two blocks with one prefix, the first.
            None => around.rev().max_by_key(|outer| outer.prefix.len())?,
        };
        own(scope).map(|at| &scope.fallbacks[at].1)
    }
}

impl FlatScope {
    /// Returns `true` if fallbacks of this scope are inherited by `inner`.
    fn is_around(&self, inner: &Self) -> bool {
        let rest = match self.prefix.as_str() {
            "/" => Some(inner.prefix.as_str()),
            prefix => inner.prefix.strip_prefix(prefix),
        };
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            && inner.numbers.starts_with(&self.numbers)
    }
}

/// Returns `true` if a fallback is added here, or in a block without a prefix.
fn has_fallback(routes: &Routes) -> bool {
    let is_inside = |entry: &Entry| match entry {
        Entry::Under { prefix, routes } => prefix == "/" && has_fallback(routes),
        Entry::Route(_) => false,
    };
    !routes.fallbacks.is_empty() || routes.entries.iter().any(is_inside)
}

fn read(template: &str, route: &str) -> Result<UriTemplate, RouteError> {
    UriTemplate::parse(template).map_err(|source| RouteError::Template {
        route: route.into(),
        source,
    })
}

fn ends_before_rest(prefix: &UriTemplate) -> Result<(), RouteError> {
    match prefix.segments().last() {
        Some(TemplateSegment::Rest { .. }) => Err(RouteError::RestInPrefix {
            prefix: prefix.to_string(),
        }),
        _ => Ok(()),
    }
}

/// Puts `filters` before `endpoint`. The innermost is added first, so that the outermost sees a
/// request first.
fn filtered(endpoint: Endpoint, filters: &[BoxPolyFilter]) -> Endpoint {
    filters
        .iter()
        .rev()
        .fold(endpoint, |endpoint, filter| endpoint.with(filter))
}
