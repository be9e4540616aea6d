//! The routes that have links, each under a name of its own.

use std::collections::BTreeMap;

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;

use super::{Endpoint, Route, Routes, spelled};
use crate::parse::{Param, is_keyword, ours_at};

/// A route, or a mount whose prefix has parameters, with the name of its link.
pub(crate) struct Link<'a> {
    pub(crate) name: Ident,
    pub(crate) index: usize,
    pub(crate) route: &'a Route,
    /// The indices of all its routes, which have one path.
    pub(crate) routes: Vec<usize>,
}

impl Routes {
    /// Returns the links. If several routes have a name, those with `as` precede the others. If
    /// they then differ in their paths, the name has no link.
    pub(crate) fn links(&self) -> Vec<Link<'_>> {
        let mut by_name: BTreeMap<String, Vec<(usize, &Route)>> = BTreeMap::new();
        for (index, route) in self.routes.iter().enumerate() {
            if route.can_be_linked() {
                by_name
                    .entry(route.name_text())
                    .or_default()
                    .push((index, route));
            }
        }
        let mut links: Vec<Link<'_>> = by_name.into_values().filter_map(Link::of).collect();
        links.sort_by_key(|link| link.index);
        links
    }
}

impl<'a> Link<'a> {
    /// Returns the link of the routes with one name.
    fn of(routes: Vec<(usize, &'a Route)>) -> Option<Self> {
        let is_named = |(_, route): &&(usize, &Route)| route.name.is_some();
        let any_is_named = routes.iter().any(|route| is_named(&route));
        let mut meant = routes
            .iter()
            .filter(|route| !any_is_named || is_named(route));
        let &(index, route) = meant.next()?;
        let mut routes = vec![index];
        for (other, other_route) in meant {
            if !route.has_the_link_of(other_route) {
                return None;
            }
            routes.push(*other);
        }
        let name = route.link_name()?;
        Some(Self {
            name,
            index,
            route,
            routes,
        })
    }
}

impl Route {
    /// Returns `true` if one link serves both.
    pub(crate) fn has_the_link_of(&self, other: &Self) -> bool {
        let types = |route: &Self| -> Vec<String> {
            let types = route.params().map(|param| param.ty.to_token_stream());
            types.map(|ty| ty.to_string()).collect()
        };
        self.is_mount() == other.is_mount()
            && spelled(&self.segments) == spelled(&other.segments)
            && types(self) == types(other)
    }

    fn can_be_linked(&self) -> bool {
        let names: Vec<String> = self.params().map(Param::text).collect();
        let is_distinct = |(index, name): (usize, &String)| !names[..index].contains(name);
        // A link passes through a mount without a link of its own, unless the prefix has parameters
        // or `as` names one of several mounts.
        let has_link = match &self.endpoint {
            Endpoint::Handler(_) => true,
            Endpoint::Mount { function, .. } => {
                function.is_some() && (!names.is_empty() || self.name.is_some())
            }
        };
        has_link && names.iter().enumerate().all(is_distinct)
    }

    fn is_mount(&self) -> bool {
        matches!(self.endpoint, Endpoint::Mount { .. })
    }

    /// Returns the name of its link: the user's token behind `as`, or another use of the function's
    /// name.
    fn link_name(&self) -> Option<Ident> {
        let mut name = self.name_token()?.clone();
        if self.name.is_none() {
            name.set_span(ours_at(name.span()));
        }
        let text = name.unraw().to_string();
        if is_reserved(&text) {
            return None;
        }
        if is_keyword(&text) {
            name = Ident::new_raw(&text, name.span());
        }
        Some(name)
    }
}

/// Returns `true` if no link can have this name: it is not an identifier, or it is that of the
/// table.
pub(crate) fn is_reserved(name: &str) -> bool {
    ["_", "self", "Self", "super", "crate", "Routes"].contains(&name)
}
