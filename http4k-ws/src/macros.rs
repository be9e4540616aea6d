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
/// # use http4k_ws::testing::WsClient;
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
/// input    := ("crate" "=" path ";")? routes
/// routes   := docs vis "fn" name "(" args ")" "->" type "{" entry* "}"    an item: the function
///           | entry*                                                      an expression: the application
/// entry    := docs? deprecated? (METHOD ("|" METHOD)*)? path? ("with" "(" expr,* ")")? ("as" name)? "=>" target ","?
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
/// - **`with(..)`** puts filters before an entry, the first outermost. See [Filters](#filters).
/// - **`mount(..)`** hands what is left of the path to another application, which matches from there on; the
///   request keeps its URI. Its routes take part in the match as those of a block do: a request that none of them
///   takes goes on to the next route, and two mounts at one prefix are one table. If no route takes a request, the
///   mounted application responds, unless there is a `_` at its prefix or a block at a deeper one.
/// - **Name.** `as name`, or else the last segment of the function, is what links and lists call a route.
/// - **Attributes.** Doc comments are kept in the table, and `#[deprecated]` marks the route's link. `#[cfg]` can't
///   be on one route; on the function it is for all that the macro makes.
/// - **`crate = path;`** says where the library is found, for a macro of one's own that expands to this one. A
///   renamed dependency needs no word.
///
/// # Editors
///
/// Completion, hover and go-to-definition work inside the calls, also beside a broken route. Renaming
/// changes what an editor can write:
///
/// - A function or an argument of the table's function is renamed in every call.
/// - A path parameter is renamed in its call only, as the path is a literal. The compiler then reports
///   that the path has no such parameter.
/// - A link such as `app::show` is not renamed with its function, and its fields are not renamed with
///   the path's parameters. The compiler then reports that there is no such link. `as name` keeps the
///   name of a link.
///
/// # Filters
///
/// A filter stands before a route, before a block, before a mount, or around an application. It sees
/// the parameters of the path. The filters of a block also see the requests under its path that no
/// route takes. A filter that must run before routing goes around the application, with
/// [`PolyHandler::with`](crate::PolyHandler::with).
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::session_config;
/// use http4k_ws::filter::{guard, http_only, max_body};
///
/// /// Rejects requests without a name, over every protocol, before the upgrade.
/// async fn signed_in(request: Request) -> Result<Request, StatusCode> {
///     match request.header("x-name") {
///         Some(_) => Ok(request),
///         None => Err(StatusCode::UNAUTHORIZED),
///     }
/// }
///
/// /// A filter over HTTP.
/// async fn uncached(request: Request, next: Next) -> Response {
///     next.call(request).await.with_header("cache-control", "no-store")
/// }
///
/// /// A filter over WebSocket upgrades.
/// async fn identified(request: Request, next: WsNext) -> WsResponse {
///     next.call(request).await.with_header("x-request-id", "7")
/// }
///
/// fn note(text: String) -> String {
///     text
/// }
///
/// routes! {
///     pub fn app() -> PolyHandler {
///         // Before a route: a filter of its protocol, or of every protocol.
///         GET  "/"      with(uncached)      => http(|| "home"),
///         POST "/notes" with(max_body(100)) => http(note(_)),
///         "/feed" with(identified, session_config(|config| config.with_max_message(100)))
///             => ws(|ws: WebSocket| ws.try_send("news")),
///         // Before a block with both protocols: a filter of every protocol, or one that says
///         // which protocol is meant.
///         "/api" with(guard(signed_in), http_only(uncached)) => {
///             GET "/me" => http(|| "ann"),
///             "/ws"     => ws(|ws: WebSocket| ws.try_send("hi")),
///         },
///     }
/// }
///
/// assert_eq!(app().test_http("/").header("cache-control"), Some("no-store"));
/// assert_eq!(app().test_ws("/feed").response_headers()["x-request-id"], "7");
/// assert_eq!(app().test_http("/api/me").status(), 401);
/// assert_eq!(app().test_http("/api/unknown").status(), 401);
/// assert_eq!(app().try_test_ws("/api/ws").unwrap_err().status(), 401);
///
/// // Around an application, which has both protocols.
/// let app = app().with(guard(signed_in));
/// assert_eq!(app.test_http("/").status(), 401);
/// assert_eq!(app.try_test_ws("/feed").unwrap_err().status(), 401);
/// ```
///
/// A filter that would miss the requests behind it does not compile:
///
/// | behind the filter | accepted | rejected |
/// |---|---|---|
/// | `http` only | [`Filter`](crate::Filter), [`PolyFilter`](crate::PolyFilter) | [`WsFilter`](crate::WsFilter) |
/// | `ws` only | `WsFilter`, `PolyFilter` | `Filter` |
/// | both, a mount, or an application | `PolyFilter` | `Filter`, `WsFilter` |
///
/// A `PolyFilter` is made of a check by [`guard`](crate::filter::guard()), of a `Filter` by
/// [`poly`](crate::filter::poly), and of a filter that is meant for one protocol by
/// [`http_only`](crate::filter::http_only) or [`ws_only`](crate::filter::ws_only). The stock filters are one each.
/// [`app.routes()`](crate::PolyHandler::routes) lists the filters that see the requests of each route.
///
/// # Links
///
/// The item form also makes a module with the function's name and visibility. In it is one type for each route with
/// a name, which makes the route's path: its fields are the parameters, percent-encoded like
/// [`UriTemplate::fill`](crate::message::UriTemplate::fill) does.
///
/// ```
/// use http4k_ws::{PolyHandler, routes};
///
/// mod users {
///     # use http4k_ws::{PolyHandler, routes};
///     fn show(id: u64) -> String {
///         id.to_string()
///     }
///
///     routes! {
///         pub fn api() -> PolyHandler {
///             GET "/<id: u64>" as one => http(show(id)),
///         }
///     }
/// }
///
/// routes! {
///     fn app() -> PolyHandler {
///         "/api" => { "/users" => mount(users::api()) },
///         "/hello/<name>" => http(|name: String| name),
///         "/<team>/users" as team => mount(users::api()),
///     }
/// }
///
/// routes! {
///     fn site() -> PolyHandler {
///         "/v1" => mount(users::api()),
///     }
/// }
///
/// assert_eq!(users::api::one { id: 7 }.uri(), "/7");
/// assert_eq!(site::uri(users::api::one { id: 7 }), "/v1/7");
/// assert_eq!(app::team { team: "red" }.uri(users::api::one { id: 7 }), "/red/users/7");
/// ```
///
/// A value that no client can send to the route makes `uri()` panic: an empty text, unless it is for a rest, and
/// `.` and `..`, also as a segment of a rest. Use `try_uri()` for texts that users choose; on a single link it is a
/// method of the trait [`Link`](crate::routing::Link).
///
/// ```
/// # use http4k_ws::prelude::*;
/// use http4k_ws::routing::Link;
///
/// routes! {
///     fn app() -> PolyHandler {
///         "/rooms/<room>" as room => http(|room: String| room),
///     }
/// }
///
/// assert_eq!(app::room { room: "blue" }.try_uri()?, "/rooms/blue");
/// assert!(app::try_uri(app::room { room: ".." }).is_err());
/// # Ok::<(), http4k_ws::message::UriFillError>(())
/// ```
///
/// A field has the type that is written in the path; where none is, it takes whatever can be written into a path
/// ([`ToPath`](crate::message::ToPath)), so that only a written type keeps a link to what the route can read. A link without
/// parameters is a plain name: `app::home.uri()`.
///
/// In a table with more than 64 links, the links with the same parameters are aliases of one type, so that the compiler
/// checks each type once. Messages then name that type, and an editor that renames a parameter leaves its links as they
/// are.
///
/// `app::uri(..)` adds where `app` mounts the link's function, at any depth. A function that is mounted twice has
/// no one place: name the mounts with `as`, and ask the one that is meant. A mount whose prefix has parameters
/// always has a link of its own, and `app::uri(..)` does not look through it.
///
/// Two routes with one `as` and different paths don't compile. Where several routes only share their function's
/// name, that name has no link unless their paths are the same; `as` gives them theirs.
///
/// # Mounted tables
///
/// Where `mount(path::to::function(..))` calls a function that this macro made, in this crate or another, both tables
/// are compared when the program is compiled: a mounted route that is never matched, because a route or a mount around
/// it takes all its requests, is an error at the mount, and so is a path with more than 16 parameters over all.
/// `.with(..)`, `?`, `.unwrap()` and `.expect(..)` behind the call don't hide it. The module beside the function is
/// where the table is found, so a plain function that is mounted can't share its name with a module: mount it as
/// a value, `mount({ users() })`.
///
/// What the compiler can't see, as a value or a plain function, is checked when the application is made: a function
/// that returns a `Result<PolyHandler, E>` returns a [`RouteError`](crate::routing::RouteError), as the `E` that it turns
/// into. Any other panics. Both name the two routes.
///
/// # Arguments
///
/// | an argument | is |
/// |---|---|
/// | the name of a parameter | parsed from the path to the type of the function's parameter ([`FromPath`](crate::message::FromPath)), or to the type in the path |
/// | `req` | the [`Request`](crate::Request), with its [`PathParams`](crate::message::PathParams) |
/// | `ws` | the [`WebSocket`](crate::WebSocket), in `ws(..)`, as the type the function wants |
/// | `_` | read from the request by its type ([`FromRequest`](crate::FromRequest)) |
/// | `&` of a parameter | a reference to it: a `String`, if the path has no other type for it |
/// | another name or field, or `&` or `&*` of one | captured: cloned once for the route, and once for each call |
/// | `&` of a static or a constant, such as `&POOL` | a reference to it |
/// | any other expression | evaluated once, when the routes are made, and cloned for each call; a call that names nothing stands in braces then, `{ Instant::now() }` |
///
/// A method is called on its receiver by the same rules. A closure's parameters bind by name; one that is
/// another pattern, such as `Json(order): Json<Order>`, is read from the request.
///
/// A function gives back a value or a future of one: in `http(..)` what is
/// [`IntoResponse`](crate::IntoResponse), in `ws(..)` with its socket `()` or a
/// [`WsResult`](crate::WsResult), in `ws(..)` without it what is
/// [`IntoWsResponse`](crate::handler::IntoWsResponse). A path parameter that does not parse, or an argument that
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
/// # Large tables
///
/// The cost of compiling a table grows with its length, in the item form. Three habits keep it small:
///
/// - Put a large table into a file of its own. A line that is added above a macro in the same file moves all its
///   tokens, and the compiler checks them again.
/// - Use the item form. In the expression form any name can be a local variable, which only a closure sees. All
///   closures are then checked as one function, at a cost that grows with the square of their number.
/// - Let cargo optimize the macro. Two lines in `Cargo.toml`, `[profile.dev.build-override]` and `opt-level = 3`,
///   halve the time that it takes.
///
/// # Expansion
///
/// The ends of the routes, then a walk over the path as nested `match`. The item form makes ends in nested
/// functions of up to eight routes, which borrow the arguments that their routes capture:
///
/// ```text
/// let mut ends = Ends::new();
/// ends.add({
///     fn __ends(db: &Db) -> [Side; 2] {
///         [
///             http_handler(home),
///             http(captured(&*db), |c1, call| {
///                 let c1 = copied(c1);
///                 let id = call.param(0)?;
///                 answer(show(id, c1))
///             }),
///         ]
///     }
///     __ends(&db)
/// });
/// fn walk(path: &Path<'_>, m: &mut Matching<'_>, at: usize) -> bool {
///     if path.is_end(at) {
///         m.end(path, &[0])
///     } else if let Some(at1) = path.literal(at, b"users") {
///         m.last(path, 0, at1, &[1])
///     } else {
///         false
///     }
/// }
/// Router::app(<app::Routes as Tabled>::ROUTES, walk, ends, [..])
/// ```
///
/// A call is a closure that captures nothing, so it is no more to the compiler than a function. An argument that is
/// read from the request (`_`) is awaited by the library, which then calls another closure. A method's receiver is
/// kept by an `async` block, which costs as much to check as two routes with a function.
/// A route stays in the body of the function if it may move an argument, or names one in a closure.
///
/// Beside the function are the module of its links, and its table:
///
/// ```text
/// pub mod app {
///     pub enum Routes {}
///     pub struct show<P0> { pub id: P0 }
///     pub fn uri(link: impl Link) -> String { .. }
///     pub fn try_uri(link: impl Link) -> Result<String, UriFillError> { .. }
/// }
/// const _: () = {
///     impl Tabled for app::Routes { const ROUTES: &[RouteMeta] = &[..]; }
///     impl<P0: ToPath> Link for app::show<P0> { .. }
///     const _: () = check_mount(app::Routes::TABLE, 0);
/// };
/// ```
///
/// Nothing is registered while the program runs, and matching allocates nothing.
#[macro_export]
macro_rules! routes {
    ($($routes:tt)*) => { $crate::__private::routes! { crate = $crate; $($routes)* } };
}

