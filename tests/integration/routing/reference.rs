//! The matcher against the rules, as they are written: every path over a small alphabet.

use http4k_ws::{PolyHandler, routes};

use super::ask;

fn said(text: &'static str) -> &'static str {
    text
}

/// Each route twice: once for the macro, once as data for the rules.
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

/// The route of the first method that fits, by the rank of each segment: literal, parameter, rest.
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
    // `/` has no segments, so that no path has one that is empty and alone.
    paths.retain(|path| path != &[""]);
    paths
}

#[tokio::test]
async fn every_path_goes_where_the_rules_say() {
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
    assert!(
        matched > 300,
        "the table is matched often enough to say something: {matched}"
    );
}
