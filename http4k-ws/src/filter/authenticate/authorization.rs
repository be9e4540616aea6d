//! The field `Authorization`, and the realm of a challenge.

use http::HeaderValue;
use http::header::AUTHORIZATION;

use super::source::CredentialError;
use crate::message::Request;

/// Returns the credentials of the field `Authorization` without their scheme; `None` if the field
/// is missing or has another scheme (RFC 9110 §11.6.2).
///
/// # Errors
///
/// Returns an error if there are several fields, because other servers may read another of them.
pub(super) fn credentials_of<'r>(
    request: &'r Request,
    scheme: &str,
) -> Result<Option<&'r [u8]>, CredentialError> {
    let mut fields = request.headers().get_all(AUTHORIZATION).iter();
    let Some(field) = fields.next() else {
        return Ok(None);
    };
    if fields.next().is_some() {
        return Err(CredentialError::malformed(
            "a request may have one field `Authorization`",
        ));
    }
    let field = field.as_bytes().trim_ascii();
    let end = field.iter().position(u8::is_ascii_whitespace);
    let (used, credentials) = field.split_at(end.unwrap_or(field.len()));
    let is_scheme = used.eq_ignore_ascii_case(scheme.as_bytes());
    Ok(is_scheme.then_some(credentials.trim_ascii()))
}

/// The realm of a challenge (RFC 9110 §11.5).
#[derive(Debug, Clone)]
pub(super) struct Realm(String);

impl Realm {
    /// Checks and keeps `realm`.
    #[track_caller]
    pub(super) fn new(realm: &str) -> Self {
        assert!(
            !realm.contains(['"', '\\']),
            "the realm `{realm}` contains a quote or a backslash"
        );
        assert!(
            HeaderValue::from_str(realm).is_ok(),
            "the realm `{realm}` is not valid in a header field"
        );
        Self(realm.to_owned())
    }

    /// Returns a challenge with this realm and further parameters.
    pub(super) fn challenge(&self, scheme: &str, parameters: &str) -> HeaderValue {
        let challenge = format!("{scheme} realm=\"{}\"{parameters}", self.0);
        HeaderValue::try_from(challenge).expect("the realm was checked, and the rest is ASCII")
    }
}

impl Default for Realm {
    fn default() -> Self {
        Self("api".to_owned())
    }
}
