//! What a value is and where it stands, before it is said whether it must be there.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::{Cause, Lens, MessagePart, Meta, TextPart};
use crate::message::WsMessage;

/// Marks what only reads: it was mapped one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneWay;

/// Marks what reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BothWays;

/// What can write.
#[diagnostic::on_unimplemented(
    message = "this lens only reads",
    label = "it was mapped one way, and can't write",
    note = "say how a value is written, too: `map_both(read, write)` or `try_map_both(read, write)`"
)]
pub trait Writes {}

impl Writes for BothWays {}

/// A [`LensSpec`] both ways.
pub type BiDiLensSpec<L, T> = LensSpec<L, T, BothWays>;

pub(super) type ReadOne<R, T> = Arc<dyn Fn(R) -> Result<T, Cause> + Send + Sync>;
pub(super) type WriteOne<R, T> = Arc<dyn Fn(T) -> Result<R, Cause> + Send + Sync>;

/// What a value is and where it stands: a lens but for whether the value must be there.
///
/// `Query::int("page")` makes one. `map` and its like refine it; `required`, `optional`, `defaulted` and `multi` close
/// it. Refined one way it makes a lens that only reads, and to write with it does not compile.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::{LensFailure, Query, With};
///
/// #[derive(Debug, PartialEq)]
/// struct Percent(i64);
///
/// fn percent(number: i64) -> Result<Percent, String> {
///     if (0..=100).contains(&number) { Ok(Percent(number)) } else { Err(format!("{number} is not in 0..=100")) }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let zoom = Query::int("zoom").try_map_both(percent, |Percent(number)| number).expecting("percentage").required();
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
    pub(super) read: ReadOne<L::Raw, T>,
    // There where `D` is `BothWays`.
    pub(super) write: Option<WriteOne<L::Raw, T>>,
    pub(super) way: PhantomData<D>,
}

impl<L: MessagePart, T: 'static> BiDiLensSpec<L, T> {
    /// A value called `name` that is to be `expected`.
    pub(super) fn new(
        name: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
        read: impl Fn(L::Raw) -> Result<T, Cause> + Send + Sync + 'static,
        write: impl Fn(T) -> Result<L::Raw, Cause> + Send + Sync + 'static,
    ) -> Self {
        Self {
            meta: Meta::new(L::LOCATION, name, expected),
            read: Arc::new(read),
            write: Some(Arc::new(write)),
            way: PhantomData,
        }
    }
}

impl<L: MessagePart, T: 'static, D> LensSpec<L, T, D> {
    /// What is read, in the texts of failures: `date` makes them say "must be date". A spec that is only mapped keeps
    /// what it expected before.
    #[must_use]
    pub fn expecting(mut self, expected: impl Into<Cow<'static, str>>) -> Self {
        self.meta.expected = expected.into();
        self
    }

    /// Says more of the value, for documentation.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.meta.description = Some(description.into());
        self
    }

    /// Reads what `read` makes of the value; a lens of this spec can't write.
    ///
    /// Where that may fail, see [`try_map`](Self::try_map).
    pub fn map<R: 'static>(
        self,
        read: impl Fn(T) -> R + Send + Sync + 'static,
    ) -> LensSpec<L, R, OneWay> {
        let before = self.read;
        LensSpec {
            meta: self.meta,
            read: Arc::new(move |raw| before(raw).map(&read)),
            write: None,
            way: PhantomData,
        }
    }

    /// As [`map`](Self::map), where some values are none: an error of `read` is Invalid, and its cause.
    pub fn try_map<R: 'static, E: Into<Cause>>(
        self,
        read: impl Fn(T) -> Result<R, E> + Send + Sync + 'static,
    ) -> LensSpec<L, R, OneWay> {
        let before = self.read;
        LensSpec {
            meta: self.meta,
            read: Arc::new(move |raw| read(before(raw)?).map_err(Into::into)),
            write: None,
            way: PhantomData,
        }
    }

    /// Reads what `read` makes of the value, and writes what `write` makes of it.
    ///
    /// The two are to undo each other; then what was set is what is got.
    pub fn map_both<R: 'static>(
        self,
        read: impl Fn(T) -> R + Send + Sync + 'static,
        write: impl Fn(R) -> T + Send + Sync + 'static,
    ) -> LensSpec<L, R, D> {
        self.try_map_both(move |value| Ok::<_, Cause>(read(value)), write)
    }

    /// As [`map_both`](Self::map_both), where some values are none: an error of `read` is Invalid, and its cause.
    pub fn try_map_both<R: 'static, E: Into<Cause>>(
        self,
        read: impl Fn(T) -> Result<R, E> + Send + Sync + 'static,
        write: impl Fn(R) -> T + Send + Sync + 'static,
    ) -> LensSpec<L, R, D> {
        let before = self.read;
        let write = self
            .write
            .map(|after| -> WriteOne<L::Raw, R> { Arc::new(move |value| after(write(value))) });
        LensSpec {
            meta: self.meta,
            read: Arc::new(move |raw| read(before(raw)?).map_err(Into::into)),
            write,
            way: PhantomData,
        }
    }
}

