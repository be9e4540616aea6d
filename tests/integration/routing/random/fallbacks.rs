//! The fallbacks of the macro, of the builder and of a search through a list, on random blocks and
//! requests.

use http4k_ws::filter::poly;
use http4k_ws::routing::{RouteError, Routes};
use http4k_ws::{HttpHandler, Next, PolyHandler, Request, WsHandler};

use super::generate::{Choose, Random};
use super::{fallback_tables, http, http_request, ws};

/// The number of tables for the macro.
const TABLES: usize = 40;

/// One block; the whole table is a block without a prefix.
#[derive(Debug, Default, Clone)]
pub(super) struct Block {
    prefix: String,
    filter: Option<usize>,
    http: Option<usize>,
    ws: Option<usize>,
    inner: Vec<Block>,
}

fn table(random: &mut impl Choose) -> Block {
    let mut id = 0;
    let mut root = block("/".into(), 3, random, &mut id);
    root.filter = None;
    root
}

/// Returns a valid block, with its inner blocks.
fn block(prefix: String, depth: usize, random: &mut impl Choose, id: &mut usize) -> Block {
    let mut chosen = |one_in: usize, random: &mut dyn FnMut(usize) -> usize| {
        (random(one_in) == 0).then(|| {
            *id += 1;
            *id
        })
    };
    let mut below = |end| random.below(end);
    let mut block = Block {
        prefix,
        filter: chosen(2, &mut below),
        http: chosen(2, &mut below),
        ws: chosen(4, &mut below),
        inner: Vec::new(),
    };
    if depth == 0 {
        return block;
    }
    for _ in 0..random.below(4) {
        let prefix = random.one_of(&["/", "/a", "/a", "/b", "/a/b"]);
        block
            .inner
            .push(self::block(prefix.into(), depth - 1, random, id));
        // Two fallbacks at one prefix are refused.
        if built(&block).is_err() {
            block.inner.pop();
        }
    }
    block
}

/// Returns a filter that adds its number to the response.
pub(super) fn marked(id: usize) -> impl http4k_ws::PolyFilter {
    poly(move |request: Request, next: Next| async move {
        let mut response = next.call(request).await;
        response.headers_mut().append("x-mark", id.into());
        response
    })
}

/// Builds the table with the builder API.
fn built(table: &Block) -> Result<PolyHandler, RouteError> {
    filled(Routes::new(), table).build()
}

fn filled(mut routes: Routes, block: &Block) -> Routes {
    if let Some(id) = block.filter {
        routes = routes.with(marked(id));
    }
    if let Some(id) = block.http {
        routes = routes.fallback(move |req: Request| http(id, req));
    }
    if let Some(id) = block.ws {
        routes = routes.ws_fallback(move |req: Request| ws(id, req));
    }
    block.inner.iter().fold(routes, |routes, inner| {
        routes.under(&inner.prefix, |routes| filled(routes, inner))
    })
}

/// A prefix that responds by itself: its segments, its filters, and each fallback with its further
/// filters.
struct Scope {
    prefix: Vec<String>,
    filters: Vec<usize>,
    fallbacks: Vec<(bool, usize, Vec<usize>)>,
}

fn scopes(block: &Block, prefix: &[String], filters: &[usize], scope: usize, all: &mut Vec<Scope>) {
    let own = block.prefix[1..]
        .split('/')
        .filter(|piece| !piece.is_empty());
    let prefix: Vec<String> = prefix.iter().cloned().chain(own.map(Into::into)).collect();
    let filters: Vec<usize> = filters.iter().copied().chain(block.filter).collect();
    let mut scope = scope;
    let is_root = all.is_empty();
    if is_root || (block.prefix != "/" && (block.filter.is_some() || has_fallback(block))) {
        scope = all.len();
        all.push(Scope {
            prefix: prefix.clone(),
            filters: filters.clone(),
            fallbacks: Vec::new(),
        });
    }
    let more = filters[all[scope].filters.len()..].to_vec();
    for (is_ws, id) in [(false, block.http), (true, block.ws)] {
        let fallback = id.map(|id| (is_ws, id, more.clone()));
        all[scope].fallbacks.extend(fallback);
    }
    for inner in &block.inner {
        scopes(inner, &prefix, &filters, scope, all);
    }
}

fn has_fallback(block: &Block) -> bool {
    let mut inner = block.inner.iter().filter(|inner| inner.prefix == "/");
    block.http.is_some() || block.ws.is_some() || inner.any(has_fallback)
}

/// Returns the fallback that responds, if there is one, and the filters before it, outermost first.
fn expected(table: &Block, path: &[&str], is_ws: bool) -> (Option<usize>, Vec<usize>) {
    let mut all = Vec::new();
    scopes(table, &[], &[], 0, &mut all);
    let matches = all
        .iter()
        .filter(|scope| path.starts_with(&borrowed(&scope.prefix)));
    let deepest = matches.rev().max_by_key(|scope| scope.prefix.len());
    let scope = deepest.expect("the table itself matches every path");
    let fallback = |scope: &Scope| {
        let mut fallbacks = scope.fallbacks.iter();
        fallbacks.find(|(ws, ..)| *ws == is_ws).cloned()
    };
    let around = all.iter().filter(|outer| {
        scope.prefix.starts_with(&outer.prefix) && scope.filters.starts_with(&outer.filters)
    });
    let lent = around
        .filter(|outer| fallback(outer).is_some())
        .rev()
        .max_by_key(|outer| outer.prefix.len());
    let found = fallback(scope).or_else(|| fallback(lent?));
    let (id, more) = match found {
        Some((_, id, more)) => (Some(id), more),
        None => (None, Vec::new()),
    };
    (id, [scope.filters.clone(), more].concat())
}

