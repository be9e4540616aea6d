//! The response to an opening handshake.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::consumer::WsConsumer;
use crate::message::{
    IntoHeaderName, IntoHeaderValue, IntoResponse, Rejection, Response, ResponseExt, SecureIfHttps,
    SetCookie, SetCookieError, add_cookie,
};

/// The response to an opening handshake: a consumer that accepts it, or a refusal.
///
/// An accepted handshake has the response 101, or 200 over HTTP/2. Header fields of that
/// response, such as a cookie or a request id, are set with [`with_header`](Self::with_header). The
/// client finds them in [`WebSocket::response_headers`](crate::WebSocket::response_headers).
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// fn greet(_request: Request) -> WsResponse {
///     let consumer = WsConsumer::new(|ws: WebSocket| async move { ws.send("hello").await });
///     WsResponse::accept(consumer)
///         .with_header("x-request-id", "7")
///         .with_added_header("set-cookie", "seen=yes")
/// }
///
/// let app = routes! { "/ws" => ws(greet) };
/// let client = app.test_ws("/ws");
/// assert_eq!(client.response_headers()["x-request-id"], "7");
/// assert_eq!(client.response_headers()["set-cookie"], "seen=yes");
/// ```
#[derive(Debug)]
pub struct WsResponse {
    outcome: Result<WsConsumer, Box<Response>>,
    subprotocol: Option<String>,
    /// The fields of the response that accepts. A refusal has its own.
    headers: HeaderMap,
    /// The cookies among them whose `Secure` is still to be decided.
    undecided: SecureIfHttps,
}

/// The reason why a header field cannot be set on the response to an opening handshake.
///
/// # Examples
///
/// ```
/// use http4k_ws::handler::HandshakeHeaderError;
/// use http4k_ws::prelude::*;
///
/// let refused = WsResponse::refuse(StatusCode::FORBIDDEN);
/// let error = refused.try_with_header("connection", "close").unwrap_err();
/// assert!(matches!(error, HandshakeHeaderError::Reserved { .. }), "{error}");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeHeaderError {
    /// The name is not a token, or the value has control characters (RFC 9110 §5.1, §5.5).
    #[error("the header field is not valid")]
    Invalid(#[from] http::Error),
    /// The library sets this field, or the response must not have it. Remove the call.
    #[error("`{name}` is reserved for the opening handshake")]
    Reserved {
        /// The name of the field.
        name: HeaderName,
    },
}

/// Returns `true` if only the library may set a field, because it belongs to the handshake
/// (RFC 6455 §4.2.2), to the connection (RFC 9110 §7.6.1), or to the length of a body that a 101
/// does not have (RFC 9110 §8.6, RFC 9112 §6.1).
pub(crate) fn is_reserved(name: &HeaderName) -> bool {
    const RESERVED: [HeaderName; 11] = [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::SEC_WEBSOCKET_ACCEPT,
        header::SEC_WEBSOCKET_EXTENSIONS,
        header::SEC_WEBSOCKET_KEY,
        header::SEC_WEBSOCKET_PROTOCOL,
        header::SEC_WEBSOCKET_VERSION,
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ];
    RESERVED.contains(name) || matches!(name.as_str(), "keep-alive" | "proxy-connection")
}

impl WsResponse {
    /// Accepts the upgrade. `consumer` receives the socket.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let greet = |_request: Request| {
    ///     WsResponse::accept(WsConsumer::new(|ws: WebSocket| ws.try_send("hello")))
    /// };
    /// assert_eq!(greet.test_ws("/").received().next().unwrap().unwrap(), "hello");
    /// ```
    pub fn accept(consumer: WsConsumer) -> Self {
        Self {
            outcome: Ok(consumer),
            subprotocol: None,
            headers: HeaderMap::new(),
            undecided: SecureIfHttps::default(),
        }
    }

    /// Refuses the upgrade. The client receives `response` and no socket (RFC 6455 §4.2.2).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let full = |_request: Request| {
    ///     WsResponse::refuse((StatusCode::SERVICE_UNAVAILABLE, "the room is full"))
    /// };
    /// let refusal = full.try_test_ws("/").unwrap_err();
    /// assert_eq!(refusal.status(), 503);
    /// ```
    pub fn refuse(response: impl IntoResponse) -> Self {
        Self {
            outcome: Err(Box::new(response.into_response())),
            subprotocol: None,
            headers: HeaderMap::new(),
            undecided: SecureIfHttps::default(),
        }
    }

