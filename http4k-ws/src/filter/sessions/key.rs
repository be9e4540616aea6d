//! The keys that encrypt sessions.

use std::fmt;
use std::str::FromStr;

use cookie::Key;
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};

/// The number of bytes of a key of AES-256.
const LENGTH: usize = 32;

/// A key that encrypts sessions, with AES-256-GCM: 32 random bytes.
///
/// As text, it is base64, with or without padding, in either alphabet, or 64 hexadecimal digits.
/// `openssl rand -base64 32` prints one, and so does [`generate_text`](Self::generate_text). A key
/// is not a password: a text that people chose does not have enough chance in it.
///
/// `Debug` shows nothing of the key, and no error has a part of it.
///
/// # Examples
///
/// ```
/// use http4k_ws::filter::sessions::{SessionKey, SessionKeyError};
///
/// let key: SessionKey = SessionKey::generate_text().parse()?;
/// assert_eq!(format!("{key:?}"), "SessionKey(..)");
///
/// let error = "aGVsbG8=".parse::<SessionKey>().unwrap_err();
/// assert!(error.to_string().starts_with("a session key has 32 bytes, and this one has 5"));
/// # Ok::<(), SessionKeyError>(())
/// ```
#[derive(Clone)]
pub struct SessionKey(Key);

/// The reason why something is not a [`SessionKey`].
///
/// # Examples
///
/// ```
/// use http4k_ws::filter::sessions::{SessionKey, SessionKeyError};
///
/// let error = SessionKey::from_bytes(b"too short").unwrap_err();
/// assert_eq!(error, SessionKeyError::Length { length: 9 });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionKeyError {
    /// The key has another length. Generate one; a shorter key is not padded, and a longer one is
    /// not cut.
    #[error(
        "a session key has 32 bytes, and this one has {length}: `openssl rand -base64 32` prints \
         one"
    )]
    Length {
        /// The number of bytes.
        length: usize,
    },
    /// The text is neither base64 nor hexadecimal digits. Generate one.
    #[error(
        "a session key is 32 bytes in base64, or 64 hexadecimal digits: `openssl rand -base64 32` \
         prints one"
    )]
    Encoding,
    /// All bytes are the same, as in a placeholder. Generate one.
    #[error("a session key is random, and this one is one byte repeated")]
    Placeholder,
    /// The environment variable is not set, is empty or is not UTF-8. Set it.
    #[error(
        "the environment variable `{variable}` does not have a session key: set it to one, or to \
         several with commas between them and the newest first; `openssl rand -base64 32` prints \
         one"
    )]
    Missing {
        /// The name of the variable.
        variable: String,
    },
    /// One of the keys of the environment variable is not valid.
    #[error("key {number} of the environment variable `{variable}` is not valid")]
    Variable {
        /// The name of the variable.
        variable: String,
        /// The number of the key, from 1.
        number: usize,
        /// The rule that it breaks.
        #[source]
        reason: Box<SessionKeyError>,
    },
}

impl SessionKey {
    /// Generates a random key. Sessions end when the process ends, and another process cannot read
    /// them, so this is for tests and development.
    ///
    /// # Panics
    ///
    /// Panics if the operating system has no random numbers.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::SessionKey;
    ///
    /// let key = SessionKey::generate();
    /// assert_eq!(format!("{key:?}"), "SessionKey(..)");
    /// ```
    pub fn generate() -> Self {
        Self(Key::generate())
    }

    /// Generates the text of a random key, for a configuration.
    ///
    /// # Panics
    ///
    /// Panics if the operating system has no random numbers.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::SessionKey;
    ///
    /// let text = SessionKey::generate_text();
    /// assert!(text.parse::<SessionKey>().is_ok());
    /// ```
    pub fn generate_text() -> String {
        BASE64_NOPAD.encode(Key::generate().encryption())
    }

