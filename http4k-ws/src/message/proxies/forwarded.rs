//! The field `Forwarded` (RFC 7239 §4).
//!
//! ```text
//! Forwarded         = 1#forwarded-element
//! forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] )
//! forwarded-pair    = token "=" ( token / quoted-string )
//! ```
//!
//! 1. A line is read from the left to the right, because only that tells which quotes open.
//! 2. A line that violates the grammar has no structure at all. A client could send half a quoted
//!    string, which the element of the proxy behind it would complete. Other lines keep their
//!    elements.
//! 3. White space may surround commas, as in every list (RFC 9110 §5.6.1), and semicolons, as some
//!    proxies write them.
//! 4. An empty element of the list does not count (RFC 9110 §5.6.1.2).

use std::borrow::Cow;

use super::node::node;
use super::walk::{Element, Stated};
use crate::message::http::{HostPort, Scheme};

/// A line that violates the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// Passes the elements of `line` and their offsets to `visit`, in their order.
pub(super) fn elements<'h>(
    line: &'h [u8],
    mut visit: impl FnMut(Element<'h>, usize),
) -> Result<(), Malformed> {
    let mut rest = Rest { line, at: 0 };
    loop {
        rest.skip_space();
        let (start, mut pairs) = (rest.at, Pairs::default());
        loop {
            if !matches!(rest.peek(), None | Some(b',' | b';')) {
                let (name, value) = rest.pair()?;
                pairs.add(name, value);
            }
            rest.skip_space();
            match rest.next() {
                Some(b';') => rest.skip_space(),
                end @ (None | Some(b',')) => {
                    if rest.at - usize::from(end.is_some()) > start {
                        visit(pairs.element(), start);
                    }
                    if end.is_none() {
                        return Ok(());
                    }
                    break;
                }
                Some(_) => return Err(Malformed),
            }
        }
    }
}

/// The rest of a line.
struct Rest<'h> {
    line: &'h [u8],
    at: usize,
}

impl<'h> Rest<'h> {
    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn pair(&mut self) -> Result<(&'h [u8], Cow<'h, [u8]>), Malformed> {
        let name = self.token()?;
        if self.next() != Some(b'=') {
            return Err(Malformed);
        }
        let value = match self.peek() {
            Some(b'"') => self.quoted()?,
            _ => Cow::Borrowed(self.token()?),
        };
        Ok((name, value))
    }

    /// Reads a token (RFC 9110 §5.6.2).
    fn token(&mut self) -> Result<&'h [u8], Malformed> {
        let rest = &self.line[self.at..];
        let length = rest.iter().take_while(|byte| is_token(**byte)).count();
        self.at += length;
        match length {
            0 => Err(Malformed),
            _ => Ok(&rest[..length]),
        }
    }

    /// Reads a quoted string (RFC 9110 §5.6.4), and returns its text.
    fn quoted(&mut self) -> Result<Cow<'h, [u8]>, Malformed> {
        self.at += 1;
        let start = self.at;
        let mut unescaped: Option<Vec<u8>> = None;
        loop {
            let at = self.at;
            let byte = match self.next().ok_or(Malformed)? {
                b'"' => {
                    let text = Cow::Borrowed(&self.line[start..at]);
                    return Ok(unescaped.map_or(text, Cow::Owned));
                }
                b'\\' => {
                    unescaped.get_or_insert_with(|| self.line[start..at].to_vec());
                    self.next().ok_or(Malformed)?
                }
                byte => byte,
            };
            if let Some(unescaped) = &mut unescaped {
                unescaped.push(byte);
            }
        }
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The pairs of an element that are known: `by` is only counted.
#[derive(Default)]
struct Pairs<'h>([Stated<Cow<'h, [u8]>>; 4]);

/// The known names, without regard to their case. Each may occur once in an element.
const NAMES: [&[u8]; 4] = [b"for", b"proto", b"host", b"by"];

impl<'h> Pairs<'h> {
    fn add(&mut self, name: &[u8], value: Cow<'h, [u8]>) {
        let known = NAMES
            .iter()
            .position(|known| name.eq_ignore_ascii_case(known));
        if let Some(pair) = known.map(|known| &mut self.0[known]) {
            *pair = match pair {
                Stated::Nothing => Stated::Value(value),
                _ => Stated::Invalid,
            };
        }
    }

    fn element(self) -> Element<'h> {
        // A name that occurs twice makes the whole element ambiguous.
        if self.0.contains(&Stated::Invalid) {
            let [_, _, host, _] = self.0;
            return Element {
                peer: None,
                scheme: Stated::Invalid,
                host: match host {
                    Stated::Nothing => Stated::Nothing,
                    _ => Stated::Invalid,
                },
            };
        }
        let [peer, scheme, host, _by] = self.0.map(|pair| match pair {
            Stated::Value(value) => Some(value),
            _ => None,
        });
        Element {
            peer: peer.and_then(text).and_then(|peer| node(&peer)),
            scheme: scheme.map_or(Stated::Nothing, |scheme| {
                Stated::of(text(scheme).and_then(|scheme| Scheme::named(&scheme)))
            }),
            host: host.map_or(Stated::Nothing, |host| {
                Stated::of(text(host).filter(|host| HostPort::parse(host).is_some()))
            }),
        }
    }
}

