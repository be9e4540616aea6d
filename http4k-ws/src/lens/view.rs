//! A value of a message, read and written.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::spec::{BothWays, OneWay, ReadOne, WriteOne, Writes};
use super::{
    Cause, Failure, LensFailure, LensFailureKind, LensSpec, MessagePart, Meta, Modifier, ReadFrom,
    TextPart, WriteTo,
};
use crate::message::WsMessage;

/// A [`Lens`] both ways.
pub type BiDiLens<L, T> = Lens<L, T, BothWays>;

type Raws<R> = Vec<Result<R, Cause>>;
type ReadAll<R, T> = Arc<dyn Fn(Raws<R>) -> Result<T, Fault> + Send + Sync>;
type WriteAll<R, T> = Arc<dyn Fn(T) -> Result<Vec<R>, Fault> + Send + Sync>;

/// What is wrong with the values of a name.
enum Fault {
    Missing,
    Invalid(Cause),
}

impl From<Cause> for Fault {
    fn from(cause: Cause) -> Self {
        Self::Invalid(cause)
    }
}

/// A typed view of one value of a message: `L` says where it stands, `T` what it is.
///
/// A lens that is `BothWays` also writes, so that the one lens builds a client's request and reads it on the server.
/// What was set is what is got; a value set twice is as if set once. Make a lens once, and share or clone it.
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
    // There where `D` is `BothWays`.
    write: Option<WriteAll<L::Raw, T>>,
    way: PhantomData<D>,
}

impl<L: MessagePart, T, D> Lens<L, T, D> {
    /// What the lens says of itself.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The value in `message`; of repeated values the first, but for a lens of `multi`.
    ///
    /// # Errors
    ///
    /// [`LensFailure`]: Missing or Invalid. Of a response the failure is one [`in_answer`](LensFailure::in_answer).
    pub fn get<M>(&self, message: &M) -> Result<T, LensFailure>
    where
        L: ReadFrom<M>,
    {
        let read = (self.read)(L::values(message, &self.meta.name));
        read.map_err(|fault| {
            let failure = self.failure(fault);
            if L::IS_ANSWER {
                failure.in_answer()
            } else {
                failure
            }
        })
    }

    /// The same message with `value` in the place of what the lens reads.
    ///
    /// # Errors
    ///
    /// [`LensFailure`] for a value that has no form there, such as a header with a line break. It is our own, and so
    /// one [`in_writing`](LensFailure::in_writing).
    pub fn set<M>(&self, message: M, value: T) -> Result<M, LensFailure>
    where
        L: WriteTo<M>,
        D: Writes,
    {
        let raws = self.written(value)?;
        L::replaced(message, &self.meta.name, raws)
            .map_err(|cause| self.failure(Fault::Invalid(cause)).in_writing())
    }

    /// What sets `value`, for [`With::with`](crate::lens::With::with).
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

    fn written(&self, value: T) -> Result<Vec<L::Raw>, LensFailure> {
        let write = self.write.as_ref().expect("a lens both ways can write");
        write(value).map_err(|fault| self.failure(fault).in_writing())
    }

    fn failure(&self, fault: Fault) -> LensFailure {
        let part = |kind| {
            let Meta {
                location,
                name,
                expected,
                ..
            } = &self.meta;
            Failure::new(kind, *location, name.clone(), expected.clone())
        };
        match fault {
            Fault::Missing => part(LensFailureKind::Missing).into(),
            Fault::Invalid(cause) => invalid(part(LensFailureKind::Invalid), cause),
        }
    }
}

/// The failure of this part; a value that is itself read by a lens has failures of its own.
fn invalid(part: Failure, cause: Cause) -> LensFailure {
    match cause.downcast::<LensFailure>() {
        Ok(inner) => *inner,
        Err(cause) => part.with_cause(cause).into(),
    }
}

impl<T, D> Lens<WsMessage, T, D> {
    /// The message that carries `value`.
    ///
    /// # Errors
    ///
    /// As [`set`](Self::set).
    pub fn create(&self, value: T) -> Result<WsMessage, LensFailure>
    where
        D: Writes,
    {
        let mut raws = self.written(value)?;
        Ok(raws.pop().expect("a message is written as one"))
    }
}

/// How specs are closed. A single lens reads the first value, and writes one.
impl<L: MessagePart, T: 'static, D> Lens<L, T, D> {
    fn closed<S: 'static>(
        spec: LensSpec<L, S, D>,
        required: bool,
        read: impl Fn(&ReadOne<L::Raw, S>, Raws<L::Raw>) -> Result<T, Fault> + Send + Sync + 'static,
        write: impl Fn(&WriteOne<L::Raw, S>, T) -> Result<Vec<L::Raw>, Fault> + Send + Sync + 'static,
    ) -> Self {
        let LensSpec {
            mut meta,
            read: one,
            write: one_written,
            way,
        } = spec;
        meta.required = required;
        Self {
            meta,
            read: Arc::new(move |raws| read(&one, raws)),
            write: one_written
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
    /// A missing value is `false`, and `false` takes the value out.
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
        let write = |one: &WriteOne<L::Raw, T>, values| some(all_written(one, values)?);
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
                let raws = all_written(one, values)?;
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
                Some(values) => some(all_written(one, values)?),
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

fn all_written<R, T>(one: &WriteOne<R, T>, values: Vec<T>) -> Result<Vec<R>, Fault> {
    let raws: Result<_, Cause> = values.into_iter().map(|value| one(value)).collect();
    Ok(raws?)
}

/// A list that is not empty: an empty one is no list in a message.
fn some<T>(list: Vec<T>) -> Result<Vec<T>, Fault> {
    if list.is_empty() {
        Err(Fault::Missing)
    } else {
        Ok(list)
    }
}

/// A value on its way into a message; [`Lens::of`] makes it.
#[must_use = "it sets nothing until a message is made `with` it"]
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

/// Where it reads, what it is called and what it is to be: ``Lens(query `page`: integer)``.
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
