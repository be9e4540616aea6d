//! The parameters of blocks. Each is for all routes inside, so one use is enough.

use proc_macro2::Ident;

use super::{Call, Endpoint, Route, Routes, params};
use crate::parse::Param;

/// A parameter of a block that no route inside uses.
pub(crate) struct Unused {
    pub(crate) param: Param,
}

impl Unused {
    /// Returns the captured name in the call of `route` that is a likely misspelling of this
    /// parameter.
    pub(crate) fn misspelled<'r>(&self, route: &'r Route) -> Option<&'r Ident> {
        let Endpoint::Handler(handler) = &route.endpoint else {
            return None;
        };
        let mut params = route.params();
        params
            .any(|param| param.is_declared_with(&self.param))
            .then(|| handler.call.captured_near(&self.param.text()))?
    }

    pub(crate) fn is_meant_by(&self, route: &Route) -> bool {
        self.misspelled(route).is_some()
    }
}

impl Routes {
    /// Returns the unused parameters of blocks. A mount or a filter inside can read all of them.
    pub(super) fn unused(&self) -> Vec<Unused> {
        let mut used = Used::default();
        for route in &self.routes {
            let filtered = route.filters.len() > route.own_filters;
            for (index, param) in route.params().enumerate().take(route.outer_params) {
                let reads = match &route.endpoint {
                    Endpoint::Mount { .. } => true,
                    Endpoint::Handler(handler) => reads(&handler.call, index),
                };
                used.note(param, reads || filtered);
            }
        }
        for fallback in &self.fallbacks {
            for (index, param) in params(&fallback.segments).enumerate() {
                used.note(param, reads(&fallback.handler.call, index));
            }
        }
        let unused = used.0.into_iter().filter(|(_, is_used)| !is_used);
        let unused = unused.map(|(param, _)| Unused {
            param: param.clone(),
        });
        unused.collect()
    }
}

/// The declared parameters of blocks, and `true` for each that a route uses.
#[derive(Default)]
struct Used<'a>(Vec<(&'a Param, bool)>);

impl<'a> Used<'a> {
    fn note(&mut self, param: &'a Param, is_used: bool) {
        let is_used = is_used || param.is_ignored();
        let mut known = self.0.iter_mut();
        match known.find(|(known, _)| known.is_declared_with(param)) {
            Some((_, used)) => *used |= is_used,
            None => self.0.push((param, is_used)),
        }
    }
}

fn reads(call: &Call, param: usize) -> bool {
    call.reads_request() || call.params().any(|used| used == param)
}
