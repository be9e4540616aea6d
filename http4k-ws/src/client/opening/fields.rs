//! The fields of an opening handshake, those of the caller and those of the protocol.

use http::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_EXTENSIONS,
    SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, TRANSFER_ENCODING, UPGRADE,
};

use crate::client::error::ConnectError;

/// Parses the fields that the caller set.
pub(super) fn fields_of(headers: &[(String, String)]) -> Result<HeaderMap, ConnectError> {
    let mut fields = HeaderMap::new();
    for (name, value) in headers {
        let bad = || ConnectError::BadField { name: name.clone() };
        let key = HeaderName::try_from(name.as_str()).map_err(|_| bad())?;
        let value = HeaderValue::try_from(value.as_str()).map_err(|_| bad())?;
        // The request has no body, and its extensions follow from the configuration.
        if [CONTENT_LENGTH, TRANSFER_ENCODING, SEC_WEBSOCKET_EXTENSIONS].contains(&key) {
            return Err(bad());
        }
        if key == HOST {
            // A request has exactly one (RFC 9112 §3.2).
            fields.insert(key, value);
        } else {
            fields.append(key, value);
        }
    }
    Ok(fields)
}

/// Adds the fields of RFC 6455 §4.1.
pub(super) fn add_handshake(
    fields: &mut HeaderMap,
    key: &str,
    subprotocols: &[String],
) -> Result<(), ConnectError> {
    let bad = |name: &HeaderName| ConnectError::BadField {
        name: name.to_string(),
    };
    fields.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    fields.insert(UPGRADE, HeaderValue::from_static("websocket"));
    fields.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    let key = HeaderValue::try_from(key).map_err(|_| bad(&SEC_WEBSOCKET_KEY))?;
    fields.insert(SEC_WEBSOCKET_KEY, key);
    if !subprotocols.is_empty() {
        // Each must be a token (RFC 6455 §4.1, 10), so that the list can be parsed.
        if !subprotocols.iter().all(|name| is_token(name)) {
            return Err(bad(&SEC_WEBSOCKET_PROTOCOL));
        }
        let list = HeaderValue::try_from(subprotocols.join(", "));
        let list = list.map_err(|_| bad(&SEC_WEBSOCKET_PROTOCOL))?;
        fields.insert(SEC_WEBSOCKET_PROTOCOL, list);
    }
    Ok(())
}

/// Returns `true` for a token of RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_tchar)
}
