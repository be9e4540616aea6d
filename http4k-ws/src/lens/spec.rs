//! Specs: a value and its place, before it is decided whether a message must have it.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use super::codec::{BothWays, Codec, OneWay, mapping_methods};
use super::message_part::{Cause, MessagePart, TextPart};
use super::meta::Meta;
use super::text::lens_example;
use super::view::Lens;
use crate::message::WsMessage;

/// A [`LensSpec`] that reads and writes.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::{BiDiLensSpec, Query, With};
///
/// fn page() -> BiDiLensSpec<Query, i64> {
///     Query::int("page").with_description("counted from 1")
/// }
///
/// let first = "/posts".into_request()?;
/// assert_eq!(page().defaulted(1).get(&first)?, 1);
/// let third = first.with(page().required().of(3))?;
/// assert_eq!(third.uri(), "/posts?page=3");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type BiDiLensSpec<L, T> = LensSpec<L, T, BothWays>;

/// The type of a value and its place in a message.
///
/// `Query::int("page")` creates one. `map` and the like refine it, and `required`, `optional`,
/// `defaulted` and `multi` turn it into a [`Lens`]. A spec that is mapped one way becomes a lens
/// that only reads: writing with it does not compile.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::{Query, With};
///
/// #[derive(Debug, PartialEq)]
/// struct Percent(i64);
///
/// fn percent(number: i64) -> Result<Percent, String> {
///     match number {
///         0..=100 => Ok(Percent(number)),
///         _ => Err(format!("{number} is not in 0..=100")),
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let zoom = Query::int("zoom")
///     .try_map_both(percent, |Percent(number)| number)
///     .expecting("percentage")
///     .required();
///
/// let request = "/map".into_request()?.with(zoom.of(Percent(50)))?;
/// assert_eq!(request.uri(), "/map?zoom=50");
/// assert_eq!(zoom.get(&request)?, Percent(50));
///
/// let failure = zoom.get(&"/map?zoom=900".into_request()?).unwrap_err();
/// assert_eq!(failure.to_string(), "query `zoom` must be percentage: 900 is not in 0..=100");
/// # Ok(())
/// # }
/// ```
pub struct LensSpec<L: MessagePart, T, D = OneWay> {
    pub(super) meta: Meta,
    pub(super) codec: Codec<L::Raw, T>,
    pub(super) way: PhantomData<D>,
}

impl<L: MessagePart, T: 'static> BiDiLensSpec<L, T> {
    pub(super) fn new(
        name: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
        read: impl Fn(L::Raw) -> Result<T, Cause> + Send + Sync + 'static,
        write: impl Fn(T) -> Result<L::Raw, Cause> + Send + Sync + 'static,
    ) -> Self {
        Self {
            meta: Meta::new(L::LOCATION, name, expected),
            codec: Codec::new(read, write),
            way: PhantomData,
        }
    }
}

impl<L: MessagePart, T: 'static, D> LensSpec<L, T, D> {
    mapping_methods!(
        LensSpec, L;
        "Query::string(\"id\")", ".required()",
        "let message" = "\"/?id=7\".into_request()?", ".get(&message)"
    );

    /// Sets the kind of value that failures name: with `date` they read "must be date".
    ///
    /// A spec that is only mapped keeps the kind it had before.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Query;
    /// use http4k_ws::prelude::*;
    ///
    /// let day = Query::value::<u32>("day").expecting("day of the month").required();
    /// let failure = day.get(&"/?day=x".into_request().unwrap()).unwrap_err();
    /// assert!(failure.to_string().starts_with("query `day` must be day of the month"));
    /// ```
    #[must_use]
    pub fn expecting(mut self, expected: impl Into<Cow<'static, str>>) -> Self {
        self.meta.expected = expected.into();
        self
    }

    /// Adds a description of the value, for documentation.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Query;
    ///
    /// let page = Query::int("page").with_description("counted from 1").required();
    /// assert_eq!(page.meta().description(), Some("counted from 1"));
    /// ```
    #[must_use]
    pub fn with_description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.meta.description = Some(description.into());
        self
    }

    fn mapped<R, W>(
        self,
        map: impl FnOnce(Codec<L::Raw, T>) -> Codec<L::Raw, R>,
    ) -> LensSpec<L, R, W> {
        LensSpec {
            meta: self.meta,
            codec: map(self.codec),
            way: PhantomData,
        }
    }
}

