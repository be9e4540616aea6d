//! The characters of a request's target.

use http::Uri;

/// A target with a character that must be percent-encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the target has a character that must be percent-encoded (RFC 3986 §3.3, §3.4)")]
pub(crate) struct Unencoded;

/// Checks that path and query consist of the characters that RFC 3986 §3.3 and §3.4 allow there,
/// and of those that browsers do not encode.
///
/// The URL Standard leaves `[`, `]` and `|` in paths as they are, and `[`, `]`, `{`, `}`, `|`, `\`,
/// `^` and the backtick in queries: `?filter[name]=a` is common. `Uri` itself accepts more, such as
/// `"` and any UTF-8. A `%` without two digits is left to the route that decodes it.
pub(crate) fn check_encoded(uri: &Uri) -> Result<(), Unencoded> {
    let path = uri.path().bytes().all(|byte| PATH[usize::from(byte)]);
    let query = uri.query().unwrap_or_default();
    match path && query.bytes().all(|byte| QUERY[usize::from(byte)]) {
        true => Ok(()),
        false => Err(Unencoded),
    }
}

const PATH: [bool; 256] = allowed(b"-._~!$&'()*+,;=:@%/[]|");
const QUERY: [bool; 256] = allowed(b"-._~!$&'()*+,;=:@%/?[]|{}\\^`");

/// Letters, digits and `others`.
const fn allowed(others: &[u8]) -> [bool; 256] {
    let mut allowed = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        allowed[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < others.len() {
        allowed[others[at] as usize] = true;
        at += 1;
    }
    allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_is_allowed_or_must_be_encoded() {
        let everywhere = "-._~!$&'()*+,;=:@%/?[]|";
        for character in (0x21..0x7F).map(char::from).filter(|it| *it != '#') {
            let in_path = character.is_ascii_alphanumeric() || everywhere.contains(character);
            let in_query = in_path || "{}\\^`".contains(character);
            for (target, expected) in [
                (format!("/{character}"), in_path),
                (format!("http://a/{character}"), in_path),
                (format!("/?{character}"), in_query),
                (format!("http://a?{character}"), in_query),
            ] {
                let uri = target.parse::<Uri>();
                assert!(uri.is_ok() || !expected, "{target}");
                let is_encoded = uri.is_ok_and(|uri| check_encoded(&uri).is_ok());
                assert_eq!(is_encoded, expected, "{target}");
            }
        }
        for target in ["/\u{e4}", "/?\u{e4}"] {
            let uri = target.parse().expect("a target");
            assert_eq!(check_encoded(&uri), Err(Unencoded), "{target}");
        }
        for target in ["*", "http://a"] {
            assert_eq!(check_encoded(&Uri::from_static(target)), Ok(()), "{target}");
        }
    }
}
