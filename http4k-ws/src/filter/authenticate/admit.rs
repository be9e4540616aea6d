//! The decision about a request, before the handlers of each protocol.

use std::any::TypeId;

use http::header::AUTHORIZATION;
use http::{StatusCode, Uri};

use super::source::{CredentialError, CredentialSource};
use super::{Authenticate, Principal, login, refusal};
use crate::describe::{HeaderDescription, ResponseDescription, RouteDescription, SecurityScheme};
use crate::handler::{
    BoxHttpHandler, BoxWsHandler, Filter, HttpHandler, Next, PolyFilter, WsFilter, WsHandler,
    WsNext, WsResponse,
};
use crate::message::{Credentials, Request, Response, copy_of_head};
use crate::session::WebSocket;

impl<T: Clone + Send + Sync + 'static> Authenticate<T> {
    /// Returns the request with its user and without secrets, or the refusal.
    async fn admitted(&self, mut request: Request) -> Result<Request, Response> {
        let Some((index, credentials)) = self.found(&request)? else {
            self.remove_secrets(&mut request);
            return Ok(request);
        };
        match (self.look_up)(credentials).await {
            Ok(Some(user)) => {
                self.remove_secrets(&mut request);
                request.extensions_mut().insert(Principal(user));
                Ok(request)
            }
            Ok(None) => {
                let unknown = CredentialError::unknown("the credentials are those of no user");
                Err(self.refusal(Some(index), &unknown))
            }
            Err(refusal) => Err(refusal::challenged(refusal, &self.sources, Some(index))),
        }
    }

    /// Returns the credentials of the first source that has some, with the source's index. `None`
    /// if there are none and none are necessary.
    fn found(&self, request: &Request) -> Result<Option<(usize, Credentials)>, Response> {
        for (index, source) in self.sources.iter().enumerate() {
            match source.credentials(request) {
                Ok(None) => {}
                Ok(Some(credentials)) => return Ok(Some((index, credentials))),
                Err(error) => return Err(self.refusal(Some(index), &error)),
            }
        }
        let mut sources = self.sources.iter();
        let unread = request.headers().contains_key(AUTHORIZATION)
            && sources.any(CredentialSource::reads_authorization);
        if unread {
            let error = CredentialError::unknown("the scheme of `Authorization` is not known here");
            return Err(self.refusal(None, &error));
        }
        if self.optional {
            return Ok(None);
        }
        let missing = CredentialError::unknown("credentials are required");
        Err(self.refusal(None, &missing))
    }

    /// Returns the address of the login page for a page request, if there is one.
    fn login_address(&self, request: &Request) -> Option<Uri> {
        let login = self.login.as_ref()?;
        if !login.is_for(request) {
            return None;
        }
        let mut page = copy_of_head(request);
        self.remove_secrets(&mut page);
        Some(login.address(&page))
    }

    fn refusal(&self, claimed_by: Option<usize>, error: &CredentialError) -> Response {
        refusal::of(error, &self.sources, claimed_by)
    }

    fn remove_secrets(&self, request: &mut Request) {
        self.sources
            .iter()
            .for_each(|source| source.remove(request));
    }
}

impl<T: Clone + Send + Sync + 'static> PolyFilter for Authenticate<T> {
    fn describe(&self, route: &mut RouteDescription) {
        let optional = self.optional.then_some(SecurityScheme::Nothing);
        let schemes = self.sources.iter().map(CredentialSource::scheme);
        route
            .security
            .push(SecurityScheme::any_of(schemes.chain(optional)));
        let challenge = HeaderDescription::new("www-authenticate");
        let challenge = challenge.with_docs("The schemes of credentials.");
        let response = ResponseDescription::problem(StatusCode::UNAUTHORIZED);
        let response = response.with_docs("The credentials are missing or not valid.");
        route.responses.push(response.with_header(challenge));
    }

    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn provides(&self) -> Vec<TypeId> {
        if self.optional {
            return Vec::new();
        }
        vec![TypeId::of::<Principal<T>>()]
    }

    fn http(&self, next: BoxHttpHandler) -> BoxHttpHandler {
        let users = self.clone();
        let guard = move |request: Request, next: Next| {
            let users = users.clone();
            async move {
                let login = users.login_address(&request);
                match (users.admitted(request).await, login) {
                    (Ok(request), _) => next.call(request).await,
                    (Err(refusal), Some(login)) if refusal.status() == StatusCode::UNAUTHORIZED => {
                        login::redirect(&login)
                    }
                    (Err(refusal), _) => refusal,
                }
            }
        };
        guard.then(next)
    }

    fn ws(&self, next: BoxWsHandler) -> BoxWsHandler {
        let users = self.clone();
        let guard = move |request: Request, next: WsNext| {
            let users = users.clone();
            async move {
                let request = match users.admitted(request).await {
                    Ok(request) => request,
                    Err(refusal) => return WsResponse::refuse(refusal),
                };
                let user = request.extensions().get::<Principal<T>>().cloned();
                let response = next.call(request).await;
                // The socket of a consumer that was created without a route has the request as it
                // arrived: with the secret, and without the user.
                response.map_consumer(|consumer| {
                    consumer.after(move |socket: &mut WebSocket| {
                        socket.kept_request().edit(|request| {
                            users.remove_secrets(request);
                            if let Some(user) = user {
                                request.extensions_mut().insert(user);
                            }
                        });
                    })
                })
            }
        };
        guard.then(next)
    }
}
