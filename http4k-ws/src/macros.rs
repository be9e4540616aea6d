//! The macros, each with its grammar, an example, and what it expands to.

pub use http4k_ws_macros::routes;

/// Makes a serde type a message: what a [`WebSocket<In, Out>`](crate::WebSocket) carries.
///
/// It stands beside serde's own derives, and shares its name with the trait [`Message`](trait@crate::Message) that it implements:
/// `use http4k_ws::Message` brings both. A value travels as one text message of JSON.
///
/// ```text
/// #[derive(Serialize, Deserialize, Message)]
/// #[message(json)]                    // the format; JSON is the default
/// #[message(crate = path)]            // where the library is found, if not at ::http4k_ws
/// #[message(externally_tagged)]       // keeps an enum as `{"Variant": {…}}`
/// ```
///
/// | constant | value |
/// |---|---|
/// | `NAME` | the type's name |
/// | `VARIANTS` | of an enum, the variants as serde writes them, with `rename` and `rename_all`; of an untagged one their Rust names |
///
/// A struct travels as serde writes it. An enum whose variants hold data needs `#[serde(tag = "…")]` or
/// `#[serde(untagged)]`, so that a peer in any language finds out by one field which message it got; an enum of bare
/// names travels as text and needs neither. A generic type is a message for the parameters with which serde can read
/// and write it. A type that borrows can't be a message.
///
/// # Examples
///
/// ```
/// use http4k_ws::{Message, WsMessage};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize, Message)]
/// #[serde(tag = "type", rename_all = "snake_case")]
/// enum Command {
///     JoinRoom { room: String },
///     Leave,
/// }
///
/// let lens = Command::lens();
/// let join = lens.create(Command::JoinRoom { room: "blue".into() }).unwrap();
/// assert_eq!(join, WsMessage::from(r#"{"type":"join_room","room":"blue"}"#));
/// assert_eq!(lens.get(&r#"{"type":"leave"}"#.into()), Ok(Command::Leave));
///
/// assert_eq!(Command::NAME, "Command");
/// assert_eq!(Command::VARIANTS, ["join_room", "leave"]);
///
/// let failure = lens.get(&r#"{"type":"jump"}"#.into()).unwrap_err();
/// assert!(failure.to_string().starts_with("message `Command` must be JSON: unknown variant `jump`"));
/// ```
///
/// It expands to an implementation of the trait, and to nothing else:
///
/// ```
/// # mod http4k { pub use http4k_ws::{LensFailure, Message, WsMessage, json}; }
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # struct Person;
/// impl http4k::Message for Person {
///     const NAME: &'static str = "Person";
///     fn into_message(self) -> Result<http4k::WsMessage, http4k::LensFailure> {
///         http4k::json::into_message::<Self>(&self)
///     }
///     fn from_message(message: http4k::WsMessage) -> Result<Self, http4k::LensFailure> {
///         http4k::json::from_message::<Self>(message)
///     }
/// }
/// ```
pub use http4k_ws_macros::Message;
