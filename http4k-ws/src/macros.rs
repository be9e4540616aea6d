//! The macros, each with its grammar, an example and its expansion.

/// Builds an application, a [`PolyHandler`](crate::PolyHandler), from a list of routes.
///
/// The right-hand side of a route is a Rust call, in which the parameters of the path are in scope
/// by name. Arguments are never matched by position, type or attribute. A wrong name, type or
/// number of arguments is the compiler's own error, and a handler stays a plain function that a
/// test can call.
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
/// routes   := function+                                 items: functions
///           | entry*                                    an expression: the application
/// function := docs vis "fn" name "(" args ")" "->" type "{" entry* "}"
/// entry    := docs? deprecated? (METHOD ("|" METHOD)*)? path?
///             ("with" "(" expr,* ")")? ("as" name)? "=>" target ","?
/// path     := "\"/…\"" | "_"
/// target   := ("http" | "sse" | "ws") "(" h ")" | "mount" "(" expr ")" | "{" entry* "}"
/// h        := call | method call | closure | handler value
/// segment  := literal | "<name>" | "<name: Type>" | "<name..>"
/// ```
///
/// - **Path.** `<name>` matches one segment. `<name..>` matches the rest of the path, which may be
///   empty. A parameter must be used, unless its name starts with `_` or the route receives the
///   whole request. A literal is not percent-encoded. An entry without a path is at the prefix of
///   its block, or at `/`. Outside of a block, a handler behind an entry with a path needs its own.
///   `_` matches the requests that no route matches.
/// - **Method.** An `http(..)` route without a method matches every method, and an `sse(..)` route
///   matches GET. Unless they are routed, HEAD is served by GET, and OPTIONS has a response with
///   `Allow`.
/// - **`with(..)`** puts filters before an entry, the first outermost. See [Filters](#filters).
/// - **`mount(..)`** passes the rest of the path to another application, which matches from there.
///   The request keeps its URI. Mounted routes take part in the match like those of a block: a
///   request that none of them matches continues with the next route, and two mounts at one prefix
///   are one table. If no route matches, the mounted application responds, unless there is a `_`
///   at its prefix or a block at a deeper prefix.
/// - **Name.** Links and lists call a route by its `as name`, or by the last segment of its
///   function.
/// - **Attributes.** The table keeps doc comments, and `#[deprecated]` marks the route's link. A
///   route cannot have `#[cfg]`. On the function it applies to everything that the macro defines.
/// - **`crate = path;`** is the path of the library, for your own macro that expands to this one. A
///   renamed dependency needs no path.
///
/// # Which route
///
/// Segments are matched from left to right. A literal precedes a parameter, which precedes
/// `<name..>` or a mount, with backtracking. The order in the source is irrelevant, and types never
/// decide. The method and the protocol are part of the match, so one path may have several of each.
/// Two routes for the same requests do not compile. The module [`routing`](crate::routing) has the
/// precise rules.
///
/// A page, a stream of events and a socket may have one path:
///
/// | request | route |
/// |---|---|
/// | an upgrade | `ws(..)` |
/// | `Accept` names `text/event-stream`, and no other type has a greater weight | `sse(..)`, or else `http(..)` |
/// | `Accept` excludes `text/event-stream` | `http(..)` |
/// | any other | `http(..)`, or else `sse(..)` |
///
/// | no route matches | response |
/// |---|---|
/// | the path | 404, or that of `_` |
/// | the method | 405 with `Allow` |
/// | the `Accept` field, at the path of a stream | 406 |
/// | an HTTP request at the path of a WebSocket | 426 with `Upgrade: websocket` |
/// | an upgrade | 404, before the upgrade, or that of `_ => ws(..)` |
/// | a segment that does not decode to UTF-8 | 400 |
///
/// A parameter never matches an empty segment, so `/users/` is not `/users`. `%2F` never splits a
/// segment.
///
/// # Arguments
///
/// | argument | value |
/// |---|---|
/// | the name of a parameter | the segment, parsed to the type of the function's parameter ([`FromPath`](crate::message::FromPath)), or to the type in the path |
/// | `req` | the [`Request`](crate::Request), with its [`PathParams`](crate::message::PathParams) |
/// | `ws`, in `ws(..)` | the [`WebSocket`](crate::WebSocket), of the type of the function's parameter |
/// | `sse`, in `sse(..)` | the [`Sse`](crate::sse::Sse), of the type of the function's parameter |
/// | `_` | a value that is read from the request by its type ([`FromRequest`](crate::FromRequest)) |
/// | `&` or `&mut` of `req`, `ws` or `sse` | a reference to it |
/// | `&` or `&mut` of a parameter | a reference to it: to a `String`, unless the path has another type |
/// | another name or field, or `&` or `&*` of one | a captured value: cloned once for the route, and once for each call |
/// | `&` of a field, such as `&state.hits` | a reference to it: the route has a clone of the field, or of `state` if the field is not `Clone` |
/// | `&` of a static or a constant, or of a part of one, such as `&POOL` and `&*POOL` | a reference to it |
/// | any other expression, or `&` of a call | evaluated once, when the routes are built, and cloned or lent for each call |
///
/// A call that names no value around it, such as `Instant::now()`, must be in braces, to confirm
/// that it is evaluated once, unless it is a constructor: `Some(3)`, `Duration::from_secs(3)`. So
/// must one that reads shared state, such as `count.lock()`. A method is called on its receiver by
/// the same rules. Of an argument of the function that is a reference, the target is captured.
///
/// The parameters of a closure bind by name, also to arguments of the function, or by the types
/// `Request`, `WebSocket` and `Sse`. One with another name and a type, such as `page: Query<Page>`,
/// is read from the request, and so is one that is another pattern, such as `Json(order):
/// Json<Order>`.
///
/// A closure may name the arguments of the function, as in `|id: u64| async move { find(db, id) }`.
/// Each call then has copies of them. A `move` closure owns them instead, unless its body is an
/// `async move` block.
///
/// A function returns a value or a future of one:
///
/// | target | value |
/// |---|---|
/// | `http(..)` | [`IntoResponse`](crate::IntoResponse) |
/// | `ws(..)` with `ws` | `()` or a [`WsResult`](crate::WsResult) |
/// | `ws(..)` without `ws` | [`IntoWsResponse`](crate::handler::IntoWsResponse) |
/// | `sse(..)` | `()` or an [`SseResult`](crate::sse::SseResult) |
///
/// A path parameter that does not parse, or an argument that cannot be read, has an HTTP response,
/// and the function is not called.
///
/// A name alone is a handler value: a function of the request, or of nothing. So is an expression
/// in braces: `http({ logged().then(home) })`. Parentheses around a handler, its function or an
/// argument have no meaning.
///
/// # Filters
///
/// A filter precedes a route, a block or a mount, or is around an application. It sees the
/// parameters of the path. The filters of a block also see the requests under its path that no
/// route matches. A filter that must run before routing goes around the application, with
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
///         // Before a block with both protocols: a filter of every protocol, or one that names
///         // its protocol.
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
/// | `http` and `sse` only | [`Filter`](crate::Filter), [`PolyFilter`](crate::PolyFilter) | [`WsFilter`](crate::WsFilter) |
/// | `ws` only | `WsFilter`, `PolyFilter` | `Filter` |
/// | both, a mount, or an application | `PolyFilter` | `Filter`, `WsFilter` |
///
/// The module [`filter`](crate::filter) has the functions that make a `PolyFilter` of a check or of
/// another filter. [`app.routes()`](crate::PolyHandler::routes) lists the filters of each route.
///
/// # Links
///
/// The item form also defines a module with the name and visibility of the function. It holds a
/// type for each route with a name. The fields of the type are the parameters, and `uri()` returns
/// the path, percent-encoded like
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
/// `uri()` panics for a value that a client cannot send to the route: an empty text, unless it is
/// for a rest, and `.` and `..`, also as a segment of a rest. It also panics for a value of a
/// parameter without a type, if the route's function takes another type. Use `try_uri()` for texts
/// that users choose. On a single link it is a method of the trait
/// [`Link`](crate::routing::Link).
///
/// ```
/// # use http4k_ws::prelude::*;
/// use http4k_ws::routing::Link;
///
/// fn seat(seat: u8) -> String {
///     seat.to_string()
/// }
///
/// routes! {
///     fn app() -> PolyHandler {
///         "/rooms/<room>" as room => http(|room: String| room),
///         "/seats/<seat>" => http(seat(seat)),
///     }
/// }
///
/// assert_eq!(app::room { room: "blue" }.try_uri()?, "/rooms/blue");
/// assert!(app::try_uri(app::room { room: ".." }).is_err());
///
/// assert_eq!(app::seat { seat: 7 }.try_uri()?, "/seats/7");
/// assert_eq!(
///     app::seat { seat: "window" }.try_uri().unwrap_err().to_string(),
///     "the value `window` for `seat` in template `/seats/<seat>` is not u8, which the function \
///      of the route takes"
/// );
/// # Ok::<(), http4k_ws::message::UriFillError>(())
/// ```
///
/// | case | link |
/// |---|---|
/// | a parameter with a type, `<id: u64>` | a field of that type, so the link fits the route |
/// | a parameter without a type | a field of any type with [`ToPath`](crate::message::ToPath); its value is tested |
/// | a route without parameters | a plain name: `app::home.uri()` |
/// | a mounted link | `app::uri(..)` adds the prefix of its mount, at any depth |
/// | a function that is mounted twice | name the mounts with `as`, and call `uri` of one of them |
/// | a mount whose prefix has parameters | the mount has its own link; `app::uri(..)` does not pass through it |
/// | two routes with one `as` and different paths | an error |
/// | several routes that share a function, with different paths | none; `as` gives each a link |
///
/// The value for a parameter without a type is tested when the path is built: the route's function
/// must take it. If several routes have one link, one of them must take it. Declare the type in the
/// path, as in `<id: u64>`, so that a wrong value does not compile. Nothing is tested if
///
/// - the table's function has type parameters or an `impl Trait`
/// - the route moves an argument of the table's function, or names one in a closure
/// - an argument is an expression that is evaluated and names no argument of the table's function
///
/// In a table of more than 64 links, the links with the same parameters are aliases of one type, so
/// the compiler checks each type once. Messages then show that type, and an editor that renames a
/// parameter does not rename the fields of its links.
///
/// # Mounted tables
///
/// If `mount(path::to::function(..))` calls a function of this macro, in this crate or another,
/// both tables are compared during compilation. It is an error at the mount if a mounted route
/// never matches, because a route or a mount around it matches all its requests, or if a path has
/// more than 16 parameters in total. `.with(..)`, `?`, `.unwrap()` and `.expect(..)` may follow the
/// call. The table is found by the module beside the function, so a plain function cannot share its
/// name with a module. Mount it as a value then: `mount({ users() })`.
///
/// A value or a plain function is compared when the application is built. A function that returns a
/// `Result<PolyHandler, E>` returns the [`RouteError`](crate::routing::RouteError), converted to
/// `E`. Any other function panics. Both name the two routes.
///
/// # Editors
///
/// Completion, hover and go-to-definition work inside the calls, also beside a broken route. A
/// rename depends on the name:
///
/// - A function, or an argument of the table's function, is renamed in every call.
/// - A path parameter is renamed in its call only, because the path is a literal. The compiler then
///   reports that the path does not have this parameter.
/// - A link such as `app::show` is not renamed with its function, nor are its fields with the
///   parameters of the path. The compiler then reports an unknown link. `as name` keeps the name of
///   a link.
///
/// # Large tables
///
/// In the item form, the cost of compiling a table grows with its length. Three habits keep it
/// small:
///
/// - Put a large table into a file of its own. A line that is added above a macro in the same file
///   moves all its tokens, and the compiler checks them again.
/// - Use the item form. In the expression form any name may be a local variable, which only a
///   closure can capture. The compiler checks all closures as one function, at a cost that grows
///   with the square of their number.
/// - Let cargo optimize the macro. `opt-level = 3` under `[profile.dev.build-override]` in
///   `Cargo.toml` halves the time of its expansion.
///
/// # Expansion
///
/// The macro expands to the endpoints of the routes, and a walk over the path as nested `match`. In
/// the item form, endpoints are in nested functions of up to twelve routes, which borrow the
/// captured arguments:
///
/// ```text
/// let mut endpoints = Endpoints::new();
/// fn __endpoints0(db: Option<&Db>) -> [Endpoint; 2] {
///     [
///         http_handler(home),
///         http(captured_loan(&db), param(0), |c1, id| respond(show(id, c1))).0,
///     ]
/// }
/// endpoints.add(__endpoints0(Some(&db)));
/// fn walk(path: &RawPath<'_>, m: &mut Matching<'_>, at: usize) -> bool {
///     if path.is_end(at) {
///         m.end(path, &[0])
///     } else {
///         literal_param_end(path, m, at, "users", 0, 1)
///     }
/// }
/// Router::app(<app::__Routes as Tabled>::ROUTES, walk, endpoints, [..])
/// ```
///
/// A call is a closure without captures, which costs the compiler no more than a function. The
/// library copies what the route captures, reads path parameters and `_` arguments, and calls the
/// closure with all of them. The types of the arguments are inferred from the call. An `async`
/// block keeps the receiver of a method. It costs as much to check as two routes with a function. A
/// route stays in the body of the function if it may move an argument, or names one in a closure.
///
/// A type that is inferred for a parameter is known in the nested function only. So the first link
/// also calls the nested functions, with `None` for each argument, and keeps the parameters to test
/// the values of links.
///
/// The module of the links, and the table, are beside the function:
///
/// ```text
/// pub mod app {
///     pub enum __Routes {}
///     pub struct show<P0> { pub id: P0 }
///     pub fn uri(link: impl Link) -> String { .. }
///     pub fn try_uri(link: impl Link) -> Result<String, UriFillError> { .. }
/// }
/// const _: () = {
///     impl Tabled for app::__Routes { const ROUTES: &[RouteMeta] = &table(..); }
///     impl<P0: ToPath> Link for app::show<P0> { .. }
///     const _: () = check_mount(app::__Routes::TABLE, 0);
/// };
/// ```
///
/// Nothing is registered at run time, and matching does not allocate.
#[macro_export]
macro_rules! routes {
    ($($routes:tt)*) => { $crate::__private::routes! { crate = $crate; $($routes)* } };
}