    /// Chooses a subprotocol, which the client must have offered (RFC 6455 §4.2.2).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let app = |_request: Request| {
    ///     let consumer = WsConsumer::new(|ws: WebSocket| ws.try_send("hi"));
    ///     WsResponse::accept(consumer).with_subprotocol("chat.v2")
    /// };
    /// let offer = Request::get("/").header("sec-websocket-protocol", "chat.v1, chat.v2");
    /// assert_eq!(app.test_ws(offer).subprotocol(), Some("chat.v2"));
    /// ```
    #[must_use]
    pub fn with_subprotocol(mut self, subprotocol: impl Into<String>) -> Self {
        self.subprotocol = Some(subprotocol.into());
        self
    }

    /// Returns the subprotocol chosen.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// async fn only_v2(request: Request, next: WsNext) -> WsResponse {
    ///     match next.call(request).await {
    ///         response if response.subprotocol() == Some("chat.v2") => response,
    ///         _ => WsResponse::refuse((StatusCode::BAD_REQUEST, "only chat.v2 is spoken here")),
    ///     }
    /// }
    ///
    /// let accept = |_request: Request| {
    ///     WsResponse::accept(WsConsumer::new(|_ws: WebSocket| ())).with_subprotocol("chat.v1")
    /// };
    /// let app = routes! { "/" with(only_v2) => ws(accept) };
    /// assert_eq!(app.try_test_ws("/").unwrap_err().status(), 400);
    /// ```
    pub fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// Returns the header fields of the response, except those that the library sets.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let response = WsResponse::refuse("full").with_header("retry-after", 30);
    /// assert_eq!(response.headers()["retry-after"], "30");
    /// ```
    pub fn headers(&self) -> &HeaderMap {
        match &self.outcome {
            Ok(_) => &self.headers,
            Err(refusal) => refusal.headers(),
        }
    }

