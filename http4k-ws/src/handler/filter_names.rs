//! The names of filters, for lists of routes.

use std::any::{TypeId, type_name};
use std::sync::Arc;

use crate::describe::RouteDescription;

/// The filters in front of a handler, the outermost first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FilterNames(Vec<Known>);

/// One filter, and the protocols of which it sees requests.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    name: Arc<str>,
    http: bool,
    ws: bool,
    /// The types of the values that it stores in requests.
    provides: Arc<[TypeId]>,
    description: Contribution,
}

/// The additions of a filter to the description of each route behind it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contribution(Arc<RouteDescription>);

impl Contribution {
    /// Returns what `describe` adds.
    pub(super) fn of(describe: impl FnOnce(&mut RouteDescription)) -> Self {
        let mut added = RouteDescription::default();
        describe(&mut added);
        Self(Arc::new(added))
    }

    pub(super) fn add_to(&self, route: &mut RouteDescription) {
        route.add(&self.0);
    }
}

/// It follows from the filter, whose name is compared.
impl PartialEq for Contribution {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Contribution {}

impl FilterNames {
    /// Adds a filter in front of the others, unless it sees no request at all.
    pub(crate) fn put_before(
        &mut self,
        name: &Arc<str>,
        provides: &Arc<[TypeId]>,
        description: &Contribution,
        (http, ws): (bool, bool),
    ) {
        if http || ws {
            let (name, provides) = (Arc::clone(name), Arc::clone(provides));
            let known = Known {
                name,
                http,
                ws,
                provides,
                description: description.clone(),
            };
            self.0.insert(0, known);
        }
    }

    /// Returns `true` if a filter stores a value of the type `id` in each request of a protocol.
    pub(crate) fn provide(&self, id: TypeId, over_ws: bool) -> bool {
        let mut seeing = self.0.iter().filter(|known| match over_ws {
            true => known.ws,
            false => known.http,
        });
        seeing.any(|known| known.provides.contains(&id))
    }

    /// Returns `true` if there are no filters.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the filters of the surrounding routes in front of these.
    pub(crate) fn put_behind(&mut self, outer: &Self) {
        self.0.splice(0..0, outer.0.iter().cloned());
    }

    /// Adds to a description what the filters that see requests of one of the protocols add, the
    /// innermost first.
    pub(crate) fn describe(&self, route: &mut RouteDescription, http: bool, ws: bool) {
        let known = self.0.iter().rev();
        for known in known.filter(|known| (known.http && http) || (known.ws && ws)) {
            known.description.add_to(route);
        }
    }

    /// Returns the filters that see requests of one of the protocols.
    pub(crate) fn seeing(&self, http: bool, ws: bool) -> impl Iterator<Item = &str> {
        let sees = move |known: &&Known| (known.http && http) || (known.ws && ws);
        self.0.iter().filter(sees).map(|known| &*known.name)
    }
}

/// Returns the name of a type without its path and its parameters. A closure has the name of the
/// function that contains it.
pub(crate) fn short_name<T: ?Sized>() -> &'static str {
    shortened(type_name::<T>())
}

fn shortened(name: &str) -> &str {
    // A function of a trait: `<path::Type as path::Trait>::function`.
    let path = match name.rsplit_once(">::") {
        Some((_, path)) if name.starts_with('<') => path,
        _ => name.split('<').next().unwrap_or(name),
    };
    let mut segments = path.rsplit("::");
    let is_named = |segment: &&str| !segment.starts_with('{');
    segments.find(is_named).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put_before(
        filters: &mut FilterNames,
        name: &str,
        provides: &[TypeId],
        http: bool,
        ws: bool,
    ) {
        let added = Contribution::default();
        filters.put_before(&name.into(), &provides.into(), &added, (http, ws));
    }

    #[test]
    fn a_name_has_no_path_and_no_parameters() {
        for (name, expected) in [
            ("app::auth", "auth"),
            ("app::Auth", "Auth"),
            ("app::auth<app::Db>", "auth"),
            ("app::filters::logged::{{closure}}", "logged"),
            ("app::filters::logged<&str>::{{closure}}", "logged"),
            ("<app::Auth as app::Checks>::check", "check"),
            ("&str", "&str"),
        ] {
            assert_eq!(shortened(name), expected, "{name}");
        }
        assert_eq!(short_name::<FilterNames>(), "FilterNames");
    }

    #[test]
    fn filters_are_listed_from_the_outside_in() {
        let mut inner = FilterNames::default();
        for (name, http, ws) in [
            ("c", true, true),
            ("b", false, true),
            ("unseen", false, false),
        ] {
            put_before(&mut inner, name, &[], http, ws);
        }
        let mut outer = FilterNames::default();
        put_before(&mut outer, "a", &[], true, false);
        inner.put_behind(&outer);
        let seeing = |http, ws| inner.seeing(http, ws).collect::<Vec<_>>();
        assert_eq!(seeing(true, false), ["a", "c"]);
        assert_eq!(seeing(false, true), ["b", "c"]);
        assert_eq!(seeing(true, true), ["a", "b", "c"]);
    }

    #[test]
    fn a_value_is_provided_over_the_protocols_that_its_filter_sees() {
        let number = TypeId::of::<u32>();
        let mut filters = FilterNames::default();
        put_before(&mut filters, "a", &[number], false, true);
        put_before(&mut filters, "b", &[], true, true);
        assert!(filters.provide(number, true) && !filters.provide(number, false));
        assert!(!filters.provide(TypeId::of::<u64>(), true));
    }
}