/// A value of text may be missing, and repeated; a whole message is there, and `to_lens` closes its spec.
impl<L: MessagePart, T: 'static, D> LensSpec<L, T, D> {
    /// Closes the spec: a message without the value is refused as Missing.
    pub fn required(self) -> Lens<L, T, D>
    where
        L: TextPart,
    {
        Lens::required(self)
    }

    /// Closes the spec: a message without the value gives `None`, and writing `None` takes the value out.
    ///
    /// A value that is there and no such value fails; it does not become `None`.
    pub fn optional(self) -> Lens<L, Option<T>, D>
    where
        L: TextPart,
    {
        Lens::optional(self)
    }

    /// Closes the spec: a message without the value, or with an empty text, has `None`. Writing
    /// `None` takes the value out.
    ///
    /// A browser sends the text of every input, also of one that is left empty. A number in it is
    /// then Invalid for [`optional`](Self::optional).
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

    /// Closes the spec: a message without the value gives `default`.
    ///
    /// A value that is there and no such value fails; it does not become the default.
    pub fn defaulted(self, default: T) -> Lens<L, T, D>
    where
        L: TextPart,
        T: Clone + Send + Sync,
    {
        Lens::defaulted(self, default)
    }

    /// All values of the name, and not only the first.
    pub fn multi(mut self) -> MultiLensSpec<L, T, D>
    where
        L: TextPart,
    {
        self.meta.multiple = true;
        MultiLensSpec(self)
    }
}

impl<T: 'static, D> LensSpec<WsMessage, T, D> {
    /// Closes the spec: a lens of whole messages.
    pub fn to_lens(self) -> Lens<WsMessage, T, D> {
        Lens::required(self)
    }
}

/// A [`LensSpec`] of all values of its name.
///
/// An empty list has no form of its own in a message, so that to write one fails, but for a lens that reads no values
/// as an empty list.
pub struct MultiLensSpec<L: MessagePart, T, D = OneWay>(pub(super) LensSpec<L, T, D>);

impl<L: TextPart, T: 'static, D> MultiLensSpec<L, T, D> {
    /// Closes the spec: a message without a value is refused as Missing.
    pub fn required(self) -> Lens<L, Vec<T>, D> {
        Lens::multi_required(self.0)
    }

    /// Closes the spec: a message without a value gives `None`, and writing `None` takes all values out.
    pub fn optional(self) -> Lens<L, Option<Vec<T>>, D> {
        Lens::multi_optional(self.0)
    }

    /// Closes the spec: a message without a value gives `default`, which may be empty.
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
            read: Arc::clone(&self.read),
            write: self.write.clone(),
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
