//! The traits that `#[derive(Calls)]` implements.

use serde::{Serialize, de::DeserializeOwned};

use super::incoming::IncomingCall;
use super::problem::CallFailure;
use crate::describe::{CallDescription, SchemaOf};

/// A set of calls that a client may make over a socket: an enum with a variant for each.
///
/// Derive it; see [`derive(Calls)`].
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{Calls, Replies, Reply};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Rename(String);
///
/// #[derive(Serialize, Deserialize)]
/// struct Watch;
///
/// #[derive(Calls)]
/// enum Room {
///     Rename(Rename, Reply<()>),
///     Watch(Watch, Replies<String>),
/// }
///
/// assert_eq!(Room::NAME, "Room");
/// let names: Vec<_> = Room::CALLS.iter().map(|call| call.name()).collect();
/// assert_eq!(names, ["rename", "watch"]);
/// ```
///
#[doc = crate::doc_link::macros!("derive(Calls)", "calls::Calls")]
///
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of calls",
    label = "this type does not derive `Calls`",
    note = "write `#[derive(Calls)]` above an enum whose variants are `Name(Arguments, Reply<T>)`"
)]
pub trait Calls: Sized + Send + 'static {
    /// The value of messages that a server sends without a call; see
    /// [`CallReply::notice`](super::CallReply::notice). [`NoNotice`] if there are none.
    type Notice: CallValue;

    /// The name of the set, which is that of the type.
    const NAME: &'static str;

    /// The calls, in the order of their variants.
    const CALLS: &'static [CallInfo];

    /// The names of the messages of both sides, in documents.
    #[doc(hidden)]
    const REQUEST_NAME: &'static str;
    #[doc(hidden)]
    const REPLY_NAME: &'static str;

    /// Describes the calls in documents.
    #[doc(hidden)]
    fn described() -> Vec<CallDescription>;

    /// Returns the schema of a notice. `None` if there are none, or it is not known.
    #[doc(hidden)]
    fn notice_schema() -> Option<SchemaOf> {
        None
    }

    /// Reads the arguments of a call. Generated code implements it.
    ///
    /// # Errors
    ///
    /// The failure if the arguments cannot be read.
    #[doc(hidden)]
    fn receive(call: IncomingCall) -> Result<Self, CallFailure>;
}

/// The arguments of one call, which name its set and its reply.
///
/// [`derive(Calls)`] implements it for the first field of each variant.
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{CallArgs, Calls, Reply};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Rename(String);
///
/// #[derive(Calls)]
/// enum Room {
///     Rename(Rename, Reply<()>),
/// }
///
/// /// Names a call and its set, for a log.
/// fn described<A: CallArgs>(_args: &A) -> String {
///     format!("{}.{}", A::Calls::NAME, A::NAME)
/// }
///
/// assert_eq!(described(&Rename("blue".to_owned())), "Room.rename");
/// ```
///
#[doc = crate::doc_link::macros!("derive(Calls)", "calls::Calls")]
///
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the arguments of a call",
    label = "no variant of an enum that derives `Calls` has these arguments",
    note = "write a variant such as `Rename({Self}, Reply<T>)`"
)]
pub trait CallArgs: CallValue {
    /// The set that the call belongs to.
    type Calls: Calls;

    /// The second field of the variant: [`Reply`](super::Reply) or [`Replies`](super::Replies).
    type Handle: CallHandle;

    /// The name of the call on the wire.
    const NAME: &'static str;
}

/// A value that travels in a call: arguments, replies, items of streams, notices. Each type that
/// serde reads and writes is one.
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::CallValue;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Card {
///     title: String,
/// }
///
/// fn sent_and_read<T: CallValue>(value: &T) -> serde_json::Result<T> {
///     serde_json::from_slice(&serde_json::to_vec(value)?)
/// }
///
/// let card = Card { title: "tea".to_owned() };
/// assert_eq!(sent_and_read(&card).unwrap(), card);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't travel in a call",
    label = "serde can't read and write this type",
    note = "write `#[derive(Serialize, Deserialize)]` above it"
)]
pub trait CallValue: Serialize + DeserializeOwned + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> CallValue for T {}

