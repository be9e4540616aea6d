//! The fields of a form.

use crate::lens::failure::{Failure, LensFailure};
use crate::lens::with::With;

/// The fields of a form in order, and the failures to read them.
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::WebForm;
///
/// let form: WebForm = [("tag", "a"), ("name", "bob"), ("tag", "b")].into_iter().collect();
/// assert_eq!(form.values("tag").collect::<Vec<_>>(), ["a", "b"]);
/// assert_eq!(form.values("age").next(), None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebForm {
    fields: Vec<(String, String)>,
    failure: Option<LensFailure>,
}

impl WebForm {
    /// Creates a form without fields.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Form, WebForm};
    /// use http4k_ws::prelude::*;
    ///
    /// let age = Form::int("age").required();
    /// assert!(age.get(&WebForm::new()).is_err());
    /// assert_eq!(age.get(&WebForm::new().with(age.of(30)).unwrap()), Ok(30));
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the values of the field `name` in their order.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.fields.iter().filter(move |(field, _)| field == name);
        named.map(|(_, value)| value.as_str())
    }

    /// Returns every field and its value in their order.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::WebForm;
    ///
    /// let form: WebForm = [("name", "bob"), ("tag", "a"), ("tag", "b")].into_iter().collect();
    /// assert_eq!(form.iter().collect::<Vec<_>>(), [("name", "bob"), ("tag", "a"), ("tag", "b")]);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the failures to read the fields, if the form was read with
    /// [`Form::feedback`](crate::lens::Form::feedback). A page can show each beside its field.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Form;
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let age = Form::int("age").required();
    /// let mut request = Request::post("/people")
    ///     .header("content-type", "application/x-www-form-urlencoded")
    ///     .body("age=old".into())?;
    /// let form = Form::feedback(&age).get(&mut request).await?;
    /// assert_eq!(form.failures()[0].name(), "age");
    /// assert_eq!(form.values("age").next(), Some("old")); // The page shows the input again.
    /// # Ok(())
    /// # }
    /// ```
    pub fn failures(&self) -> &[Failure] {
        self.failure.as_ref().map_or(&[], LensFailure::failures)
    }

    pub(super) fn failing(self, failure: Option<LensFailure>) -> Self {
        Self { failure, ..self }
    }

    pub(super) fn replace(&mut self, name: &str, values: Vec<String>) {
        self.fields.retain(|(field, _)| field != name);
        self.fields
            .extend(values.into_iter().map(|value| (name.to_owned(), value)));
    }
}

impl With for WebForm {}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for WebForm {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        let field = |(name, value): (N, V)| (name.into(), value.into());
        Self {
            fields: fields.into_iter().map(field).collect(),
            failure: None,
        }
    }
}

impl IntoIterator for WebForm {
    type Item = (String, String);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.fields.into_iter()
    }
}
