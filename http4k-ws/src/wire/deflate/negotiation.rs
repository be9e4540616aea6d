//! The negotiation of permessage-deflate (RFC 7692 §5, §7.1).
//!
//! 1. A server takes the first offer that it can accept, and declines every other one. An offer
//!    with an unknown, repeated or invalid parameter is declined (§7.1).
//! 2. A client fails the connection if the response is not a valid answer to its offer (§5.1,
//!    §7.1).
//! 3. A window of 8 bits cannot be compressed with. A server declines an offer that asks it to,
//!    and a client that must compress nothing may still send everything as it is (§6).

use std::fmt::Write;

use http::header::{HeaderMap, HeaderValue};

use super::extension::{Extension, MalformedExtensions, extensions};
use crate::session::{Deflate, DeflateTerms, MAX_WINDOW_BITS, MIN_WINDOW_BITS};

const NAME: &str = "permessage-deflate";
const SERVER_NO_CONTEXT_TAKEOVER: &str = "server_no_context_takeover";
const CLIENT_NO_CONTEXT_TAKEOVER: &str = "client_no_context_takeover";
const SERVER_MAX_WINDOW_BITS: &str = "server_max_window_bits";
const CLIENT_MAX_WINDOW_BITS: &str = "client_max_window_bits";

/// The parameters of one offer or response.
#[derive(Debug, Default, PartialEq, Eq)]
struct Params {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<u8>,
    client_max_window_bits: Option<ClientWindow>,
}

#[derive(Debug, PartialEq, Eq)]
enum ClientWindow {
    /// In an offer: the client can limit its window.
    Any,
    Bits(u8),
}

impl Params {
    /// Reads the parameters of an extension. Returns `None` if one is unknown, repeated or invalid.
    fn of(extension: &Extension<'_>) -> Option<Self> {
        let mut params = Self::default();
        for (name, value) in &extension.params {
            let is_new = match (*name, value.as_deref()) {
                (SERVER_NO_CONTEXT_TAKEOVER, None) => {
                    !std::mem::replace(&mut params.server_no_context_takeover, true)
                }
                (CLIENT_NO_CONTEXT_TAKEOVER, None) => {
                    !std::mem::replace(&mut params.client_no_context_takeover, true)
                }
                (SERVER_MAX_WINDOW_BITS, Some(value)) => {
                    let bits = window_bits(value)?;
                    params.server_max_window_bits.replace(bits).is_none()
                }
                (CLIENT_MAX_WINDOW_BITS, value) => {
                    let window = match value {
                        None => ClientWindow::Any,
                        Some(value) => ClientWindow::Bits(window_bits(value)?),
                    };
                    params.client_max_window_bits.replace(window).is_none()
                }
                _ => false,
            };
            if !is_new {
                return None;
            }
        }
        Some(params)
    }

    /// Returns the value of the field.
    fn to_value(&self) -> HeaderValue {
        let mut text = NAME.to_owned();
        for (set, name) in [
            (self.server_no_context_takeover, SERVER_NO_CONTEXT_TAKEOVER),
            (self.client_no_context_takeover, CLIENT_NO_CONTEXT_TAKEOVER),
        ] {
            if set {
                // Writing to a string never fails.
                let _ = write!(text, "; {name}");
            }
        }
        if let Some(bits) = self.server_max_window_bits {
            let _ = write!(text, "; {SERVER_MAX_WINDOW_BITS}={bits}");
        }
        match self.client_max_window_bits {
            None => {}
            Some(ClientWindow::Any) => text.push_str("; client_max_window_bits"),
            Some(ClientWindow::Bits(bits)) => {
                let _ = write!(text, "; {CLIENT_MAX_WINDOW_BITS}={bits}");
            }
        }
        HeaderValue::try_from(text).expect("names and numbers are a valid value")
    }
}

/// Parses a decimal number from 8 to 15 without leading zeros (RFC 7692 §7.1.2).
fn window_bits(text: &str) -> Option<u8> {
    match text {
        "8" => Some(8),
        "9" => Some(9),
        "10" => Some(10),
        "11" => Some(11),
        "12" => Some(12),
        "13" => Some(13),
        "14" => Some(14),
        "15" => Some(15),
        _ => None,
    }
}

fn own_window(settings: &Deflate) -> u8 {
    settings.window_bits.clamp(MIN_WINDOW_BITS, MAX_WINDOW_BITS)
}

