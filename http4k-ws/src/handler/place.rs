//! The filters that may stand in a `with(..)`, and the places where each kind has an effect.
//!
//! [`IntoPolyFilter`] infers the kind of a filter, and a place bounds the kind by one or two of the
//! traits below. They hold for every type, because only the kind decides: a type that is not a
//! filter then has one error, that of `IntoPolyFilter`. There are four of them because
//! `on_unimplemented` has one text for each trait.

use super::box_poly_filter::BoxPolyFilter;
use super::http::{Filter, Itself};
use super::joined::{as_joined, as_joined_ws};
use super::only::{HttpOnly, WsOnly};
use super::poly::{OverHttp, OverWs, PolyHandler};
use super::poly_filter::PolyFilter;
use super::ws::WsFilter;

/// Values that can stand in `with(..)`: a [`Filter`], a [`WsFilter`] or a [`PolyFilter`].
///
/// `Kind` is always inferred. A place that a filter would not affect refuses its kind: a `Filter`
/// before WebSockets, a `WsFilter` before HTTP, and both before an application, a mount or a block
/// that has both protocols. Wrap it there: [`guard`](crate::filter::guard) or
/// [`poly`](crate::filter::poly) covers every protocol, [`http_only`](crate::filter::http_only) and
/// [`ws_only`](crate::filter::ws_only) state that one is meant.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// async fn stamp(request: Request, next: Next) -> Response {
///     next.call(request).await.with_header("x-seen", "1")
/// }
///
/// async fn refuse(_request: Request, _next: WsNext) -> WsResponse {
///     WsResponse::refuse(StatusCode::FORBIDDEN)
/// }
///
/// let app = routes! {
///     GET "/" with(stamp) => http(|| "hello"),
///     "/ws" with(refuse)  => ws(|ws: WebSocket| ws.try_send("hi")),
/// };
/// assert_eq!(app.test_http("/").header("x-seen"), Some("1"));
/// assert_eq!(app.try_test_ws("/ws").unwrap_err().status(), 403);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a filter",
    label = "`with(..)` takes a `Filter`, a `WsFilter` or a `PolyFilter`",
    note = "a filter is an `async fn(Request, Next) -> Response` whose future is `Send`, or a value \
            of a type that implements one of the three; a function that builds a filter is called: \
            `logged()`",
    note = "a check, `async fn(Request) -> Result<Request, Response>`, goes into `guard(..)`"
)]
pub trait IntoPolyFilter<Kind> {
    /// Converts the value into a filter over every protocol.
    fn into_poly_filter(self) -> impl PolyFilter;
}

impl<P: PolyFilter> IntoPolyFilter<Itself> for P {
    fn into_poly_filter(self) -> impl PolyFilter {
        self
    }
}

impl<F: Filter> IntoPolyFilter<OverHttp<()>> for F {
    fn into_poly_filter(self) -> impl PolyFilter {
        match as_joined(&self) {
            Some(joined) => joined.clone().into_poly(),
            None => BoxPolyFilter::new(HttpOnly::new(self)),
        }
    }
}

impl<F: WsFilter> IntoPolyFilter<OverWs<()>> for F {
    fn into_poly_filter(self) -> impl PolyFilter {
        match as_joined_ws(&self) {
            Some(joined) => joined.clone().into_poly(),
            None => BoxPolyFilter::new(WsOnly::new(self)),
        }
    }
}

impl PolyHandler {
    /// Puts `filter` in front of this application. It sees every request before it is routed.
    ///
    /// An application has every protocol, so a function over one of them must be wrapped:
    /// [`guard`](crate::filter::guard) or [`poly`](crate::filter::poly) for every protocol,
    /// [`http_only`](crate::filter::http_only) or [`ws_only`](crate::filter::ws_only) for one. The
    /// filter added last is the outermost.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::filter::guard;
    ///
    /// async fn signed_in(request: Request) -> Result<Request, StatusCode> {
    ///     match request.header("x-name") {
    ///         Some(_) => Ok(request),
    ///         None => Err(StatusCode::UNAUTHORIZED),
    ///     }
    /// }
    ///
    /// let app = routes! {
    ///     GET "/" => http(|| "hello"),
    ///     "/ws"   => ws(|ws: WebSocket| ws.try_send("hi")),
    /// };
    /// let app = app.with(guard(signed_in));
    /// assert_eq!(app.test_http("/").status(), 401);
    /// assert_eq!(app.try_test_ws("/ws").unwrap_err().status(), 401);
    /// ```
    #[must_use]
    pub fn with<F, Kind>(self, filter: F) -> Self
    where
        F: IntoPolyFilter<Kind> + SeesHttp<Kind> + SeesUpgrades<Kind>,
    {
        filter.into_poly_filter().wrap(self)
    }
}

