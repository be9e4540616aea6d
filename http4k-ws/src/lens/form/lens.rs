//! Lenses of bodies that are forms, and the checks of their fields.

use std::fmt;

use bytes::Bytes;

use super::Form;
use super::fields::WebForm;
use crate::lens::body::{BodyLens, BodyRules, Content};
use crate::lens::codec::Codec;
use crate::lens::extract::pairs_of;
use crate::lens::failure::LensFailure;
use crate::lens::format::essence;
use crate::lens::message_part::Cause;
use crate::lens::meta::{Location, Meta};
use crate::lens::pairs::{MAX_FIELDS, too_many};
use crate::lens::view::Lens;
use crate::message::write_query_pair;

const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// The treatment of a form with invalid fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Validation {
    /// The form is refused, with every failure.
    Strict,
    /// The form is read, and lists every failure.
    Feedback,
}

/// The lenses of the fields that a form must have: one, a tuple of them, or `()`.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::Form;
/// use http4k_ws::message::RequestExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let name = Form::string("name").required();
/// let age = Form::int("age").optional();
/// let mut request = "/".into_request()?
///     .with_header("content-type", "application/x-www-form-urlencoded")
///     .with_body("age=old");
/// let form = Form::feedback((&name, &age)).get(&mut request).await?;
/// let failed: Vec<_> = form.failures().iter().map(|failure| failure.name()).collect();
/// assert_eq!(failed, ["name", "age"]);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a lens of a form field",
    label = "expected `&lens` of `Form`, or a tuple of these"
)]
pub trait FormFields {
    /// Returns the check of each field.
    fn checks(self) -> Vec<FieldCheck>;
}

/// The check of a field of a form by its lens.
pub struct FieldCheck(Check);

type Check = Box<dyn Fn(&WebForm) -> Option<LensFailure> + Send + Sync>;

impl fmt::Debug for FieldCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldCheck")
    }
}

impl<T: 'static, D: 'static + Send + Sync> FormFields for &Lens<Form, T, D> {
    fn checks(self) -> Vec<FieldCheck> {
        let lens = self.clone();
        vec![FieldCheck(Box::new(move |form| lens.get(form).err()))]
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: FormFields),*> FormFields for ($($name,)*) {
            #[allow(non_snake_case, unused_mut)]
            fn checks(self) -> Vec<FieldCheck> {
                let ($($name,)*) = self;
                let mut checks = Vec::new();
                $(checks.extend($name.checks());)*
                checks
            }
        }
    };
}
tuples!();
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);

/// Lenses of bodies that are forms.
impl Form {
    /// Returns a lens of a form that refuses it if any of `fields` fails. The failure lists all of
    /// them.
    ///
    /// `fields` are the lenses that will read the form, such as `(&name, &age)`, or `()` for no
    /// check.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Form;
    /// use http4k_ws::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (name, age) = (Form::string("name").required(), Form::int("age").required());
    /// let mut request = Request::post("/people")
    ///     .header("content-type", "application/x-www-form-urlencoded")
    ///     .body("age=old".into())?;
    /// let failure = Form::strict((&name, &age)).get(&mut request).await.unwrap_err();
    /// assert_eq!(failure.failures().len(), 2);
    /// let form = Form::strict(()).get(&mut request).await?;
    /// assert_eq!(form.values("age").next(), Some("old"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn strict(fields: impl FormFields) -> BodyLens<WebForm> {
        lens(Validation::Strict, fields.checks())
    }

    /// Returns a lens of a form that also reads it if `fields` fail: [`WebForm::failures`] lists
    /// them.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::IntoRequest;
    /// use http4k_ws::lens::Form;
    /// use http4k_ws::message::RequestExt;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let age = Form::int("age").required();
    /// let mut request = "/".into_request()?
    ///     .with_header("content-type", "application/x-www-form-urlencoded")
    ///     .with_body("age=old");
    /// let form = Form::feedback(&age).get(&mut request).await?;
    /// assert_eq!(form.failures()[0].name(), "age");
    /// assert_eq!(form.values("age").next(), Some("old"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn feedback(fields: impl FormFields) -> BodyLens<WebForm> {
        lens(Validation::Feedback, fields.checks())
    }
}

fn lens(validation: Validation, checks: Vec<FieldCheck>) -> BodyLens<WebForm> {
    let meta = Meta::new(Location::Body, "form", "form");
    let rules = BodyRules::new(meta, |content_type| essence(content_type) == CONTENT_TYPE);
    let read = move |content: Content| {
        let form = fields(&content.bytes)?;
        let failure = checks
            .iter()
            .filter_map(|FieldCheck(check)| check(&form))
            .reduce(LensFailure::and);
        match (validation, failure) {
            (Validation::Strict, Some(failure)) => Err(failure.into()),
            (_, failure) => Ok(form.failing(failure)),
        }
    };
    let write = |form: WebForm| Ok(Content::new(CONTENT_TYPE, serialized(&form)));
    BodyLens::new(rules, Codec::new(read, write))
}

fn fields(bytes: &[u8]) -> Result<WebForm, Cause> {
    let text = std::str::from_utf8(bytes)?;
    let mut pairs = text.split('&').filter(|pair| !pair.is_empty());
    if pairs.nth(MAX_FIELDS).is_some() {
        return Err(too_many());
    }
    let fields = pairs_of(text).map(|(name, value)| match value {
        Ok(value) => Ok((name, value)),
        Err(cause) => {
            let field = Meta::new(Location::Form, name, "text");
            Err(field.invalid(cause).into())
        }
    });
    fields.collect()
}

fn serialized(form: &WebForm) -> Bytes {
    let mut text = String::new();
    for (name, value) in form.iter() {
        write_query_pair(&mut text, name, value);
    }
    text.into()
}