/// Makes a type a message: what a [`WebSocket<In, Out>`](crate::WebSocket) carries, and what a body or a response can be.
///
/// It stands beside serde's own derives, and shares its name with the trait [`Message`](trait@crate::Message) that it implements:
/// `use http4k_ws::Message` brings both. A value travels as one text message of JSON, or as the format says that is
/// named.
///
/// ```text
/// #[derive(Serialize, Deserialize, Message)]
/// #[message(json)]                    // the format: json, msgpack, cbor, text or binary; JSON is the default
/// #[message(json, msgpack)]           // several: the first, or the one that the socket's subprotocol names
/// #[message(crate = path)]            // where the library is found, if not at ::http4k_ws
/// #[message(externally_tagged)]       // keeps an enum as `{"Variant": {…}}`
/// ```
///
/// | constant | value |
/// |---|---|
/// | `NAME` | the type's name |
/// | `VARIANTS` | of an enum, the variants as serde writes them, with `rename` and `rename_all`; of an untagged one their Rust names |
/// | `FORMATS` | the formats, the usual one first |
///
/// | format | written and read by | frames | feature |
/// |---|---|---|---|
/// | `json` | serde | text | `json` |
/// | `msgpack` | serde, a struct as a map of its fields' names | binary | `msgpack` |
/// | `cbor` | serde | binary | `cbor` |
/// | `text` | `Display` and `FromStr` | text | |
/// | `binary` | `Into<Bytes>` and `TryFrom<Bytes>` | binary | |
///
/// Either kind of frame is read. A message that is no such value is the `Err` of
/// [`recv`](crate::WebSocket::recv): passed on with `?` it closes the socket with 1007, and a consumer that goes on
/// receiving keeps the socket. A value is also a response, 200 with its Content-Type.
///
/// A struct travels as serde writes it. An enum whose variants hold data needs `#[serde(tag = "…")]` or
/// `#[serde(untagged)]`, so that a peer in any language finds out by one field which message it got; an enum of bare
/// names travels as text and needs neither. A generic type is a message for the parameters with which its format can
/// read and write it. A type that borrows can't be a message.
///
/// # Values that serde does not bring back
///
/// A message that is sent is one that is read as the same value. What serde would alter, or write
/// and not read, is refused: by the derive if the tokens show it, otherwise when the value is sent.
///
/// | in the type | refused | instead |
/// |---|---|---|
/// | a newtype variant of a number, text, list or `Option` under `tag` | by the derive, or when sent | `tag` with `content` |
/// | `u128`, `i128` under `tag`, `untagged` or `flatten`, in every format | by the derive, or when sent | `tag` with `content`, or `with` |
/// | NaN and infinities in JSON, where serde writes `null` | when sent | `with`, or `msgpack` or `cbor` |
/// | a field with the name of the tag, or twice by `flatten` | when sent | another name |
/// | keys that are `bool` or `f64`, and bytes, if their type is not read back | when sent | texts as keys, lists |
/// | `Some` of a null, such as `Some(None)` and `Some(())`, which is read as `None` | when sent | `default`, `skip_serializing_if` and `deserialize_with`, or an enum |
/// | a type with a compact form, such as `IpAddr`, or a unit, behind `tag`, `untagged` or `flatten` in MessagePack and CBOR | when sent | `tag` with `content`, or `with` |
/// | a field with `skip_serializing_if` that must be there when it is read | by the derive | `default` |
/// | numbers as keys of a map | never in JSON; in CBOR when sent, behind `flatten` | |
///
/// One thing is left to the type: of an untagged enum the first variant that fits is read.
///
/// A value with keys that are not texts, with 128-bit integers, with bytes, with `Some` of a null or
/// with `flatten` is read once before it is sent, and so is one with a compact form or a unit in
/// MessagePack and CBOR. All others cost no more than the checks, about 2 % of writing JSON.
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
/// assert!(failure.to_string().starts_with("message `Command` must be JSON: type: unknown variant `jump`"));
/// ```
///
/// With a format by subprotocol, the consumer is the same:
///
/// ```
/// # #[cfg(feature = "msgpack")] {
/// use http4k_ws::{Message, PolyFilter, Request, WebSocket, WsResult};
/// use http4k_ws::filter::subprotocols;
/// use http4k_ws::testing::WsClient;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Message)]
/// #[message(json, msgpack)]
/// struct Tick { price: u32 }
///
/// async fn feed(ws: WebSocket<Tick, Tick>) -> WsResult {
///     ws.send(Tick { price: 7 }).await?;
///     Ok(())
/// }
///
/// let app = subprotocols(["feed.v1+msgpack", "feed.v1+json"]).then(feed);
/// let asking = |subprotocol: &str| Request::get("/").header("sec-websocket-protocol", subprotocol);
/// let mut client = app.test_ws(asking("feed.v1+json"));
/// assert_eq!(client.received().next().unwrap().unwrap().text(), r#"{"price":7}"#);
/// let mut client = app.test_ws(asking("feed.v1+msgpack"));
/// assert_eq!(client.received().next().unwrap().unwrap().as_bytes(), b"\x81\xa5price\x07".as_slice());
/// # }
/// ```
///
/// It expands to an implementation of the trait, and one of [`IntoResponse`](crate::IntoResponse):
///
/// ```
/// # mod http4k {
/// #     pub use http4k_ws::lens::{Format, LensFailure, json};
/// #     pub use http4k_ws::{IntoResponse, Message, Response, WsMessage};
/// # }
/// # use http4k_ws::lens::With;
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # struct Person;
/// impl http4k::Message for Person {
///     const NAME: &'static str = "Person";
///     const FORMATS: &'static [http4k::Format] = &[http4k::Format::Json];
///     fn into_message(self) -> Result<http4k::WsMessage, http4k::LensFailure> {
///         http4k::json::into_message::<Self>(&self)
///     }
///     fn from_message(message: http4k::WsMessage) -> Result<Self, http4k::LensFailure> {
///         http4k::json::from_message::<Self>(message)
///     }
/// }
/// impl http4k::IntoResponse for Person {
///     fn into_response(self) -> http4k::Response {
///         <Self as http4k::Message>::body().set(http4k::Response::default(), self).into_response()
///     }
/// }
/// ```
pub use http4k_ws_macros::Message;

