//! The macros, each with its grammar, an example, and what it expands to.

/// Routes, as an application: a [`PolyHandler`](crate::PolyHandler).
///
/// The right-hand side of a route is a Rust call, in which the parameters of the path are in scope by
/// name. Nothing is matched by position, type or attribute, so a wrong name, type or number of arguments
/// is the compiler's own error, and a handler stays a plain function that a test can call.
///
/// ```
/// use http4k_ws::{PolyHandler, Request, WebSocket, WsMessage, WsResult, routes};
///
/// async fn home(_req: Request) -> &'static str {
///     "hiya world"
/// }
///
/// async fn show(id: u64, db: Db) -> Option<String> {
///     db.0.get(id as usize).map(|name| name.to_string())
/// }
///
/// async fn greet(ws: WebSocket, name: String) -> WsResult {
///     ws.send(WsMessage::new_text(format!("hello {name}"))).await?;
///     Ok(())
/// }
///
/// #[derive(Clone)]
/// struct Db(&'static [&'static str]);
///
/// routes! {
///     /// The whole application.
///     pub fn app(db: Db) -> PolyHandler {
///         GET "/"           => http(home),
///         GET "/users/<id>" => http(show(id, db)),
///         "/ws/<name>"      => ws(greet(ws, name)),
///         "/echo/<text>"    => http(|text: String| async move { text }),
///     }
/// }
///
/// # use http4k_ws::WsClient;
/// let app = app(Db(&["ann", "bob"]));
/// assert_eq!(app.test_http("/users/1").body().as_bytes().unwrap(), "bob");
/// assert_eq!(app.test_http("/users/one").status(), 404);
///
/// let mut client = app.test_ws("/ws/bob");
/// assert_eq!(client.received().next().unwrap().unwrap().text(), "hello bob");
/// ```
///
/// # Grammar
///
/// ```text
/// routes   := docs vis "fn" name "(" args ")" "->" type "{" entry* "}"    an item: the function
///           | entry*                                                      an expression: the application
/// entry    := docs? (METHOD ("|" METHOD)*)? path? ("with" "(" expr,* ")")? ("as" name)? "=>" target ","?
/// path     := "\"/…\"" | "_"
/// target   := "http" "(" h ")" | "ws" "(" h ")" | "mount" "(" expr ")" | "{" entry* "}"
/// h        := call | method call | closure | handler value
/// segment  := literal | "<name>" | "<name: Type>" | "<name..>"
/// ```
///
/// - **Path.** `<name>` is one segment, `<name..>` all that is left, which may be nothing. A name that starts
///   with `_` is matched and handed to nobody; any other must be used, unless something gets the whole
///   request. A literal is written as it reads, not percent-encoded. Without a path an entry stands at the
///   prefix of its block; `_` stands for whatever no route takes.
/// - **Method.** None means every method. HEAD falls to GET, and OPTIONS is answered with `Allow`, unless
///   routed.
/// - **`with(..)`** puts filters before an entry, the first outermost. They see the path's parameters. Those
///   of a block also stand before what is answered under its path when no route takes the request. A filter
///   that runs before routing goes around the application: [`PolyHandler::with`](crate::PolyHandler::with).
/// - **`mount(..)`** hands what is left of the path to another application, which matches from there on; the
///   request keeps its URI. Its routes are checked against those around it when the application is made: a
///   function that gives back `Result<PolyHandler, RouteError>` says so with a
///   [`RouteError`](crate::RouteError), any other panics, both naming the two routes.
///
/// # Arguments
///
/// | an argument | is |
/// |---|---|
/// | the name of a parameter | parsed from the path to the type of the function's parameter ([`FromPath`](crate::FromPath)), or to the type in the path |
/// | `req` | the [`Request`](crate::Request), with its [`PathParams`](crate::PathParams) |
/// | `ws` | the [`WebSocket`](crate::WebSocket), in `ws(..)`, as the type the function wants |
/// | `_` | read from the request by its type ([`FromRequest`](crate::FromRequest)) |
/// | another name or field, or `&` of one | captured: cloned once for the route, and once for each call |
/// | any other expression | evaluated once, when the routes are made, and cloned for each call |
///
/// A method is called on its receiver by the same rules. A closure's parameters bind by name; one that is
/// another pattern, such as `Json(order): Json<Order>`, is read from the request.
///
/// A function gives back a value or a future of one: in `http(..)` what is
/// [`IntoResponse`](crate::IntoResponse), in `ws(..)` with its socket `()` or a
/// [`WsResult`](crate::WsResult), in `ws(..)` without it what is
/// [`IntoWsResponse`](crate::IntoWsResponse). A path parameter that does not parse, or an argument that
/// can't be read, is answered over HTTP and never reaches the function.
///
/// A name alone is a handler value, and so is what stands in braces: `http({ logged().then(home) })`.
///
/// # Which route
///
/// Segment by segment, left to right, a literal goes before a parameter, and that before `<name..>` or a
/// mount, with backtracking. The order in the source never matters, and types never choose. The method and
/// the protocol are part of the match, so that one path may have several of each. Two routes for the same
/// requests don't compile.
///
/// | no route takes | is answered |
/// |---|---|
/// | the path | 404, or what `_` leads to |
/// | the method | 405 with `Allow` |
/// | HTTP, but a WebSocket is there | 426 with `Upgrade: websocket` |
/// | an upgrade | 404, before the upgrade, or what a `_ => ws(..)` says |
/// | a segment that does not decode to UTF-8 | 400 |
///
/// An empty segment is nobody's, so `/users/` is not `/users`. `%2F` never splits a segment.
///
/// # What it expands to
///
/// A block that makes one end for each route, then a walk over the path as nested `match`, and a constant
/// table:
///
/// ```text
/// let r0 = http_handler(home);
/// let r1 = {
///     let c1 = captured(&db);
///     http(move |call: Call| {
///         let c1 = captured(&c1);
///         async move {
///             let id = call.param(0)?;
///             Ok(response(answer(show(id, c1)).await))
///         }
///     })
/// };
/// const ROUTES: &[RouteMeta] = &[..];
/// fn walk(path: &Path<'_>, m: &mut Matching<'_>, at: usize) -> bool {
///     if path.is_end(at) {
///         m.end(path, &[0])
///     } else {
///         match path.first(at) {
///             b'u' => if let Some(at1) = path.literal(at, b"users") { .. } else { false },
///             _ => false,
///         }
///     }
/// }
/// Router::app(ROUTES, walk, [r0, r1], [..])
/// ```
///
/// Nothing is registered while the program runs, and matching allocates nothing.
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
