//! The head of a part (RFC 7578 §4.2, §4.4).

use super::error::MultipartError;

/// The head of a part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PartHead {
    pub(super) name: String,
    /// `None` if the part is not a file.
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
}

impl PartHead {
    /// Reads the fields of a head, each with its line end.
    pub(super) fn parse(head: &[u8]) -> Result<Self, MultipartError> {
        let text = std::str::from_utf8(head).or(Err(broken("it is not UTF-8")))?;
        let (mut disposition, mut content_type) = (None, None);
        for line in text.split_terminator("\r\n") {
            if line.contains(|c: char| c.is_control() && c != '\t') {
                return Err(broken(
                    "it has a control character or a line end that is not CRLF",
                ));
            }
            let field = line.split_once(':').filter(|(name, _)| is_token(name));
            let Some((name, value)) = field else {
                return Err(broken("a line is not `name: value`"));
            };
            let value = value.trim_matches([' ', '\t']);
            let known = if name.eq_ignore_ascii_case("content-disposition") {
                &mut disposition
            } else if name.eq_ignore_ascii_case("content-type") {
                &mut content_type
            } else {
                continue;
            };
            if known.replace(value).is_some() {
                return Err(broken("a field is sent twice"));
            }
        }
        let disposition = disposition.ok_or(broken("Content-Disposition is missing"))?;
        let (name, file_name) = disposed(disposition)?;
        Ok(Self {
            name,
            file_name,
            content_type: content_type.map(str::to_owned),
        })
    }
}

/// Returns the name and the file name in a `Content-Disposition`.
fn disposed(value: &str) -> Result<(String, Option<String>), MultipartError> {
    let (kind, mut rest) = value.split_at(value.find(';').unwrap_or(value.len()));
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return Err(broken("Content-Disposition is not `form-data`"));
    }
    let (mut name, mut file_name) = (None, None);
    while let Some(parameter) = rest.strip_prefix(';') {
        let parameter = parameter.trim_start_matches([' ', '\t']);
        if parameter.is_empty() {
            break;
        }
        let (key, after) = parameter
            .split_once('=')
            .ok_or(broken("a parameter of Content-Disposition lacks its value"))?;
        let (text, after) = parameter_value(after)?;
        rest = after.trim_start_matches([' ', '\t']);
        if !rest.is_empty() && !rest.starts_with(';') {
            return Err(broken("a parameter of Content-Disposition is not valid"));
        }
        // `filename*` must not be sent, and is ignored (RFC 7578 §4.2).
        let known = if key.eq_ignore_ascii_case("name") {
            &mut name
        } else if key.eq_ignore_ascii_case("filename") {
            &mut file_name
        } else {
            continue;
        };
        if known.replace(text).is_some() {
            return Err(broken("a parameter of Content-Disposition is sent twice"));
        }
    }
    let name = name.ok_or(broken("the part lacks a name"))?;
    Ok((name, file_name))
}