/// Makes a struct one that is read from a request, a field from each place, and written to one.
///
/// It shares its name with the trait [`FromRequest`](trait@crate::FromRequest) that it implements, so that the struct is the `_` of a route;
/// all that fails is told in one answer, 400 or 415. The struct also is a [`Modifier`](crate::lens::Modifier), so that
/// `request.with(value)` builds the request that is read as this value.
///
/// | attribute | the field is |
/// |---|---|
/// | `#[query]` | a parameter of the query |
/// | `#[header]` | a header field; `x_key` is `x-key` |
/// | `#[param]` | a parameter of the path |
/// | `#[cookie]` | a cookie |
/// | `#[form]` | a field of a form, which is then the body |
/// | `#[body]` | the body: a [`Message`](trait@crate::Message), a [`Json<T>`](crate::lens::json::Json), `String` or `Bytes`, whose Content-Type must be there and fit |
///
/// In parentheses stand another name, and `default` or `default = value`: `#[query("p", default = 1)]`.
///
/// | the field's type | a request without it |
/// |---|---|
/// | `T` | is refused, or gives the `default` |
/// | `Option<T>` | gives `None` |
/// | `Vec<T>`, all values of the name | gives an empty list, or the `default` |
///
/// A form in HTML sends the text of every input, also of an empty one, and nothing for a checkbox
/// that is not checked. `#[form(empty_as_none)]` reads an empty text as the `None` of an `Option`,
/// and `#[form(checkbox)]` reads a [checkbox](crate::lens::Form::checkbox) as a `bool`; `#[query(..)]` does
/// so for a form that is sent by GET.
///
/// `T` is what has [`FromStr`](std::str::FromStr) and [`Display`](std::fmt::Display); of newtypes and enums
/// [`PathParam`](macro@crate::PathParam) makes such. A value that is there and no `T` is refused, also where it may be missing.
/// `#[from_request(crate = path)]` says where the library is found.
///
/// # Examples
///
/// ```
/// use http4k_ws::{FromRequest, IntoRequest, Method, routes};
/// use http4k_ws::lens::With;
/// use http4k_ws::lens::json::Json;
/// use http4k_ws::message::{RequestExt, UriTemplate};
///
/// #[derive(FromRequest)]
/// struct Order {
///     #[param]
///     shop: String,
///     #[query(default = 1)]
///     count: u32,
///     #[query("tag")]
///     tags: Vec<String>,
///     #[header]
///     x_key: Option<u64>,
///     #[body]
///     items: Json<Vec<String>>,
/// }
///
/// async fn order(order: Order) -> String {
///     format!("{}: {} of {:?}, {:?}, {:?}", order.shop, order.count, order.items.0, order.tags, order.x_key)
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let app = routes! { POST "/shops/<shop>" => http(order(_)) };
///
/// // The same type builds the client's request,
/// let sent = Order {
///     shop: "tea/house".into(),
///     count: 2,
///     tags: vec!["a".into()],
///     x_key: None,
///     items: Json(vec!["oolong".into()]),
/// };
/// let request = UriTemplate::parse("/shops/<shop>")?.into_request()?.with_method(Method::POST).with(sent)?;
/// assert_eq!(request.uri(), "/shops/tea%2Fhouse?count=2&tag=a");
///
/// // and is read from it.
/// let answer = app.test_http(request);
/// assert_eq!(answer.body(), r#"tea/house: 2 of ["oolong"], ["a"], None"#);
///
/// // All that is wrong is told at once.
/// let answer = app.test_http((Method::POST, "/shops/x?count=many", "[]"));
/// assert_eq!(answer.status(), 415);
/// let told = answer.body().as_text().unwrap();
/// assert!(told.contains("query `count` must be integer") && told.contains("the Content-Type is missing"), "{told}");
/// # Ok(())
/// # }
/// ```
pub use http4k_ws_macros::FromRequest;

