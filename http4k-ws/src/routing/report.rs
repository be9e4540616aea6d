//! What is wrong with a mount, put in words where the compiler evaluates constants.

use super::table::{Protocol, RouteMeta};
use super::template::equal;

/// The text of a compile error, which can't be allocated.
pub(super) struct Report {
    bytes: [u8; Self::ROOM],
    len: usize,
}

/// The mounts on the way to a route, the innermost first.
pub(super) struct Chain<'a> {
    pub(super) outer: Option<&'a Chain<'a>>,
    /// Where it is mounted.
    pub(super) prefix: &'a str,
    /// The function whose application is mounted, as it was written.
    pub(super) function: &'a str,
}

/// A route that takes the requests of another.
#[derive(Clone, Copy)]
pub(super) struct Taking<'a> {
    pub(super) route: &'a RouteMeta,
    /// The mount that has it; `None` for a route beside the mounts.
    pub(super) of: Option<&'a Chain<'a>>,
}

impl Chain<'_> {
    /// How many parameters the prefixes behind the outermost have.
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
            Err(_) => "a mounted route is never asked",
        }
    }

    /// Reports that `taking` has the requests of `mounted`, if it does.
    pub(super) const fn never_asked(
        &mut self,
        mounted: &RouteMeta,
        chain: &Chain<'_>,
        taking: Taking<'_>,
    ) {
        let route = taking.route;
        let is_mount = matches!(route.protocol, Protocol::Mount);
        if !is_mount && mounted.protocol as u8 != route.protocol as u8 {
            return;
        }
        let takes_all = route.methods.is_empty();
        if mounted.methods.is_empty() && !takes_all {
            return;
        }
        if !mounted.methods.is_empty() && count_taken(mounted, route) == 0 {
            return;
        }
        self.line();
        self.push("`");
        self.push_methods(mounted, Some(route));
        self.push_mounted(mounted, chain);
        self.push(" is never asked:\n`");
        self.push_methods(route, None);
        if let Some(mount) = taking.of {
            self.push_mounted(route, mount);
        } else {
            self.push(route.template);
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
        self.push(" takes its requests; drop one of the two");
    }

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
        let digits = [b'0' + (count / 10 % 10) as u8, b'0' + (count % 10) as u8];
        if let Ok(digits) = std::str::from_utf8(&digits) {
            self.push(digits);
        }
        self.push(" parameters, more than 16; `<rest..>` takes any number");
    }

    const fn line(&mut self) {
        if !self.is_empty() {
            self.push("\n");
        }
    }

    /// The methods, or those of them that `takes` takes, and a space.
    const fn push_methods(&mut self, route: &RouteMeta, takes: Option<&RouteMeta>) {
        let (mut i, mut written) = (0, 0);
        while i < route.methods.len() {
            let is_meant = match takes {
                None => true,
                Some(takes) => is_taken(route.methods[i], takes),
            };
            if is_meant {
                self.push(if written == 0 { "" } else { " | " });
                self.push(route.methods[i]);
                written += 1;
            }
            i += 1;
        }
        if written > 0 {
            self.push(" ");
        }
    }

    /// The whole path, the closing quote, and in parentheses the name and the function of the table.
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
        if route.template.len() > 1 || self.len == start {
            self.push(route.template);
        }
    }

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
        // What does not fit is left out whole, so that the text stays UTF-8.
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

/// How many methods of `mounted` are `route`'s.
const fn count_taken(mounted: &RouteMeta, route: &RouteMeta) -> usize {
    let (mut count, mut i) = (0, 0);
    while i < mounted.methods.len() {
        count += is_taken(mounted.methods[i], route) as usize;
        i += 1;
    }
    count
}

/// Whether `route` takes `method`; HEAD goes to GET where it is not routed (RFC 9110 §9.3.2).
const fn is_taken(method: &str, route: &RouteMeta) -> bool {
    let mut i = 0;
    while i < route.methods.len() {
        let own = route.methods[i];
        if equal(own, method) || equal(method, "HEAD") && equal(own, "GET") {
            return true;
        }
        i += 1;
    }
    route.methods.is_empty()
}
