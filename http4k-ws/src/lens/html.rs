//! Fields of HTML forms that are left empty, and checkboxes.

use serde::{Deserialize, Deserializer, de};

use super::form::Form;
use super::message_part::{Cause, TextPart};
use super::query::Query;
use super::spec::BiDiLensSpec;
use super::text;
use super::text::{Name, TextValue};
use super::view::{BiDiLens, Lens};

/// Lenses of fields of a form.
impl Form {
    /// Returns a lens of a checkbox, which is `true` if the box is checked.
    ///
    /// A browser sends the `value` of a checked box, which is `on` unless the page declares
    /// another, and nothing for a box that is not checked.
    ///
    /// | value | field |
    /// |---|---|
    /// | `true` | read from `on`, `true`, `yes` and `1`; written as `on` |
    /// | `false` | read from `off`, `false`, `no`, `0`, an empty text and a missing field |
    /// | Invalid | any other text |
    ///
    /// Writing `false` removes the field.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Form, WebForm, With};
    ///
    /// # fn main() -> Result<(), http4k_ws::lens::LensFailure> {
    /// let agreed = Form::checkbox("agreed");
    /// let form = WebForm::new().with(agreed.of(true))?;
    /// assert_eq!(form.values("agreed").next(), Some("on"));
    /// assert_eq!(agreed.get(&form)?, true);
    /// assert_eq!(agreed.get(&WebForm::new())?, false);
    /// # Ok(())
    /// # }
    /// ```
    pub fn checkbox(name: impl Into<Name>) -> BiDiLens<Self, bool> {
        of_checkbox(name.into())
    }
}

/// Lenses of parameters of the query.
impl Query {
    /// Returns a lens of a checkbox of a form that is sent by GET; see [`Form::checkbox`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Query;
    /// use http4k_ws::prelude::*;
    ///
    /// let open = Query::checkbox("open");
    /// assert_eq!(open.get(&"/rooms?open=on".into_request().unwrap()), Ok(true));
    /// assert_eq!(open.get(&"/rooms".into_request().unwrap()), Ok(false));
    /// ```
    pub fn checkbox(name: impl Into<Name>) -> BiDiLens<Self, bool> {
        of_checkbox(name.into())
    }
}

/// Returns a lens of a checkbox in any place.
pub(super) fn of_checkbox<L: TextPart>(name: Name) -> BiDiLens<L, bool> {
    let read = |text: String| checked(&text);
    let write = |_: bool| Ok("on".to_owned());
    Lens::checkbox(BiDiLensSpec::new(name, "checkbox", read, write))
}

fn checked(text: &str) -> Result<bool, Cause> {
    match text.to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "1" => Ok(true),
        "off" | "false" | "no" | "0" | "" => Ok(false),
        other => Err(format!("{other:?} is neither `on` nor `off`").into()),
    }
}

/// Deserializes a field of a serde type, and an empty text as `None`.
///
/// A browser sends the text of every input, also of one that is left empty, and an empty text is
/// not a number. The value is parsed by [`FromStr`](std::str::FromStr). Lenses have
/// [`empty_as_none`](crate::lens::LensSpec::empty_as_none), and `#[derive(FromRequest)]` has
/// `#[form(empty_as_none)]`.
///
/// # Errors
///
/// The error of the deserializer for a text that is not a `T`.
///
/// # Examples
///
/// ```
/// use http4k_ws::routes;
/// use http4k_ws::lens::Query;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Filter {
///     #[serde(default, deserialize_with = "http4k_ws::lens::empty_as_none")]
///     age: Option<u8>,
///     #[serde(default, deserialize_with = "http4k_ws::lens::checkbox")]
///     archived: bool,
/// }
///
/// let show = |Query(filter): Query<Filter>| format!("{:?} {}", filter.age, filter.archived);
/// let app = routes! { "/" => http(show(_)) };
/// assert_eq!(app.test_http("/?age=").body(), "None false");
/// assert_eq!(app.test_http("/?age=30&archived=on").body(), "Some(30) true");
/// assert_eq!(app.test_http("/?age=old").status(), 400);
/// ```
pub fn empty_as_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TextValue,
{
    let text = Option::<String>::deserialize(deserializer)?;
    let text = text.filter(|text| !text.is_empty());
    text.map(|text| {
        text.parse()
            .map_err(|cause: T::Err| unread(cause, &text::expected::<T>()))
    })
    .transpose()
}

/// Deserializes a field of a serde type as [`Form::checkbox`] reads it. The field also needs
/// `#[serde(default)]`, since a browser sends nothing for a box that is not checked.
///
/// # Errors
///
/// The error of the deserializer for any other text than those that [`Form::checkbox`] reads.
///
/// # Examples
///
/// See [`empty_as_none`].
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::Form;
/// use http4k_ws::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Settings {
///     #[serde(default, deserialize_with = "http4k_ws::lens::checkbox")]
///     news: bool,
/// }
///
/// async fn save(Form(settings): Form<Settings>) -> String {
///     format!("news: {}", settings.news)
/// }
///
/// let app = routes! { POST "/settings" => http(save(_)) };
/// let form = |body: &'static str| {
///     let kind = "application/x-www-form-urlencoded";
///     app.test_http(Request::post("/settings").header("content-type", kind).body(body))
/// };
/// assert_eq!(form("news=on").body(), "news: true");
/// assert_eq!(form("").body(), "news: false");
/// ```
pub fn checkbox<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let text = String::deserialize(deserializer)?;
    checked(&text).map_err(de::Error::custom)
}

fn unread<E: de::Error>(cause: impl Into<Cause>, expected: &str) -> E {
    E::custom(format_args!("it must be {expected}: {}", cause.into()))
}
