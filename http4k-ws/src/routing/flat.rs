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
//! 3. A block without a prefix belongs to the scope around it; its filters still see its routes.

use http4k_ws_grammar::{Kind, Node, pieces};

use super::check;
use super::described::Described;
use super::endpoint::Endpoint;
use super::error::RouteError;
use super::route::{Route, joined};
use super::router::{RouteList, Router, Scope};
use super::routes::{Entry, Given, Routes};
use super::table::Protocol;
use super::tree::Walk;
use super::unmatched::unmatched;
use crate::handler::{BoxPolyFilter, FilterNames, ParamNames, PolyHandler};
use crate::message::{TemplateSegment, UriTemplate};

impl Routes {
    /// Builds the application.
    ///
    /// # Errors
    ///
    /// Returns a [`RouteError`] for the first rejected route. It names that route and the one in
    /// conflict with it.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::routing::Routes;
    ///
    /// let home = |_request: Request| "hello";
    /// assert!(Routes::new().http(Method::GET, "/", home).build().is_ok());
    /// let error = Routes::new().http(Method::GET, "/<id", home).build().unwrap_err();
    /// assert!(error.to_string().contains("/<id"));
    /// ```
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
    /// The filters of all blocks. Two blocks may have filters of one type, so they are compared by
    /// index.
    filters: Vec<BoxPolyFilter>,
}

struct FlatScope {
    prefix: String,
    /// The filters before it, by index.
    filters: Vec<usize>,
    fallbacks: Vec<(Protocol, Endpoint)>,
}

/// The context of a block, which its entries inherit.
#[derive(Clone)]
struct Around {
    prefix: String,
    /// The filters before it, by index.
    filters: Vec<usize>,
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
            filters: routes.filters,
        };
        let around = Around {
            prefix: "/".into(),
            filters: (0..flat.filters.len()).collect(),
            scope: 0,
            scope_filters: flat.filters.len(),
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
            described: Described::default(),
        };
        // Read alone first, so that an error shows the template without its prefixes.
        read(&route.template, &route.to_string())?;
        route = route.under(&around.prefix);
        let template = read(&route.template, &route.to_string())?;
        if route.protocol == Protocol::Mount {
            ends_before_rest(&template)?;
        }
        let names = template.parameters().map(Into::into);
        let path = ParamNames::dynamic(&route.template, names);
        self.routes.push((route, path));
        self.endpoints
            .push(self.filtered(given.endpoint, &around.filters));
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
        let is_scope = !routes.filters.is_empty() || has_fallback(&routes);
        let mut inner = around.clone();
        let first = self.filters.len();
        self.filters.extend(routes.filters);
        inner.filters.extend(first..self.filters.len());
        // Invariant 3.
        if prefix != "/" && is_scope {
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

    /// Puts `filters` before `endpoint`. The innermost is added first, so that the outermost sees a
    /// request first.
    fn filtered(&self, endpoint: Endpoint, filters: &[usize]) -> Endpoint {
        let filters = filters.iter().rev().map(|&index| &self.filters[index]);
        filters.fold(endpoint, Endpoint::with)
    }

    fn open_scope(&mut self, around: &Around) {
        self.scopes.push(FlatScope {
            prefix: around.prefix.clone(),
            filters: around.filters.clone(),
            fallbacks: Vec::new(),
        });
    }

    fn add_fallbacks(
        &mut self,
        fallbacks: Vec<(Protocol, Endpoint)>,
        around: &Around,
    ) -> Result<(), RouteError> {
        for (protocol, endpoint) in fallbacks {
            let endpoint = self.filtered(endpoint, &around.filters[around.scope_filters..]);
            let scope = &mut self.scopes[around.scope];
            if scope.fallbacks.iter().any(|(known, _)| *known == protocol) {
                let prefix = scope.prefix.clone();
                return Err(RouteError::DuplicateFallback { prefix, protocol });
            }
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
        let mut root = Node::default();
        for (index, (route, _)) in self.routes.iter().enumerate() {
            root.add_route(route.pattern(), index);
        }
        for (index, scope) in self.scopes.iter().enumerate().skip(1) {
            root.add_scope(&scope.prefix, index);
        }
        let scopes = (0..self.scopes.len())
            .map(|scope| self.scope(scope))
            .collect();
        let table = RouteList::Dynamic(std::mem::take(&mut self.routes));
        let endpoints = std::mem::take(&mut self.endpoints);
        let router = Router::new(table, Walk::Dynamic(root), endpoints, scopes);
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
            params: ParamNames::dynamic(&scope.prefix, names),
            endpoint: self.filtered(endpoint, &scope.filters),
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
            && inner.filters.starts_with(&self.filters)
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
