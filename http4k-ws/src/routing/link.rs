//! Links: paths that are created from routes.

use http4k_ws_grammar::{Kind, pieces};

use super::link_tests::{LinkTests, TestsLinks};
use crate::message::{
    PathError, RedirectError, RedirectTarget, ToPath, UriFillError, push_literal, push_rest,
    push_value,
};

/// A link to one route with the values of its parameters, such as `app::show { id: 7 }`.
///
/// [`routes!`] generates one type for each route with a name, in a module beside the function of
/// the table.
///
#[doc = crate::doc_link::macros!("routes!", "routes")]
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::routing::Link;
///
/// routes! {
///     fn app() -> PolyHandler {
///         "/rooms/<room>" as room => http(|room: String| room),
///     }
/// }
///
/// fn anchor(link: &impl Link) -> String {
///     format!("<a href=\"{}\">", link.uri())
/// }
///
/// assert_eq!(anchor(&app::room { room: "tea" }), r#"<a href="/rooms/tea">"#);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a link to a route",
    label = "a link is made like `app::show {{ id: 7 }}`",
    note = "write the names of the parameters, and values that implement `ToPath`"
)]
pub trait Link {
    /// The stand-in for the function that declares the route.
    type App;

    /// Returns the path, with the parameters percent-encoded, as
    /// [`UriTemplate::fill`](crate::message::UriTemplate::fill) does.
    ///
    /// The path starts like the function's own paths. `app::try_uri(link)` adds the prefix
    /// that `app` mounts them at.
    ///
    /// # Errors
    ///
    /// Returns a [`UriFillError`] for values that no client can send to the route. These are `.`
    /// and `..`, also as a segment of a rest, and an empty value, unless it is for a rest. A value
    /// for a parameter without a type is also tested by the route's function.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::message::UriFillError;
    /// use http4k_ws::routing::Link;
    ///
    /// routes! {
    ///     fn app() -> PolyHandler {
    ///         "/rooms/<room>" as room => http(|room: String| room),
    ///     }
    /// }
    ///
    /// assert_eq!(app::room { room: "a/b" }.try_uri()?, "/rooms/a%2Fb");
    /// let failure = app::room { room: ".." }.try_uri().unwrap_err();
    /// assert!(matches!(failure, UriFillError::DotSegment { .. }));
    /// # Ok::<(), UriFillError>(())
    /// ```
    fn try_uri(&self) -> Result<String, UriFillError>;

    /// Returns the path, as [`try_uri`](Self::try_uri) does.
    ///
    /// # Panics
    ///
    /// Panics if `try_uri` returns an error. Use `try_uri` for values that users choose.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// routes! {
    ///     fn app() -> PolyHandler {
    ///         "/rooms/<name>/<id: u64>" as room => http(|name: String, id: u64| name),
    ///     }
    /// }
    ///
    /// assert_eq!(app::room { name: "blue sky", id: 7 }.uri(), "/rooms/blue%20sky/7");
    /// ```
    #[track_caller]
    fn uri(&self) -> String {
        filled(self.try_uri())
    }
}

/// The path that the link's own function declares.
#[diagnostic::do_not_recommend]
impl<L: Link> RedirectTarget for L {
    fn into_site_path(self) -> Result<String, RedirectError> {
        Ok(self.try_uri()?)
    }
}

/// The declared type of a parameter.
pub trait Typed {
    /// The type.
    type Type;
}

/// The prefix at which the application `App` is mounted. `At` is the sequence of mounts that leads
/// there, and is inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not mount `{App}`, which the link is for",
    label = "not mounted here",
    note = "`app::uri(..)` finds what `app` mounts by `mount(path::to::function(..))`, and what \
            that mounts in turn, under prefixes without parameters; a mount under others has a \
            link of its own, with its own `uri(..)`"
)]
pub trait Mounts<App, At> {
    /// Adds the prefix to `path`.
    fn prefix(path: &mut String);
}

/// The sequence of no mounts: the application itself.
#[derive(Debug)]
pub enum Here {}

/// The sequence of the mount with this index and then `At`.
#[derive(Debug)]
pub struct Through<const ROUTE: usize, At>(std::marker::PhantomData<At>);

impl<App> Mounts<App, Here> for App {
    fn prefix(_path: &mut String) {}
}

/// A table that no function has.
#[derive(Debug)]
pub enum Nobody {}

// A router without mounts would have one implementation only. The compiler would then infer that a
// link is for this router. With a second implementation it infers the application from the link.
impl<Router> Mounts<Nobody, Nobody> for Router {
    fn prefix(_path: &mut String) {}
}

/// The path of a link, or the reason why a value cannot be part of one.
pub type Filled = Result<String, UriFillError>;

/// Returns the path of a template, which the macro has checked, with its values in order.
///
/// # Errors
///
/// Returns the error of the first value that cannot be part of a path.
pub fn path_of(template: &'static str, values: &[&dyn ToPath]) -> Filled {
    let mut path = String::with_capacity(template.len());
    push_path(&mut path, template, values, |_, _| Ok(()))?;
    Ok(or_root(path))
}

/// Returns the path of the link with the index `link` in the table `R`, with its values in order.
///
/// # Errors
///
/// Returns the error of the first value that cannot be part of a path, or that the route's function
/// cannot read.
pub fn tested_path_of<R: TestsLinks>(link: usize, values: &[&dyn ToPath]) -> Filled {
    let template = R::ROUTES[link].path.template;
    let mut path = String::with_capacity(template.len());
    let tests = LinkTests::of::<R>();
    push_path(&mut path, template, values, |param, raw| {
        tests.test(link, param, raw)
    })?;
    Ok(or_root(path))
}

