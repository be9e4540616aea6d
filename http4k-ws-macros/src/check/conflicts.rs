//! Routes that would never be asked.

use crate::errors::Errors;
use crate::matcher::Node;
use crate::model::{Endpoint, Fallback, Route, Routes, spelled};
use crate::parse::Segment;

/// Two routes that take the same requests: one of them would never be called.
pub(super) fn duplicates(model: &Routes, errors: &mut Errors) {
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
    let protocol = |route: &Route| match &route.endpoint {
        Endpoint::Handler(handler) => Some(handler.protocol),
        Endpoint::Mount { .. } => None,
    };
    match (protocol(first), protocol(second)) {
        (Some(one), Some(other)) if one != other => false,
        // One table, whose routes are compared where both are known.
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

/// One answer for each protocol under one prefix, and none where every path has a route.
pub(super) fn fallbacks(model: &Routes, errors: &mut Errors) {
    for (later, second) in model.fallbacks.iter().enumerate() {
        let same = |first: &&Fallback| {
            first.scope == second.scope && first.handler.protocol == second.handler.protocol
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
    let prefix = match (&route.endpoint, route.segments.split_last()) {
        // What is mounted may leave requests to it.
        (Endpoint::Mount { .. }, _) => return false,
        (Endpoint::Handler(handler), Some((Segment::Rest(_), prefix))) => {
            if handler.protocol != fallback.handler.protocol || !route.methods.is_empty() {
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