/// Returns a token or the text in quotes at the start, and what follows.
///
/// Browsers write a quote and line ends as `%22`, `%0D` and `%0A` (WHATWG HTML §4.10.21.8), other
/// clients a quote and a backslash behind a backslash.
fn parameter_value(text: &str) -> Result<(String, &str), MultipartError> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ' ', '\t']).unwrap_or(text.len());
        return Ok((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut rest = quoted;
    loop {
        let end = rest.find(['"', '\\', '%']);
        let end = end.ok_or(broken("a quoted text of Content-Disposition does not end"))?;
        value.push_str(&rest[..end]);
        rest = &rest[end..];
        if let Some(after) = rest.strip_prefix('"') {
            return Ok((value, after));
        }
        const ESCAPES: [(&str, char); 5] = [
            ("\\\"", '"'),
            ("\\\\", '\\'),
            ("%22", '"'),
            ("%0d", '\r'),
            ("%0a", '\n'),
        ];
        let starts = |escape: &str| {
            let start = rest.get(..escape.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(escape))
        };
        match ESCAPES.iter().find(|(escape, _)| starts(escape)) {
            Some((escape, meant)) => {
                value.push(*meant);
                rest = &rest[escape.len()..];
            }
            None => {
                // A backslash or a percent sign by itself, as in a path of Windows.
                value.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
}

fn is_token(text: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token)
}

fn broken(rule: &'static str) -> MultipartError {
    MultipartError::Head { rule }
}

/// Returns the last part of a path, without control characters and invisible marks. `None` if
/// nothing is left that can be a name.
pub(super) fn without_path(file_name: &str) -> Option<String> {
    let last = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let name: String = last.chars().filter(|c| !is_unseen(*c)).collect();
    let name = name.trim();
    (!name.is_empty() && name != "." && name != "..").then(|| name.to_owned())
}

/// Returns the boundary that the Content-Type of a form with files names (RFC 2046 §5.1.1).
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let (kind, mut rest) = content_type.split_at(content_type.find(';')?);
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let mut found = None;
    while let Some(parameter) = rest.strip_prefix(';') {
        let parameter = parameter.trim_start_matches([' ', '\t']);
        let Some((key, after)) = parameter.split_once('=') else {
            break;
        };
        let (text, after) = parameter_value(after).ok()?;
        rest = after.trim_start_matches([' ', '\t']);
        if key.eq_ignore_ascii_case("boundary") && found.replace(text).is_some() {
            return None;
        }
    }
    let is_boundary = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
    found.filter(|boundary| {
        matches!(boundary.len(), 1..=70)
            && boundary.bytes().all(is_boundary)
            && !boundary.ends_with(' ')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_clients_write_it() {
        for (head, name, file_name) in [
            ("form-data; name=\"a\"", "a", None),
            ("form-data; name=a", "a", None),
            ("FORM-DATA;NAME=\"a\";", "a", None),
            (
                "form-data; name=\"\u{e4} b\"; filename=\"\"",
                "\u{e4} b",
                Some(""),
            ),
            (
                "form-data; filename=\"x;y=\\\"z\\\"\"; name=\"a\"",
                "a",
                Some("x;y=\"z\""),
            ),
            ("form-data; name=\"%22a%0D%0Ab%20\"", "\"a\r\nb%20", None),
            (
                "form-data; name=\"a\"; filename=\"C:\\temp\\x.txt\"",
                "a",
                Some("C:\\temp\\x.txt"),
            ),
            ("form-data; name=\"a\"; filename*=utf-8''evil", "a", None),
        ] {
            let fields =
                format!("Content-Disposition: {head}\r\nX-Other: 1\r\ncontent-type: text/x\r\n");
            let read = PartHead::parse(fields.as_bytes()).expect(head);
            assert_eq!(
                (read.name.as_str(), read.file_name.as_deref()),
                (name, file_name)
            );
            assert_eq!(read.content_type.as_deref(), Some("text/x"));
        }
    }

    #[test]
    fn a_head_that_can_be_read_in_two_ways_is_an_error() {
        for head in [
            "",
            "X: 1\r\n",
            "Content-Disposition: attachment; name=\"a\"\r\n",
            "Content-Disposition: form-data\r\n",
            "Content-Disposition: form-data; filename=\"a\"\r\n",
            "Content-Disposition: form-data; name=\"a\"; name=\"b\"\r\n",
            "Content-Disposition: form-data; name=\"a\r\n",
            "Content-Disposition: form-data; name=\"a\"x\r\n",
            "Content-Disposition: form-data; name\r\n",
            "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n",
            "Content-Disposition: form-data;\r\n name=\"a\"\r\n",
            "Content-Disposition : form-data; name=\"a\"\r\n",
            "Content-Disposition: form-data; name=\"a\"\nX: 1\r\n",
            "Content-Disposition: form-data; name=\"a\0\"\r\n",
            "no colon\r\n",
        ] {
            let read = PartHead::parse(head.as_bytes());
            assert!(
                matches!(read, Err(MultipartError::Head { .. })),
                "{head:?} {read:?}"
            );
        }
        let read = PartHead::parse(b"Content-Disposition: form-data; name=\"\xff\"\r\n");
        assert!(matches!(read, Err(MultipartError::Head { .. })));
    }

    #[test]
    fn a_file_name_has_no_path() {
        for (sent, name) in [
            ("a.txt", Some("a.txt")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\temp\\a.txt", Some("a.txt")),
            ("/", None),
            ("..", None),
            ("a/..", None),
            ("", None),
            (" . ", None),
            ("a\r\n\0\u{202e}b", Some("ab")),
        ] {
            assert_eq!(without_path(sent).as_deref(), name, "{sent:?}");
        }
    }

    #[test]
    fn a_boundary_is_read_from_the_content_type() {
        let long = "b".repeat(71);
        for (content_type, expected) in [
            ("multipart/form-data; boundary=a-b", Some("a-b")),
            (
                "Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"",
                Some("a b"),
            ),
            ("multipart/form-data", None),
            ("multipart/form-data; boundary=", None),
            ("multipart/form-data; boundary=\"a \"", None),
            ("multipart/form-data; boundary=\"a\\\\b\"", None),
            ("multipart/form-data; boundary=a; boundary=b", None),
            ("multipart/mixed; boundary=a", None),
            ("text/plain; boundary=a", None),
        ] {
            assert_eq!(
                boundary(content_type).as_deref(),
                expected,
                "{content_type}"
            );
        }
        assert_eq!(
            boundary(&format!("multipart/form-data; boundary={long}")),
            None
        );
    }
}
