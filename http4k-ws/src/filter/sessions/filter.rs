//! The filter that reads sessions, and renews their cookies.

use std::any::TypeId;

use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderMap, HeaderValue, SET_COOKIE, VARY};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::argument::Session;
use super::at_request::Sessions;
use super::settings::CookieSessions;
use crate::describe::{RouteDescription, SecurityScheme};
use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter, WsHandler,
    WsNext, WsResponse,
};
use crate::message::{IntoResponse, Request, Response};

impl<T> PolyFilter for CookieSessions<T>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    fn name(&self) -> String {
        "sessions".to_owned()
    }

    fn provides(&self) -> Vec<TypeId> {
        vec![TypeId::of::<Sessions<T>>(), TypeId::of::<Session<T>>()]
    }

    /// A request without the cookie is admitted.
    fn describe(&self, route: &mut RouteDescription) {
        let cookie = SecurityScheme::cookie(self.get().cookie_name(self.get().https));
        let schemes = [cookie, SecurityScheme::Nothing];
        route.security.push(SecurityScheme::any_of(schemes));
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let sessions = self.clone();
        let filter = move |mut request: Request, next: Next| {
            let sessions = sessions.clone();
            async move {
                let read = match sessions.read(&request).await {
                    Ok(read) => read,
                    Err(error) => return error.into_response(),
                };
                request.extensions_mut().insert(read.clone());
                finished(next.call(request).await, &read)
            }
        };
        filter.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let sessions = self.clone();
        let filter = move |mut request: Request, next: WsNext| {
            let sessions = sessions.clone();
            async move {
                let read = match sessions.read(&request).await {
                    Ok(read) => read,
                    Err(error) => return WsResponse::refuse(error),
                };
                request.extensions_mut().insert(read.clone());
                let response = next.call(request).await;
                match renewal(response.headers(), &read) {
                    Some(cookie) => response.with_added_header(SET_COOKIE, cookie),
                    None => response,
                }
            }
        };
        filter.then(next)
    }
}

/// Renews the cookie if necessary, and keeps caches from sharing the response.
fn finished<T>(mut response: Response, read: &Sessions<T>) -> Response
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    let is_cached = response.status() == StatusCode::NOT_MODIFIED;
    let fields = response.headers_mut();
    if let Some(cookie) = renewal(fields, read).filter(|_| !is_cached) {
        fields.append(SET_COOKIE, cookie);
    }
    if sets(fields, &read.cookie_name()) {
        if !has_directive(fields, &["no-store", "private"]) {
            fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    } else if read.is_used() && !fields.contains_key(CACHE_CONTROL) {
        fields.insert(CACHE_CONTROL, HeaderValue::from_static("private"));
    }
    if read.is_used() {
        fields.append(VARY, HeaderValue::from_static("cookie"));
    }
    response
}

/// Returns a new cookie for the session, unless the response sets one, or is for all users.
fn renewal<T>(fields: &HeaderMap, read: &Sessions<T>) -> Option<HeaderValue>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    if sets(fields, &read.cookie_name()) || has_directive(fields, &["public", "s-maxage"]) {
        return None;
    }
    read.renewed()?.to_header_value().ok()
}

/// Returns `true` if a response sets the cookie `name`.
fn sets(fields: &HeaderMap, name: &str) -> bool {
    let mut cookies = fields.get_all(SET_COOKIE).iter();
    cookies.any(|cookie| {
        let rest = cookie.as_bytes().strip_prefix(name.as_bytes());
        rest.is_some_and(|rest| rest.starts_with(b"="))
    })
}

fn has_directive(fields: &HeaderMap, names: &[&str]) -> bool {
    let values = fields.get_all(CACHE_CONTROL).iter();
    let mut directives = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|directive| directive.split('=').next().unwrap_or_default().trim());
    directives.any(|directive| {
        names
            .iter()
            .any(|name| directive.eq_ignore_ascii_case(name))
    })
}