/// A text may be missing or repeated. A whole message is neither: `to_lens` turns its spec into a
/// lens.
impl<L: MessagePart, T: 'static, D> LensSpec<L, T, D> {
    /// Returns a lens that refuses a message without the value as Missing.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Header;
    /// use http4k_ws::prelude::*;
    ///
    /// let key = Header::string("x-key").required();
    /// let failure = key.get(&"/".into_request().unwrap()).unwrap_err();
    /// assert_eq!(failure.to_string(), "header `x-key` is required");
    /// ```
    pub fn required(self) -> Lens<L, T, D>
    where
        L: TextPart,
    {
        Lens::required(self)
    }

    /// Returns a lens that reads `None` from a message without the value. Writing `None` removes
    /// the value.
    ///
    /// A value that is present and invalid fails; it does not become `None`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Query;
    /// use http4k_ws::prelude::*;
    ///
    /// let page = Query::int("page").optional();
    /// assert_eq!(page.get(&"/posts".into_request().unwrap()), Ok(None));
    /// assert!(page.get(&"/posts?page=two".into_request().unwrap()).is_err());
    /// let all = "/posts?page=2".into_request().unwrap().with(page.of(None)).unwrap();
    /// assert_eq!(all.uri(), "/posts");
    /// ```
    pub fn optional(self) -> Lens<L, Option<T>, D>
    where
        L: TextPart,
    {
        Lens::optional(self)
    }

    /// Returns a lens that reads `None` from a message without the value, or with an empty text.
    /// Writing `None` removes the value.
    ///
    /// A browser sends the text of every input, also of one that is left empty. Read as a number,
    /// an empty text is Invalid for [`optional`](Self::optional).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Form, WebForm};
    ///
    /// let age = Form::int("age").empty_as_none();
    /// let read = |text| age.get(&WebForm::from_iter([("age", text)]));
    /// assert_eq!(read(""), Ok(None));
    /// assert_eq!(read("30"), Ok(Some(30)));
    /// assert_eq!(read("old").unwrap_err().status(), 400);
    /// assert_eq!(age.get(&WebForm::new()), Ok(None));
    /// ```
    pub fn empty_as_none(self) -> Lens<L, Option<T>, D>
    where
        L: TextPart,
    {
        Lens::empty_as_none(self)
    }

    /// Returns a lens that reads `default` from a message without the value.
    ///
    /// A value that is present and invalid fails; it does not become the default.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Query;
    /// use http4k_ws::prelude::*;
    ///
    /// let page = Query::int("page").defaulted(1);
    /// assert_eq!(page.get(&"/posts".into_request().unwrap()), Ok(1));
    /// assert!(page.get(&"/posts?page=two".into_request().unwrap()).is_err());
    /// ```
    pub fn defaulted(self, default: T) -> Lens<L, T, D>
    where
        L: TextPart,
        T: Clone + Send + Sync,
    {
        Lens::defaulted(self, default)
    }

    /// Returns the spec of all values of the name, and not only the first.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Query;
    /// use http4k_ws::prelude::*;
    ///
    /// let request = "/posts?id=7&id=8".into_request().unwrap();
    /// assert_eq!(Query::int("id").required().get(&request), Ok(7));
    /// assert_eq!(Query::int("id").multi().required().get(&request), Ok(vec![7, 8]));
    /// ```
    pub fn multi(mut self) -> MultiLensSpec<L, T, D>
    where
        L: TextPart,
    {
        self.meta.multiple = true;
        MultiLensSpec(self)
    }
}