    /// Returns the first value of the header `name`, in any case. `None` if the value is not UTF-8.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let response = WsResponse::refuse("full").with_header("retry-after", 30);
    /// assert_eq!(response.header("Retry-After"), Some("30"));
    /// assert_eq!(response.header("etag"), None);
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.headers().get(name)?.as_bytes()).ok()
    }

    /// Sets a header field of the response, whether it accepts or refuses, and replaces the values
    /// that `name` had.
    ///
    /// Takes a `HeaderName`, a `HeaderValue`, a number or a literal. Text that is known only at run
    /// time goes through [`try_with_header`](Self::try_with_header).
    ///
    /// # Panics
    ///
    /// Panics if a literal is not a field name or value, or if `name` is reserved for the
    /// handshake. See [`HandshakeHeaderError::Reserved`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let accept = |_request: Request| {
    ///     let consumer = WsConsumer::new(|ws: WebSocket| ws.try_send("hi"));
    ///     WsResponse::accept(consumer).with_header("x-node", "red").with_header("x-node", "blue")
    /// };
    /// let client = accept.test_ws("/");
    /// let nodes: Vec<_> = client.response_headers().get_all("x-node").iter().collect();
    /// assert_eq!(nodes, ["blue"]);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_header(mut self, name: impl IntoHeaderName, value: impl IntoHeaderValue) -> Self {
        let name = unreserved(name.into_header_name());
        self.headers_mut().insert(name, value.into_header_value());
        self
    }

    /// Adds a header field beside those of the same name, such as a second `Set-Cookie`.
    ///
    /// # Panics
    ///
    /// Panics in the same cases as [`with_header`](Self::with_header).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let response = WsResponse::refuse("full").with_added_header("via", "1.1 a");
    /// let response = response.with_added_header("via", "1.1 b");
    /// assert_eq!(response.headers().get_all("via").iter().count(), 2);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn with_added_header(
        mut self,
        name: impl IntoHeaderName,
        value: impl IntoHeaderValue,
    ) -> Self {
        let name = unreserved(name.into_header_name());
        self.headers_mut().append(name, value.into_header_value());
        self
    }

    /// Sets a header field from text that is known only at run time.
    ///
    /// # Errors
    ///
    /// Returns [`HandshakeHeaderError`] if the text is not a header field, or if `name` is reserved
    /// for the handshake.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::{StatusCode, WsResponse};
    /// use http4k_ws::handler::HandshakeHeaderError;
    ///
    /// let refuse = || WsResponse::refuse(StatusCode::FORBIDDEN);
    /// let response = refuse().try_with_header("x-id", String::from("7")).unwrap();
    /// assert_eq!(response.header("x-id"), Some("7"));
    ///
    /// let error = refuse().try_with_header("connection", "close").unwrap_err();
    /// assert!(matches!(error, HandshakeHeaderError::Reserved { .. }));
    /// ```
    pub fn try_with_header<N, V>(mut self, name: N, value: V) -> Result<Self, HandshakeHeaderError>
    where
        N: TryInto<HeaderName, Error: Into<http::Error>>,
        V: TryInto<HeaderValue, Error: Into<http::Error>>,
    {
        let name = name.try_into().map_err(Into::into)?;
        let value = value.try_into().map_err(Into::into)?;
        if is_reserved(&name) {
            return Err(HandshakeHeaderError::Reserved { name });
        }
        self.headers_mut().insert(name, value);
        Ok(self)
    }

    /// Sets a cookie on the response, whether it accepts or refuses, in place of one with the same
    /// name, path and domain.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::message::SetCookie;
    ///
    /// fn greet(_request: Request) -> WsResponse {
    ///     let consumer = WsConsumer::new(|ws: WebSocket| async move { ws.send("hello").await });
    ///     WsResponse::accept(consumer).with_cookie(SetCookie::new("seen", "yes"))
    /// }
    ///
    /// let app = routes! { "/ws" => ws(greet) };
    /// let client = app.test_ws("wss://example.com/ws");
    /// let cookie = &client.response_headers()["set-cookie"];
    /// assert_eq!(cookie, "seen=yes; Path=/; HttpOnly; SameSite=Lax; Secure");
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if browsers would reject the cookie. Use [`try_with_cookie`](Self::try_with_cookie)
    /// for values that users choose.
    #[must_use]
    #[track_caller]
    pub fn with_cookie(self, cookie: SetCookie) -> Self {
        match self.try_with_cookie(cookie) {
            Ok(response) => response,
            Err(error) => panic!("{error}"),
        }
    }

    /// Sets a cookie as [`with_cookie`](Self::with_cookie), whose value may not be valid.
    ///
    /// # Errors
    ///
    /// Returns [`SetCookieError`] if browsers would reject the cookie or read another one.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::SetCookie;
    /// use http4k_ws::prelude::*;
    ///
    /// let named = |name: String| {
    ///     let consumer = WsConsumer::new(|ws: WebSocket| ws.try_send("hi"));
    ///     WsResponse::accept(consumer).try_with_cookie(SetCookie::new("name", name))
    /// };
    /// assert!(named("bob".into()).is_ok());
    /// assert!(named("bob; Domain=evil.example".into()).is_err());
    /// ```
    pub fn try_with_cookie(mut self, cookie: SetCookie) -> Result<Self, SetCookieError> {
        self.outcome = match self.outcome {
            Ok(consumer) => {
                add_cookie(&mut self.headers, &mut self.undecided, &cookie)?;
                Ok(consumer)
            }
            Err(refusal) => Err(Box::new((*refusal).try_with_cookie(cookie)?)),
        };
        Ok(self)
    }

    fn headers_mut(&mut self) -> &mut HeaderMap {
        match &mut self.outcome {
            Ok(_) => &mut self.headers,
            Err(refusal) => refusal.headers_mut(),
        }
    }

    /// Removes and returns the fields of the response that accepts, and the cookies among them
    /// whose `Secure` is still to be decided.
    pub(super) fn take_headers(&mut self) -> (HeaderMap, SecureIfHttps) {
        (
            std::mem::take(&mut self.headers),
            std::mem::take(&mut self.undecided),
        )
    }

    /// Replaces the fields of the response that accepts with those of a response that passed
    /// through a filter, except reserved ones.
    pub(super) fn with_headers_of(mut self, mut response: Response) -> Self {
        let headers = response.headers_mut();
        let reserved: Vec<_> = headers
            .keys()
            .filter(|name| is_reserved(name))
            .cloned()
            .collect();
        for name in reserved {
            log::warn!("a filter set `{name}` on the response to a handshake, which reserves it");
            headers.remove(name);
        }
        self.headers = std::mem::take(headers);
        self.undecided = SecureIfHttps::take_from(response.extensions_mut());
        self
    }

    /// Returns the response that refuses the upgrade. `None` if the upgrade is accepted.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// /// Counts refusals for the log.
    /// async fn counted(request: Request, next: WsNext) -> WsResponse {
    ///     let response = next.call(request).await;
    ///     match response.refusal().map(Response::status) {
    ///         Some(status) => response.with_header("x-refused", status.as_u16()),
    ///         None => response,
    ///     }
    /// }
    ///
    /// let app = counted.then(|_request: Request| WsResponse::refuse(StatusCode::CONFLICT));
    /// assert_eq!(app.try_test_ws("/").unwrap_err().header("x-refused"), Some("409"));
    /// ```
    pub fn refusal(&self) -> Option<&Response> {
        self.outcome.as_ref().err().map(|response| &**response)
    }

    /// Replaces the consumer with the one that `wrap` returns. Subprotocol and header fields stay.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// /// Bounds the messages of every socket behind it.
    /// async fn small(request: Request, next: WsNext) -> WsResponse {
    ///     next.call(request).await.map_consumer(|consumer| {
    ///         consumer.with_session(|config| config.with_max_message(4))
    ///     })
    /// }
    ///
    /// let app = small.then(|ws: WebSocket| ws.on_message(|_message| WsResult::Ok(())));
    /// let mut client = app.test_ws("/");
    /// client.send("hello").unwrap();
    /// assert_eq!(client.closed().unwrap().code(), WsStatus::TOO_BIG.code());
    /// ```
    #[must_use]
    pub fn map_consumer(mut self, wrap: impl FnOnce(WsConsumer) -> WsConsumer) -> Self {
        self.outcome = self.outcome.map(wrap);
        self
    }

    /// Returns the consumer and the subprotocol chosen, or the refusal.
    ///
    /// The fields of a response that accepts are read before, with [`headers`](Self::headers).
    ///
    /// # Errors
    ///
    /// Returns the response that refuses the upgrade.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    ///
    /// let consumer = WsConsumer::new(|ws: WebSocket| ws.try_send("hi"));
    /// let accepted = WsResponse::accept(consumer).with_subprotocol("chat.v2").into_outcome();
    /// assert_eq!(accepted.unwrap().1.as_deref(), Some("chat.v2"));
    /// let refused = WsResponse::refuse(StatusCode::CONFLICT).into_outcome();
    /// assert_eq!(refused.unwrap_err().status(), 409);
    /// ```
    pub fn into_outcome(self) -> Result<(WsConsumer, Option<String>), Response> {
        match self.outcome {
            Ok(consumer) => Ok((consumer, self.subprotocol)),
            Err(response) => Err(*response),
        }
    }
}

