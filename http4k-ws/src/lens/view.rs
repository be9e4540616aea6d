//! Lenses: values of a message, read and written.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::codec::{BothWays, OneWay, Read as ReadOne, Write as WriteOne, Writes};
use super::failure::{LensFailure, LensFailureKind};
use super::message_part::{Cause, MessagePart, ReadFrom, TextPart, WriteTo};
use super::meta::Meta;
use super::spec::LensSpec;
use super::with::Modifier;
use crate::message::WsMessage;

/// A [`Lens`] that reads and writes.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::{BiDiLens, Query, With};
///
/// let page: BiDiLens<Query, i64> = Query::int("page").required();
/// let request = "/posts".into_request()?.with(page.of(3))?;
/// assert_eq!(request.uri(), "/posts?page=3");
/// assert_eq!(page.get(&request)?, 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type BiDiLens<L, T> = Lens<L, T, BothWays>;

type Raws<R> = Vec<Result<R, Cause>>;
type ReadAll<R, T> = Arc<dyn Fn(Raws<R>) -> Result<T, Fault> + Send + Sync>;
type WriteAll<R, T> = Arc<dyn Fn(T) -> Result<Vec<R>, Fault> + Send + Sync>;

/// The reason that the values of a name are refused.
enum Fault {
    Missing,
    Invalid(Cause),
}

impl From<Cause> for Fault {
    fn from(cause: Cause) -> Self {
        Self::Invalid(cause)
    }
}

/// A typed view of one value of a message. `L` is its place, and `T` its type.
///
/// A [`BiDiLens`] also writes, so that one lens builds the request of a client and reads it in the
/// server. A value that was set is the value that is read, and setting it again changes nothing.
/// Create a lens once, and share or clone it.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::{Header, Query, With};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let page = Query::int("page").defaulted(1);
/// let key = Header::string("x-key").required();
///
/// let request = "/search".into_request()?.with((page.of(2), key.of("secret".into())))?;
/// assert_eq!(request.uri(), "/search?page=2");
/// assert_eq!(page.get(&request)?, 2);
/// assert_eq!(key.get(&request)?, "secret");
///
/// let bare = "/search".into_request()?;
/// assert_eq!(page.get(&bare)?, 1);
/// assert_eq!(key.get(&bare).unwrap_err().to_string(), "header `x-key` is required");
/// # Ok(())
/// # }
/// ```
pub struct Lens<L: MessagePart, T, D = OneWay> {
    meta: Meta,
    read: ReadAll<L::Raw, T>,
    /// `Some` if `D` is `BothWays`.
    write: Option<WriteAll<L::Raw, T>>,
    way: PhantomData<D>,
}

impl<L: MessagePart, T, D> Lens<L, T, D> {
    /// Returns the description of the lens.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Query;
    ///
    /// assert_eq!(Query::int("page").required().meta().expected(), "integer");
    /// ```
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Returns the value in `message`. If it is repeated, that is the first, except for a lens of
    /// `multi`.
    ///
    /// # Errors
    ///
    /// [`LensFailure`]: Missing or Invalid. The failure of a response is one
    /// [`in_response`](LensFailure::in_response).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Header;
    /// use http4k_ws::prelude::*;
    ///
    /// let age = Header::int("age").required();
    /// let request = "/".into_request().unwrap().with_header("age", 1).with_added_header("age", 2);
    /// assert_eq!(age.get(&request), Ok(1));
    /// assert_eq!(age.get(&"hello".into_response()).unwrap_err().status(), 502);
    /// ```
    pub fn get<M>(&self, message: &M) -> Result<T, LensFailure>
    where
        L: ReadFrom<M>,
    {
        let read = (self.read)(L::values(message, &self.meta.name));
        read.map_err(|fault| {
            let failure = self.failure(fault);
            match L::IS_RESPONSE {
                true => failure.in_response(),
                false => failure,
            }
        })
    }

    /// Returns the message with `value` in place of the value that the lens reads.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] if the place cannot represent the value, such as a header with a line break.
    /// The program is to blame, so that it is one [`in_writing`](LensFailure::in_writing).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Header;
    /// use http4k_ws::prelude::*;
    ///
    /// let name = Header::string("x-name").required();
    /// let response = name.set("hello".into_response(), "ann".into()).unwrap();
    /// assert_eq!(response.header("x-name"), Some("ann"));
    /// assert_eq!(name.set(response, "a\nb".into()).unwrap_err().status(), 500);
    /// ```
    pub fn set<M>(&self, message: M, value: T) -> Result<M, LensFailure>
    where
        L: WriteTo<M>,
        D: Writes,
    {
        let raws = self.serialized(value)?;
        L::replaced(message, &self.meta.name, raws)
            .map_err(|cause| self.failure(Fault::Invalid(cause)).in_writing())
    }

