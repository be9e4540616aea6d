//! Responses to requests without valid credentials.

use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};

use super::source::{ChallengeReason, CredentialError, CredentialSources};
use crate::lens::problem;
use crate::message::Response;

/// Returns the response to credentials that the source `claimed_by` found, or to none.
pub(super) fn of(
    error: &CredentialError,
    sources: &CredentialSources,
    claimed_by: Option<usize>,
) -> Response {
    let mut response = problem(error.status(), &error.to_string());
    add_challenges(&mut response, sources, claimed_by, error.reason());
    response
}

/// Adds the challenges to the response of a look-up, if it is a 401 without any.
pub(super) fn challenged(
    mut response: Response,
    sources: &CredentialSources,
    claimed_by: Option<usize>,
) -> Response {
    let needs = response.status() == StatusCode::UNAUTHORIZED
        && !response.headers().contains_key(WWW_AUTHENTICATE);
    if needs {
        add_challenges(&mut response, sources, claimed_by, ChallengeReason::Unknown);
    }
    response
}

/// Adds one challenge for each scheme, in the order of the sources. The source whose credentials
/// the client used states the reason.
fn add_challenges(
    response: &mut Response,
    sources: &CredentialSources,
    claimed_by: Option<usize>,
    reason: ChallengeReason,
) {
    let mut challenges: Vec<HeaderValue> = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let is_used = claimed_by == Some(index);
        let reason = if is_used {
            reason
        } else {
            ChallengeReason::Missing
        };
        let Some(challenge) = source.challenge(reason) else {
            continue;
        };
        let same = |other: &&mut HeaderValue| scheme(other) == scheme(&challenge);
        match challenges.iter_mut().find(same) {
            None => challenges.push(challenge),
            Some(other) if is_used => *other = challenge,
            Some(_) => {}
        }
    }
    for challenge in challenges {
        response.headers_mut().append(WWW_AUTHENTICATE, challenge);
    }
}

fn scheme(challenge: &HeaderValue) -> Vec<u8> {
    let mut words = challenge.as_bytes().split(|byte| *byte == b' ');
    words.next().unwrap_or_default().to_ascii_lowercase()
}
