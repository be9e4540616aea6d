//! The parameters of paths: their names, their number, and who is handed them.

use crate::errors::Errors;
use crate::model::{Endpoint, HandlerCall, Route, Routes, params, spelled};
use crate::parse::{Param, Protocol, Segment};

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
        let message =
            format!("a path has at most {MAX_PARAMS} parameters; `<rest..>` takes any number");
        param.blame(&message, errors);
    }
}

pub(super) fn rest_is_last(route: &Route, errors: &mut Errors) {
    let is_mount = matches!(route.endpoint, Endpoint::Mount { .. });
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
pub(super) fn are_handed_over(route: &Route, errors: &mut Errors) {
    let Endpoint::Handler(handler) = &route.endpoint else {
        return;
    };
    let forgotten = route.forgotten();
    if route.needs_a_call() {
        return needs_a_call(handler, &forgotten, errors);
    }
    for param in forgotten {
        let name = param.text();
        if let Some(captured) = handler.call.captured_near(&name) {
            let message =
                format!("the path has no parameter `<{captured}>`: did you mean `{name}`?");
            errors.at(captured.span(), message);
            continue;
        }
        let handed = match handler.call.function() {
            Some(function) => format!("handed to `{function}`"),
            None => "handed over".to_owned(),
        };
        let message =
            format!("`<{name}>` is never {handed}: pass `{name}`, or call it `<_{name}>`");
        param.blame(&message, errors);
    }
}

fn needs_a_call(handler: &HandlerCall, forgotten: &[&Param], errors: &mut Errors) {
    let keyword = &handler.keyword;
    let names: Vec<String> = forgotten.iter().map(|param| param.text()).collect();
    let socket = (handler.protocol == Protocol::Ws).then(|| "ws".to_owned());
    let args: Vec<String> = socket.into_iter().chain(names.iter().cloned()).collect();
    let args = args.join(", ");
    let message = match handler.call.function() {
        Some(function) => {
            let names = names.join(">` and `<");
            format!("`{function}` is not handed `<{names}>`: write `{keyword}({function}({args}))`")
        }
        None => format!("a handler value is handed no parameter: write `{keyword}(show({args}))`"),
    };
    errors.at(handler.call.span(), message);
}

/// A parameter of a block is for all its routes, so that one of them uses it is enough.
pub(super) fn of_blocks_are_used(model: &Routes, errors: &mut Errors) {
    for unused in &model.unused {
        let name = unused.param.text();
        let mut routes = model.routes.iter();
        if let Some(captured) = routes.find_map(|route| unused.misspelled(route)) {
            let message =
                format!("the path has no parameter `<{captured}>`: did you mean `{name}`?");
            errors.at(captured.span(), message);
            continue;
        }
        let message = format!(
            "`<{name}>` is handed to none of the routes in this block: pass `{name}`, or call it \
             `<_{name}>`"
        );
        unused.param.blame(&message, errors);
    }
}
