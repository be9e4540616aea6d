//! The flattening of blocks: each route gets its complete path and all of its filters.
//!
//! The rules are those of the library's builder (`routing/flat.rs`). The code is not shared,
//! because the two have little in common beside the order of the steps: here every mistake is
//! reported at its span and the rest of the table is kept, paths are syntax, and filters are
//! expressions with an index. There the first mistake ends the build, paths are text, and filters
//! are values.
//!
//! 1. Scope 0 is the application. A block with a prefix is a scope if it has filters or a fallback.
//! 2. A scope without a fallback for a protocol inherits it from the nearest scope around it. A
//!    scope is around another if its prefix is the beginning of the other's and all its filters are
//!    before both.
//! 3. Of two blocks with one prefix, the first is nearer.

use std::cmp::Reverse;

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::Attribute;

use super::pathless::{self, Before};
use super::{
    Call, Endpoint, Fallback, HandlerCall, Mounted, Protocols, Route, Routes, Scope, params,
    spelled,
};
use crate::errors::Errors;
use crate::parse::{self, Entry, Handler, Head, Param, Place, Protocol, Segment, Target};

/// The protocols of a mounted application.
const BOTH: Protocols = Protocols {
    http: true,
    ws: true,
};

/// The context of a block, which its entries inherit.
#[derive(Clone, Default)]
struct Around {
    segments: Vec<Segment>,
    filters: Vec<usize>,
    scope: usize,
    /// The number of filters that belong to the scope.
    scope_filters: usize,
    /// `true` inside of a block with a path.
    has_path: bool,
}

impl Routes {
    pub(crate) fn new(syntax: parse::Routes, errors: &mut Errors) -> Self {
        let mut model = Self {
            library: syntax.library,
            head: syntax.head,
            is_item: syntax.is_item,
            filters: Vec::new(),
            behind: Vec::new(),
            routes: Vec::new(),
            scopes: vec![Scope {
                segments: Vec::new(),
                filters: Vec::new(),
                fallbacks: Vec::new(),
            }],
            fallbacks: Vec::new(),
            unused: Vec::new(),
        };
        model.add_all(syntax.entries, &Around::default(), errors);
        model.inherit_fallbacks();
        model.unused = model.unused();
        model
    }

    fn add_all(&mut self, entries: Vec<Entry>, around: &Around, errors: &mut Errors) {
        let mut before = None;
        for entry in entries {
            let Some(mistake) = pathless::mistake(&entry, around.has_path, before.as_ref()) else {
                before = Before::new(&entry).or(before);
                self.add(entry, around, errors);
                continue;
            };
            errors.at(entry.span, mistake);
            if let Target::Handler(handler) = entry.target {
                let path = before.as_ref().map_or("", |before| &before.path);
                errors.leave_out(path, handler.expr.to_token_stream());
            }
        }
    }

    fn add(&mut self, mut entry: Entry, around: &Around, errors: &mut Errors) {
        let own_filters = entry.filters.len();
        let first = self.filters.len();
        self.filters.extend(entry.filters);
        self.behind.resize(self.filters.len(), Protocols::default());
        let mut inner = around.clone();
        inner.filters.extend(first..first + own_filters);
        let has_path = entry.place.written().is_some();
        let (span, path) = match entry.place {
            Place::Here => (entry.span, Vec::new()),
            Place::Path(template) => (template.literal.span(), template.segments),
            Place::Fallback(span) => {
                check_fallback(&entry.name, &entry.deprecated, errors);
                return self.add_fallback(entry.methods, span, entry.target, &inner, errors);
            }
        };
        inner.segments.extend(path);
        inner.has_path |= has_path;
        let outer_params = params(&around.segments).count();
        let endpoint = match entry.target {
            Target::Block(entries) => {
                check_block(&entry.methods, &entry.name, &entry.deprecated, errors);
                self.open_scope(around, &mut inner, own_filters, &entries);
                return self.add_all(entries, &inner, errors);
            }
            Target::Mount { keyword, app } => {
                self.put_behind(&inner.filters, BOTH);
                Endpoint::Mount {
                    keyword,
                    function: Mounted::by(&app),
                    app,
                }
            }
            Target::Handler(handler) => {
                self.put_behind(&inner.filters, protocols(handler.protocol));
                // A stream responds to GET, and so to HEAD, unless it names other methods.
                if handler.protocol == Protocol::Sse && entry.methods.is_empty() {
                    entry
                        .methods
                        .push(Ident::new("GET", handler.keyword.span()));
                }
                match handler_call(handler, &inner.segments, self.head.as_ref(), errors) {
                    Some(handler) => Endpoint::Handler(handler),
                    None => return,
                }
            }
        };
        self.routes.push(Route {
            methods: entry.methods,
            segments: inner.segments,
            outer_params,
            filters: inner.filters,
            own_filters,
            name: entry.name,
            docs: entry.docs,
            deprecated: entry.deprecated,
            endpoint,
            span,
        });
    }

    /// Adds an entry of `protocols` to those behind `filters`. A broken entry counts as well, so
    /// that one mistake has one message.
    fn put_behind(&mut self, filters: &[usize], protocols: Protocols) {
        for &filter in filters {
            let behind = &mut self.behind[filter];
            behind.http |= protocols.http;
            behind.ws |= protocols.ws;
        }
    }

