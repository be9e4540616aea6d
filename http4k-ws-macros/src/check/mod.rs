//! The rules that one table must keep by itself.

mod conflicts;
mod filters;
mod names;
mod parameters;

use crate::errors::{Errors, near};
use crate::model::{Endpoint, Route, Routes};
use crate::parse::{METHODS, Protocol, no_method};

pub(crate) fn routes(model: &Routes, errors: &mut Errors) {
    for route in &model.routes {
        methods(route, errors);
        methods_of_target(route, errors);
        parameters::names(&route.segments, errors);
        parameters::rest_is_last(route, errors);
        parameters::are_used(route, errors);
    }
    for fallback in &model.fallbacks {
        if let Some(method) = fallback.methods.first() {
            let message = "`_` matches every method: remove the method";
            errors.at(method.span(), message);
        }
    }
    parameters::of_blocks_are_used(model, errors);
    names::names(model, errors);
    filters::affect_a_route(model, errors);
    conflicts::duplicates(model, errors);
    conflicts::fallbacks(model, errors);
}

/// Any method can be routed, but a near miss of a registered method is reported as a misspelling.
fn methods(route: &Route, errors: &mut Errors) {
    let methods = &route.methods;
    let is_ws =
        matches!(&route.endpoint, Endpoint::Handler(handler) if handler.protocol == Protocol::Ws);
    for (index, method) in methods.iter().enumerate() {
        let name = method.to_string();
        let upper = name.to_uppercase();
        // `methods_of_target` reports every method of a WebSocket route.
        if is_ws && index == 0 {
            continue;
        }
        if let Some(message) = no_method(&name) {
            errors.at(method.span(), message);
            continue;
        }
        if methods[..index].contains(method) {
            errors.at(method.span(), format!("`{name}` appears twice: remove one"));
        } else if METHODS.contains(&name.as_str()) {
            continue;
        } else if let Some(meant) = near(&upper, METHODS) {
            let message = format!("`{name}` is not a method: did you mean `{meant}`?");
            errors.at(method.span(), message);
        } else if name != upper {
            let message = format!("a method must be in capitals: write `{upper}`");
            errors.at(method.span(), message);
        }
    }
}

/// The opening handshake is a GET (RFC 6455 §4.1), and a mounted application has its own methods.
fn methods_of_target(route: &Route, errors: &mut Errors) {
    let Some(method) = route.methods.first() else {
        return;
    };
    match &route.endpoint {
        Endpoint::Handler(handler) if handler.protocol == Protocol::Ws => errors.at(
            method.span(),
            format!("a WebSocket is always opened by GET: remove `{method}`"),
        ),
        Endpoint::Mount { .. } => errors.at(
            method.span(),
            format!("a mounted application receives every method: remove `{method}`"),
        ),
        Endpoint::Handler(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn mistakes(input: &str) -> Vec<String> {
        let mut errors = Errors::default();
        let syntax = parse::Routes::new(input.parse().expect("tokens"), &mut errors);
        let model = Routes::new(syntax, &mut errors);
        routes(&model, &mut errors);
        errors.messages()
    }

    #[test]
    fn routes_of_other_methods_protocols_or_shapes_do_not_conflict() {
        for input in [
            r#"GET "/" => http(f), POST "/" => http(f), "/" => http(f), "/" => ws(f)"#,
            r#""/<a>" => http(f(a)), "/b" => http(f), "/<c..>" => http(f(c))"#,
            r#""/a" => http(f), "/a" => mount(f())"#,
            r#""/a/<b>/c" => http(f(b)), "/a/<c>/d" => http(f(c))"#,
            r#"GET "/" => http(f), "/" => sse(f), "/" => ws(f), POST "/" => sse(f(sse))"#,
            r#"_ => http(f), _ => ws(f), "/a" => { "/b" => http(f), _ => http(f) }"#,
            r#"GET "/<a..>" => http(f(a)), _ => http(f)"#,
        ] {
            assert_eq!(mistakes(input), [] as [&str; 0], "{input}");
        }
    }

    #[test]
    fn receiver_of_the_request_uses_every_parameter() {
        for input in [
            r#""/<a>" => http(f(req))"#,
            r#""/<a>" => http(f(_))"#,
            r#""/<a>" with(g()) => http(f)"#,
            r#""/<a>" => mount(f())"#,
            r#""/<a>" => { "/b" => http(f(a)), "/c" => http(f()) }"#,
            r#""/<a>" => { "/b" => mount(f()) }"#,
            r#""/<a>" with(g()) => { "/b" => http(f()) }"#,
            r#""/<a>" => { "/b" => http(f()), _ => http(f(a)) }"#,
            r#""/<_a>" => { "/<_b>" => http(f) }"#,
            r#""/<a>" => http(|a: u8, _: Page| a)"#,
            r#""/<type>" => http(f(r#type))"#,
        ] {
            assert_eq!(mistakes(input), [] as [&str; 0], "{input}");
        }
    }

    #[test]
    fn all_mistakes_are_reported_together() {
        let found = mistakes(
            r#"GTE "/a" => http(f), "b" => http(f), "/<c>" => http(f()), "/d" = http(f),
               "/e" => http(f), "/e" => http(f)"#,
        );
        let about = [
            "`GTE`",
            "starts with `/`",
            "`<c>`",
            "write `=>` instead of `=`",
            "routed twice",
            "here first",
        ];
        assert_eq!(found.len(), about.len(), "{found:#?}");
        for part in about {
            assert!(
                found.iter().any(|message| message.contains(part)),
                "{part}: {found:#?}"
            );
        }
    }
}
