//! Every form of every part, without a warning.
#![deny(warnings)]

use std::sync::Arc;

use http4k_ws::handler::BoxHttpHandler;
use http4k_ws::message::Rejection;
use http4k_ws::routing::RouteError;
use http4k_ws::{
    Filter, FromRequest, HttpHandler, Next, PolyHandler, Request, Response, WebSocket, WsConsumer,
    WsResponse, WsResult, routes,
};

mod users {
    use http4k_ws::{PolyHandler, routes};

    async fn one(id: u64) -> String {
        id.to_string()
    }

    routes! {
        #[must_use]
        pub(crate) fn api() -> PolyHandler {
            GET "/<id>" => http(one(id)),
        }
    }
}

/// A module with the name of a function that is not of routes.
mod pages {
    pub const TITLE: &str = "pages";
}

fn pages() -> PolyHandler {
    routes! { "/" => http(|| pages::TITLE) }
}

routes! {
    /// Returns an error for a mistake that the compiler cannot see.
    #[cfg(not(any()))]
    fn checked() -> Result<PolyHandler, RouteError> {
        #[deprecated = "it is old"]
        GET "/old/<id: u8>" as old => http(generic(id)),
        "/users" => mount(users::api().with(http4k_ws::filter::poly(logged()))),
        "/pages" => mount({ pages() }),
    }
}

struct Hub<T> {
    inner: Arc<T>,
}

impl<T> Clone for Hub<T> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<T: Send + Sync + 'static> Hub<T> {
    async fn join(&self, _ws: WebSocket, _room: String) -> WsResult {
        Ok(())
    }

    fn count(&self) -> String {
        Arc::strong_count(&self.inner).to_string()
    }
}

struct Config<T> {
    hub: Hub<T>,
    limits: (u8, u8),
}

struct Page;

impl FromRequest for Page {
    async fn from_request(_request: &mut Request) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

fn logged() -> impl Filter + Clone {
    |request: Request, next: Next| async move { next.call(request).await }
}

async fn home(_req: Request) -> &'static str {
    "home"
}

async fn show(id: u64, _page: Page, limit: u8) -> Result<String, Response> {
    Ok(format!("{id} {limit}"))
}

fn sync(name: &str) -> String {
    name.to_owned()
}

fn generic<T: ToString>(value: T) -> String {
    value.to_string()
}

async fn chat(_ws: WebSocket, _name: String) -> WsResult {
    Ok(())
}

fn plain_chat(_ws: WebSocket) {}

fn choose(_req: Request) -> Option<WsConsumer> {
    None
}

fn chosen(name: String) -> WsResponse {
    WsResponse::refuse(name)
}

async fn talk(_ws: WebSocket) {}

routes! {
    /// The whole application.
    pub(crate) fn app<T>(hub: Hub<T>, config: Config<T>, value: BoxHttpHandler) -> PolyHandler
    where
        T: Send + Sync + 'static,
    {
        /// The first page.
        ///
        /// With two paragraphs.
        GET "/" as first => http(home),
        GET | HEAD | REPORT "/methods" with(logged()) as several => http(crate::pass::grammar::home),
        "/users/<id: u64>" => http(show(id, _, config.limits.0)),
        "/std/<id: std::primitive::u64>" => http(show(id, _, 7)),
        "/sync" => http(sync("text")),
        "/generic/<id: u8>" => http(generic::<u8>(id)),
        "/cloned" => http(value.clone()),
        "/value" => http(value),
        "/block-value" => http({ logged().then(home) }),
        "/count" => http(hub.count()),
        "/field" => http(config.hub.count()),
        "/any/<rest..>" => http(home(req)),
        "/text/<text: String>" => http(text.to_uppercase()),
        "/closure/<text>" => http(|text: String| async move { text }),
        "/move/<text>" => http(move |text: String, _: Page| text),
        "/async/<text>" => http(async |text: String| text),
        "/ws/<name>" => ws(chat(ws, name)),
        "/plain" => ws(plain_chat(ws)),
        "/bare" => ws(talk),
        "/choose" => ws(choose),
        "/chosen/<name>" => ws(chosen(name)),
        "/rooms/<room>" => ws(hub.join(ws, room)),
        "/closure" => ws(|ws: WebSocket, req: Request| async move { drop((ws, req)) }),
        "/api" with(http4k_ws::filter::poly(logged()), http4k_ws::filter::http_only(logged())) => {
            "/users" => mount(users::api()),
            "/<team>" => {
                GET "/<_ignored>/<member>" => http(|team: String, member: String| team + &member)
            }
            GET => http(home),
            with(logged()) => { "/grouped" => http(home) },
            _ => http(home),
        }
        "/<type: String>" => http(generic(r#type)),
        _ => http(home),
        _ => ws(choose),
    }
}

#[test]
fn accepted() {
    let hub = Hub {
        inner: Arc::new(()),
    };
    assert!(checked().is_ok());
    let config = Config {
        hub: hub.clone(),
        limits: (1, 2),
    };
    let _ = config.limits.1;
    drop(app(hub, config, BoxHttpHandler::new(home)));
}
