//! Random tables.

use http4k_ws::prelude::*;
use http4k_ws::routing::{Methods, Routes};
use proptest::prelude::*;

use super::{Draft, documents, feed, page, talk};

fn template() -> impl Strategy<Value = String> {
    let literal = prop::sample::select(vec!["a", "b-c", "ü", "x.y", "a_b", "%", "{x}", "1"]);
    let param = prop::sample::select(vec!["<id>", "<r#type>", "<ü>", "<id: u32>"]);
    let segment = prop_oneof![literal, param];
    let segments = prop::collection::vec(segment, 0..4);
    (segments, any::<bool>()).prop_map(|(segments, has_rest)| {
        let rest = has_rest.then_some("<rest..>");
        let all: Vec<_> = segments.into_iter().chain(rest).collect();
        format!("/{}", all.join("/"))
    })
}

/// A route of a random table: its path, kind, name and documentation.
type Spec = (String, u8, String, String);

fn table(specs: &[Spec]) -> Routes {
    let inner = || {
        Routes::new()
            .http(Method::POST, "/<id>", page)
            .build()
            .expect("a table")
    };
    specs
        .iter()
        .fold(Routes::new(), |routes, (template, kind, name, docs)| {
            let template = template.clone();
            let routes = match kind {
                0 => routes.http(Method::GET, template, page),
                1 => routes.http(Methods::every(), template, page),
                2 => routes
                    .ws(template, talk)
                    .receives::<Draft>()
                    .sends::<Draft>(),
                3 => routes.sse(Method::GET, template, feed),
                _ => return routes.mount(template, inner()),
            };
            routes.named(name).documented(docs)
        })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_table_has_documents(
        specs in prop::collection::vec((template(), 0..5_u8, ".{0,8}", ".{0,20}"), 0..12),
    ) {
        // Routes that conflict with those before them are left out.
        let mut accepted = Vec::new();
        for spec in specs {
            accepted.push(spec);
            if table(&accepted).build().is_err() {
                accepted.pop();
            }
        }
        documents(table(&accepted));
    }
}