/// Returns the terms of a server with `settings` for the first offer in `headers` that it accepts.
///
/// # Errors
///
/// Fails if the field breaks the grammar.
#[cfg_attr(not(feature = "server"), allow(dead_code))]
pub(crate) fn accept(
    headers: &HeaderMap,
    settings: &Deflate,
) -> Result<Option<DeflateTerms>, MalformedExtensions> {
    let offers = extensions(headers)?;
    let mut offers = offers.iter().filter(|offer| offer.name == NAME);
    Ok(offers.find_map(|offer| accept_one(&Params::of(offer)?, settings)))
}

fn accept_one(offer: &Params, settings: &Deflate) -> Option<DeflateTerms> {
    let limit = offer.server_max_window_bits;
    if limit.is_some_and(|bits| bits < MIN_WINDOW_BITS) {
        return None;
    }
    Some(DeflateTerms {
        takeover: settings.context_takeover && !offer.server_no_context_takeover,
        // The client only gives a hint, but without its context this side needs none either.
        peer_takeover: settings.peer_context_takeover && !offer.client_no_context_takeover,
        window_bits: own_window(settings).min(limit.unwrap_or(MAX_WINDOW_BITS)),
        window_is_limited: limit.is_some(),
        settings: settings.in_use(),
    })
}

/// Returns the field with which a server accepts. Both sides may be denied their context without
/// having offered to do without it (RFC 7692 §7.1.1).
#[cfg_attr(not(feature = "server"), allow(dead_code))]
pub(crate) fn response(agreed: &DeflateTerms) -> HeaderValue {
    Params {
        server_no_context_takeover: !agreed.takeover,
        client_no_context_takeover: !agreed.peer_takeover,
        server_max_window_bits: agreed.window_is_limited.then_some(agreed.window_bits),
        // The inflater's memory does not depend on the window, so it need not be limited.
        client_max_window_bits: None,
    }
    .to_value()
}

/// Returns the field with which a client with `settings` offers.
#[cfg_attr(not(feature = "client"), allow(dead_code))]
pub(crate) fn offer(settings: &Deflate) -> HeaderValue {
    Params {
        server_no_context_takeover: !settings.peer_context_takeover,
        client_no_context_takeover: !settings.context_takeover,
        server_max_window_bits: None,
        client_max_window_bits: Some(ClientWindow::Any),
    }
    .to_value()
}

/// Returns the terms of the server's response to the offer of a client with `settings`. `None` if
/// the server declined.
///
/// # Errors
///
/// Returns the rule that the response breaks.
#[cfg_attr(not(feature = "client"), allow(dead_code))]
pub(crate) fn confirm(
    headers: &HeaderMap,
    settings: Option<&Deflate>,
) -> Result<Option<DeflateTerms>, &'static str> {
    let chosen = extensions(headers).map_err(|MalformedExtensions| MALFORMED)?;
    let Some(first) = chosen.first() else {
        return Ok(None);
    };
    let Some(settings) = settings.filter(|_| chosen.iter().all(|chosen| chosen.name == NAME))
    else {
        return Err(NOT_OFFERED);
    };
    if chosen.len() > 1 {
        return Err(TWICE);
    }
    let params = Params::of(first).ok_or(BAD_PARAMETER)?;
    if !settings.peer_context_takeover && !params.server_no_context_takeover {
        // It was offered, so a server that accepts must repeat it (RFC 7692 §7.1.1.1).
        return Err(KEEPS_CONTEXT);
    }
    let limit = match params.client_max_window_bits {
        None => MAX_WINDOW_BITS,
        Some(ClientWindow::Bits(bits)) => bits,
        // In a response it must have a value (RFC 7692 §7.1.2.2).
        Some(ClientWindow::Any) => return Err(BAD_PARAMETER),
    };
    Ok(Some(DeflateTerms {
        takeover: settings.context_takeover && !params.client_no_context_takeover,
        peer_takeover: settings.peer_context_takeover && !params.server_no_context_takeover,
        window_bits: own_window(settings).min(limit),
        window_is_limited: false,
        settings: settings.in_use(),
    }))
}

const MALFORMED: &str = "`Sec-WebSocket-Extensions` breaks its grammar (RFC 6455 §9.1)";
const NOT_OFFERED: &str = "it has an extension that was not offered";
const TWICE: &str = "it accepts permessage-deflate twice (RFC 7692 §5.1)";
const BAD_PARAMETER: &str =
    "permessage-deflate has an unknown, repeated or invalid parameter (RFC 7692 §7.1)";
const KEEPS_CONTEXT: &str = "it lacks the offered `server_no_context_takeover` (RFC 7692 §7.1.1.1)";

#[cfg(test)]
mod tests;