fn text(bytes: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn parsed(line: &str) -> Result<Vec<(Element<'_>, usize)>, Malformed> {
        let mut all = Vec::new();
        elements(line.as_bytes(), |element, at| all.push((element, at)))?;
        Ok(all)
    }

    fn element(peer: &str, scheme: Stated<Scheme>, host: Stated<&'static str>) -> Element<'static> {
        Element {
            peer: peer.parse::<IpAddr>().ok(),
            scheme,
            host: match host {
                Stated::Value(host) => Stated::Value(Cow::Borrowed(host)),
                Stated::Nothing => Stated::Nothing,
                Stated::Invalid => Stated::Invalid,
            },
        }
    }

    #[test]
    fn the_whole_grammar_is_read() {
        use Stated::{Invalid, Nothing, Value};
        let plain = |peer| element(peer, Nothing, Nothing);
        for (line, expected) in [
            // The examples of RFC 7239 §4.
            (r#"for="_gazonk""#, vec![plain("")]),
            (
                r#"For="[2001:db8:cafe::17]:4711""#,
                vec![plain("2001:db8:cafe::17")],
            ),
            (
                "for=192.0.2.60;proto=http;by=203.0.113.43",
                vec![element("192.0.2.60", Value(Scheme::Http), Nothing)],
            ),
            (
                "for=192.0.2.43, for=198.51.100.17",
                vec![plain("192.0.2.43"), plain("198.51.100.17")],
            ),
            (
                r#"for=192.0.2.1;HOST="a.b:80";ProTo=HTTPS"#,
                vec![element("192.0.2.1", Value(Scheme::Https), Value("a.b:80"))],
            ),
            (
                r#"for="\1\92.0.2.1";host="a\,b";x="\"\\,;""#,
                vec![element("192.0.2.1", Nothing, Value("a,b"))],
            ),
            (
                "for=192.0.2.1 ;\tproto=wss\t,\tby=_x ; for=192.0.2.2",
                vec![
                    element("192.0.2.1", Value(Scheme::Https), Nothing),
                    plain("192.0.2.2"),
                ],
            ),
            (";for=192.0.2.1;;", vec![plain("192.0.2.1")]),
            (";", vec![plain("")]),
            ("", vec![]),
            (" , ,", vec![]),
            (", for=192.0.2.1,", vec![plain("192.0.2.1")]),
            ("for=unknown", vec![plain("")]),
            (
                "secret=x;proto=http",
                vec![element("", Value(Scheme::Http), Nothing)],
            ),
            (
                "for=192.0.2.1;proto=ftp",
                vec![element("192.0.2.1", Invalid, Nothing)],
            ),
            (
                r#"for=192.0.2.1;host="a b""#,
                vec![element("192.0.2.1", Nothing, Invalid)],
            ),
            (
                r#"for=192.0.2.1;host="""#,
                vec![element("192.0.2.1", Nothing, Invalid)],
            ),
            // Ambiguous, but the next element is not.
            (
                "for=192.0.2.1;For=192.0.2.2, for=192.0.2.3",
                vec![element("", Invalid, Nothing), plain("192.0.2.3")],
            ),
            (
                "for=192.0.2.1;host=a;by=a;by=b",
                vec![element("", Invalid, Invalid)],
            ),
        ] {
            let elements = parsed(line).map(|all| all.into_iter().map(|(element, _)| element));
            assert_eq!(elements.map(Iterator::collect), Ok(expected), "{line}");
        }
    }

    #[test]
    fn a_line_that_violates_the_grammar_has_no_elements() {
        for line in [
            "192.0.2.1",
            "for",
            "for=",
            "=192.0.2.1",
            "for =192.0.2.1",
            "for= 192.0.2.1",
            "for=192.0.2.1:80",
            "for=[2001:db8::1]",
            "for=192.0.2.1 for=192.0.2.2",
            r#"for=""192.0.2.1"#,
            r#"for="192.0.2.1"#,
            r#"for="192.0.2.1\""#,
            r#"for="192.0.2.1"x"#,
            r#"for=192"0.2.1""#,
            "for=192.0.2.1;h\u{e4}st=a",
            // What a client begins must not swallow what a proxy appends.
            r#"for="x, for=192.0.2.1"#,
            r#"for=192.0.2.1;x=", for="[2001:db8::1]""#,
            r#"for=192.0.2.1;x="\, for="[2001:db8::1]""#,
        ] {
            assert_eq!(parsed(line), Err(Malformed), "{line}");
        }
    }

    #[test]
    fn each_element_has_its_place() {
        let line = ",  for=192.0.2.1;x=\",\" ,for=192.0.2.2";
        let places: Vec<_> = parsed(line).unwrap().iter().map(|(_, at)| *at).collect();
        assert_eq!(&line[places[0]..places[0] + 5], "for=1");
        assert_eq!(&line[places[1]..], "for=192.0.2.2");
    }
}
