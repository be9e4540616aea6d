//! The compile errors for mounts, composed by the compiler while it evaluates constants.
//!
//! A constant cannot allocate or use `format!`. The text is therefore collected in an array:
//!
//! 1. `bytes[..len]` is always UTF-8, because a piece of text is added whole or not at all.
//! 2. The array holds about thirty mistakes. The rest of a longer report is left out.
//! 3. Each mistake is a line or two of its own, and `line` ends the one before it.
//! 4. Prefixes are added from the outermost to the innermost. A [`Chain`] points outwards, so the
//!    recursion comes before the text.

use http4k_ws_grammar::accepts;

use super::table::{Protocol, RouteMeta};

/// The text of a compile error.
pub(super) struct Report {
    bytes: [u8; Self::ROOM],
    len: usize,
}

/// The mounts that lead to a route, from the innermost outwards.
pub(super) struct Chain<'a> {
    pub(super) outer: Option<&'a Chain<'a>>,
    /// The prefix that it is mounted at.
    pub(super) prefix: &'a str,
    /// The function whose application is mounted, as in the source.
    pub(super) function: &'a str,
}

/// A route that is found before another and matches its requests.
#[derive(Clone, Copy)]
pub(super) struct Taking<'a> {
    pub(super) route: &'a RouteMeta,
    /// The mount that it belongs to; `None` for a route of the router itself.
    pub(super) of: Option<&'a Chain<'a>>,
}

impl Chain<'_> {
    /// Returns the number of parameters in the prefixes behind the outermost one.
    pub(super) const fn inner_params(&self) -> usize {
        match self.outer {
            None => 0,
            Some(outer) => params(self.prefix) + outer.inner_params(),
        }
    }
}

const fn params(template: &str) -> usize {
    let bytes = template.as_bytes();
    let (mut count, mut i) = (0, 0);
    while i < bytes.len() {
        count += (bytes[i] == b'<') as usize;
        i += 1;
    }
    count
}

impl Report {
    const ROOM: usize = 4096;

    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; Self::ROOM],
            len: 0,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) const fn text(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "a mounted route is never matched",
        }
    }

    /// Adds that `mounted` is never matched because of the route of `taking`, if they have a
    /// protocol and a method in common.
    pub(super) const fn never_matched(
        &mut self,
        mounted: &RouteMeta,
        chain: &Chain<'_>,
        taking: Taking<'_>,
    ) {
        let route = taking.route;
        let is_mount = matches!(route.protocol, Protocol::Mount);
        // A page is for every `Accept`, so a stream behind it is never matched.
        let same = mounted.protocol as u8 == route.protocol as u8
            || matches!(
                (route.protocol, mounted.protocol),
                (Protocol::Http, Protocol::Sse)
            );
        if !is_mount && !same {
            return;
        }
        // The empty set stands for every method, which only another empty set accepts.
        let is_matched_first = if mounted.methods.is_empty() {
            route.methods.is_empty()
        } else {
            count_accepted(mounted, route) > 0
        };
        if !is_matched_first {
            return;
        }
        self.line();
        self.push("`");
        self.push_methods(mounted, Some(route));
        self.push_mounted(mounted, chain);
        self.push(" is never matched:\n`");
        self.push_methods(route, None);
        if let Some(mount) = taking.of {
            self.push_mounted(route, mount);
        } else {
            self.push(route.path.template);
            self.push("` (");
            if is_mount {
                self.push("where `");
                self.push(route.name);
                self.push("` is mounted");
            } else {
                self.push_name(route, " ");
                self.push("here");
            }
            self.push(")");
        }
        self.push(match (route.protocol, mounted.protocol) {
            (Protocol::Http, Protocol::Sse) => {
                " takes its requests; declare both in one table, where `Accept` decides"
            }
            _ => " takes its requests; drop one of the two",
        });
    }

    /// Adds that `route` has `count` parameters, more than a path may have.
    pub(super) const fn too_many_params(
        &mut self,
        route: &RouteMeta,
        chain: &Chain<'_>,
        count: usize,
    ) {
        self.line();
        self.push("`");
        self.push_mounted(route, chain);
        self.push(" has ");
        // `count` is below 100: two templates have at most 16 parameters each.
        let digits = [b'0' + (count / 10 % 10) as u8, b'0' + (count % 10) as u8];
        if let Ok(digits) = std::str::from_utf8(&digits) {
            self.push(digits);
        }
        self.push(" parameters, more than 16; `<rest..>` takes any number");
    }

    /// Ends the mistake before this one, if there is one.
    const fn line(&mut self) {
        if !self.is_empty() {
            self.push("\n");
        }
    }

    /// Adds `sse` for a stream, the methods, or those that `by` accepts, and a space.
    const fn push_methods(&mut self, route: &RouteMeta, by: Option<&RouteMeta>) {
        if matches!(route.protocol, Protocol::Sse) {
            self.push("sse ");
        }
        let (mut i, mut count) = (0, 0);
        while i < route.methods.len() {
            let is_listed = match by {
                None => true,
                Some(by) => accepts(by.methods, route.methods[i]),
            };
            if is_listed {
                self.push(if count == 0 { "" } else { " | " });
                self.push(route.methods[i]);
                count += 1;
            }
            i += 1;
        }
        if count > 0 {
            self.push(" ");
        }
    }

    /// Adds the complete path, the closing quote, and in parentheses the name and the function of
    /// the table.
    const fn push_mounted(&mut self, route: &RouteMeta, chain: &Chain<'_>) {
        self.push_path(route, chain);
        self.push("` (");
        self.push_name(route, " of ");
        self.push("`");
        self.push(chain.function);
        self.push("`)");
    }

    const fn push_path(&mut self, route: &RouteMeta, chain: &Chain<'_>) {
        let start = self.len;
        self.push_prefix(chain);
        // `/` stands for the prefix itself, unless there is no other text.
        if route.path.template.len() > 1 || self.len == start {
            self.push(route.path.template);
        }
    }

    /// Adds the prefixes from the outermost to the innermost. `/` adds nothing.
    const fn push_prefix(&mut self, chain: &Chain<'_>) {
        if let Some(outer) = chain.outer {
            self.push_prefix(outer);
        }
        if chain.prefix.len() > 1 {
            self.push(chain.prefix);
        }
    }

    const fn push_name(&mut self, route: &RouteMeta, then: &str) {
        if !route.name.is_empty() {
            self.push("`");
            self.push(route.name);
            self.push("`");
            self.push(then);
        } else if then.len() > 1 {
            self.push("in ");
        }
    }

    const fn push(&mut self, text: &str) {
        let text = text.as_bytes();
        // Invariant 1: half a text could end inside a character.
        if self.len + text.len() > Self::ROOM {
            return;
        }
        let mut i = 0;
        while i < text.len() {
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
    }
}

/// Returns the number of methods of `mounted` that `route` accepts.
const fn count_accepted(mounted: &RouteMeta, route: &RouteMeta) -> usize {
    let (mut count, mut i) = (0, 0);
    while i < mounted.methods.len() {
        count += accepts(route.methods, mounted.methods[i]) as usize;
        i += 1;
    }
    count
}
