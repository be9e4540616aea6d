//! The cookie of a session, as it is read and issued.

use std::borrow::Cow;
use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::clock::now;
use super::error::SessionError;
use super::sealed::{self, MAX_COOKIE, Sealed, Use};
use super::settings::Settings;
use super::store::SessionId;
use crate::message::{SetCookie, sent_cookies};

/// A session that is valid.
pub(super) struct Current<T> {
    pub(super) value: T,
    /// Seconds since 1970, as in the cookie.
    pub(super) started: u64,
    pub(super) issued: u64,
    /// The id in the store, if there is one.
    pub(super) id: Option<SessionId>,
    pub(super) has_old_key: bool,
}

impl<T> Settings<T> {
    /// Returns the name of the cookie in requests and responses.
    pub(super) fn cookie_name(&self, https: bool) -> Cow<'static, str> {
        match https {
            true => format!("__Host-{}", self.name).into(),
            false => self.name.clone(),
        }
    }

    /// Returns the challenge of a response to a request without a session.
    pub(super) fn challenge(&self, https: bool) -> Option<HeaderValue> {
        let name = self.cookie_name(https);
        HeaderValue::try_from(format!("Cookie cookie-name=\"{name}\"")).ok()
    }
}

impl<T> Settings<T>
where
    T: Serialize + DeserializeOwned + Clone,
{
    /// Returns the session in the text of a cookie, if it is valid.
    pub(super) async fn opened(
        &self,
        text: &str,
        https: bool,
    ) -> Result<Option<Current<T>>, SessionError> {
        let Some(store) = &self.store else {
            let opened = self.open::<T>("value", text, https);
            return Ok(opened.map(|(sealed, key)| Current {
                started: sealed.started,
                issued: sealed.issued,
                value: sealed.value,
                id: None,
                has_old_key: key > 0,
            }));
        };
        let Some((sealed, key)) = self.open::<SessionId>("id", text, https) else {
            return Ok(None);
        };
        let value = store
            .load(&sealed.value)
            .await
            .map_err(SessionError::Store)?;
        Ok(value.map(|value| Current {
            started: sealed.started,
            issued: sealed.issued,
            value,
            id: Some(sealed.value),
            has_old_key: key > 0,
        }))
    }

    fn open<V: DeserializeOwned>(
        &self,
        kind: &'static str,
        text: &str,
        https: bool,
    ) -> Option<(Sealed<V>, usize)> {
        let name = self.cookie_name(https);
        let (sealed, key) = sealed::open(&self.keys, self.used(kind, &name), text)?;
        let now = now();
        let is_live = |since: u64, limit: Duration| now.saturating_sub(since) < limit.as_secs();
        let live = is_live(sealed.started, self.max_age) && is_live(sealed.issued, self.idle);
        live.then_some((sealed, key))
    }

    fn used<'a>(&'a self, kind: &'static str, cookie: &'a str) -> Use<'a> {
        Use {
            kind,
            purpose: &self.purpose,
            cookie,
        }
    }

    /// Returns the cookie of a session that started at `started`.
    pub(super) fn issued<V: Serialize>(
        &self,
        kind: &'static str,
        value: V,
        started: u64,
        https: bool,
    ) -> Result<SetCookie, SessionError> {
        let (name, issued) = (self.cookie_name(https), now());
        let sealed = Sealed {
            started,
            issued,
            value,
        };
        let text = sealed::seal(&self.keys[0], self.used(kind, &name), &sealed)?;
        let age = Duration::from_secs(issued.saturating_sub(started));
        let rest = self.max_age.saturating_sub(age).min(self.idle);
        let rest = Duration::from_secs(rest.as_secs().max(1));
        let cookie = self.cookie(text, https).max_age(rest);
        let length = cookie.name().len() + cookie.value().len() + ATTRIBUTES;
        if length > MAX_COOKIE {
            return Err(SessionError::TooLarge { length });
        }
        cookie.to_header_value()?;
        Ok(cookie)
    }

    pub(super) fn cookie(&self, value: String, https: bool) -> SetCookie {
        let cookie = SetCookie::new(self.cookie_name(https), value).same_site(self.same_site);
        match https {
            true => cookie.secure(true),
            false => cookie,
        }
    }
}

/// The number of bytes that the attributes of a cookie have at most.
const ATTRIBUTES: usize =
    "=; Path=/; Max-Age=12345678901234567890; HttpOnly; SameSite=Strict; Secure".len();

/// Returns the value of a cookie; `None` if it is sent twice, as by a host that shares the domain.
pub(super) fn only_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut cookies = sent_cookies(headers).filter(|cookie| cookie.is_named(name));
    match (cookies.next(), cookies.next()) {
        (Some(cookie), None) => std::str::from_utf8(cookie.value).ok(),
        _ => None,
    }
}