/// Makes a newtype, or an enum of bare names, what a path's segment can be, and any other field of text.
///
/// It expands to [`FromStr`](std::str::FromStr) and [`Display`](std::fmt::Display), each the other way round: so the
/// type is a parameter of a route ([`FromPath`](crate::message::FromPath)), a lens's value (`Query::value::<T>(…)`), and a field
/// of what derives [`FromRequest`](macro@crate::FromRequest).
///
/// A newtype has the text of what it holds. A variant's is its name, as `#[path_param(rename_all = "kebab-case")]` or
/// `#[path_param(rename = "…")]` say; where they don't, serde's attributes of these names count.
/// `#[path_param(crate = path)]` says where the library is found.
///
/// # Examples
///
/// ```
/// use http4k_ws::{PathParam, routes};
/// use http4k_ws::lens::Query;
///
/// #[derive(PathParam)]
/// struct UserId(u64);
///
/// #[derive(Debug, PathParam)]
/// #[path_param(rename_all = "kebab-case")]
/// enum Order { NewestFirst, #[path_param(rename = "old")] OldestFirst }
///
/// async fn posts(user: UserId, order: Order) -> String {
///     format!("{user} {order:?}")
/// }
///
/// let app = routes! { "/users/<user>/posts/<order>" => http(posts(user, order)) };
/// assert_eq!(app.test_http("/users/7/posts/newest-first").body(), "7 NewestFirst");
/// assert_eq!(app.test_http("/users/7/posts/newest").status(), 404);
/// assert_eq!(Order::OldestFirst.to_string(), "old");
///
/// let failure = "newest".parse::<Order>().unwrap_err();
/// assert_eq!(failure.to_string(), "`newest` is none of `newest-first`, `old`");
/// ```
pub use http4k_ws_macros::PathParam;

