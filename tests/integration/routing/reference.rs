//! The matcher against the rules as stated, for every path over a small alphabet.

use http4k_ws::{PolyHandler, routes};

use super::ask;

fn said(text: &'static str) -> &'static str {
    text
}

/// Defines each route twice: for the macro, and as data for the rules.
macro_rules! both {
    ($($method:ident $path:literal)*) => {
        fn app() -> PolyHandler {
            routes! { $($method $path => http(said(concat!(stringify!($method), " ", $path))),)* }
        }
        const TABLE: &[(&str, &str)] = &[$((stringify!($method), $path)),*];
    };
}

both! {
    GET "/"
    GET "/a"
    POST "/<_x>"
    GET "/a/b"
    GET "/a/<_x>"
    POST "/a/<_x>"
    GET "/<_x>/b"
    POST "/<_x>/b"
    GET "/<_x>/<_y>/a"
    GET "/a/b/<_r..>"
    POST "/a/<_r..>"
    GET "/b/<_x>/<_r..>"
    PUT "/<_r..>"
}

/// Returns the route of the first matching method, by the rank of each segment: literal, parameter,
/// rest.
fn expected(method: &str, path: &[&str]) -> Result<String, Vec<&'static str>> {
    let mut fitting: Vec<_> = TABLE
        .iter()
        .filter_map(|(methods, template)| Some((ranks(template, path)?, *methods, *template)))
        .collect();
    fitting.sort();
    match fitting.iter().find(|(_, known, _)| *known == method) {
        Some((_, method, template)) => Ok(format!("{method} {template}")),
        None => Err(fitting.into_iter().map(|(_, method, _)| method).collect()),
    }
}

fn ranks(template: &str, path: &[&str]) -> Option<Vec<u8>> {
    let template: Vec<&str> = template
        .split('/')
        .skip(1)
        .filter(|s| !s.is_empty())
        .collect();
    let mut ranks = Vec::new();
    for (index, segment) in template.iter().enumerate() {
        if segment.ends_with("..>") {
            ranks.push(2);
            return Some(ranks);
        }
        let given = *path.get(index)?;
        match segment.starts_with('<') {
            true if !given.is_empty() => ranks.push(1),
            false if given == *segment => ranks.push(0),
            _ => return None,
        }
    }
    (template.len() == path.len()).then_some(ranks)
}

fn paths() -> Vec<Vec<&'static str>> {
    let mut paths = vec![vec![]];
    let mut last = paths.clone();
    for _ in 0..4 {
        last = last
            .iter()
            .flat_map(|path| ["a", "b", "c", ""].map(|segment| [&path[..], &[segment]].concat()))
            .collect();
        paths.extend(last.iter().cloned());
    }
    // `/` has no segments, so no path consists of one empty segment.
    paths.retain(|path| path != &[""]);
    paths
}

#[tokio::test]
async fn every_path_reaches_the_route_of_the_rules() {
    let app = app();
    let mut matched = 0;
    for path in paths() {
        let target = format!("/{}", path.join("/"));
        for method in ["GET", "POST", "PUT", "PATCH"] {
            let (status, body) = ask(&app, method, &target).await;
            match expected(method, &path) {
                Ok(route) => {
                    assert_eq!((status, body), (200, route), "{method} {target}");
                    matched += 1;
                }
                Err(known) if known.is_empty() => assert_eq!(status, 404, "{method} {target}"),
                Err(_) => assert_eq!(status, 405, "{method} {target}"),
            }
        }
    }
    assert!(matched > 300, "the table matches often enough: {matched}");
}