/// Makes a type a message: a value that a [`WebSocket<In, Out>`](crate::WebSocket) carries, and
/// that a body or a response can be.
///
/// The derive accompanies serde's own derives, and shares its name with the trait
/// [`Message`](trait@crate::Message) that it implements: `use http4k_ws::Message` imports both. A
/// value is serialized as one text message of JSON, or in the declared format.
///
/// ```text
/// #[derive(Serialize, Deserialize, Message)]
/// #[message(json)]                    // json (the default), msgpack, cbor, text or binary
/// #[message(json, msgpack)]           // several: that of the socket's subprotocol, or the first
/// #[message(externally_tagged)]       // keeps an enum as `{"Variant": {…}}`
/// #[message(crate = path)]            // the path of the library, if not ::http4k_ws
/// ```
///
/// | constant | value |
/// |---|---|
/// | `NAME` | the type's name |
/// | `VARIANTS` | the variants of an enum as serde serializes them, with `rename` and `rename_all`; those of an untagged enum have their Rust names |
/// | `FORMATS` | the formats, the default first |
///
/// | format | serialized by | frames | feature |
/// |---|---|---|---|
/// | `json` | serde | text | `json` |
/// | `msgpack` | serde, a struct as a map with the names of its fields | binary | `msgpack` |
/// | `cbor` | serde | binary | `cbor` |
/// | `text` | `Display` and `FromStr` | text | |
/// | `binary` | `Into<Bytes>` and `TryFrom<Bytes>` | binary | |
///
/// Both kinds of frame are read. A message that is not a valid value is the `Err` of
/// [`recv`](crate::WebSocket::recv). Passed on with `?`, it closes the socket with 1007. A consumer
/// that continues to receive keeps the socket. A value is also a response: 200, with its
/// Content-Type.
///
/// | type | requirement |
/// |---|---|
/// | a struct | none |
/// | an enum without data | none; it is serialized as a text |
/// | an enum with data | `#[serde(tag = "…")]` or `#[serde(untagged)]`, so a peer in any language can identify the message by one field |
/// | a generic type | a message for the parameters with which its format can read and write it |
/// | a type that borrows | cannot be a message |
///
/// # Values that serde cannot read back
///
/// A message that is sent can be read as the same value. A value that serde would alter, or
/// serialize but not deserialize, is rejected: by the derive if the tokens show it, and otherwise
/// when the value is sent.
///
/// | in the type | rejected | instead |
/// |---|---|---|
/// | a newtype variant of a number, text, list or `Option` under `tag` | by the derive, or when sent | `tag` with `content` |
/// | `u128`, `i128` under `tag`, `untagged` or `flatten`, in every format | by the derive, or when sent | `tag` with `content`, or `with` |
/// | NaN and infinities in JSON, which serde serializes as `null` | when sent | `with`, or `msgpack` or `cbor` |
/// | a field with the name of the tag, or twice by `flatten` | when sent | another name |
/// | keys that are `bool` or `f64`, and bytes, if their type cannot be read back | when sent | texts as keys, lists |
/// | `Some` of a null, such as `Some(None)` and `Some(())`, which is read as `None` | when sent | `default`, `skip_serializing_if` and `deserialize_with`, or an enum |
/// | a type with a compact form, such as `IpAddr`, or a unit, behind `tag`, `untagged` or `flatten` in MessagePack and CBOR | when sent | `tag` with `content`, or `with` |
/// | a field with `skip_serializing_if` that is required when it is read | by the derive | `default` |
/// | numbers as keys of a map | never in JSON; in CBOR when sent, behind `flatten` | |
///
/// One thing is left to the type: of an untagged enum, the first variant that fits is read.
///
/// Some values are read once before they are sent: those with keys that are not texts, with 128-bit
/// integers, with bytes, with `Some` of a null or with `flatten`, and in MessagePack and CBOR those
/// with a compact form or a unit. For all others the checks cost about 2 % of serializing JSON.
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
/// let expected = "message `Command` must be JSON: type: unknown variant `jump`";
/// assert!(failure.to_string().starts_with(expected));
/// ```
///
/// A consumer is the same for a format that the subprotocol selects:
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
/// let offer = |name: &str| Request::get("/").header("sec-websocket-protocol", name);
///
/// let mut client = app.test_ws(offer("feed.v1+json"));
/// assert_eq!(client.received().next().unwrap().unwrap().text(), r#"{"price":7}"#);
///
/// let mut client = app.test_ws(offer("feed.v1+msgpack"));
/// let message = client.received().next().unwrap().unwrap();
/// assert_eq!(message.as_bytes(), b"\x81\xa5price\x07".as_slice());
/// # }
/// ```
///
/// # Expansion
///
/// The derive implements the trait, and [`IntoResponse`](crate::IntoResponse):
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