    /// Returns the change that sets `value`, for [`With::with`](crate::lens::With::with).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Header, Query};
    /// use http4k_ws::prelude::*;
    ///
    /// let (page, key) = (Query::int("page").required(), Header::string("x-key").required());
    /// let request = "/posts".into_request().unwrap();
    /// let request = request.with((page.of(2), key.of("k1".into()))).unwrap();
    /// assert_eq!(request.uri(), "/posts?page=2");
    /// assert_eq!(request.header("x-key"), Some("k1"));
    /// ```
    pub fn of(&self, value: T) -> Setting<L, T>
    where
        D: Writes,
    {
        let lens = Lens {
            meta: self.meta.clone(),
            read: Arc::clone(&self.read),
            write: self.write.clone(),
            way: PhantomData,
        };
        Setting { lens, value }
    }

    fn serialized(&self, value: T) -> Result<Vec<L::Raw>, LensFailure> {
        let write = self.write.as_ref().expect("a lens both ways can write");
        write(value).map_err(|fault| self.failure(fault).in_writing())
    }

    fn failure(&self, fault: Fault) -> LensFailure {
        match fault {
            Fault::Missing => self.meta.failure(LensFailureKind::Missing).into(),
            Fault::Invalid(cause) => self.meta.invalid(cause),
        }
    }
}

impl<T, D> Lens<WsMessage, T, D> {
    /// Returns the message that represents `value`.
    ///
    /// # Errors
    ///
    /// As [`set`](Self::set).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::WsMessage;
    ///
    /// let text = WsMessage::string().to_lens();
    /// assert_eq!(text.create("hello".into()).unwrap(), "hello");
    /// ```
    pub fn create(&self, value: T) -> Result<WsMessage, LensFailure>
    where
        D: Writes,
    {
        let mut raws = self.serialized(value)?;
        Ok(raws.pop().expect("a message is written as one"))
    }
}

/// Lenses of specs. A lens of one value reads the first, and writes one.
impl<L: MessagePart, T: 'static, D> Lens<L, T, D> {
    fn closed<S: 'static>(
        spec: LensSpec<L, S, D>,
        required: bool,
        read: impl Fn(&ReadOne<L::Raw, S>, Raws<L::Raw>) -> Result<T, Fault> + Send + Sync + 'static,
        write: impl Fn(&WriteOne<L::Raw, S>, T) -> Result<Vec<L::Raw>, Fault> + Send + Sync + 'static,
    ) -> Self {
        let LensSpec { meta, codec, way } = spec;
        Self {
            meta: Meta { required, ..meta },
            read: Arc::new(move |raws| read(&codec.read, raws)),
            write: codec
                .write
                .map(|one| -> WriteAll<L::Raw, T> { Arc::new(move |value| write(&one, value)) }),
            way,
        }
    }

    pub(super) fn required(spec: LensSpec<L, T, D>) -> Self {
        let read = |one: &ReadOne<L::Raw, T>, raws| first(one, raws)?.ok_or(Fault::Missing);
        Self::closed(spec, true, read, |one, value| Ok(vec![one(value)?]))
    }

    pub(super) fn defaulted(spec: LensSpec<L, T, D>, default: T) -> Self
    where
        T: Clone + Send + Sync,
    {
        let read = move |one: &ReadOne<L::Raw, T>, raws| {
            Ok(first(one, raws)?.unwrap_or_else(|| default.clone()))
        };
        Self::closed(spec, false, read, |one, value| Ok(vec![one(value)?]))
    }
}

impl<L: MessagePart, T: 'static, D> Lens<L, Option<T>, D> {
    pub(super) fn optional(spec: LensSpec<L, T, D>) -> Self {
        Self::closed(spec, false, first, |one, value| match value {
            Some(value) => Ok(vec![one(value)?]),
            None => Ok(Vec::new()),
        })
    }
}

impl<L: TextPart, T: 'static, D> Lens<L, Option<T>, D> {
    pub(super) fn empty_as_none(spec: LensSpec<L, T, D>) -> Self {
        let read = |one: &ReadOne<String, T>, mut raws: Raws<String>| {
            if matches!(raws.first(), Some(Ok(text)) if text.is_empty()) {
                raws.clear();
            }
            first(one, raws)
        };
        Self::closed(spec, false, read, |one, value| match value {
            Some(value) => Ok(vec![one(value)?]),
            None => Ok(Vec::new()),
        })
    }
}

