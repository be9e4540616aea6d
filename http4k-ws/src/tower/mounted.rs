//! The part of a path that a mounted service sees.

use http::Uri;
use http::uri::PathAndQuery;

use crate::handler::{Outcome, Place};
use crate::message::Request;

/// The whole URI of a request whose service is mounted at a prefix. The extensions of the request
/// hold it.
///
/// # Examples
///
/// ```
/// use http4k_ws::prelude::*;
/// use http4k_ws::tower::MountedAt;
///
/// fn where_am_i(request: Request) -> String {
///     match request.extensions().get::<MountedAt>() {
///         Some(at) => format!("{} below {} of {}", request.uri(), at.prefix(), at.uri()),
///         None => request.uri().to_string(),
///     }
/// }
/// # use std::task::{Context, Poll};
/// # #[derive(Clone)]
/// # struct WhereAmI;
/// # impl tower_service::Service<Request> for WhereAmI {
/// #     type Response = Response;
/// #     type Error = std::convert::Infallible;
/// #     type Future = std::future::Ready<Result<Response, Self::Error>>;
/// #     fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
/// #         Poll::Ready(Ok(()))
/// #     }
/// #     fn call(&mut self, request: Request) -> Self::Future {
/// #         std::future::ready(Ok(where_am_i(request).into_response()))
/// #     }
/// # }
/// # let where_am_i = WhereAmI; // a service that calls the function
///
/// let app = routes! { "/old/<shop>" => mount({ http4k_ws::tower::service(where_am_i) }) };
/// let response = app.test_http("/old/north/cart?all");
/// assert_eq!(response.body(), "/cart?all below /old/north of /old/north/cart?all");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountedAt {
    uri: Uri,
    /// The length of the prefix.
    at: usize,
}

impl MountedAt {
    /// Returns the URI of the request before the prefix was removed.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::tower::MountedAt;
    ///
    /// /// A link to the first page of the same list, as the client sees it.
    /// fn first_page(at: &MountedAt) -> String {
    ///     format!("{}?page=1", at.uri().path())
    /// }
    /// # use std::task::{Context, Poll};
    /// # #[derive(Clone)]
    /// # struct Calls(fn(&MountedAt) -> String);
    /// # impl tower_service::Service<Request> for Calls {
    /// #     type Response = Response;
    /// #     type Error = std::convert::Infallible;
    /// #     type Future = std::future::Ready<Result<Response, Self::Error>>;
    /// #     fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
    /// #         Poll::Ready(Ok(()))
    /// #     }
    /// #     fn call(&mut self, request: Request) -> Self::Future {
    /// #         let at = request.extensions().get::<MountedAt>().unwrap();
    /// #         std::future::ready(Ok((self.0)(at).into_response()))
    /// #     }
    /// # }
    /// # let first_page = Calls(first_page); // a service that calls the function
    ///
    /// let app = routes! { "/shop" => mount({ http4k_ws::tower::service(first_page) }) };
    /// assert_eq!(app.test_http("/shop/teas?page=7").body(), "/shop/teas?page=1");
    /// ```
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns the path that the service is mounted at, as in the request: encoded, and with the
    /// values of parameters. Empty for `/`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::tower::MountedAt;
    ///
    /// /// A link within the service, wherever it is mounted.
    /// fn style(at: &MountedAt) -> String {
    ///     format!("{}/style.css", at.prefix())
    /// }
    /// # use std::task::{Context, Poll};
    /// # #[derive(Clone)]
    /// # struct Calls(fn(&MountedAt) -> String);
    /// # impl tower_service::Service<Request> for Calls {
    /// #     type Response = Response;
    /// #     type Error = std::convert::Infallible;
    /// #     type Future = std::future::Ready<Result<Response, Self::Error>>;
    /// #     fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
    /// #         Poll::Ready(Ok(()))
    /// #     }
    /// #     fn call(&mut self, request: Request) -> Self::Future {
    /// #         let at = request.extensions().get::<MountedAt>().unwrap();
    /// #         std::future::ready(Ok((self.0)(at).into_response()))
    /// #     }
    /// # }
    /// # let style = http4k_ws::tower::service(Calls(style)); // a service that calls the function
    ///
    /// let (blue, whole) = (style.clone(), style);
    /// let app = routes! { "/shops/<name>" => mount({ blue }), "/" => mount({ whole }) };
    /// assert_eq!(app.test_http("/shops/blue%20cup/cart").body(), "/shops/blue%20cup/style.css");
    /// assert_eq!(app.test_http("/cart").body(), "/style.css");
    /// ```
    pub fn prefix(&self) -> &str {
        let prefix = self.uri.path().get(..self.at).unwrap_or_default();
        prefix.strip_suffix('/').unwrap_or(prefix)
    }
}

/// Removes from `request` the prefix at which a router mounted its handler.
pub(super) fn without_prefix(mut request: Request) -> Request {
    let place = request.extensions_mut().remove::<Place>();
    let Some(place) = place.filter(|place| matches!(place.outcome, Outcome::Mounted)) else {
        return request;
    };
    let whole = request.uri().path_and_query();
    let Some(rest) = whole.and_then(|whole| rest(whole, place.at)) else {
        return request;
    };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(rest);
    if let Ok(uri) = Uri::from_parts(parts) {
        let uri = std::mem::replace(request.uri_mut(), uri);
        let at = place.at;
        request.extensions_mut().insert(MountedAt { uri, at });
    }
    request
}

/// Returns the part of `whole` from `at`. It starts with a slash.
fn rest(whole: &PathAndQuery, at: usize) -> Option<PathAndQuery> {
    let rest = whole.as_str().get(at..)?;
    match rest.starts_with('/') {
        true => rest.parse().ok(),
        false => format!("/{rest}").parse().ok(),
    }
}