/// Reads a struct from a request, each field from its own source, and writes it to a request.
///
/// The derive shares its name with the trait [`FromRequest`](trait@crate::FromRequest) that it
/// implements, so the struct can be a `_` argument of a route. One response, 400 or 415, reports
/// all failures. The struct is also a [`Modifier`](crate::lens::Modifier): `request.with(value)`
/// builds the request that is read as this value.
///
/// | attribute | source of the field |
/// |---|---|
/// | `#[query]` | a parameter of the query |
/// | `#[header]` | a header field; `x_key` is `x-key` |
/// | `#[param]` | a parameter of the path |
/// | `#[cookie]` | a cookie |
/// | `#[form]` | a field of a form, which is then the body |
/// | `#[part]` | a part of a form with files, which is then the body: text, or a file as a `Part`; with the feature `multipart` |
/// | `#[body]` | the body: a [`Message`](trait@crate::Message), a [`Json<T>`], `String` or `Bytes`, with a suitable Content-Type |
///
/// The parentheses of an attribute can hold another name, and `default` or `default = value`:
/// `#[query("p", default = 1)]`.
///
/// | type of the field | result for a request without it |
/// |---|---|
/// | `T` | a failure, or the `default` |
/// | `Option<T>` | `None` |
/// | `Vec<T>`, all values of the name | an empty list, or the `default` |
///
/// An HTML form sends the text of every input, even of an empty one, and nothing for an unchecked
/// checkbox. `#[form(empty_as_none)]` reads an empty text as the `None` of an `Option`, and
/// `#[form(checkbox)]` reads a [checkbox](crate::lens::Form::checkbox) as a `bool`. `#[query(..)]`
/// has the same keys, for a form that is sent by GET, and so has `#[part(..)]` for text.
///
/// The type of a `#[part]` field is any of these for text, or `Part`, `Option<Part>` or `Vec<Part>`
/// for files. All parts are read into memory before the handler is called, within `max_body` of the
/// server or the route; take a `Multipart` to read them as they arrive. `#[part(max = 10 << 20)]`
/// bounds one part, in bytes: a longer one is 413, and the failure names the field. A file input
/// that is left empty counts as missing. Parts that no field names are skipped.
///
/// `T` implements [`FromStr`](std::str::FromStr) and [`Display`](std::fmt::Display), which
/// [`PathParam`](macro@crate::PathParam) derives for newtypes and enums. A value that is present
/// but invalid is a failure, even of an `Option`. `#[from_request(crate = path)]` declares the path
/// of the library.
///
#[doc = crate::doc_link::json!("Json<T>", "Json")]
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
///     let Order { shop, count, tags, x_key, items: Json(items) } = order;
///     format!("{shop}: {count} of {items:?}, {tags:?}, {x_key:?}")
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
/// let request = UriTemplate::parse("/shops/<shop>")?.into_request()?;
/// let request = request.with_method(Method::POST).with(sent)?;
/// assert_eq!(request.uri(), "/shops/tea%2Fhouse?count=2&tag=a");
///
/// // and is read from it.
/// let response = app.test_http(request);
/// assert_eq!(response.body(), r#"tea/house: 2 of ["oolong"], ["a"], None"#);
///
/// // One response reports all failures.
/// let response = app.test_http((Method::POST, "/shops/x?count=many", "[]"));
/// assert_eq!(response.status(), 415);
/// let text = response.body().as_text().unwrap();
/// assert!(text.contains("query `count` must be integer"), "{text}");
/// assert!(text.contains("the Content-Type is missing"), "{text}");
/// # Ok(())
/// # }
/// ```
pub use http4k_ws_macros::FromRequest;

