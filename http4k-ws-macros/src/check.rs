//! Every rule that needs no more than the macro's own table.

use proc_macro2::Ident;

use crate::errors::{Errors, near};
use crate::matcher::Node;
use crate::model::{Answerer, Call, End, Fallback, Route, Routes, params, spelled};
use crate::parse::{Param, Segment, Speaks};

const MAX_PARAMS: usize = 16;

const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
];

pub(crate) fn routes(model: &Routes, errors: &mut Errors) {
    for route in &model.routes {
        methods(&route.methods, errors);
        methods_of_target(route, errors);
        parameter_names(&route.segments, errors);
        rest_is_last(route, errors);
        parameters_are_handed_over(route, errors);
    }
    for fallback in &model.fallbacks {
        if let Some(method) = fallback.methods.first() {
            let message = "`_` takes what no route takes, whatever its method: drop the method";
            errors.at(method.span(), message);
        }
    }
    block_parameters_are_used(model, errors);
    duplicates(model, errors);
    fallbacks(model, errors);
}

/// Any method can be routed, but one that is a slip away from a registered one is a slip.
fn methods(methods: &[Ident], errors: &mut Errors) {
    for (index, method) in methods.iter().enumerate() {
        let name = method.to_string();
        let upper = name.to_uppercase();
        if methods[..index].contains(method) {
            errors.at(method.span(), format!("`{name}` is written twice"));
        } else if METHODS.contains(&name.as_str()) {
            continue;
        } else if let Some(meant) = near(&upper, METHODS) {
            let message = format!("there is no method `{name}`: did you mean `{meant}`?");
            errors.at(method.span(), message);
        } else if name != upper {
            let message = format!("a method is written in capitals, as in `GET`: `{upper}`");
            errors.at(method.span(), message);
        }
    }
}

/// The opening handshake is a GET (RFC 6455 §4.1), and a mounted application has methods of its own.
fn methods_of_target(route: &Route, errors: &mut Errors) {
    let Some(method) = route.methods.first() else {
        return;
    };
    match &route.end {
        End::Handler(answerer) if answerer.speaks == Speaks::Ws => errors.at(
            method.span(),
            format!("a WebSocket is opened by GET and nothing else: drop `{method}`"),
        ),
        End::Mount { .. } => errors.at(
            method.span(),
            format!("a mounted application takes every method: drop `{method}`"),
        ),
        End::Handler(_) => {}
    }
}

/// A call finds a parameter by its name.
fn parameter_names(segments: &[Segment], errors: &mut Errors) {
    let params: Vec<&Param> = params(segments).collect();
    for (index, param) in params.iter().enumerate() {
        let name = param.text();
        if params[..index].iter().any(|before| before.text() == name) {
            let path = spelled(segments);
            let message = format!("`{path}` has two parameters called `{name}`: rename one");
            param.blame(&message, errors);
        }
    }
    if let Some(param) = params.get(MAX_PARAMS) {
        let message =
            format!("a path has at most {MAX_PARAMS} parameters; `<rest..>` takes any number");
        param.blame(&message, errors);
    }
}

fn rest_is_last(route: &Route, errors: &mut Errors) {
    let is_mount = matches!(route.end, End::Mount { .. });
    let before_last = route.segments.len() - usize::from(!is_mount).min(route.segments.len());
    let message = if is_mount {
        "a mounted application takes what is left of the path: drop this"
    } else {
        "`<name..>` takes all that is left, so a block's path has none"
    };
    for segment in &route.segments[..before_last] {
        if let Segment::Rest(param) = segment {
            param.blame(message, errors);
        }
    }
}

