//! An independent reader of the head of a message (RFC 9112 §2.2 to §5).

/// A valid opening handshake.
pub const HANDSHAKE: &str = "GET /ws HTTP/1.1\r\nHost: fuzz\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// The first line of a request or a response, and the fields.
#[derive(Debug)]
pub struct Head {
    /// Method, target and version; or version, status and reason.
    pub line: [String; 3],
    fields: Vec<(String, Vec<u8>)>,
}

impl Head {
    /// Returns the head at the beginning of `bytes`; `None` if it is incomplete.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let mut lines = bytes
            .split_inclusive(|byte| *byte == b'\n')
            // A line ends with LF, which CR may precede (RFC 9112 §2.2).
            .map_while(|line| line.strip_suffix(b"\n"))
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .skip_while(|line| line.is_empty());
        let line = String::from_utf8(lines.next()?.to_vec()).ok()?;
        let mut parts = line.splitn(3, ' ').map(str::to_owned);
        let mut head = Self {
            line: [parts.next()?, parts.next()?, parts.next()?],
            fields: Vec::new(),
        };
        for line in lines {
            if line.is_empty() {
                return Some(head);
            }
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = String::from_utf8(line[..colon].to_vec()).ok()?;
            let value = line[colon + 1..].trim_ascii().to_vec();
            head.fields.push((name.to_ascii_lowercase(), value));
        }
        None
    }

    /// Returns the values of the fields of this name, which is in lower case.
    pub fn values(&self, name: &str) -> Vec<&[u8]> {
        let of_name = self.fields.iter().filter(|(known, _)| known == name);
        of_name.map(|(_, value)| &value[..]).collect()
    }

    /// Returns the value of a field that occurs once.
    pub fn only(&self, name: &str) -> Option<&[u8]> {
        match self.values(name)[..] {
            [value] => Some(value),
            _ => None,
        }
    }

    /// Returns `true` if a list of tokens, over all its lines, has `token` in any case.
    pub fn lists(&self, name: &str, token: &str) -> bool {
        let values = self.values(name);
        let mut items = values
            .iter()
            .flat_map(|value| value.split(|byte| *byte == b','));
        items.any(|item| item.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
    }
}
