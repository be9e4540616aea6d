//! Values that a filter stores in a request for an argument behind it.

use std::any::{TypeId, type_name};
use std::fmt;

use super::from_request::Rejection;
use super::http::Request;
use super::printable::printable;

/// A value that a filter in front of a route must store in the extensions of the request, for an
/// argument that cannot be read without it.
///
/// [`FromRequest::NEEDS`](crate::FromRequest::NEEDS) lists them. A filter states in
/// [`PolyFilter::provides`](crate::PolyFilter::provides) what it stores. An application in which no
/// filter does is refused before it serves a request.
///
/// # Examples
///
/// ```should_panic
/// use http4k_ws::prelude::*;
/// use http4k_ws::message::{NeededValue, Rejection};
///
/// #[derive(Clone)]
/// struct Tenant(String);
///
/// const TENANT: NeededValue = NeededValue::of::<Tenant>("tenants()");
///
/// impl FromRequest for Tenant {
///     const NEEDS: &'static [NeededValue] = &[TENANT];
///
///     async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
///         let tenant = request.extensions().get().cloned();
///         tenant.ok_or_else(|| TENANT.rejection(request))
///     }
/// }
///
/// async fn show(tenant: Tenant) -> String {
///     tenant.0
/// }
///
/// let app = routes! { GET "/" => http(show(_)) };
/// app.test_http("/"); // No filter stores a `Tenant`.
/// ```
#[derive(Clone, Copy)]
pub struct NeededValue {
    // Functions, because a `TypeId` is not a constant in every version of the compiler.
    id: fn() -> TypeId,
    name: fn() -> &'static str,
    filter: &'static str,
}

impl NeededValue {
    /// States that a value of type `T` is needed, and that `filter` stores it.
    pub const fn of<T: 'static>(filter: &'static str) -> Self {
        Self {
            id: TypeId::of::<T>,
            name: type_name::<T>,
            filter,
        }
    }

    /// Returns the rejection of a request without the value: a 500, because the client is not to
    /// blame. The log has the request and the filter to add, unless the argument is an `Option`,
    /// which is `None`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::NeededValue;
    /// use http4k_ws::prelude::*;
    ///
    /// let rejection = NeededValue::of::<u64>("tenants()").rejection(&Request::default());
    /// assert_eq!(rejection.response().status(), 500);
    /// ```
    pub fn rejection(self, request: &Request) -> Rejection {
        let path = printable(request.uri().path());
        Rejection::of_program(self.lacking(format_args!("{} {path}", request.method())))
    }

    pub(crate) fn id(self) -> TypeId {
        (self.id)()
    }

    /// Returns the sentence that names what `route` lacks, and the cure.
    pub(crate) fn lacking(self, route: impl fmt::Display) -> String {
        let (value, filter) = (without_paths((self.name)()), self.filter);
        format!(
            "`{route}` reads `{value}`, which no filter before it provides: add `{filter}`, or \
             read `Option<{value}>`"
        )
    }
}

/// Shows the type.
impl fmt::Debug for NeededValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NeededValue({})", without_paths((self.name)()))
    }
}

/// Returns the name of a type without paths, also in its parameters.
fn without_paths(name: &str) -> String {
    let mut shown = String::new();
    let mut word = 0;
    for c in name.chars() {
        if c == ':' {
            shown.truncate(word);
            continue;
        }
        shown.push(c);
        if !c.is_alphanumeric() && c != '_' {
            word = shown.len();
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_paths() {
        for (name, shown) in [
            ("u32", "u32"),
            ("app::User", "User"),
            (
                "http4k_ws::filter::Principal<app::a::User>",
                "Principal<User>",
            ),
            ("Principal<(a::B, &str)>", "Principal<(B, &str)>"),
            ("a::Map<b::Key, [c::D; 4]>", "Map<Key, [D; 4]>"),
        ] {
            assert_eq!(without_paths(name), shown);
        }
    }

    #[test]
    fn a_sentence_names_the_route_the_value_and_the_filter() {
        let user = NeededValue::of::<String>("authenticate(..)");
        let sentence = "`GET /me` reads `String`, which no filter before it provides: \
                        add `authenticate(..)`, or read `Option<String>`";
        assert_eq!(user.lacking("GET /me"), sentence);
    }
}