/// Makes a test in each backend from one function: in memory, over a real port, and over a pipe with every byte
/// that would travel on a network.
///
/// In the parentheses stands the application, made anew for each test; it is whatever can be served. The
/// function is over the application's [`Backend`](crate::testing::contract::Backend), which opens sockets and sends requests, or, where it is
/// an `async fn`, over an [`AsyncBackend`](crate::testing::contract::AsyncBackend). It may give back a `Result`.
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::contract_test;
/// use http4k_ws::testing::contract::{AsyncBackend, Backend};
///
/// async fn greet(mut ws: WebSocket, name: String) -> WsResult {
///     while ws.recv().await?.is_some() {
///         ws.send(format!("hello {name}")).await?;
///     }
///     Ok(())
/// }
///
/// routes! {
///     fn app() -> PolyHandler {
///         "/<name>" => ws(greet(ws, name)),
///     }
/// }
///
/// #[contract_test(app())]
/// fn greets_whoever_speaks(backend: &impl Backend) {
///     let mut client = backend.ws("/bob");
///     client.send("anybody there?").unwrap();
///     assert_eq!(client.received().next().unwrap().unwrap().text(), "hello bob");
/// }
///
/// #[contract_test(app())]
/// async fn greets_each_by_name(backend: &impl AsyncBackend) -> WsResult {
///     for name in ["ann", "bob"] {
///         let mut client = backend.ws(format!("/{name}")).await;
///         client.send("hi").await?;
///         assert_eq!(client.recv().await?.unwrap(), *format!("hello {name}"));
///     }
///     Ok(())
/// }
/// ```
///
/// | the test | its application | its time |
/// |---|---|---|
/// | `greets_whoever_speaks::in_memory` | [`InMemory`](crate::testing::InMemory) | virtual, with feature `testing` |
/// | `greets_whoever_speaks::over_the_network` | [`OverNetwork`](crate::testing::contract::OverNetwork), at a port that was free | real |
/// | `greets_whoever_speaks::over_duplex` | [`OverDuplex`](crate::testing::contract::OverDuplex), without a port | virtual, with feature `testing` |
///
/// `#[contract_test(app(), config = ServerConfig::default().with_max_body(1024))]` sets the
/// [`ServerConfig`](crate::server::ServerConfig) of all three. In memory, the bounds of sockets and the admission of
/// pages and hosts apply; see [`InMemoryConfig`](crate::testing::InMemoryConfig).
///
/// The function is for tests alone, as if under `#[cfg(test)]`. Its `#[ignore]` and `#[should_panic]` are those of
/// the tests, and `#[cfg(..)]` holds for them too. `#[contract_test(app(), crate = path)]` says where the library is
/// found. An async test runs in a runtime of one thread. It needs the features `server` and `client`.
///
/// It expands to the contract, and a module of tests beside the function:
///
/// ```text
/// impl Contract for greets_whoever_speaks::Contract {
///     fn app() -> PolyHandler { into_poly_handler(app()) }
///     fn test<B: Backend>(backend: B) -> impl Termination { greets_whoever_speaks(&backend) }
/// }
/// mod greets_whoever_speaks {
///     pub(super) enum Contract {}
///     #[test] fn in_memory() -> impl Termination { .. }
///     #[test] fn over_the_network() -> impl Termination { .. }
///     #[test] fn over_duplex() -> impl Termination { .. }
/// }
/// ```
#[cfg(all(feature = "server", feature = "client"))]
pub use http4k_ws_macros::contract_test;
