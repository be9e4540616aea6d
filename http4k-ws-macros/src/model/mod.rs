//! What was meant: blocks flattened into routes, prefixes and filters, each with the span to blame.

mod args;
mod blocks;
mod call;
mod flatten;
mod links;
mod mounted;

pub(crate) use args::{Arg, dereferenced, place_root, plain_name};
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
    /// Whether items are wanted, even where the function's head is broken.
    pub(crate) is_item: bool,
    /// The filters of every `with(..)`, in the order of the source.
    pub(crate) filters: Vec<Expr>,
    /// The protocols of the entries behind each filter.
    pub(crate) behind: Vec<Protocols>,
    pub(crate) routes: Vec<Route>,
    /// The prefixes that answer by themselves what no route takes; the first is the application's.
    pub(crate) scopes: Vec<Scope>,
    pub(crate) fallbacks: Vec<Fallback>,
    /// The parameters of blocks that no route inside is handed.
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
    /// How many of the parameters are those of the blocks around it.
    pub(crate) outer_params: usize,
    /// The filters before it, the outermost first, by index.
    pub(crate) filters: Vec<usize>,
    /// How many of them are its own.
    pub(crate) own_filters: usize,
    pub(crate) name: Option<Ident>,
    pub(crate) docs: Vec<Doc>,
    /// `#[deprecated]`, for its link.
    pub(crate) deprecated: Option<Attribute>,
    pub(crate) endpoint: Endpoint,
    /// Its path, or what stands for it.
    pub(crate) span: Span,
}

/// Where a route leads.
pub(crate) enum Endpoint {
    Handler(HandlerCall),
    Mount {
        keyword: Ident,
        app: Expr,
        /// The function that is called, whose table may be known.
        function: Option<Mounted>,
    },
}

/// What answers on a route or a fallback.
pub(crate) struct HandlerCall {
    pub(crate) protocol: Protocol,
    pub(crate) keyword: Ident,
    pub(crate) call: Call,
}

/// A prefix with an answer of its own for what no route takes.
pub(crate) struct Scope {
    pub(crate) segments: Vec<Segment>,
    pub(crate) filters: Vec<usize>,
    /// The fallbacks that hold here, by index: its own, or those around it.
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
    /// Whether the function of `call` may be a variable, which only a closure can hold on to.
    pub(crate) fn may_be_local(&self, call: &Call) -> bool {
        let Some(name) = call.lone_name() else {
            return false;
        };
        // Around an expression, there may be variables of any name.
        let head = self.head.as_ref();
        head.is_none_or(|head| head.binds(name))
    }
}

/// The parameters among `segments`.
pub(crate) fn params(segments: &[Segment]) -> impl Iterator<Item = &Param> {
    segments.iter().filter_map(Segment::param)
}

/// The path of `segments`, as it is written.
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

    /// Its own parameters that nobody is handed, though they are not marked as ignored. Whoever gets the
    /// whole request can read them: `req`, a `_` argument, its own filters, a mounted application.
    pub(crate) fn forgotten(&self) -> Vec<&Param> {
        let Endpoint::Handler(handler) = &self.endpoint else {
            return Vec::new();
        };
        if handler.call.reads_request() || self.own_filters > 0 {
            return Vec::new();
        }
        let all: Vec<&Param> = self.params().collect();
        let handed: Vec<String> = handler.call.params().map(|used| all[used].text()).collect();
        let own = all.into_iter().skip(self.outer_params);
        own.filter(|param| !param.is_ignored() && !handed.contains(&param.text()))
            .collect()
    }

    /// Whether this is a handler value where a call is needed.
    pub(crate) fn needs_a_call(&self) -> bool {
        match &self.endpoint {
            Endpoint::Handler(handler) => {
                matches!(handler.call.shape, Shape::Value(_)) && !self.forgotten().is_empty()
            }
            Endpoint::Mount { .. } => false,
        }
    }

    /// Returns `true` if another call is meant, so that the compiler's messages about this one do
    /// not help.
    pub(crate) fn is_misunderstood(&self, model: &Routes) -> bool {
        !self.forgotten().is_empty() || model.unused.iter().any(|unused| unused.is_meant_by(self))
    }

    /// What it is called: `as`, or its function's name, or nothing.
    pub(crate) fn called(&self) -> String {
        use syn::ext::IdentExt;
        let name = self.named();
        name.map(|name| name.unraw().to_string())
            .unwrap_or_default()
    }

    /// The same, where it is written.
    pub(crate) fn named(&self) -> Option<&Ident> {
        match (&self.name, &self.endpoint) {
            (Some(name), _) => Some(name),
            (None, Endpoint::Handler(handler)) => handler.call.function_name(),
            (None, Endpoint::Mount { function, .. }) => function.as_ref().map(|f| &f.function),
        }
    }
}