/// The second field of a call's variant: [`Reply`](super::Reply) or [`Replies`](super::Replies).
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{CallHandle, Replies, Reply};
///
/// assert!(!Reply::<u32>::IS_STREAM);
/// assert!(Replies::<u32>::IS_STREAM);
/// let value: <Reply<u32> as CallHandle>::Value = 7;
/// assert_eq!(value, 7_u32);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not send the reply of a call",
    label = "the second field of a call is `Reply<T>` or `Replies<T>`",
    note = "write `Reply<{Self}>` for one reply, or `Replies<{Self}>` for a stream"
)]
pub trait CallHandle: private::Sealed + Send + 'static {
    /// The value of the reply, or of each item.
    type Value: CallValue;

    /// `true` if the reply is a stream of items.
    const IS_STREAM: bool;

    /// Returns the handle of a call that a server received.
    #[doc(hidden)]
    fn of(call: &IncomingCall) -> Self;
}

pub(super) mod private {
    /// A handle of this library.
    pub trait Sealed {}
}

/// The description of one call.
///
/// # Examples
///
/// ```
/// use http4k_ws::calls::{Calls, Reply};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct AddUp {
///     numbers: Vec<i64>,
/// }
///
/// #[derive(Calls)]
/// enum Math {
///     /// Adds numbers.
///     AddUp(AddUp, Reply<i64>),
/// }
///
/// let [add_up] = Math::CALLS else { panic!("one call") };
/// assert_eq!((add_up.name(), add_up.docs()), ("add_up", "Adds numbers."));
/// assert!(!add_up.is_stream());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallInfo {
    name: &'static str,
    docs: &'static str,
    is_stream: bool,
}

impl CallInfo {
    /// Returns the description of the call with the arguments `A`. Generated code calls it.
    #[doc(hidden)]
    pub const fn new<A: CallArgs>(docs: &'static str) -> Self {
        Self {
            name: A::NAME,
            docs,
            is_stream: A::Handle::IS_STREAM,
        }
    }

    /// Returns the name of the call on the wire.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{Calls, Reply};
    /// use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Open(u64);
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Close(u64);
    ///
    /// #[derive(Calls)]
    /// enum Doors {
    ///     OpenDoor(Open, Reply<()>),
    ///     #[calls(rename = "shut")]
    ///     CloseDoor(Close, Reply<()>),
    /// }
    ///
    /// let names: Vec<_> = Doors::CALLS.iter().map(|call| call.name()).collect();
    /// assert_eq!(names, ["open_door", "shut"]);
    /// ```
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the doc comment of the variant.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{CallInfo, Calls, Reply};
    /// use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Open(u64);
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Close(u64);
    ///
    /// #[derive(Calls)]
    /// enum Doors {
    ///     /// Opens the door with this number.
    ///     Open(Open, Reply<()>),
    ///     Close(Close, Reply<()>),
    /// }
    ///
    /// let undocumented = |call: &&CallInfo| call.docs().is_empty();
    /// let close = Doors::CALLS.iter().find(undocumented).unwrap();
    /// assert_eq!(close.name(), "close");
    /// ```
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// Returns `true` if the reply is a stream of items.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::calls::{Calls, Replies, Reply};
    /// use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Last;
    /// # #[derive(Serialize, Deserialize)]
    /// # struct Watch;
    ///
    /// #[derive(Calls)]
    /// enum Prices {
    ///     Last(Last, Reply<u64>),
    ///     Watch(Watch, Replies<u64>),
    /// }
    ///
    /// let streams = Prices::CALLS.iter().filter(|call| call.is_stream());
    /// assert_eq!(streams.map(|call| call.name()).collect::<Vec<_>>(), ["watch"]);
    /// ```
    pub const fn is_stream(&self) -> bool {
        self.is_stream
    }
}

/// The notice of a set of calls without notices. It has no values.
///
/// # Examples
///
/// ```
/// use std::any::TypeId;
///
/// use http4k_ws::calls::{Calls, NoNotice, Reply};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Ping;
///
/// #[derive(Calls)]
/// enum Health {
///     Ping(Ping, Reply<()>),
/// }
///
/// assert_eq!(TypeId::of::<<Health as Calls>::Notice>(), TypeId::of::<NoNotice>());
/// assert!(serde_json::from_str::<NoNotice>("\"news\"").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum NoNotice {}