fn borrowed(prefix: &[String]) -> Vec<&str> {
    prefix.iter().map(String::as_str).collect()
}

/// Returns the fallback and the filters that a real application used.
async fn actual(app: &PolyHandler, path: &[&str], is_ws: bool) -> (Option<usize>, Vec<usize>) {
    let request = http_request("GET", &format!("/{}", path.join("/")));
    let response = if is_ws {
        let outcome = app.ws().call(request).await.into_outcome();
        outcome.expect_err("every fallback refuses")
    } else {
        app.http().call(request).await
    };
    let marks = response.headers().get_all("x-mark").iter();
    let marks = marks.map(|mark| mark.to_str().unwrap().parse().unwrap());
    let mut marks: Vec<usize> = marks.collect();
    // The innermost filter sees the response first.
    marks.reverse();
    let is_fallback = response.status() == 200;
    let body = response.into_body().bytes().await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let id = text.split(' ').next().and_then(|id| id.parse().ok());
    (id.filter(|_| is_fallback), marks)
}

const PATHS: &[&[&str]] = &[
    &["c"],
    &["a"],
    &["a", "c"],
    &["b", "c"],
    &["a", "b"],
    &["a", "b", "c"],
    &["a", "a", "b"],
    &["b", "a", "c"],
    &["a", "b", "a", "b", "c"],
    &["a", "b", "b", "a"],
];

#[tokio::test]
async fn macro_builder_and_rules_agree_on_which_fallback_responds() {
    let apps = fallback_tables::apps();
    assert_eq!(apps.len(), TABLES);
    let mut lent = 0;
    for (table, app) in tables().iter().zip(apps) {
        let made = built(table).expect("the generator keeps what can be built");
        for (&path, is_ws) in PATHS.iter().flat_map(|path| [(path, false), (path, true)]) {
            let wanted = expected(table, path, is_ws);
            let context = || format!("ws: {is_ws}, {path:?} of {table:#?}");
            assert_eq!(
                actual(&app, path, is_ws).await,
                wanted,
                "macro: {}",
                context()
            );
            assert_eq!(
                actual(&made, path, is_ws).await,
                wanted,
                "builder: {}",
                context()
            );
            lent += usize::from(wanted.0.is_some() && !wanted.1.is_empty());
        }
    }
    assert!(
        lent > 100,
        "only {lent} fallbacks responded behind a filter"
    );
}

#[tokio::test]
async fn builder_and_rules_agree_on_which_fallback_responds_in_new_tables() {
    let mut random = Random::new(14);
    for _ in 0..500 {
        let table = table(&mut random);
        let made = built(&table).expect("the generator keeps what can be built");
        for (&path, is_ws) in PATHS.iter().flat_map(|path| [(path, false), (path, true)]) {
            let wanted = expected(&table, path, is_ws);
            assert_eq!(
                actual(&made, path, is_ws).await,
                wanted,
                "{path:?} of {table:#?}"
            );
        }
    }
}

/// Returns the tables for the macro.
fn tables() -> Vec<Block> {
    let mut random = Random::new(13);
    (0..TABLES).map(|_| table(&mut random)).collect()
}

/// Returns the text of `fallback_tables.rs`.
pub(super) fn tables_as_rust() -> String {
    let tables = tables();
    let mut text = String::from(
        "//! Random blocks for the macro, generated by `fallbacks.rs`.\n\n\
         use http4k_ws::{PolyHandler, Request, routes};\n\n\
         use super::fallbacks::marked;\n\
         use super::{http as said, ws as talked};\n\n\
         pub(super) fn apps() -> Vec<PolyHandler> {\n    vec![",
    );
    for index in 0..tables.len() {
        text += &format!("\n        table_{index}(),");
    }
    text += "\n    ]\n}\n";
    for (index, table) in tables.iter().enumerate() {
        let entries = match entries_as_rust(table, 2) {
            entries if entries.is_empty() => entries,
            entries => format!("\n{entries}    "),
        };
        text += &format!("\nfn table_{index}() -> PolyHandler {{\n    routes! {{{entries}}}\n}}\n");
    }
    text
}

fn entries_as_rust(block: &Block, depth: usize) -> String {
    let indent = "    ".repeat(depth);
    let mut text = String::new();
    if let Some(id) = block.http {
        text += &format!("{indent}_ => http(|req: Request| said({id}, req)),\n");
    }
    if let Some(id) = block.ws {
        text += &format!("{indent}_ => ws(|req: Request| talked({id}, req)),\n");
    }
    for inner in &block.inner {
        let filter = inner.filter.map(|id| format!(" with(marked({id}))"));
        let filter = filter.unwrap_or_default();
        let entries = entries_as_rust(inner, depth + 1);
        let prefix = &inner.prefix;
        text += &format!("{indent}{prefix:?}{filter} => {{\n{entries}{indent}}},\n");
    }
    text
}