/// A parameter that nobody is handed is most often a forgotten argument, or a misspelled one.
fn parameters_are_handed_over(route: &Route, errors: &mut Errors) {
    let End::Handler(answerer) = &route.end else {
        return;
    };
    let forgotten = route.forgotten();
    if route.needs_a_call() {
        return needs_a_call(answerer, &forgotten, errors);
    }
    for param in forgotten {
        let name = param.text();
        if let Some(captured) = answerer.call.captured_near(&name) {
            let message =
                format!("the path has no parameter `<{captured}>`: did you mean `{name}`?");
            errors.at(captured.span(), message);
            continue;
        }
        let handed = match answerer.call.function() {
            Some(function) => format!("handed to `{function}`"),
            None => "handed over".to_owned(),
        };
        let message =
            format!("`<{name}>` is never {handed}: pass `{name}`, or call it `<_{name}>`");
        param.blame(&message, errors);
    }
}

fn needs_a_call(answerer: &Answerer, forgotten: &[&Param], errors: &mut Errors) {
    let keyword = &answerer.keyword;
    let names: Vec<String> = forgotten.iter().map(|param| param.text()).collect();
    let socket = (answerer.speaks == Speaks::Ws).then(|| "ws".to_owned());
    let args: Vec<String> = socket.into_iter().chain(names.iter().cloned()).collect();
    let args = args.join(", ");
    let message = match answerer.call.function() {
        Some(function) => {
            let names = names.join(">` and `<");
            format!("`{function}` is not handed `<{names}>`: write `{keyword}({function}({args}))`")
        }
        None => format!("a handler value is handed no parameter: write `{keyword}(show({args}))`"),
    };
    errors.at(answerer.call.span(), message);
}

/// A parameter of a block is for all its routes, so that one of them uses it is enough.
fn block_parameters_are_used(model: &Routes, errors: &mut Errors) {
    let mut used = Used::default();
    for route in &model.routes {
        let filtered = route.filters.len() > route.own_filters;
        for (index, param) in route.params().enumerate().take(route.outer_params) {
            let reads = match &route.end {
                End::Mount { .. } => true,
                End::Handler(answerer) => reads(&answerer.call, index),
            };
            used.note(param, reads || filtered);
        }
    }
    for fallback in &model.fallbacks {
        for (index, param) in params(&fallback.segments).enumerate() {
            used.note(param, reads(&fallback.answerer.call, index));
        }
    }
    for (param, _) in used.0.iter().filter(|(_, used)| !used) {
        let name = param.text();
        let message = format!(
            "`<{name}>` is handed to none of the routes in this block: pass `{name}`, or call it \
             `<_{name}>`"
        );
        param.blame(&message, errors);
    }
}

/// Each declaration of a block, and whether a route uses it.
#[derive(Default)]
struct Used<'a>(Vec<(&'a Param, bool)>);

impl<'a> Used<'a> {
    fn note(&mut self, param: &'a Param, is_used: bool) {
        let is_used = is_used || param.is_ignored();
        let mut known = self.0.iter_mut();
        match known.find(|(known, _)| known.is_declared_with(param)) {
            Some((_, used)) => *used |= is_used,
            None => self.0.push((param, is_used)),
        }
    }
}

fn reads(call: &Call, param: usize) -> bool {
    call.reads_request() || call.params().any(|used| used == param)
}

/// Two routes that take the same requests: one of them would never be called.
fn duplicates(model: &Routes, errors: &mut Errors) {
    let mut groups = Vec::new();
    Node::root(model).each(&mut |node| {
        groups.push(node.ends.clone());
        groups.push([&node.rests[..], &node.mounts[..]].concat());
    });
    for group in groups {
        for (later, &second) in group.iter().enumerate() {
            let (second, firsts) = (&model.routes[second], &group[..later]);
            let first = firsts.iter().map(|&first| &model.routes[first]);
            if let Some(first) = first.into_iter().find(|first| overlap(first, second)) {
                report_duplicate(first, second, errors);
            }
        }
    }
}

fn overlap(first: &Route, second: &Route) -> bool {
    let speaks = |route: &Route| match &route.end {
        End::Handler(answerer) => Some(answerer.speaks),
        End::Mount { .. } => None,
    };
    match (speaks(first), speaks(second)) {
        (Some(one), Some(other)) if one != other => false,
        (None, _) | (_, None) => true,
        _ if first.methods.is_empty() && second.methods.is_empty() => true,
        _ => first
            .methods
            .iter()
            .any(|method| second.methods.contains(method)),
    }
}

