//! Descriptions that a builder states, because its handlers read their arguments themselves.

use super::routes::{Entry, Given, Routes};
#[cfg(feature = "schema")]
use crate::describe::{DescribeRequest, DescribeResponse, SchemaOf};
use crate::describe::{MessageDescription, RouteDescription};
use crate::lens::Message;

impl Routes {
    /// States the messages that the handler of the last route receives over its socket.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::{Request, WebSocket, WsConsumer};
    /// use http4k_ws::routing::Routes;
    ///
    /// fn talk(_request: Request) -> WsConsumer {
    ///     WsConsumer::new(async |_ws: WebSocket<String, String>| {})
    /// }
    ///
    /// # fn main() -> Result<(), http4k_ws::routing::RouteError> {
    /// let app =
    ///     Routes::new().ws("/talk", talk).receives::<String>().sends::<String>().build()?;
    /// let description = app.routes()[0].description();
    /// assert_eq!(description.receives.unwrap().name, "String");
    /// assert_eq!(description.sends.unwrap().name, "String");
    /// # Ok(())
    /// # }
    /// ```
    pub fn receives<M: Message>(self) -> Self {
        self.describing(|route| {
            forget_calls(route, &M::description());
            route.receive(M::description());
        })
    }

    /// States the messages that the handler of the last route sends over its socket, or as the data
    /// of its events.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::routing::Routes;
    ///
    /// let greet = |ws: WebSocket| ws.try_send("hello");
    /// let app = Routes::new().ws("/", greet).sends::<String>().build().unwrap();
    /// assert_eq!(app.routes()[0].description().sends.unwrap().name, "String");
    /// ```
    pub fn sends<M: Message>(self) -> Self {
        self.describing(|route| {
            forget_calls(route, &M::description());
            route.send(M::description());
        })
    }

    /// States the type that the handler of the last route responds with. Another call adds the
    /// responses of another type.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::{Method, Request};
    /// use http4k_ws::lens::json::Json;
    /// use http4k_ws::routing::Routes;
    ///
    /// # fn main() -> Result<(), http4k_ws::routing::RouteError> {
    /// let app = Routes::new()
    ///     .http(Method::GET, "/primes", |_: Request| Json([2, 3, 5]))
    ///     .responds::<Json<[u32; 3]>>()
    ///     .build()?;
    /// let responses = app.routes()[0].description().responses;
    /// assert_eq!(responses[0].content_types, ["application/json"]);
    /// assert!(responses[0].schema.is_some());
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "schema")]
    pub fn responds<T>(self) -> Self
    where
        T: DescribeResponse<Body: schemars::JsonSchema, Failure: schemars::JsonSchema>,
    {
        self.describing(|route| {
            let body = SchemaOf::of::<T::Body>();
            let failure = SchemaOf::of::<T::Failure>();
            route
                .responses
                .extend(T::responses(Some(body), Some(failure)));
        })
    }

    /// States a type that the handler of the last route reads from the request.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::{Method, Request};
    /// use http4k_ws::lens::json::Json;
    /// use http4k_ws::routing::Routes;
    ///
    /// # fn main() -> Result<(), http4k_ws::routing::RouteError> {
    /// let app = Routes::new()
    ///     .http(Method::POST, "/primes", |_: Request| "added")
    ///     .reads::<Json<u32>>()
    ///     .build()?;
    /// let body = app.routes()[0].description().body.unwrap();
    /// assert_eq!(body.content_types, ["application/json"]);
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "schema")]
    pub fn reads<T: DescribeRequest<Body: schemars::JsonSchema>>(self) -> Self {
        self.describing(|route| T::describe(route, Some(SchemaOf::of::<T::Body>())))
    }

    /// Leaves the last route out of documents.
    #[cfg(feature = "schema")]
    pub(crate) fn undocumented(mut self) -> Self {
        if let Some(Entry::Route(Given { endpoint, .. })) = self.entries.last_mut() {
            endpoint.described.is_undocumented = true;
        }
        self
    }

    /// Describes the last route by a function, which adds to the description what it knows.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::{Method, Request, StatusCode};
    /// use http4k_ws::describe::ResponseDescription;
    /// use http4k_ws::routing::Routes;
    ///
    /// # fn main() -> Result<(), http4k_ws::routing::RouteError> {
    /// let app = Routes::new()
    ///     .http(Method::GET, "/tea", |_: Request| StatusCode::IM_A_TEAPOT)
    ///     .describing(|route| {
    ///         route.responses.push(ResponseDescription::new(StatusCode::IM_A_TEAPOT));
    ///     })
    ///     .build()?;
    /// let responses = app.routes()[0].description().responses;
    /// assert_eq!(responses[0].status, Some(StatusCode::IM_A_TEAPOT));
    /// # Ok(())
    /// # }
    /// ```
    pub fn describing(
        mut self,
        describe: impl Fn(&mut RouteDescription) + Send + Sync + 'static,
    ) -> Self {
        match self.entries.last_mut() {
            Some(Entry::Route(Given { endpoint, .. })) => endpoint.described.add(describe),
            _ => self.stray = Some("a description".to_owned()),
        }
        self
    }
}

/// Removes the calls that `message` describes again, because they are inferred or stated twice.
fn forget_calls(route: &mut RouteDescription, message: &MessageDescription) {
    let is_other = |name: &str| message.calls.iter().all(|call| call.name != name);
    route.calls.retain(|call| is_other(call.name));
}