impl<T: 'static, D> LensSpec<WsMessage, T, D> {
    /// Returns a lens of whole messages.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let number = WsMessage::string()
    ///     .try_map_both(|text: String| text.parse::<i64>(), |number| number.to_string())
    ///     .to_lens();
    /// assert_eq!(number.get(&"7".into()), Ok(7));
    /// assert_eq!(number.create(8).unwrap(), "8");
    /// ```
    pub fn to_lens(self) -> Lens<WsMessage, T, D> {
        Lens::required(self)
    }
}

/// A [`LensSpec`] of all values of its name.
///
/// A message cannot represent an empty list, so that writing one fails, except by a lens that reads
/// an empty list from a message without a value.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::Query;
///
/// let tags = Query::string("tag").multi();
/// let tagged = "/posts?tag=tea&tag=cake".into_request()?;
/// assert_eq!(tags.clone().required().get(&tagged)?, ["tea", "cake"]);
///
/// let untagged = "/posts".into_request()?;
/// assert!(tags.clone().required().get(&untagged).is_err());
/// assert!(tags.defaulted(Vec::new()).get(&untagged)?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct MultiLensSpec<L: MessagePart, T, D = OneWay>(pub(super) LensSpec<L, T, D>);

impl<L: TextPart, T: 'static, D> MultiLensSpec<L, T, D> {
    /// Returns a lens that refuses a message without a value as Missing.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Query;
    /// use http4k_ws::prelude::*;
    ///
    /// let tags = Query::string("tag").multi().required();
    /// assert!(tags.get(&"/posts".into_request().unwrap()).is_err());
    /// assert!(tags.set("/posts".into_request().unwrap(), vec![]).is_err());
    /// ```
    pub fn required(self) -> Lens<L, Vec<T>, D> {
        Lens::multi_required(self.0)
    }

    /// Returns a lens that reads `None` from a message without a value. Writing `None` removes all
    /// values.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Query;
    /// use http4k_ws::prelude::*;
    ///
    /// let tags = Query::string("tag").multi().optional();
    /// assert_eq!(tags.get(&"/posts".into_request().unwrap()), Ok(None));
    /// let all = "/posts?tag=a&tag=b".into_request().unwrap().with(tags.of(None)).unwrap();
    /// assert_eq!(all.uri(), "/posts");
    /// ```
    pub fn optional(self) -> Lens<L, Option<Vec<T>>, D> {
        Lens::multi_optional(self.0)
    }

    /// Returns a lens that reads `default`, which may be empty, from a message without a value.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Query;
    /// use http4k_ws::prelude::*;
    ///
    /// let tags = Query::string("tag").multi().defaulted(vec!["news".to_owned()]);
    /// assert_eq!(tags.get(&"/posts".into_request().unwrap()).unwrap(), ["news"]);
    /// assert_eq!(tags.get(&"/posts?tag=tea".into_request().unwrap()).unwrap(), ["tea"]);
    /// ```
    pub fn defaulted(self, default: Vec<T>) -> Lens<L, Vec<T>, D>
    where
        T: Clone + Send + Sync,
    {
        Lens::multi_defaulted(self.0, default)
    }
}

impl<L: MessagePart, T, D> Clone for LensSpec<L, T, D> {
    fn clone(&self) -> Self {
        Self {
            meta: self.meta.clone(),
            codec: self.codec.clone(),
            way: PhantomData,
        }
    }
}

impl<L: MessagePart, T, D> Clone for MultiLensSpec<L, T, D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<L: MessagePart, T, D> fmt::Debug for LensSpec<L, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LensSpec({})", self.meta)
    }
}

impl<L: MessagePart, T, D> fmt::Debug for MultiLensSpec<L, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Multi{:?}", self.0)
    }
}