impl<L: TextPart, D> Lens<L, bool, D> {
    /// A missing value is `false`, and writing `false` removes the value.
    pub(super) fn checkbox(spec: LensSpec<L, bool, D>) -> Self {
        let read = |one: &ReadOne<String, bool>, raws| Ok(first(one, raws)?.unwrap_or(false));
        Self::closed(spec, false, read, |one, is_checked| match is_checked {
            true => Ok(vec![one(true)?]),
            false => Ok(Vec::new()),
        })
    }
}

impl<L: MessagePart, T: 'static, D> Lens<L, Vec<T>, D> {
    pub(super) fn multi_required(spec: LensSpec<L, T, D>) -> Self {
        let read = |one: &ReadOne<L::Raw, T>, raws| some(all(one, raws)?);
        let write = |one: &WriteOne<L::Raw, T>, values| some(all_serialized(one, values)?);
        Self::closed(spec, true, read, write)
    }

    pub(super) fn multi_defaulted(spec: LensSpec<L, T, D>, default: Vec<T>) -> Self
    where
        T: Clone + Send + Sync,
    {
        let none_is_empty = default.is_empty();
        let read = move |one: &ReadOne<L::Raw, T>, raws| {
            let values = all(one, raws)?;
            Ok(if values.is_empty() {
                default.clone()
            } else {
                values
            })
        };
        Self::closed(
            spec,
            false,
            read,
            move |one: &WriteOne<L::Raw, T>, values| {
                let raws = all_serialized(one, values)?;
                if none_is_empty { Ok(raws) } else { some(raws) }
            },
        )
    }
}

impl<L: MessagePart, T: 'static, D> Lens<L, Option<Vec<T>>, D> {
    pub(super) fn multi_optional(spec: LensSpec<L, T, D>) -> Self {
        let read = |one: &ReadOne<L::Raw, T>, raws| {
            let values = all(one, raws)?;
            Ok(if values.is_empty() {
                None
            } else {
                Some(values)
            })
        };
        Self::closed(
            spec,
            false,
            read,
            |one: &WriteOne<L::Raw, T>, values| match values {
                Some(values) => some(all_serialized(one, values)?),
                None => Ok(Vec::new()),
            },
        )
    }
}

fn first<R, T>(one: &ReadOne<R, T>, raws: Raws<R>) -> Result<Option<T>, Fault> {
    let first = raws.into_iter().next();
    Ok(first.map(|raw| one(raw?)).transpose()?)
}

fn all<R, T>(one: &ReadOne<R, T>, raws: Raws<R>) -> Result<Vec<T>, Fault> {
    let values: Result<_, Cause> = raws.into_iter().map(|raw| one(raw?)).collect();
    Ok(values?)
}

fn all_serialized<R, T>(one: &WriteOne<R, T>, values: Vec<T>) -> Result<Vec<R>, Fault> {
    let raws: Result<_, Cause> = values.into_iter().map(|value| one(value)).collect();
    Ok(raws?)
}

/// Returns `list` unless it is empty, which a message cannot represent.
fn some<T>(list: Vec<T>) -> Result<Vec<T>, Fault> {
    if list.is_empty() {
        Err(Fault::Missing)
    } else {
        Ok(list)
    }
}

/// A value that is set by [`With::with`](crate::lens::With::with).
#[must_use = "it sets nothing until it is passed to `with`"]
pub struct Setting<L: MessagePart, T> {
    lens: BiDiLens<L, T>,
    value: T,
}

impl<M, L: WriteTo<M>, T> Modifier<M> for Setting<L, T> {
    fn modify(self, message: M) -> Result<M, LensFailure> {
        self.lens.set(message, self.value)
    }
}

impl<L: MessagePart, T, D> Clone for Lens<L, T, D> {
    fn clone(&self) -> Self {
        Self {
            meta: self.meta.clone(),
            read: Arc::clone(&self.read),
            write: self.write.clone(),
            way: PhantomData,
        }
    }
}

/// Writes the place, the name and the kind of the value: ``Lens(query `page`: integer)``.
impl<L: MessagePart, T, D> fmt::Debug for Lens<L, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lens({})", self.meta)
    }
}

impl<L: MessagePart, T> fmt::Debug for Setting<L, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Setting({:?})", self.lens)
    }
}
