//! Random tables and requests, the same for the same seed.

use http4k_ws::routing::{RouteError, Routes};
use http4k_ws::sse::Sse;
use http4k_ws::{Method, PolyHandler, Request};

use super::Sent;

/// The number of tables for the macro.
const TABLES: usize = 40;

/// The source of every choice.
pub(super) trait Choose {
    /// Returns a number below `end`.
    fn below(&mut self, end: usize) -> usize;

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// SplitMix64.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }
}

impl Choose for Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) % end as u64) as usize
    }
}

/// One entry of a table.
#[derive(Debug)]
pub(super) struct Spec {
    pub(super) id: usize,
    pub(super) methods: &'static [&'static str],
    pub(super) template: String,
    pub(super) target: Target,
}

#[derive(Debug)]
pub(super) enum Target {
    Http,
    Ws,
    Sse,
    Mount(Vec<Spec>),
}

const METHODS: &[&[&str]] = &[
    &[],
    &["GET"],
    &["GET"],
    &["GET"],
    &["POST"],
    &["GET", "PUT"],
    &["HEAD"],
    &["OPTIONS"],
    &["DELETE", "PURGE"],
];

/// Returns a valid table.
pub(super) fn table(random: &mut impl Choose) -> Vec<Spec> {
    let (mut table, mut id) = (Vec::new(), 0);
    let tries = 4 + random.below(16);
    fill(&mut table, tries, true, random, &mut id);
    table
}

fn fill(
    table: &mut Vec<Spec>,
    tries: usize,
    mounts: bool,
    random: &mut impl Choose,
    id: &mut usize,
) {
    for _ in 0..tries {
        let mut spec = route(random, *id);
        if mounts && random.below(8) == 0 {
            let mut inner = Vec::new();
            let mut inner_id = *id + 1;
            let inner_tries = 2 + random.below(5);
            fill(
                &mut inner,
                inner_tries,
                random.below(3) == 0,
                random,
                &mut inner_id,
            );
            // The prefix of a mount has no rest.
            let prefix = spec.template.split("/<r").next().unwrap_or_default();
            spec.template = if prefix.is_empty() {
                "/".into()
            } else {
                prefix.into()
            };
            // Mounts at one prefix are one table.
            let mut mounts = table
                .iter()
                .filter(|spec| matches!(spec.target, Target::Mount(_)));
            if let (Some(first), 0) = (mounts.next(), random.below(2)) {
                spec.template = first.template.clone();
            }
            spec.methods = &[];
            spec.target = Target::Mount(inner);
        }
        let next = spec.id + 1 + ids_inside(&spec);
        table.push(spec);
        match built(table) {
            Ok(_) => *id = next,
            Err(_) => drop(table.pop()),
        }
    }
}

fn ids_inside(spec: &Spec) -> usize {
    match &spec.target {
        Target::Mount(inner) => inner.iter().map(|spec| 1 + ids_inside(spec)).sum(),
        _ => 0,
    }
}

fn route(random: &mut impl Choose, id: usize) -> Spec {
    let mut template = String::new();
    for place in 0..random.below(4) {
        if random.below(5) < 3 {
            template += "/";
            template += random.one_of(&["a", "b", "b", "é"]);
        } else {
            template += &format!("/<p{id}_{place}>");
        }
    }
    if random.below(6) == 0 {
        template += &format!("/<r{id}>").replace('>', "..>");
    }
    if template.is_empty() {
        template += "/";
    }
    let target = match random.below(8) {
        0 | 1 => Target::Ws,
        2 | 3 => Target::Sse,
        _ => Target::Http,
    };
    let methods: &[&str] = match (&target, random.one_of(METHODS)) {
        (Target::Ws, _) => &[],
        // The macro understands a stream without a method as one for GET.
        (Target::Sse, []) => &["GET"],
        (_, methods) => methods,
    };
    Spec {
        id,
        methods,
        template,
        target,
    }
}

/// The `Accept` fields, each with the rank of streams in [`super::naive`].
const ACCEPT: &[&str] = &[
    "*/*",
    "*/*",
    "text/event-stream",
    "text/html, text/event-stream",
    "text/html, text/event-stream;q=0.9",
    "text/html",
];

