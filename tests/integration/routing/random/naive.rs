//! The rules, as a slow but readable walk over a list.

use percent_encoding::percent_decode_str;

use super::Sent;
use super::generate::{Spec, Target};

/// A response, as far as the rules define it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) status: u16,
    pub(super) allow: Option<String>,
    pub(super) upgrade: Option<String>,
    /// The length of the omitted body.
    pub(super) length: Option<usize>,
    pub(super) body: Option<String>,
}

impl Expected {
    fn status(status: u16) -> Self {
        Self {
            status,
            allow: None,
            upgrade: None,
            length: None,
            body: None,
        }
    }
}

pub(super) fn response(specs: &[Spec], sent: &Sent) -> Expected {
    response_from(specs, sent, &segments(sent))
}

fn segments(sent: &Sent) -> Vec<&str> {
    match sent.path.as_str() {
        "/" => Vec::new(),
        path => path[1..].split('/').collect(),
    }
}

/// The role of a table's mounts in a response.
pub(super) struct Way {
    /// The route is in a mount at the prefix of an earlier one, so the two are one table.
    pub(super) merged: bool,
    /// A mount precedes the route and matches the path, but has no route for it.
    pub(super) backtracked: bool,
}

pub(super) fn way(specs: &[Spec], sent: &Sent) -> Way {
    let segments = segments(sent);
    let mut way = Way {
        merged: false,
        backtracked: false,
    };
    let all = hits(specs, &segments);
    let fitting = all.iter().filter(|hit| fit(hit.spec, sent).is_some());
    let Some(best) = fitting.min_by(|one, other| one.ranks.cmp(&other.ranks)) else {
        return way;
    };
    for (place, mount) in specs.iter().enumerate() {
        let (Target::Mount(inner), Some((mut prefix, used))) =
            (&mount.target, hit(mount, &segments))
        else {
            continue;
        };
        let inside = hits(inner, &segments[used..]);
        let responds = inside.iter().any(|hit| fit(hit.spec, sent).is_some());
        prefix.ranks.extend([3, place]);
        if best.ranks.starts_with(&prefix.ranks) {
            let mut earlier = specs[..place].iter();
            way.merged = earlier.any(|spec| {
                matches!(spec.target, Target::Mount(_)) && spec.template == mount.template
            });
        } else if !responds && prefix.ranks < best.ranks {
            way.backtracked = true;
        }
    }
    way
}

/// A route whose template matches the path, with the prefixes of its mounts.
struct Hit<'a> {
    spec: &'a Spec,
    ranks: Vec<usize>,
    /// The parameters' names and their raw values.
    params: Vec<(String, String)>,
}

fn response_from(specs: &[Spec], sent: &Sent, segments: &[&str]) -> Expected {
    let mut hits = hits(specs, segments);
    // A stable sort keeps routes of one shape in the order of the table.
    hits.sort_by(|one, other| one.ranks.cmp(&other.ranks));
    let fitting = hits.iter().filter(|hit| fit(hit.spec, sent).is_some());
    let Some(first) = fitting.clone().next() else {
        return unmatched(&hits, sent);
    };
    let same_shape = fitting.filter(|hit| hit.ranks == first.ranks);
    let best = same_shape
        .max_by_key(|hit| fit(hit.spec, sent))
        .unwrap_or(first);
    let mut params = Vec::new();
    for (name, raw) in &best.params {
        let Some(text) = decoded(raw) else {
            return Expected::status(400);
        };
        params.push(format!("{name:?}: {text:?}"));
    }
    let mut body = format!("{} {{{}}}", best.spec.id, params.join(", "));
    let is_stream = matches!(best.spec.target, Target::Sse);
    if is_stream {
        body = format!("data: {body}\n\n");
    }
    let as_get = method(best.spec, sent) == Some(1);
    Expected {
        // The length of a stream is unknown.
        length: (as_get && !is_stream).then_some(body.len()),
        body: Some(if as_get { String::new() } else { body }),
        ..Expected::status(200)
    }
}

/// Returns every route that matches the path; routes of mounts have the ranks of the outer prefix.
fn hits<'a>(specs: &'a [Spec], segments: &[&str]) -> Vec<Hit<'a>> {
    let mut hits = Vec::new();
    for (place, spec) in specs.iter().enumerate() {
        let Some((mut hit, used)) = hit(spec, segments) else {
            continue;
        };
        let Target::Mount(inner) = &spec.target else {
            hits.push(hit);
            continue;
        };
        // A mount ranks behind a rest; of two mounts at one prefix, the first wins.
        hit.ranks.extend([3, place]);
        for mut found in self::hits(inner, &segments[used..]) {
            found.ranks.splice(0..0, hit.ranks.clone());
            found.params.splice(0..0, hit.params.clone());
            hits.push(found);
        }
    }
    hits
}