    /// Opens a scope for a block with a prefix, if it has filters or a fallback of its own.
    fn open_scope(
        &mut self,
        around: &Around,
        inner: &mut Around,
        own_filters: usize,
        entries: &[Entry],
    ) {
        let has_prefix = inner.segments.len() > around.segments.len();
        if has_prefix && (own_filters > 0 || has_fallback(entries)) {
            inner.scope = self.scopes.len();
            inner.scope_filters = inner.filters.len();
            self.scopes.push(Scope {
                segments: inner.segments.clone(),
                filters: inner.filters.clone(),
                fallbacks: Vec::new(),
            });
        }
    }

    fn add_fallback(
        &mut self,
        methods: Vec<Ident>,
        span: Span,
        target: Target,
        inner: &Around,
        errors: &mut Errors,
    ) {
        let handler = match target {
            Target::Handler(handler) => handler,
            Target::Mount { .. } | Target::Block(_) => {
                let message = "`_` leads to one handler, as in `_ => http(not_found)`; a mount or a \
                               block has a path";
                return errors.at(span, message);
            }
        };
        self.put_behind(&inner.filters, protocols(handler.protocol));
        if handler.protocol == Protocol::Sse {
            let message = "`_` responds to requests that no route matches, and a stream has a path: \
                           write `_ => http(not_found)`";
            errors.at(handler.keyword.span(), message);
            let written = handler.expr.to_token_stream();
            return errors.leave_out(&spelled(&inner.segments), written);
        }
        let Some(handler) = handler_call(handler, &inner.segments, self.head.as_ref(), errors)
        else {
            return;
        };
        self.scopes[inner.scope]
            .fallbacks
            .push(self.fallbacks.len());
        self.fallbacks.push(Fallback {
            handler,
            methods,
            segments: inner.segments.clone(),
            filters: inner.filters[inner.scope_filters..].to_vec(),
            scope: inner.scope,
            span,
        });
    }

    /// Adds the inherited fallbacks to each scope (rule 2).
    fn inherit_fallbacks(&mut self) {
        let own: Vec<Vec<usize>> = self.scopes.iter().map(|s| s.fallbacks.clone()).collect();
        for inner in 1..self.scopes.len() {
            let all = 0..self.scopes.len();
            let mut around: Vec<usize> =
                all.filter(|&outer| self.is_around(outer, inner)).collect();
            // The nearest first (rule 3): the sort is stable.
            around.sort_by_key(|&outer| Reverse(self.scopes[outer].segments.len()));
            for outer in around {
                for &fallback in &own[outer] {
                    let protocol = self.fallbacks[fallback].handler.protocol;
                    let mut known = self.scopes[inner].fallbacks.iter();
                    if !known.any(|&known| self.fallbacks[known].handler.protocol == protocol) {
                        self.scopes[inner].fallbacks.push(fallback);
                    }
                }
            }
        }
    }

    /// Returns `true` if `inner` inherits the fallbacks of `outer`.
    fn is_around(&self, outer: usize, inner: usize) -> bool {
        let is_other = outer != inner;
        let (outer, inner) = (&self.scopes[outer], &self.scopes[inner]);
        is_other
            && outer.segments.len() <= inner.segments.len()
            && inner.filters.starts_with(&outer.filters)
            && spelled(&inner.segments[..outer.segments.len()]) == spelled(&outer.segments)
    }
}

fn check_fallback(name: &Option<Ident>, deprecated: &Option<Attribute>, errors: &mut Errors) {
    if let Some(name) = name {
        errors.at(
            name.span(),
            "`_` cannot have a name, because it does not have a path: drop `as`",
        );
    }
    if let Some(attribute) = deprecated {
        let message = "`_` cannot be deprecated, because it does not have a link: drop this";
        errors.at(attribute.pound_token.span, message);
    }
}

fn check_block(
    methods: &[Ident],
    name: &Option<Ident>,
    deprecated: &Option<Attribute>,
    errors: &mut Errors,
) {
    if let Some(method) = methods.first() {
        let message = "a block cannot have a method: write it on the routes inside";
        errors.at(method.span(), message);
    }
    if let Some(name) = name {
        let message = "a block cannot have a name: write `as` on a route inside";
        errors.at(name.span(), message);
    }
    if let Some(attribute) = deprecated {
        let message = "a block cannot be deprecated: write `#[deprecated]` on the routes inside";
        errors.at(attribute.pound_token.span, message);
    }
}

/// Returns the protocols of an entry. A stream of events is a response to an HTTP request.
fn protocols(protocol: Protocol) -> Protocols {
    let ws = protocol == Protocol::Ws;
    Protocols { http: !ws, ws }
}

fn has_fallback(entries: &[Entry]) -> bool {
    entries
        .iter()
        .any(|entry| match (&entry.place, &entry.target) {
            (Place::Fallback(_), _) => true,
            (place, Target::Block(entries)) => place.is_here() && has_fallback(entries),
            _ => false,
        })
}

fn handler_call(
    handler: Handler,
    segments: &[Segment],
    head: Option<&Head>,
    errors: &mut Errors,
) -> Option<HandlerCall> {
    let params: Vec<String> = params(segments).map(Param::text).collect();
    let written = handler.expr.to_token_stream();
    let Some(call) = Call::new(handler.expr, handler.protocol, &params, head, errors) else {
        errors.leave_out(&spelled(segments), written);
        return None;
    };
    if handler.protocol == Protocol::Sse && !call.receives_stream(errors) {
        errors.leave_out(&spelled(segments), written);
        return None;
    }
    Some(HandlerCall {
        protocol: handler.protocol,
        keyword: handler.keyword,
        call,
    })
}