/// Returns a request that often matches a route.
pub(super) fn request(random: &mut impl Choose) -> Sent {
    const SEGMENTS: &[&str] = &[
        "a", "a", "a", "b", "b", "b", "c", "%61", "%C3%A9", "a%2Fb", "x%20y", "%zz", "%FF", "",
    ];
    let mut path = String::new();
    for _ in 0..random.below(6) {
        path += "/";
        path += random.one_of(SEGMENTS);
    }
    if path.is_empty() {
        path += "/";
    }
    let methods = [
        "GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PURGE", "PATCH",
    ];
    let upgrade = random.below(4) == 0;
    let method = if upgrade {
        "GET"
    } else {
        random.one_of(&methods)
    };
    Sent {
        method: method.into(),
        path,
        upgrade,
        accept: random.one_of(ACCEPT),
    }
}

/// Builds the table with the builder API.
pub(super) fn built(specs: &[Spec]) -> Result<PolyHandler, RouteError> {
    let mut routes = Routes::new();
    for Spec {
        id,
        methods,
        template,
        target,
    } in specs
    {
        let id = *id;
        routes = match target {
            Target::Http if methods.is_empty() => {
                let every = http4k_ws::routing::Methods::every();
                routes.http(every, template, move |req: Request| super::http(id, req))
            }
            Target::Http => {
                let methods: Vec<Method> =
                    methods.iter().map(|name| name.parse().unwrap()).collect();
                routes.http(methods, template, move |req: Request| super::http(id, req))
            }
            Target::Sse => {
                let methods: Vec<Method> =
                    methods.iter().map(|name| name.parse().unwrap()).collect();
                routes.sse(methods, template, move |sse: Sse| super::stream(id, sse))
            }
            Target::Ws => routes.ws(template, move |req: Request| super::ws(id, req)),
            Target::Mount(inner) => routes.mount(template, built(inner)?),
        };
    }
    routes.build()
}

/// Returns the tables for the macro.
pub(super) fn tables() -> Vec<Vec<Spec>> {
    let mut random = Random::new(7);
    (0..TABLES).map(|_| table(&mut random)).collect()
}

/// Returns the text of `tables.rs`.
pub(super) fn tables_as_rust() -> String {
    let tables = tables();
    let mut text = String::from(
        "//! Random tables for the macro, generated by `generate.rs`.\n\n\
         use http4k_ws::http::Uri;\n\
         use http4k_ws::sse::Sse;\n\
         use http4k_ws::{PolyHandler, Request, routes};\n\n\
         use super::{http as said, stream as streamed, ws as talked};\n\n\
         pub(super) fn apps() -> Vec<PolyHandler> {\n    vec![",
    );
    for index in 0..tables.len() {
        text += &format!("\n        table_{index}(),");
    }
    text += "\n    ]\n}\n";
    for (index, table) in tables.iter().enumerate() {
        text += &format!("\nfn table_{index}() -> PolyHandler {{\n    routes! {{\n");
        text += &entries_as_rust(table, 2);
        text += "    }\n}\n";
    }
    text
}

fn entries_as_rust(table: &[Spec], depth: usize) -> String {
    let mut text = String::new();
    for Spec {
        id,
        methods,
        template,
        target,
    } in table
    {
        let indent = "    ".repeat(depth);
        let methods = methods.join(" | ");
        let space = if methods.is_empty() { "" } else { " " };
        text += &format!("{indent}{methods}{space}{template:?} => ");
        text += &match target {
            Target::Http => format!("http(|req: Request| said({id}, req)),\n"),
            // The argument is for all parameters of the path.
            Target::Sse => format!("sse(|sse: Sse, _: Uri| streamed({id}, sse)),\n"),
            Target::Ws => format!("ws(|req: Request| talked({id}, req)),\n"),
            Target::Mount(inner) => format!(
                "mount(routes! {{\n{}{indent}}}),\n",
                entries_as_rust(inner, depth + 1)
            ),
        };
    }
    text
}