/// The kinds of filters that may stand before HTTP routes alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` sees WebSocket upgrades only",
    label = "no request here is an upgrade, so this filter would do nothing",
    note = "`guard(..)` checks the requests of every protocol; a filter over HTTP is an \
            `async fn(Request, Next) -> Response`"
)]
pub trait BeforeHttp<Kind> {}

#[diagnostic::do_not_recommend]
impl<F: ?Sized> BeforeHttp<Itself> for F {}
#[diagnostic::do_not_recommend]
impl<F: ?Sized> BeforeHttp<OverHttp<()>> for F {}

/// The kinds of filters that may stand before WebSocket routes alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` never sees an upgrade",
    label = "every request here is an upgrade, so this filter would do nothing",
    note = "`guard(..)` checks the requests of every protocol, before the upgrade",
    note = "`poly(..)` runs the same function before upgrades too: there, `next` returns 101 if \
            the socket opens"
)]
pub trait BeforeWs<Kind> {}

#[diagnostic::do_not_recommend]
impl<F: ?Sized> BeforeWs<Itself> for F {}
#[diagnostic::do_not_recommend]
impl<F: ?Sized> BeforeWs<OverWs<()>> for F {}

/// The kinds of filters that see HTTP requests, before routes of both protocols.
#[diagnostic::on_unimplemented(
    message = "`{Self}` sees WebSocket upgrades only",
    label = "HTTP requests would pass this filter unseen",
    note = "`guard(..)` checks the requests of every protocol",
    note = "if sockets alone are meant, say so: `ws_only(..)`",
    note = "a mount and an application have both protocols"
)]
pub trait SeesHttp<Kind> {}

#[diagnostic::do_not_recommend]
impl<F: ?Sized> SeesHttp<Itself> for F {}
#[diagnostic::do_not_recommend]
impl<F: ?Sized> SeesHttp<OverHttp<()>> for F {}

/// The kinds of filters that see upgrades, before routes of both protocols.
#[diagnostic::on_unimplemented(
    message = "`{Self}` never sees an upgrade",
    label = "WebSockets would open unseen by this filter",
    note = "`guard(..)` checks the requests of every protocol, before the upgrade",
    note = "`poly(..)` runs the same function before upgrades too: there, `next` returns 101 if \
            the socket opens",
    note = "if HTTP alone is meant, say so: `http_only(..)`",
    note = "a mount and an application have both protocols"
)]
pub trait SeesUpgrades<Kind> {}

#[diagnostic::do_not_recommend]
impl<F: ?Sized> SeesUpgrades<Itself> for F {}
#[diagnostic::do_not_recommend]
impl<F: ?Sized> SeesUpgrades<OverWs<()>> for F {}

/// The kinds of filters that [`Filter::and`] takes: its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Filter`, so it cannot be joined to one",
    label = "`and` joins filters of one kind",
    note = "list filters of different kinds, the outermost first: `with(a, b)`",
    note = "a `PolyFilter` can be made of each kind: `poly(f)` or `http_only(f)` of a `Filter`, \
            `ws_only(f)` of a `WsFilter`, `guard(f)` of a check"
)]
pub trait JoinsFilter<Kind> {}

#[diagnostic::do_not_recommend]
impl<F: ?Sized> JoinsFilter<OverHttp<()>> for F {}

/// The kinds of filters that [`WsFilter::and`] takes: its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `WsFilter`, so it cannot be joined to one",
    label = "`and` joins filters of one kind",
    note = "list filters of different kinds, the outermost first: `with(a, b)`",
    note = "a `PolyFilter` can be made of each kind: `poly(f)` or `http_only(f)` of a `Filter`, \
            `ws_only(f)` of a `WsFilter`, `guard(f)` of a check"
)]
pub trait JoinsWsFilter<Kind> {}

#[diagnostic::do_not_recommend]
impl<F: ?Sized> JoinsWsFilter<OverWs<()>> for F {}

/// The kinds of filters that [`PolyFilter::and`] takes: its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `PolyFilter`, so it cannot be joined to one",
    label = "`and` joins filters of one kind",
    note = "list filters of different kinds, the outermost first: `with(a, b)`",
    note = "a `PolyFilter` can be made of each kind: `poly(f)` or `http_only(f)` of a `Filter`, \
            `ws_only(f)` of a `WsFilter`, `guard(f)` of a check"
)]
pub trait JoinsPolyFilter<Kind> {}

#[diagnostic::do_not_recommend]
impl<F: ?Sized> JoinsPolyFilter<Itself> for F {}
