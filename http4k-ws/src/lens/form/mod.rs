//! Forms: bodies of fields that browsers send.

mod fields;
mod lens;

pub use fields::WebForm;
pub use lens::FormFields;

use serde::de::DeserializeOwned;

use super::message_part::{Cause, MessagePart, ReadFrom, TextPart, WriteTo};
use super::meta::Location;
use super::pairs;
use super::spec::BiDiLensSpec;
use super::text::{self, Name, TextValue, text_specs};
use crate::message::{FromRequest, ReadsBody, Rejection, Request};

/// Fields of a form: a place of lenses. Over a serde type it is an argument of a handler.
///
/// A form is a body of `application/x-www-form-urlencoded` with at most 10,000 fields; a form with
/// more is refused with 400. [`Form::strict`] and [`Form::feedback`] read it as a [`WebForm`],
/// whose fields these lenses read. To read it as a type, take a `Form<T>` or derive
/// [`FromRequest`].
///
#[doc = crate::doc_link::macros!("FromRequest")]
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::{Form, WebForm, With};
/// use http4k_ws::message::RequestExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let name = Form::string("name").required();
/// let age = Form::int("age").required();
/// let person = Form::strict((&name, &age));
///
/// let form = WebForm::new().with((name.of("bob & co".into()), age.of(30)))?;
/// let mut request = "/people".into_request()?.with(person.of(form))?;
/// assert_eq!(request.body(), "name=bob%20%26%20co&age=30");
///
/// let form = person.get(&mut request).await?;
/// assert_eq!((name.get(&form)?, age.get(&form)?), ("bob & co".into(), 30));
///
/// let mut request = request.with_body("age=x");
/// let failure = person.get(&mut request).await.unwrap_err();
/// let text = "form `name` is required; form `age` must be integer: invalid digit found in string";
/// assert_eq!(failure.to_string(), text);
/// # Ok(())
/// # }
/// ```
///
/// As the `_` argument of a route:
///
/// ```
/// use http4k_ws::{Request, routes};
/// use http4k_ws::lens::Form;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Vote { option: String, weight: Option<u8> }
///
/// async fn vote(Form(vote): Form<Vote>) -> String {
///     format!("{} {:?}", vote.option, vote.weight)
/// }
///
/// let app = routes! { POST "/votes" => http(vote(_)) };
/// let request = Request::post("/votes")
///     .header("content-type", "application/x-www-form-urlencoded")
///     .body("option=tea&weight=2");
/// assert_eq!(app.test_http(request).body(), "tea Some(2)");
/// ```
///
/// [`empty_as_none`](crate::lens::empty_as_none) reads an input that is left empty, and
/// [`checkbox`](crate::lens::checkbox) a checkbox. [`Query`](crate::lens::Query) lists the rules by
/// which a serde type is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Form<T = ()>(
    /// The value.
    pub T,
);

impl MessagePart for Form {
    type Raw = String;
    const LOCATION: Location = Location::Form;
}

text_specs!(Form, "field of a form", "WebForm::new()");

impl ReadFrom<WebForm> for Form {
    fn values(form: &WebForm, name: &str) -> Vec<Result<String, Cause>> {
        form.values(name)
            .map(|value| Ok(value.to_owned()))
            .collect()
    }
}

impl WriteTo<WebForm> for Form {
    fn replaced(mut form: WebForm, name: &str, values: Vec<String>) -> Result<WebForm, Cause> {
        form.replace(name, values);
        Ok(form)
    }
}

impl<T: DeserializeOwned> ReadsBody for Form<T> {}

/// Takes the body. Its Content-Type must be that of a form.
impl<T: DeserializeOwned> FromRequest for Form<T> {
    fn unreadable(_: &[&str]) -> Option<String> {
        pairs::unreadable::<T>(Location::Form)
    }

    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let form = Form::strict(()).get(request).await?;
        let fields = form.into_iter().map(|(name, value)| (name, Ok(value)));
        Ok(Self(pairs::read(fields, Location::Form)?))
    }
}
