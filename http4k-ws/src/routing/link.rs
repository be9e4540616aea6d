//! Paths from the routes themselves.

use crate::message::{ToPath, push_literal, push_rest, push_value};

/// A link to one route, with the values of its parameters: what `app::show { id: 7 }` is.
///
/// [`routes!`](crate::routes) makes one type for each route with a name, in the module beside its function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no link to a route",
    label = "a link is made like `app::show {{ id: 7 }}`",
    note = "write the names of the parameters, and values that implement `ToPath`"
)]
pub trait Link {
    /// Stands for the function that has the route.
    type App;

    /// The path, with the parameters percent-encoded, as [`UriTemplate::fill`](crate::UriTemplate::fill) does.
    ///
    /// It starts where the function's own paths do; `app::uri(link)` adds where `app` mounts them. An empty value
    /// makes a path that no route matches.
    fn uri(&self) -> String;
}

/// Says what type the user wrote for a parameter.
pub trait Typed {
    /// The type.
    type Type;
}

/// Says where an application with the table `App` is mounted; `At` says on which way, and is inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not mount `{App}`, which the link is for",
    label = "not mounted here",
    note = "`app::uri(..)` finds what `app` mounts by `mount(path::to::function(..))`, and what that mounts in \
            turn, under prefixes without parameters; a mount under others has a link of its own, with its own `uri(..)`"
)]
pub trait Mounts<App, At> {
    /// Adds the prefix to `path`.
    fn prefix(path: &mut String);
}

/// The application itself.
#[derive(Debug)]
pub enum Here {}

/// Behind the mount with this index, and then `At`.
#[derive(Debug)]
pub struct Through<const ROUTE: usize, At>(std::marker::PhantomData<At>);

impl<App> Mounts<App, Here> for App {
    fn prefix(_path: &mut String) {}
}

/// Nobody's table.
#[derive(Debug)]
pub enum Nobody {}

// Where a router mounts nothing, there would be one implementation, and the compiler would take a link for one
// of its own; with this it asks what the link is for first.
impl<Router> Mounts<Nobody, Nobody> for Router {
    fn prefix(_path: &mut String) {}
}

/// The path of a template, which the macro has checked, with its values in order.
pub fn path_of(template: &'static str, values: &[&dyn ToPath]) -> String {
    let mut path = String::with_capacity(template.len());
    push_path(&mut path, template, values);
    or_root(path)
}

/// The path of `link`, which `App` mounts, behind `path`.
pub fn mounted_uri<App, L, At>(mut path: String, link: &L) -> String
where
    L: Link,
    App: Mounts<L::App, At>,
{
    if path == "/" {
        path.clear();
    }
    App::prefix(&mut path);
    let uri = link.uri();
    if uri != "/" {
        path.push_str(&uri);
    }
    or_root(path)
}

/// Adds a prefix without parameters, and those of `App`, which is mounted there.
pub fn push_prefix<App, To, At>(path: &mut String, template: &'static str)
where
    App: Mounts<To, At>,
{
    push_path(path, template, &[]);
    App::prefix(path);
}

fn push_path(path: &mut String, template: &str, values: &[&dyn ToPath]) {
    let mut values = values.iter();
    for segment in template.split('/').filter(|segment| !segment.is_empty()) {
        if !segment.starts_with('<') {
            push_literal(path, segment);
        } else if let Some(value) = values.next() {
            let push = if segment.ends_with("..>") {
                push_rest
            } else {
                push_value
            };
            push(path, &value.to_path());
        }
    }
}

fn or_root(path: String) -> String {
    if path.is_empty() {
        "/".to_owned()
    } else {
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::UriTemplate;

    #[test]
    fn a_link_is_filled_in_as_a_template_is() {
        for (template, values) in [
            ("/", &[] as &[&str]),
            ("/café/a+b", &[]),
            ("/<a>/x/<b>", &["a/b", "é ?#%"]),
            ("/<a>/<rest..>", &["..", "x/y z/"]),
            ("/<rest..>", &[""]),
        ] {
            let parsed = UriTemplate::parse(template).unwrap();
            let named: Vec<(&str, &str)> =
                parsed.parameters().zip(values.iter().copied()).collect();
            let filled = parsed.fill(&named).unwrap();
            let values: Vec<&dyn ToPath> = values.iter().map(|v| v as &dyn ToPath).collect();
            assert_eq!(path_of(template, &values), filled, "{template}");
        }
        assert_eq!(path_of("/x/<a>", &[&""]), "/x/");
    }
}