/// Checks a static name.
#[track_caller]
fn unreserved(name: HeaderName) -> HeaderName {
    assert!(
        !is_reserved(&name),
        "`{name}` is reserved for the opening handshake"
    );
    name
}

/// Values that a WebSocket handler may return: a [`WsResponse`], or a type that becomes one.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
///
/// fn greet(request: Request) -> Result<WsConsumer, StatusCode> {
///     let name = request.query("name").ok_or(StatusCode::BAD_REQUEST)?.into_owned();
///     Ok(WsConsumer::new(|ws: WebSocket| ws.try_send(name)))
/// }
///
/// assert_eq!(greet.test_ws("/?name=bob").received().next().unwrap().unwrap(), "bob");
/// assert_eq!(greet.try_test_ws("/").unwrap_err().status(), 400);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response to an opening handshake",
    label = "a ws handler returns a `WsResponse`, `WsConsumer`, `Option<WsConsumer>` or `Result<WsConsumer, _>`",
    note = "a function over a socket is passed the socket: `ws(talk(ws))`"
)]
pub trait IntoWsResponse {
    /// Converts the value into the response.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::handler::IntoWsResponse;
    /// use http4k_ws::prelude::*;
    ///
    /// let refused = Err::<WsConsumer, _>(StatusCode::FORBIDDEN).into_ws_response();
    /// assert_eq!(refused.refusal().unwrap().status(), 403);
    /// let absent = None::<WsConsumer>.into_ws_response();
    /// assert_eq!(absent.refusal().unwrap().status(), 404);
    /// ```
    fn into_ws_response(self) -> WsResponse;
}

impl IntoWsResponse for WsResponse {
    fn into_ws_response(self) -> WsResponse {
        self
    }
}

impl IntoWsResponse for WsConsumer {
    fn into_ws_response(self) -> WsResponse {
        WsResponse::accept(self)
    }
}

impl IntoWsResponse for Rejection {
    fn into_ws_response(self) -> WsResponse {
        WsResponse::refuse(self)
    }
}

/// Refuses with 404 if `None`.
#[diagnostic::do_not_recommend]
impl<T: IntoWsResponse> IntoWsResponse for Option<T> {
    fn into_ws_response(self) -> WsResponse {
        match self {
            Some(accepted) => accepted.into_ws_response(),
            None => WsResponse::refuse(StatusCode::NOT_FOUND),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: IntoWsResponse, E: IntoResponse> IntoWsResponse for Result<T, E> {
    fn into_ws_response(self) -> WsResponse {
        match self {
            Ok(accepted) => accepted.into_ws_response(),
            Err(refusal) => WsResponse::refuse(refusal),
        }
    }
}
