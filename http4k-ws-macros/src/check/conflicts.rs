//! Routes and fallbacks that would never be called.

use http4k_ws_grammar::Pattern;

use crate::errors::Errors;
use crate::matcher;
use crate::model::{Endpoint, Fallback, Route, Routes, spelled};

/// Reports two routes that match the same requests: one of them would never be called.
pub(super) fn duplicates(model: &Routes, errors: &mut Errors) {
    let mut found = Vec::new();
    matcher::root(model).each(&mut |node| {
        // A rest and a mount match the same paths.
        for group in [&node.ends, &[&node.rests[..], &node.mounts].concat()] {
            for (later, &second) in group.iter().enumerate() {
                let conflicts =
                    |&&first: &&usize| conflict(&model.routes[first], &model.routes[second]);
                let first = group[..later].iter().find(conflicts);
                found.extend(first.map(|&first| (second, first)));
            }
        }
    });
    // In the order of the source, whatever the order of the nodes.
    found.sort_unstable();
    for (second, first) in found {
        report_duplicate(&model.routes[first], &model.routes[second], errors);
    }
}

/// Returns `true` if both match the same requests to one path. The methods stay identifiers here;
/// the rule is `http4k_ws_grammar::overlap`.
fn conflict(first: &Route, second: &Route) -> bool {
    let protocol = |route: &Route| match &route.endpoint {
        Endpoint::Handler(handler) => Some(handler.protocol),
        Endpoint::Mount { .. } => None,
    };
    match (protocol(first), protocol(second)) {
        (Some(one), Some(other)) if one != other => false,
        // The library compares the routes of both, if their tables are known.
        (None, None) => false,
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

/// Reports a second fallback for one protocol under one prefix, and a fallback that no request
/// reaches because a rest matches every path there.
pub(super) fn fallbacks(model: &Routes, errors: &mut Errors) {
    for (later, second) in model.fallbacks.iter().enumerate() {
        let same = |first: &&Fallback| {
            first.scope == second.scope && first.handler.protocol == second.handler.protocol
        };
        if let Some(first) = model.fallbacks[..later].iter().find(same) {
            let message = "a second `_` under one prefix is never called: drop one of the two";
            errors.at(second.span, message);
            errors.at(first.span, "the first `_` is here");
        }
        if let Some(route) = model.routes.iter().find(|route| is_before(route, second)) {
            let path = spelled(&route.segments);
            let message = format!("`_` is never called: `{path}` takes every path here");
            errors.at(second.span, message);
            errors.at(route.span, "this takes every path");
        }
    }
}

/// Returns `true` if `route` matches every request that `fallback` could respond to.
fn is_before(route: &Route, fallback: &Fallback) -> bool {
    // A mounted application may leave requests to the fallback.
    let Endpoint::Handler(handler) = &route.endpoint else {
        return false;
    };
    if handler.protocol != fallback.handler.protocol || !route.methods.is_empty() {
        return false;
    }
    let (template, prefix) = (spelled(&route.segments), spelled(&fallback.segments));
    let rest = pattern(&template, false);
    rest.has_shape_of(pattern(&prefix, true))
}

fn pattern(template: &str, is_mount: bool) -> Pattern<'_> {
    Pattern { template, is_mount }
}