    /// Creates a key from 32 random bytes.
    ///
    /// # Errors
    ///
    /// Returns [`SessionKeyError::Length`] for another number of bytes, and
    /// [`SessionKeyError::Placeholder`] for one byte repeated.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{SessionKey, SessionKeyError};
    ///
    /// let secret: Vec<u8> = (0..32).collect(); // As read from a file of secrets.
    /// assert!(SessionKey::from_bytes(&secret).is_ok());
    /// let short = SessionKey::from_bytes(&secret[1..]);
    /// assert!(matches!(short, Err(SessionKeyError::Length { .. })));
    /// let zeros = SessionKey::from_bytes(&[0; 32]);
    /// assert!(matches!(zeros, Err(SessionKeyError::Placeholder { .. })));
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SessionKeyError> {
        let length = bytes.len();
        if length != LENGTH {
            return Err(SessionKeyError::Length { length });
        }
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(SessionKeyError::Placeholder);
        }
        // The first half would sign cookies, which are encrypted here and never signed.
        Key::try_from([bytes, bytes].concat().as_slice())
            .map(Self)
            .map_err(|_| SessionKeyError::Length { length })
    }

    /// Reads keys from an environment variable: the newest first, with commas between them.
    ///
    /// # Errors
    ///
    /// Returns an error if the variable is not set or empty, or if one of the keys is not valid. It
    /// names the variable and never shows its value.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::SessionKey;
    ///
    /// let error = SessionKey::all_from_env("CHAT_SESSION_KEYS").unwrap_err();
    /// assert!(error.to_string().contains("`CHAT_SESSION_KEYS` does not have a session key"));
    /// ```
    pub fn all_from_env(variable: &str) -> Result<Vec<Self>, SessionKeyError> {
        let text = std::env::var(variable).unwrap_or_default();
        Self::all_of(variable, &text)
    }

    fn all_of(variable: &str, text: &str) -> Result<Vec<Self>, SessionKeyError> {
        if text.trim().is_empty() {
            return Err(SessionKeyError::Missing {
                variable: variable.to_owned(),
            });
        }
        let keys = text.split(',').enumerate().map(|(index, key)| {
            key.parse().map_err(|reason| SessionKeyError::Variable {
                variable: variable.to_owned(),
                number: index + 1,
                reason: Box::new(reason),
            })
        });
        keys.collect()
    }

    pub(super) fn key(&self) -> &Key {
        &self.0
    }
}

impl FromStr for SessionKey {
    type Err = SessionKeyError;

    fn from_str(text: &str) -> Result<Self, SessionKeyError> {
        let text = text.trim();
        let is_hex = text.len() == 2 * LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digits = text.trim_end_matches('=').as_bytes();
        let bytes = if is_hex {
            HEXLOWER_PERMISSIVE.decode(text.as_bytes())
        } else if digits.contains(&b'-') || digits.contains(&b'_') {
            BASE64URL_NOPAD.decode(digits)
        } else {
            BASE64_NOPAD.decode(digits)
        };
        Self::from_bytes(&bytes.map_err(|_| SessionKeyError::Encoding)?)
    }
}

/// Shows nothing of the key.
impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    /// 32 bytes in which all base64 alphabets differ.
    const BYTES: [u8; 32] = [
        0xfb, 0xff, 0xbf, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
        23, 24, 25, 26, 27, 28, 29, 30, 31,
    ];

    #[test]
    fn every_form_of_text_is_the_same_key() {
        let key = SessionKey::from_bytes(&BYTES).unwrap();
        let hex = HEXLOWER_PERMISSIVE.encode(&BYTES);
        for text in [
            data_encoding::BASE64.encode(&BYTES),
            BASE64_NOPAD.encode(&BYTES),
            data_encoding::BASE64URL.encode(&BYTES),
            BASE64URL_NOPAD.encode(&BYTES),
            hex.clone(),
            hex.to_uppercase(),
            format!(" {hex}\n"),
        ] {
            let parsed: SessionKey = text.parse().unwrap();
            assert_eq!(parsed.0.encryption(), key.0.encryption(), "{text}");
            assert_eq!(parsed.0.encryption(), BYTES, "{text}");
        }
    }

    #[test]
    fn a_wrong_key_states_the_rule_and_not_the_key() {
        let length = |length| SessionKeyError::Length { length };
        for (text, error) in [
            ("", length(0)),
            ("c2VjcmV0", length(6)),
            ("change me, please", SessionKeyError::Encoding),
            (&BASE64_NOPAD.encode(&[7; 32]), SessionKeyError::Placeholder),
            (&BASE64_NOPAD.encode(&BYTES[1..]), length(31)),
            (&BASE64_NOPAD.encode(&[BYTES, BYTES].concat()), length(64)),
        ] {
            let found = text.parse::<SessionKey>().unwrap_err();
            assert_eq!(found, error, "{text}");
            assert!(text.len() < 2 || !format!("{found} {found:?}").contains(text));
        }
    }

    #[test]
    fn a_variable_has_one_key_or_several() {
        let (a, b) = (SessionKey::generate_text(), SessionKey::generate_text());
        assert_eq!(SessionKey::all_of("K", &a).unwrap().len(), 1);
        let keys = SessionKey::all_of("K", &format!("{a}, {b}")).unwrap();
        assert_eq!(BASE64_NOPAD.encode(keys[1].0.encryption()), b);
        let error = SessionKey::all_of("K", &format!("{a},{b},short")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "key 3 of the environment variable `K` is not valid"
        );
        assert!(error.source().is_some());
        assert!(matches!(
            SessionKey::all_of("K", " "),
            Err(SessionKeyError::Missing { .. })
        ));
    }
}