fn report_duplicate(first: &Route, second: &Route, errors: &mut Errors) {
    let (one, other) = (spelled(&first.segments), spelled(&second.segments));
    let shared: Vec<String> = first
        .methods
        .iter()
        .filter(|method| second.methods.contains(method))
        .map(ToString::to_string)
        .collect();
    let requests = match shared.as_slice() {
        [] => String::new(),
        shared => format!(" for {}", shared.join(" and ")),
    };
    let message = if one == other {
        format!("`{other}` is routed twice{requests}: drop one of the two")
    } else {
        format!("`{other}` matches the same requests as `{one}`{requests}: drop one of the two")
    };
    errors.at(second.span, message);
    errors.at(first.span, format!("`{one}` is routed here first"));
}

/// One answer for each protocol under one prefix, and none where every path has a route.
fn fallbacks(model: &Routes, errors: &mut Errors) {
    for (later, second) in model.fallbacks.iter().enumerate() {
        let same = |first: &&Fallback| {
            first.scope == second.scope && first.answerer.speaks == second.answerer.speaks
        };
        if let Some(first) = model.fallbacks[..later].iter().find(same) {
            let message = "a second `_` under one prefix is never asked: drop one of the two";
            errors.at(second.span, message);
            errors.at(first.span, "the first `_` is here");
        }
        if let Some(route) = model.routes.iter().find(|route| takes_all(route, second)) {
            let path = spelled(&route.segments);
            let message = format!("`_` is never asked: `{path}` takes every path here");
            errors.at(second.span, message);
            errors.at(route.span, "this takes every path");
        }
    }
}

fn takes_all(route: &Route, fallback: &Fallback) -> bool {
    let prefix = match (&route.end, route.segments.split_last()) {
        (End::Mount { .. }, _) => &route.segments[..],
        (End::Handler(answerer), Some((Segment::Rest(_), prefix))) => {
            if answerer.speaks != fallback.answerer.speaks || !route.methods.is_empty() {
                return false;
            }
            prefix
        }
        _ => return false,
    };
    shape(prefix) == shape(&fallback.segments)
}

/// Literals by their text, parameters by their place.
fn shape(segments: &[Segment]) -> Vec<Option<&str>> {
    segments
        .iter()
        .map(|segment| match segment {
            Segment::Literal(text) => Some(text.as_str()),
            Segment::Param(_) | Segment::Rest(_) => None,
        })
        .collect()
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
    fn what_differs_in_method_protocol_or_shape_is_no_duplicate() {
        for input in [
            r#"GET "/" => http(f), POST "/" => http(f), "/" => http(f), "/" => ws(f)"#,
            r#""/<a>" => http(f(a)), "/b" => http(f), "/<c..>" => http(f(c))"#,
            r#""/a" => http(f), "/a" => mount(f())"#,
            r#""/a/<b>/c" => http(f(b)), "/a/<c>/d" => http(f(c))"#,
            r#"_ => http(f), _ => ws(f), "/a" => { "/b" => http(f), _ => http(f) }"#,
            r#"GET "/<a..>" => http(f(a)), _ => http(f)"#,
        ] {
            assert_eq!(mistakes(input), [] as [&str; 0], "{input}");
        }
    }

    #[test]
    fn whoever_gets_the_request_can_read_every_parameter() {
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
    fn all_mistakes_are_told_together() {
        let told = mistakes(
            r#"GTE "/a" => http(f), "b" => http(f), "/<c>" => http(f()), "/d" = http(f), "/e" => http(f), "/e" => http(f)"#,
        );
        let about = [
            "`GTE`",
            "starts with `/`",
            "`<c>`",
            "expected `=>`",
            "routed twice",
            "here first",
        ];
        assert_eq!(told.len(), about.len(), "{told:#?}");
        for part in about {
            assert!(
                told.iter().any(|message| message.contains(part)),
                "{part}: {told:#?}"
            );
        }
    }
}
