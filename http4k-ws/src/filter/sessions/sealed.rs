//! The encrypted value of a cookie.
//!
//! 1. The text is JSON of the time the session started, the time the cookie was issued, and the
//!    value. AES-256-GCM encrypts and authenticates it with a random nonce, by the private jar of
//!    the crate `cookie`.
//! 2. The authenticated name states the format, its kind, the purpose and the name of the cookie.
//!    A value sealed for another of them does not open.
//! 3. The newest key seals, and all keys open. The work is bounded by the number of keys and by
//!    [`MAX_COOKIE`].
//! 4. A value that does not open is no value. The caller does not learn the reason.

use cookie::{Cookie, CookieJar};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::SessionError;
use super::key::SessionKey;

/// The number of bytes of a cookie with its name and attributes that every browser keeps (RFC 6265
/// §6.1).
pub(super) const MAX_COOKIE: usize = 4096;

/// The text that is encrypted.
#[derive(Serialize, Deserialize)]
pub(super) struct Sealed<V> {
    /// The time at which the session started, in seconds since 1970.
    #[serde(rename = "s")]
    pub(super) started: u64,
    /// The time at which the cookie was issued, in seconds since 1970.
    #[serde(rename = "i")]
    pub(super) issued: u64,
    #[serde(rename = "v")]
    pub(super) value: V,
}

/// The use of a value, which is authenticated with it.
#[derive(Clone, Copy)]
pub(super) struct Use<'a> {
    /// `value` or `id`.
    pub(super) kind: &'static str,
    pub(super) purpose: &'a str,
    pub(super) cookie: &'a str,
}

impl Use<'_> {
    /// Returns the authenticated name. The lengths keep its parts apart.
    fn name(self) -> String {
        let Self {
            kind,
            purpose,
            cookie,
        } = self;
        format!(
            "http4k-ws session 1 {kind} {}:{purpose} {cookie}",
            purpose.len()
        )
    }
}

pub(super) fn seal<V: Serialize>(
    key: &SessionKey,
    used: Use<'_>,
    sealed: &Sealed<V>,
) -> Result<String, SessionError> {
    let text = serde_json::to_string(sealed).map_err(SessionError::Value)?;
    let name = used.name();
    let mut jar = CookieJar::new();
    jar.private_mut(key.key())
        .add(Cookie::new(name.clone(), text));
    let value = jar.get(&name).map(|cookie| cookie.value().to_owned());
    Ok(value.expect("the jar has the cookie that was added"))
}

/// Returns what `text` holds, and the index of its key.
pub(super) fn open<V: DeserializeOwned>(
    keys: &[SessionKey],
    used: Use<'_>,
    text: &str,
) -> Option<(Sealed<V>, usize)> {
    if text.len() > MAX_COOKIE {
        return None;
    }
    let jar = CookieJar::new();
    let sealed = Cookie::new(used.name(), text.to_owned());
    let (opened, index) = keys.iter().enumerate().find_map(|(index, key)| {
        let opened = jar.private(key.key()).decrypt(sealed.clone())?;
        Some((opened, index))
    })?;
    Some((serde_json::from_str(opened.value()).ok()?, index))
}

#[cfg(test)]
mod tests {
    use super::*;

    const USED: Use<'_> = Use {
        kind: "value",
        purpose: "shop",
        cookie: "session",
    };

    fn sealed(key: &SessionKey) -> String {
        let sealed = Sealed {
            started: 1,
            issued: 2,
            value: "ann",
        };
        seal(key, USED, &sealed).unwrap()
    }

    fn opened(keys: &[SessionKey], used: Use<'_>, text: &str) -> Option<(String, usize)> {
        open::<String>(keys, used, text).map(|(sealed, index)| (sealed.value, index))
    }

    #[test]
    fn all_keys_open_and_the_index_states_which() {
        let keys = [SessionKey::generate(), SessionKey::generate()];
        let [new, old] = [sealed(&keys[0]), sealed(&keys[1])];
        assert_ne!(new, sealed(&keys[0]), "each sealing has a nonce of its own");
        assert_eq!(opened(&keys, USED, &new), Some(("ann".into(), 0)));
        assert_eq!(opened(&keys, USED, &old), Some(("ann".into(), 1)));
        assert_eq!(opened(&keys[..1], USED, &old), None);
        assert_eq!(opened(&[], USED, &new), None);
    }

    #[test]
    fn a_value_for_another_use_does_not_open() {
        let keys = [SessionKey::generate()];
        let text = sealed(&keys[0]);
        for used in [
            Use { kind: "id", ..USED },
            Use {
                purpose: "",
                ..USED
            },
            Use {
                purpose: "shop session",
                cookie: "",
                ..USED
            },
            Use {
                cookie: "__Host-session",
                ..USED
            },
        ] {
            assert_eq!(opened(&keys, used, &text), None, "{}", used.name());
        }
    }

    #[test]
    fn no_byte_can_be_changed_added_or_removed() {
        let keys = [SessionKey::generate()];
        let text = sealed(&keys[0]);
        for at in 0..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(opened(&keys, USED, &forged), None, "{at}");
            assert_eq!(opened(&keys, USED, &text[..at]), None, "{at}");
        }
        for forged in [
            "",
            "=",
            "AAAA",
            "\u{1f511}",
            &format!("{text}A"),
            &"A".repeat(1 << 20),
        ] {
            assert_eq!(opened(&keys, USED, forged), None);
        }
    }

    #[test]
    fn a_value_of_another_type_does_not_open() {
        let keys = [SessionKey::generate()];
        let text = sealed(&keys[0]);
        assert!(open::<u64>(&keys, USED, &text).is_none());
    }
}
