//! Fields that speak of one connection.

use http::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, TE, TRANSFER_ENCODING, UPGRADE,
};

use super::members;

/// What speaks of one connection goes no further than that (RFC 9110 §7.6.1), and HTTP/2 has no field for it
/// (RFC 9113 §8.2.2).
pub(crate) fn drop_fields_of_the_connection(fields: &mut HeaderMap) {
    let named: Vec<HeaderName> = members(fields, CONNECTION)
        .filter_map(|name| name.parse().ok())
        .filter(|name| name != HOST && name != CONTENT_LENGTH)
        .collect();
    for name in named {
        fields.remove(name);
    }
    for name in [CONNECTION, TE, TRANSFER_ENCODING, UPGRADE] {
        fields.remove(name);
    }
    for name in ["keep-alive", "proxy-connection"] {
        fields.remove(name);
    }
}
