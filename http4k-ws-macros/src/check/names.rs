//! The names of routes.

use syn::ext::IdentExt;

use crate::errors::Errors;
use crate::model::{Route, Routes, is_reserved, spelled};

pub(super) fn names(model: &Routes, errors: &mut Errors) {
    let named = model.routes.iter().filter(|route| route.name.is_some());
    let named: Vec<&Route> = named.collect();
    for (later, second) in named.iter().enumerate() {
        let Some(name) = &second.name else { continue };
        let text = name.unraw().to_string();
        if is_reserved(&text) {
            let message = format!("a link cannot be called `{text}`: choose another name");
            errors.at(name.span(), message);
        }
        let firsts = named[..later].iter();
        let mut same_name = firsts.filter_map(|first| {
            let first_name = first.name.as_ref()?;
            (first_name.unraw() == text).then_some((first, first_name))
        });
        let first = same_name.find(|(first, _)| !first.has_the_link_of(second));
        // A link has one path.
        if let Some((first, first_name)) = first {
            let (one, other) = (spelled(&first.segments), spelled(&second.segments));
            let message = format!(
                "`{other}` cannot be called `{text}`, because `{one}` is: rename one of the two"
            );
            errors.at(name.span(), message);
            errors.at(
                first_name.span(),
                format!("`{one}` is called `{text}` here"),
            );
        }
    }
    deprecated(model, errors);
}

/// `#[deprecated]` marks a link, so the route must have one.
fn deprecated(model: &Routes, errors: &mut Errors) {
    let linked = model.links();
    for route in &model.routes {
        let Some(attribute) = &route.deprecated else {
            continue;
        };
        if model.head.is_none() {
            let message =
                "`#[deprecated]` marks a link, which only a function of routes has: remove this";
            errors.at(attribute.pound_token.span, message);
        } else if !linked.iter().any(|link| std::ptr::eq(link.route, route)) {
            let message = "`#[deprecated]` marks a link, and this route needs one of its own: name it \
                           with `as`";
            errors.at(attribute.pound_token.span, message);
        }
    }
}