/// Returns the path of `link`, which `App` mounts, behind `path`.
///
/// # Errors
///
/// Returns the error of `path`, or that of `link`.
pub fn mounted_uri<App, L, At>(path: Filled, link: &L) -> Filled
where
    L: Link,
    App: Mounts<L::App, At>,
{
    let mut path = path?;
    if path == "/" {
        path.clear();
    }
    App::prefix(&mut path);
    let uri = link.try_uri()?;
    if uri != "/" {
        path.push_str(&uri);
    }
    Ok(or_root(path))
}

/// Returns the path of a link whose values are valid.
///
/// # Panics
///
/// Panics if a value cannot be part of a path.
#[track_caller]
pub fn filled(path: Filled) -> String {
    // Not `unwrap_or_else`: its closure would be reported as the place of the panic.
    match path {
        Ok(path) => path,
        Err(error) => panic!("{error}"),
    }
}

/// Adds a prefix without parameters, and the prefixes of `App`, which is mounted there.
pub fn push_prefix<App, To, At>(path: &mut String, template: &'static str)
where
    App: Mounts<To, At>,
{
    push_literals(path, template);
    App::prefix(path);
}

fn push_literals(path: &mut String, template: &str) {
    for piece in pieces(template) {
        push_literal(path, piece.text(template));
    }
}

/// Adds the segments of a path. `test` reads each value, percent-encoded, with its index.
fn push_path(
    path: &mut String,
    template: &str,
    values: &[&dyn ToPath],
    test: impl Fn(usize, &str) -> Result<(), PathError>,
) -> Result<(), UriFillError> {
    let mut values = values.iter().enumerate();
    for piece in pieces(template) {
        let text = piece.text(template);
        if piece.kind == Kind::Literal {
            push_literal(path, text);
        } else if let Some((index, value)) = values.next() {
            let push = if piece.kind == Kind::Rest {
                push_rest
            } else {
                push_value
            };
            let (start, value) = (path.len(), value.to_path());
            push(path, template, text, &value)?;
            // Without the slash before it. An empty rest has none.
            let raw = path.get(start + 1..).unwrap_or_default();
            if let Err(PathError::Unparsable { expected, .. }) = test(index, raw) {
                return Err(unreadable(template, text, &value, expected));
            }
        }
    }
    Ok(())
}

fn unreadable(template: &str, name: &str, value: &str, expected: &'static str) -> UriFillError {
    UriFillError::Unreadable {
        template: template.to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
        expected,
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

    fn same(template: &'static str, values: &[&str]) -> Filled {
        let parsed = UriTemplate::parse(template).unwrap();
        let named: Vec<(&str, &str)> = parsed.parameters().zip(values.iter().copied()).collect();
        let values: Vec<&dyn ToPath> = values.iter().map(|value| value as &dyn ToPath).collect();
        let filled = path_of(template, &values);
        assert_eq!(filled, parsed.fill(&named), "{template} {named:?}");
        filled
    }

    #[test]
    fn a_link_is_filled_like_a_template() {
        for (template, values, path) in [
            ("/", &[] as &[&str], "/"),
            ("/café/a+b", &[], "/caf%C3%A9/a+b"),
            (
                "/<a>/x/<b>",
                &["a/b", "é ?#%"],
                "/a%2Fb/x/%C3%A9%20%3F%23%25",
            ),
            ("/<a>/<rest..>", &["...", "x/y z/"], "/.../x/y%20z/"),
            ("/<a>/<rest..>", &["a", "/x"], "/a//x"),
            ("/<rest..>", &[""], "/"),
            ("/x/<a>", &["%2e"], "/x/%252e"),
        ] {
            assert_eq!(same(template, values).as_deref(), Ok(path));
        }
    }

    #[test]
    fn a_link_that_cannot_reach_its_route_is_an_error() {
        for (template, values, message) in [
            (
                "/x/<a>",
                &[""] as &[&str],
                "the value for `a` in template `/x/<a>` is empty",
            ),
            (
                "/<a>/<b>",
                &["a", ".."],
                "the value `..` for `b` in template `/<a>/<b>` has the segment `.` or `..`, \
                 which clients resolve before they send the path",
            ),
            (
                "/x/<all..>",
                &["a/./b"],
                "the value `a/./b` for `all` in template `/x/<all..>` has the segment `.` or `..`, \
                 which clients resolve before they send the path",
            ),
            (
                "/<all..>",
                &["/evil.example"],
                "the value `/evil.example` for `all` in template `/<all..>` makes a path that starts \
                 with `//`, which clients read as a host",
            ),
        ] {
            assert_eq!(same(template, values).unwrap_err().to_string(), message);
        }
        for (template, value) in [
            ("/<a>", "."),
            ("/<a>/x", ".."),
            ("/<a: String>", ".."),
            ("/<all..>", ".."),
            ("/x/<all..>", "../x"),
            ("/x/<all..>", "a/.."),
            ("/x/<all..>", "a/../b"),
            ("/x/<all..>", "./"),
        ] {
            let error = same(template, &[value]).unwrap_err();
            assert!(matches!(error, UriFillError::DotSegment { .. }), "{error}");
        }
    }
}
