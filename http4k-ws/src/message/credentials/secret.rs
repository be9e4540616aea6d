//! Text that must not be printed.

use std::fmt;
use std::hint::black_box;

/// Text that only its owner may know: a token, a password, a key.
///
/// `Debug` does not show the text. The type has no `==`, because its time would reveal how much of
/// a guess is right: [`matches`](Self::matches) compares.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::Secret;
///
/// let secret = Secret::new("open sesame");
/// assert!(secret.matches("open sesame"));
/// assert!(!secret.matches("open sesam"));
/// assert_eq!(format!("{secret:?}"), "Secret");
/// ```
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// Creates a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into().into_boxed_str())
    }

    /// Returns `true` for this text, in a time that depends on the lengths only.
    ///
    /// A comparison with `==` ends at the first byte that differs. Its time reveals to a client how
    /// much of a guess was right. A password that is stored as a hash is compared by the library of
    /// the hash instead.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Secret;
    ///
    /// let token = Secret::new("t1");
    /// assert!(token.matches("t1"));
    /// assert!(token.matches(b"t1"));
    /// assert!(!token.matches("T1"));
    /// ```
    pub fn matches(&self, text: impl AsRef<[u8]>) -> bool {
        let text = text.as_ref();
        let pairs = self.0.bytes().zip(text);
        let differs = pairs.fold(0, |differs, (a, b)| black_box(differs | (a ^ b)));
        self.0.len() == text.len() && differs == 0
    }

    /// Returns the text, for a database or a library of password hashes.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Secret;
    ///
    /// assert_eq!(Secret::new("open sesame").expose(), "open sesame");
    /// ```
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns `true` if the text is empty.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::message::Secret;
    ///
    /// // An environment variable may be set and empty.
    /// assert!(Secret::new("").is_empty());
    /// assert!(!Secret::new(" ").is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Omits the text.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_text_matches() {
        let secret = Secret::new("secret");
        for (text, matches) in [
            ("secret", true),
            ("secreT", false),
            ("secret!", false),
            ("secre", false),
            ("", false),
            ("Secret", false),
        ] {
            assert_eq!(secret.matches(text), matches, "{text}");
        }
        assert!(Secret::new("").matches("") && Secret::new("").is_empty());
    }
}
