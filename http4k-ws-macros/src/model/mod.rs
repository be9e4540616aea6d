//! The meaning of the syntax: routes, prefixes and filters without blocks, each with the span for
//! its mistakes.

mod args;
mod bindings;
mod blocks;
mod call;
mod closures;
mod flatten;
mod links;
mod mentioned;
mod mounted;
mod once;
mod pathless;
mod stream;
mod words;

pub(crate) use args::{Arg, dereferenced, is_place, place_root, plain_name};
pub(crate) use bindings::bound_name;
pub(crate) use blocks::Unused;
pub(crate) use call::{Call, Callee, Shape};
pub(crate) use links::{Link, is_reserved};
pub(crate) use mounted::Mounted;
use proc_macro2::{Ident, Span};
use syn::{Attribute, Expr};

use crate::library::Library;
use crate::parse::{self, Doc, Param, Protocol, Segment};

/// One application.
pub(crate) struct Routes {
    pub(crate) library: Library,
    pub(crate) head: Option<parse::Head>,
    /// `true` for the item form, even if its head is broken.
    pub(crate) is_item: bool,
    /// The filters of every `with(..)`, in the order of the source.
    pub(crate) filters: Vec<Expr>,
    /// The protocols of the entries behind each filter.
    pub(crate) behind: Vec<Protocols>,
    pub(crate) routes: Vec<Route>,
    /// The prefixes with a response of their own to requests that no route matches. The first is
    /// the application's.
    pub(crate) scopes: Vec<Scope>,
    pub(crate) fallbacks: Vec<Fallback>,
    /// The parameters of blocks that no route inside uses.
    pub(crate) unused: Vec<Unused>,
}

/// A set of protocols.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Protocols {
    pub(crate) http: bool,
    pub(crate) ws: bool,
}

/// One route or mount.
pub(crate) struct Route {
    pub(crate) methods: Vec<Ident>,
    pub(crate) segments: Vec<Segment>,
    /// The number of parameters that are those of the blocks around it.
    pub(crate) outer_params: usize,
    /// The filters before it, the outermost first, by index.
    pub(crate) filters: Vec<usize>,
    /// The number of filters that are its own.
    pub(crate) own_filters: usize,
    pub(crate) name: Option<Ident>,
    pub(crate) docs: Vec<Doc>,
    /// The `#[deprecated]` of its link.
    pub(crate) deprecated: Option<Attribute>,
    pub(crate) endpoint: Endpoint,
    /// The place of its path, or of its first token.
    pub(crate) span: Span,
}

/// The endpoint of a route.
pub(crate) enum Endpoint {
    Handler(HandlerCall),
    Mount {
        keyword: Ident,
        app: Expr,
        /// The function that is called, if its table can be looked up.
        function: Option<Mounted>,
    },
}

/// The handler of a route or a fallback.
pub(crate) struct HandlerCall {
    pub(crate) protocol: Protocol,
    pub(crate) keyword: Ident,
    pub(crate) call: Call,
}

/// A prefix with a response of its own to requests that no route matches.
pub(crate) struct Scope {
    pub(crate) segments: Vec<Segment>,
    pub(crate) filters: Vec<usize>,
    /// The indices of its fallbacks, or of those around it.
    pub(crate) fallbacks: Vec<usize>,
}

/// `_ => http(not_found)`.
pub(crate) struct Fallback {
    pub(crate) handler: HandlerCall,
    pub(crate) methods: Vec<Ident>,
    pub(crate) segments: Vec<Segment>,
    /// The filters between its prefix and itself.
    pub(crate) filters: Vec<usize>,
    pub(crate) scope: usize,
    pub(crate) span: Span,
}

impl Routes {
    /// Returns `true` if the function of `call` may be a variable, which only a closure can
    /// capture.
    pub(crate) fn may_be_local(&self, call: &Call) -> bool {
        let Some(name) = call.lone_name() else {
            return false;
        };
        // An expression may be among variables of any name.
        let head = self.head.as_ref();
        head.is_none_or(|head| head.binds(name))
    }
}

/// Returns the parameters among `segments`.
pub(crate) fn params(segments: &[Segment]) -> impl Iterator<Item = &Param> {
    segments.iter().filter_map(Segment::param)
}

/// Returns the path of `segments`, as in the source.
pub(crate) fn spelled(segments: &[Segment]) -> String {
    if segments.is_empty() {
        return "/".to_owned();
    }
    let pieces = segments.iter().map(|segment| match segment {
        Segment::Literal(text) => format!("/{text}"),
        Segment::Param(param) => format!("/<{}>", param.text()),
        Segment::Rest(param) => format!("/<{}..>", param.text()),
    });
    pieces.collect()
}

impl Route {
    pub(crate) fn params(&self) -> impl Iterator<Item = &Param> {
        params(&self.segments)
    }

    /// Returns its own parameters that are neither used nor marked as ignored. Everything that
    /// receives the whole request can use them: `req`, a `_` argument, its own filters, a mounted
    /// application.
    pub(crate) fn unused_params(&self) -> Vec<&Param> {
        let Endpoint::Handler(handler) = &self.endpoint else {
            return Vec::new();
        };
        if handler.call.reads_request() || self.own_filters > 0 {
            return Vec::new();
        }
        let all: Vec<&Param> = self.params().collect();
        let passed: Vec<String> = handler.call.params().map(|used| all[used].text()).collect();
        let own = all.into_iter().skip(self.outer_params);
        own.filter(|param| !param.is_ignored() && !passed.contains(&param.text()))
            .collect()
    }

    /// Returns `true` for a handler value that must be a call.
    pub(crate) fn needs_a_call(&self) -> bool {
        match &self.endpoint {
            Endpoint::Handler(handler) => {
                matches!(handler.call.shape, Shape::Value(_)) && !self.unused_params().is_empty()
            }
            Endpoint::Mount { .. } => false,
        }
    }

    /// Returns `true` if another call is meant, so that the compiler's messages about this one do
    /// not help.
    pub(crate) fn is_misunderstood(&self, model: &Routes) -> bool {
        !self.unused_params().is_empty()
            || model.unused.iter().any(|unused| unused.is_meant_by(self))
    }

    /// Returns the name of `as`, or of its function, or an empty text.
    pub(crate) fn name_text(&self) -> String {
        use syn::ext::IdentExt;
        let name = self.name_token();
        name.map(|name| name.unraw().to_string())
            .unwrap_or_default()
    }

    /// Returns the token of that name.
    pub(crate) fn name_token(&self) -> Option<&Ident> {
        match (&self.name, &self.endpoint) {
            (Some(name), _) => Some(name),
            (None, Endpoint::Handler(handler)) => handler.call.function_name(),
            (None, Endpoint::Mount { function, .. }) => function.as_ref().map(|f| &f.function),
        }
    }
}