/// Ranks a template segment by segment: literal, parameter, rest, mount. A template that ends ranks
/// before a rest that matches nothing. Also returns the number of segments used.
fn hit<'a>(spec: &'a Spec, segments: &[&str]) -> Option<(Hit<'a>, usize)> {
    let template: Vec<&str> = match spec.template.as_str() {
        "/" => Vec::new(),
        template => template[1..].split('/').collect(),
    };
    let mut hit = Hit {
        spec,
        ranks: Vec::new(),
        params: Vec::new(),
    };
    for (index, wanted) in template.iter().enumerate() {
        if let Some(name) = wanted.strip_suffix("..>") {
            let rest = segments[index..].join("/");
            hit.params.push((name[1..].into(), rest));
            hit.ranks.push(2);
            return Some((hit, segments.len()));
        }
        let given = segments.get(index)?;
        match wanted
            .strip_prefix('<')
            .and_then(|name| name.strip_suffix('>'))
        {
            Some(name) if !given.is_empty() => {
                hit.params.push((name.into(), (*given).into()));
                hit.ranks.push(1);
            }
            None if decoded(given).as_deref() == Some(wanted) => hit.ranks.push(0),
            _ => return None,
        }
    }
    match spec.target {
        Target::Mount(_) => {}
        _ if segments.len() > template.len() => return None,
        _ => {}
    }
    Some((hit, template.len()))
}

/// Ranks the kind of the route by `Accept`, and then the method.
fn fit(spec: &Spec, sent: &Sent) -> Option<(u8, u8)> {
    let kind = match (&spec.target, sent.accept) {
        (Target::Sse, "text/html") => return None,
        (Target::Sse, "*/*" | "text/html, text/event-stream;q=0.9") => 0,
        (Target::Sse, _) => 2,
        _ => 1,
    };
    Some((kind, method(spec, sent)?))
}

/// Ranks the method: a route that names it, then GET for HEAD, then a route for every method.
fn method(spec: &Spec, sent: &Sent) -> Option<u8> {
    match (&spec.target, sent.upgrade) {
        (Target::Ws, true) => Some(0),
        (Target::Mount(_), _) | (Target::Ws, false) | (Target::Http | Target::Sse, true) => None,
        (_, false) if spec.methods.is_empty() => Some(0),
        (_, false) if spec.methods.contains(&sent.method.as_str()) => Some(2),
        (_, false) => (sent.method == "HEAD" && spec.methods.contains(&"GET")).then_some(1),
    }
}

fn unmatched(hits: &[Hit<'_>], sent: &Sent) -> Expected {
    if sent.upgrade {
        return Expected::status(404);
    }
    let is_stream = |hit: &&Hit<'_>| matches!(hit.spec.target, Target::Sse);
    let mut streams = hits.iter().filter(is_stream);
    if streams.any(|hit| method(hit.spec, sent).is_some()) {
        return Expected::status(406);
    }
    let mut allow: Vec<&str> = Vec::new();
    let http = hits
        .iter()
        .filter(|hit| matches!(hit.spec.target, Target::Http | Target::Sse));
    for method in http.flat_map(|hit| hit.spec.methods) {
        allow.push(method);
        if *method == "GET" {
            allow.push("HEAD");
        }
    }
    if !allow.is_empty() {
        allow.push("OPTIONS");
        let mut distinct = Vec::new();
        for method in allow {
            if !distinct.contains(&method) {
                distinct.push(method);
            }
        }
        return Expected {
            allow: Some(distinct.join(", ")),
            ..Expected::status(if sent.method == "OPTIONS" { 204 } else { 405 })
        };
    }
    if hits.iter().any(|hit| matches!(hit.spec.target, Target::Ws)) {
        return Expected {
            upgrade: Some("websocket".into()),
            ..Expected::status(426)
        };
    }
    Expected::status(404)
}

fn decoded(raw: &str) -> Option<String> {
    let mut pieces = raw.split('%').skip(1);
    let whole = pieces
        .all(|piece| piece.len() > 1 && piece.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit));
    let text = percent_decode_str(raw).decode_utf8().ok()?;
    whole.then(|| text.into_owned())
}
