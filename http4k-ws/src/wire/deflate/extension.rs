//! The field `Sec-WebSocket-Extensions` (RFC 6455 §9.1).

use std::borrow::Cow;

use http::header::{HeaderMap, SEC_WEBSOCKET_EXTENSIONS};

/// One extension of the list, with its parameters in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extension<'a> {
    pub(super) name: &'a str,
    pub(super) params: Vec<(&'a str, Option<Cow<'a, str>>)>,
}

/// The field does not follow the grammar of RFC 6455 §9.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MalformedExtensions;

/// Parses the extensions in all fields of that name, in order.
pub(super) fn extensions(headers: &HeaderMap) -> Result<Vec<Extension<'_>>, MalformedExtensions> {
    let mut found = Vec::new();
    for value in headers.get_all(SEC_WEBSOCKET_EXTENSIONS) {
        let text = std::str::from_utf8(value.as_bytes()).map_err(|_| MalformedExtensions)?;
        Parser { rest: text }.list(&mut found)?;
    }
    Ok(found)
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    /// `1#extension`, in which a recipient accepts empty elements (RFC 9110 §5.6.1.2).
    fn list(&mut self, found: &mut Vec<Extension<'a>>) -> Result<(), MalformedExtensions> {
        loop {
            while self.take(',') {}
            if self.rest.is_empty() {
                return Ok(());
            }
            found.push(self.extension()?);
            if !self.rest.is_empty() && !self.take(',') {
                return Err(MalformedExtensions);
            }
        }
    }

    /// `token *( ";" token [ "=" ( token / quoted-string ) ] )`.
    fn extension(&mut self) -> Result<Extension<'a>, MalformedExtensions> {
        let name = self.token()?;
        let mut params = Vec::new();
        while self.take(';') {
            let name = self.token()?;
            let value = match self.take('=') {
                true => Some(self.value()?),
                false => None,
            };
            params.push((name, value));
        }
        Ok(Extension { name, params })
    }

    fn token(&mut self) -> Result<&'a str, MalformedExtensions> {
        self.skip_space();
        let end = self.rest.bytes().position(|byte| !is_tchar(byte));
        let (token, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        self.skip_space();
        match token.is_empty() {
            true => Err(MalformedExtensions),
            false => Ok(token),
        }
    }

    fn value(&mut self) -> Result<Cow<'a, str>, MalformedExtensions> {
        self.skip_space();
        let Some(quoted) = self.rest.strip_prefix('"') else {
            return self.token().map(Cow::Borrowed);
        };
        let mut value = String::new();
        let mut chars = quoted.char_indices();
        while let Some((at, char)) = chars.next() {
            match char {
                '"' => {
                    self.rest = &quoted[at + 1..];
                    self.skip_space();
                    // Without the quotes it must be a token (RFC 6455 §9.1).
                    let is_token = !value.is_empty() && value.bytes().all(is_tchar);
                    return is_token
                        .then_some(Cow::Owned(value))
                        .ok_or(MalformedExtensions);
                }
                '\\' => value.push(chars.next().ok_or(MalformedExtensions)?.1),
                char => value.push(char),
            }
        }
        Err(MalformedExtensions)
    }

    /// Takes `char` if it is next, with the white space around it.
    fn take(&mut self, char: char) -> bool {
        self.skip_space();
        let Some(rest) = self.rest.strip_prefix(char) else {
            return false;
        };
        self.rest = rest;
        self.skip_space();
        true
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }
}

/// Returns `true` for a character of a token (RFC 9110 §5.6.2).
fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let values = values.iter().map(|value| {
            let value = value.parse().expect("a value");
            (SEC_WEBSOCKET_EXTENSIONS, value)
        });
        values.collect()
    }

    fn shown(values: &[&str]) -> Result<String, MalformedExtensions> {
        let headers = headers(values);
        let found = extensions(&headers)?;
        let found = found.iter().map(|extension| {
            let params = extension.params.iter().map(|(name, value)| match value {
                Some(value) => format!("{name}={value}"),
                None => (*name).to_owned(),
            });
            let params: Vec<_> = params.collect();
            format!("{}({})", extension.name, params.join(" "))
        });
        Ok(found.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn extensions_are_read_with_their_parameters() {
        let cases: &[(&[&str], &str)] = &[
            (&[], ""),
            (&[""], ""),
            (&["a"], "a()"),
            (&["a, b"], "a() b()"),
            (&["a", "b;c"], "a() b(c)"),
            (&[" a ; b = 1 ;\tc=\"2\" , , d"], "a(b=1 c=2) d()"),
            (&[",,a,,"], "a()"),
            (&["a;b=\"1\\0\""], "a(b=10)"),
        ];
        for (values, expected) in cases {
            assert_eq!(shown(values).as_deref(), Ok(*expected), "{values:?}");
        }
    }

    #[test]
    fn fields_that_break_the_grammar_are_malformed() {
        for value in [
            ";",
            "a;",
            "a;;b",
            "=",
            "a;b=",
            "a b",
            "a;b=c d",
            "a;b=\"",
            "a;b=\"\"",
            "a;b=\"c",
            "a;b=\"c d\"",
            "a;b=\"c\\",
            "a;b=\"c\"d",
            "a/b",
            "a;b=c=d",
            "a;=b",
            "a=b",
            "\"a\"",
        ] {
            assert_eq!(shown(&[value]), Err(MalformedExtensions), "{value}");
        }
        let latin = http::HeaderValue::from_bytes(b"a;b=\xE4").expect("a value");
        let headers = HeaderMap::from_iter([(SEC_WEBSOCKET_EXTENSIONS, latin)]);
        assert_eq!(extensions(&headers), Err(MalformedExtensions));
    }
}
