//! Arguments that are read from a request by their type, as the `_` of a route.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::cookie::Cookie;
use super::failure::{Failure, LensFailure, LensFailureKind};
use super::header::Header;
use super::meta::Location;
use super::pairs::{self, Pair};
use super::path::Path;
use super::query::Query;
use super::{cookie, header};
use crate::message::{
    Body, BodyError, FromRequest, NeededValue, PathParams, ReadsBody, Rejection, Request,
    query_pairs,
};

/// Returns the decoded pairs of a query, or of a form.
pub(super) fn pairs_of(text: &str) -> impl Iterator<Item = Pair> {
    query_pairs(text).map(|(name, value)| {
        let value = value.map(|value| value.into_owned()).map_err(Into::into);
        (name.into_owned(), value)
    })
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    fn unreadable(_: &[&str]) -> Option<String> {
        pairs::unreadable::<T>(Location::Query)
    }

    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let pairs = pairs_of(request.uri().query().unwrap_or_default());
        Ok(Self(pairs::read(pairs, Location::Query)?))
    }
}

impl<T: DeserializeOwned> FromRequest for Header<T> {
    fn unreadable(_: &[&str]) -> Option<String> {
        pairs::unreadable::<T>(Location::Header)
    }

    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let pair = |(name, value): (&http::HeaderName, _)| {
            (name.as_str().to_owned(), header::text_of(value))
        };
        let pairs: Vec<Pair> = request.headers().iter().map(pair).collect();
        Ok(Self(pairs::read(pairs, Location::Header)?))
    }
}

impl<T: DeserializeOwned> FromRequest for Cookie<T> {
    fn unreadable(_: &[&str]) -> Option<String> {
        pairs::unreadable::<T>(Location::Cookie)
    }

    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let pairs = cookie::pairs(request.headers());
        Ok(Self(pairs::read(pairs, Location::Cookie)?))
    }
}

impl<T: DeserializeOwned> FromRequest for Path<T> {
    fn unreadable(params: &[&str]) -> Option<String> {
        pairs::unreadable_path::<T>(params)
    }

    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let params = request.extensions().get::<PathParams>();
        let pairs: Vec<Pair> = params
            .into_iter()
            .flat_map(PathParams::iter)
            .map(|(name, value)| (name.to_owned(), Ok(value.to_owned())))
            .collect();
        Ok(Self(pairs::read(pairs, Location::Path)?))
    }
}

/// The whole body, whatever its Content-Type is.
impl FromRequest for Bytes {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        Ok(whole(std::mem::take(request.body_mut()), "bytes").await?)
    }
}

/// The whole body as UTF-8, whatever its Content-Type is.
impl FromRequest for String {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let bytes = whole(std::mem::take(request.body_mut()), "text").await?;
        let text = String::from_utf8(bytes.into()).map_err(|error| {
            let position = error.utf8_error().valid_up_to();
            unreadable("text", BodyError::NotUtf8 { position })
        });
        Ok(text?)
    }
}

/// The body, unread.
impl FromRequest for Body {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        Ok(std::mem::take(request.body_mut()))
    }
}

impl ReadsBody for Bytes {}

impl ReadsBody for String {}

impl ReadsBody for Body {}

impl<T: ReadsBody> ReadsBody for Option<T> {}

impl<T: ReadsBody> ReadsBody for Result<T, LensFailure> {}

/// The captures of the template of the route; empty for a request that was not routed.
impl FromRequest for PathParams {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        let params = request.extensions().get::<Self>();
        Ok(params.cloned().unwrap_or_default())
    }
}

async fn whole(body: Body, expected: &'static str) -> Result<Bytes, LensFailure> {
    body.bytes()
        .await
        .map_err(|cause| unreadable(expected, cause))
}

fn unreadable(expected: &'static str, cause: BodyError) -> LensFailure {
    Failure::new(LensFailureKind::Invalid, Location::Body, "body", expected)
        .with_cause(cause)
        .into()
}

/// `None` if every failure is Missing, or if the rejection is [`absent`](Rejection::absent). A
/// value that is present and invalid is refused.
impl<T: FromRequest> FromRequest for Option<T> {
    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        match T::from_request(request).await {
            Ok(value) => Ok(Some(value)),
            Err(rejection) if rejection.is_absent() => Ok(None),
            Err(rejection) => match failure(&rejection) {
                Some(failure) if failure.kind() == LensFailureKind::Missing => Ok(None),
                _ => Err(rejection),
            },
        }
    }
}

/// The handler receives the failure. A rejection without a [`LensFailure`] is returned as it is.
impl<T: FromRequest> FromRequest for Result<T, LensFailure> {
    const PARAMS: &'static [&'static str] = T::PARAMS;
    const NEEDS: &'static [NeededValue] = T::NEEDS;

    fn unreadable(params: &[&str]) -> Option<String> {
        T::unreadable(params)
    }

    async fn from_request(request: &mut Request) -> Result<Self, Rejection> {
        match T::from_request(request).await {
            Ok(value) => Ok(Ok(value)),
            Err(rejection) => match failure(&rejection) {
                Some(failure) => Ok(Err(failure.clone())),
                None => Err(rejection),
            },
        }
    }
}

fn failure(rejection: &Rejection) -> Option<&LensFailure> {
    rejection.response().extensions().get()
}
