//! Values of the application, for the arguments that handlers read from a request.

use std::any::TypeId;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::describe::{DescribeRequest, RouteDescription, SchemaOf};
use crate::handler::{
    BoxHttpHandler, BoxPolyFilter, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter,
    WsHandler, WsNext, short_name,
};
use crate::message::{FromRequest, NeededValue, Rejection, Request};
use crate::session::WebSocket;

/// A value of type `T` in the extensions of a request, as a `_` argument of a handler.
///
/// [`provide`] and [`provide_with`] put it there. So does any filter that calls
/// `request.extensions_mut().insert(value)`, which declares it with
/// [`providing::<Provided<T>>()`](crate::handler::BoxPolyFilter::providing). There is one value for
/// each type: a filter replaces the value of the filters around it. Give two values of one type a
/// type of their own each.
///
/// An `Option<Provided<T>>` is `None` if there is no value.
///
/// # Panics
///
/// Serving or testing an application panics if a route reads a `Provided<T>` that no filter before
/// it provides.
///
/// # Errors
///
/// A type of your own that reads a `Provided<T>` can declare the need as
/// [`FromRequest::NEEDS`]. If it does not, and there is no value, the response is 500 and the log
/// has the type and the filter to add.
///
/// # Examples
///
/// A type of your own that is read from a request reaches the database of the application:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Arc;
///
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Provided, provide};
/// use http4k_ws::message::{NeededValue, Rejection};
///
/// #[derive(Clone, Default)]
/// struct Db(Arc<HashMap<&'static str, &'static str>>);
///
/// struct User(&'static str);
///
/// impl FromRequest for User {
///     const NEEDS: &'static [NeededValue] = Provided::<Db>::NEEDS;
///
///     async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
///         let Provided(db) = Provided::<Db>::from_request(request).await?;
///         let token = request.header("x-token").unwrap_or_default();
///         let user = db.0.get(token).copied().map(User);
///         user.ok_or_else(|| Rejection::absent(StatusCode::UNAUTHORIZED))
///     }
/// }
///
/// async fn me(User(name): User) -> &'static str {
///     name
/// }
///
/// fn app(db: Db) -> PolyHandler {
///     routes! { GET "/me" => http(me(_)) }.with(provide(db))
/// }
///
/// let app = app(Db(Arc::new(HashMap::from([("7", "ann")]))));
/// assert_eq!(app.test_http(Request::get("/me").header("x-token", "7")).body(), "ann");
/// assert_eq!(app.test_http("/me").status(), 401);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Provided<T>(
    /// The value.
    pub T,
);

impl<T: 'static> Provided<T> {
    const NEEDED: NeededValue = NeededValue::of::<Self>("with(provide(value))");
}

impl<T: Clone + Send + Sync + 'static> FromRequest for Provided<T> {
    const NEEDS: &'static [NeededValue] = &[Self::NEEDED];

    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let value = request.extensions().get::<T>().cloned();
        value
            .map(Self)
            .ok_or_else(|| Self::NEEDED.rejection(request))
    }
}

/// A filter provides it, and a request has nothing of it.
impl<T: Clone + Send + Sync + 'static> DescribeRequest for Provided<T> {
    type Body = ();

    fn describe(_: &mut RouteDescription, _: Option<SchemaOf>) {}
}

