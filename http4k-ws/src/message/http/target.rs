//! The characters of a request's target.

use http::Uri;

/// A target with a character that must be percent-encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the target has a character that must be percent-encoded (RFC 3986 §3.3, §3.4)")]
pub(crate) struct Unencoded;

/// Checks that path and query consist of the characters that RFC 3986 §3.3 and §3.4 allow there.
///
/// `Uri` itself also accepts what some clients send as it was typed, such as `"` and `{`, and any
/// UTF-8. A `%` without two digits is left to the route that decodes it.
pub(crate) fn check_encoded(uri: &Uri) -> Result<(), Unencoded> {
    let target = uri.path_and_query();
    match target.is_none_or(|target| target.as_str().bytes().all(is_allowed)) {
        true => Ok(()),
        false => Err(Unencoded),
    }
}

/// `pchar`, `/` and `?`.
fn is_allowed(byte: u8) -> bool {
    const ALLOWED: [bool; 256] = {
        let others = b"-._~!$&'()*+,;=:@%/?";
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
    };
    ALLOWED[usize::from(byte)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_is_allowed_or_must_be_encoded() {
        let allowed = "azAZ09-._~!$&'()*+,;=:@%/?";
        for character in (0x21..0x7F).map(char::from).filter(|it| *it != '#') {
            let expected = character.is_ascii_alphanumeric() || allowed.contains(character);
            for target in [
                format!("/{character}"),
                format!("/?{character}"),
                format!("http://a/{character}"),
            ] {
                let uri = target.parse::<Uri>();
                assert!(uri.is_ok() || !expected, "{target}");
                assert_eq!(
                    uri.is_ok_and(|uri| check_encoded(&uri).is_ok()),
                    expected,
                    "{target}"
                );
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