/// Makes a newtype, or an enum without data, the text of a path segment or of another text field.
///
/// The derive implements [`FromStr`](std::str::FromStr) and [`Display`](std::fmt::Display), each
/// the inverse of the other. So the type can be a parameter of a route
/// ([`FromPath`](crate::message::FromPath)), the value of a lens (`Query::value::<T>(…)`), and a
/// field of a type that derives [`FromRequest`](macro@crate::FromRequest).
///
/// | type | text |
/// |---|---|
/// | a newtype | that of the value inside |
/// | a variant | its name, or that of `rename` or `rename_all` |
///
/// `#[path_param(rename = "…")]` and `#[path_param(rename_all = "kebab-case")]` precede serde's
/// attributes of these names. `#[path_param(crate = path)]` declares the path of the library.
///
/// # Examples
///
/// ```
/// use http4k_ws::{PathParam, routes};
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
/// assert_eq!(failure.to_string(), "`newest` must be one of `newest-first`, `old`");
/// ```
pub use http4k_ws_macros::PathParam;

/// Runs one function as a test on each backend: in memory, over a real port, and over a pipe that
/// carries every byte of the network.
///
/// The argument of the attribute is the application, which is built anew for each test. It can be
/// anything that can be served. The parameter of the function is a
/// [`Backend`](crate::testing::contract::Backend), which opens sockets and sends requests. That of
/// an `async fn` is an [`AsyncBackend`](crate::testing::contract::AsyncBackend). The function may
/// return a `Result`.
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
/// fn greets_by_name(backend: &impl Backend) {
///     let mut client = backend.ws("/bob");
///     client.send("hi").unwrap();
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
/// | test | application | time |
/// |---|---|---|
/// | `greets_by_name::in_memory` | [`InMemory`](crate::testing::InMemory) | virtual, with feature `testing` |
/// | `greets_by_name::over_the_network` | [`OverNetwork`](crate::testing::contract::OverNetwork), at a free port | real |
/// | `greets_by_name::over_duplex` | [`OverDuplex`](crate::testing::contract::OverDuplex), without a port | virtual, with feature `testing` |
///
/// `#[contract_test(app(), config = ServerConfig::default().with_max_body(1024))]` sets the
/// [`ServerConfig`](crate::server::ServerConfig) of all three. In memory, the bounds of sockets and
/// the admission of pages and hosts apply; see [`InMemoryConfig`](crate::testing::InMemoryConfig).
///
/// The function is compiled for tests only, as if under `#[cfg(test)]`. Its `#[ignore]`,
/// `#[should_panic]` and `#[cfg(..)]` apply to the tests. An async test runs in a runtime of one
/// thread. `#[contract_test(app(), crate = path)]` declares the path of the library. The macro
/// needs the features `server` and `client`.
///
/// # Expansion
///
/// The macro implements the contract, and defines a module of tests beside the function:
///
/// ```text
/// impl Contract for greets_by_name::Contract {
///     fn app() -> PolyHandler { into_poly_handler(app()) }
///     fn test<B: Backend>(backend: B) -> impl Termination { greets_by_name(&backend) }
/// }
/// mod greets_by_name {
///     pub(super) enum Contract {}
///     #[test] fn in_memory() -> impl Termination { .. }
///     #[test] fn over_the_network() -> impl Termination { .. }
///     #[test] fn over_duplex() -> impl Termination { .. }
/// }
/// ```
#[cfg(all(feature = "server", feature = "client"))]
pub use http4k_ws_macros::contract_test;
