//! The parameters of paths: their names, their number and their use.

use crate::errors::Errors;
use crate::model::{Endpoint, HandlerCall, Route, Routes, params, spelled};
use crate::parse::{Param, Segment, compact};

const MAX_PARAMS: usize = 16;

/// A call finds a parameter by its name.
pub(super) fn names(segments: &[Segment], errors: &mut Errors) {
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
        let message = format!(
            "a path can have at most {MAX_PARAMS} parameters: write `<rest..>` for more segments"
        );
        param.blame(&message, errors);
    }
}

pub(super) fn rest_is_last(route: &Route, errors: &mut Errors) {
    let is_mount = matches!(route.endpoint, Endpoint::Mount { .. });
    let before_last = route.segments.len() - usize::from(!is_mount).min(route.segments.len());
    let message = if is_mount {
        "a mounted application receives the rest of the path: remove this parameter"
    } else {
        "`<name..>` matches the rest of the path, so a block cannot have it: write it in a route"
    };
    for segment in &route.segments[..before_last] {
        if let Segment::Rest(param) = segment {
            param.blame(message, errors);
        }
    }
}

/// An unused parameter is usually a missing or misspelled argument.
pub(super) fn are_used(route: &Route, errors: &mut Errors) {
    let Endpoint::Handler(handler) = &route.endpoint else {
        return;
    };
    let unused = route.unused_params();
    if route.needs_a_call() {
        return needs_a_call(handler, &unused, errors);
    }
    for param in unused {
        let name = param.text();
        if let Some(captured) = handler.call.captured_near(&name) {
            let message =
                format!("`<{captured}>` is not a parameter of the path: did you mean `{name}`?");
            errors.at(captured.span(), message);
            continue;
        }
        let used = match handler.call.function() {
            Some(function) => format!("passed to `{function}`"),
            None => "used".to_owned(),
        };
        let message =
            format!("`<{name}>` is not {used}: pass `{name}`, or rename it to `<_{name}>`");
        param.blame(&message, errors);
    }
}

fn needs_a_call(handler: &HandlerCall, unused: &[&Param], errors: &mut Errors) {
    let keyword = &handler.keyword;
    let names: Vec<String> = unused.iter().map(|param| param.text()).collect();
    let socket = handler.protocol.argument().map(str::to_owned);
    let args: Vec<String> = socket.into_iter().chain(names.iter().cloned()).collect();
    let args = args.join(", ");
    let message = match handler.call.function() {
        Some(function) => {
            let names = names.join(">` and `<");
            format!(
                "`{function}` does not receive `<{names}>`: write `{keyword}({function}({args}))`"
            )
        }
        None if handler.call.is_text() => {
            let params: Vec<String> = names.iter().map(|name| format!("{name}: String")).collect();
            let (params, value) = (params.join(", "), compact(handler.call.tokens()));
            format!("a value is returned by a closure: write `{keyword}(|{params}| {value})`")
        }
        None => {
            format!("a handler value does not receive parameters: write `{keyword}(show({args}))`")
        }
    };
    errors.at(handler.call.span(), message);
}

/// A parameter of a block is for all its routes, so one use is enough.
pub(super) fn of_blocks_are_used(model: &Routes, errors: &mut Errors) {
    for unused in &model.unused {
        let name = unused.param.text();
        let mut routes = model.routes.iter();
        if let Some(captured) = routes.find_map(|route| unused.misspelled(route)) {
            let message =
                format!("`<{captured}>` is not a parameter of the path: did you mean `{name}`?");
            errors.at(captured.span(), message);
            continue;
        }
        let message = format!(
            "no route in this block uses `<{name}>`: pass `{name}` to one, or rename it to \
             `<_{name}>`"
        );
        unused.param.blame(&message, errors);
    }
}