/// Provides a clone of `value` to every request, over every protocol.
///
/// Handlers read it as a [`Provided<T>`] by `_`, and so do types of your own that implement
/// [`FromRequest`](crate::FromRequest). The handler of a socket or of a stream finds it in the
/// extensions of its request, too. A handler that only needs the value itself takes it as a
/// captured argument instead: `http(page(&db))` needs no filter, and the compiler checks it.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Provided, provide};
///
/// #[derive(Clone)]
/// struct Greeting(&'static str);
///
/// async fn page(Provided(greeting): Provided<Greeting>) -> &'static str {
///     greeting.0
/// }
///
/// async fn talk(ws: WebSocket, Provided(greeting): Provided<Greeting>) -> WsResult {
///     Ok(ws.send(greeting.0).await?)
/// }
///
/// let app = routes! {
///     "/greet" with(provide(Greeting("hello"))) => {
///         GET "/page" => http(page(_)),
///         "/ws"       => ws(talk(ws, _)),
///     },
/// };
/// assert_eq!(app.test_http("/greet/page").body(), "hello");
/// assert_eq!(app.test_ws("/greet/ws").received().next().unwrap().unwrap().text(), "hello");
/// ```
pub fn provide<T: Clone + Send + Sync + 'static>(value: T) -> BoxPolyFilter {
    provide_with(move |_request: &Request| value.clone())
}

/// Provides to each request the value that `compute` returns for it, over every protocol.
///
/// `compute` runs for every request before its handler, and must not block. A value that needs a
/// database, or a reason to refuse, is computed in a [`guard`](crate::filter::guard()), which
/// inserts it into the extensions.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::filter::{Provided, guard, provide_with};
///
/// #[derive(Clone, PartialEq)]
/// enum Language { English, German }
///
/// fn language(request: &Request) -> Language {
///     match request.header("accept-language") {
///         Some(field) if field.starts_with("de") => Language::German,
///         _ => Language::English,
///     }
/// }
///
/// async fn page(Provided(language): Provided<Language>) -> &'static str {
///     if language == Language::German { "hallo" } else { "hello" }
/// }
///
/// let german = || Request::get("/").header("accept-language", "de-AT");
/// let app = routes! { GET "/" => http(page(_)) }.with(provide_with(language));
/// assert_eq!(app.test_http(german()).body(), "hallo");
///
/// // The same, by a check that is async and can refuse.
/// let supported = guard(|mut request: Request| async move {
///     let language = language(&request);
///     request.extensions_mut().insert(language);
///     Ok::<_, StatusCode>(request)
/// });
/// let supported = supported.providing::<Provided<Language>>();
/// let app = routes! { GET "/" with(supported) => http(page(_)) };
/// assert_eq!(app.test_http("/").body(), "hello");
/// ```
pub fn provide_with<T, F>(compute: F) -> BoxPolyFilter
where
    T: Clone + Send + Sync + 'static,
    F: Fn(&Request) -> T + Send + Sync + 'static,
{
    let compute = move |mut request: Request| {
        let value = compute(&request);
        request.extensions_mut().insert(value);
        request
    };
    BoxPolyFilter::new(Provide {
        extend: Arc::new(compute),
        provided: PhantomData::<fn() -> T>,
    })
}

struct Provide<T, F> {
    extend: Arc<F>,
    provided: PhantomData<fn() -> T>,
}

impl<T, F> PolyFilter for Provide<T, F>
where
    T: Clone + Send + Sync + 'static,
    F: Fn(Request) -> Request + Send + Sync + 'static,
{
    fn name(&self) -> String {
        format!("provide({})", short_name::<T>())
    }

    fn provides(&self) -> Vec<TypeId> {
        vec![TypeId::of::<Provided<T>>()]
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let extend = Arc::clone(&self.extend);
        let provide = move |request: Request, next: Next| {
            let request = extend(request);
            async move { next.call(request).await }
        };
        provide.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let extend = Arc::clone(&self.extend);
        let provide = move |request: Request, next: WsNext| {
            let request = extend(request);
            let value = request.extensions().get::<T>().cloned();
            async move {
                let response = next.call(request).await;
                // The socket of a consumer without a route has the request as it arrived.
                response.map_consumer(|consumer| {
                    consumer.after(move |socket: &mut WebSocket| {
                        let kept = socket.kept_request();
                        if let (false, Some(value)) = (kept.has::<T>(), value) {
                            kept.insert(value);
                        }
                    })
                })
            }
        };
        provide.then(next)
    }
}
