//! The grammar of `traceparent` and `tracestate` (W3C Trace Context §3.2, §3.3).
//!
//! 1. `traceparent` is one field with lower-case digits. The version `ff` is invalid, and so is an
//!    id of zeros only.
//! 2. Version 00 has four parts and nothing behind them. A higher version may have more, behind
//!    another `-`.
//! 3. Unknown flags are dropped, since a higher version may give them another meaning.
//! 4. `tracestate` is a list over several fields. Empty members are skipped, and a list that breaks
//!    the grammar is dropped as a whole. It never makes `traceparent` invalid.

use std::sync::Arc;

use http::HeaderMap;

use super::{TRACEPARENT, TRACESTATE};

/// The number of members of a `tracestate` (§3.3.1.1).
const MAX_MEMBERS: usize = 32;

/// The characters of a `tracestate` that every system must pass on (§3.3.1.5).
const MAX_STATE: usize = 512;

/// The caller's place in the trace.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parent {
    pub(super) trace_id: u128,
    pub(super) parent_id: u64,
    pub(super) flags: u8,
}

/// Returns the parent that the fields name, if they name one.
pub(super) fn parent(headers: &HeaderMap) -> Option<Parent> {
    let mut fields = headers.get_all(TRACEPARENT).iter();
    let (Some(field), None) = (fields.next(), fields.next()) else {
        return None;
    };
    let text = field.to_str().ok()?;
    let (known, more) = text.split_at_checked(55)?;
    let mut parts = known.split('-');
    let version = hex(parts.next()?, 2)?;
    let trace_id = hex(parts.next()?, 32).filter(|id| *id != 0)?;
    let parent_id = hex(parts.next()?, 16).filter(|id| *id != 0)?;
    let flags = hex(parts.next()?, 2)?;
    let ends_well = match version {
        0xff => false,
        0 => more.is_empty(),
        _ => more.is_empty() || more.starts_with('-'),
    };
    (ends_well && parts.next().is_none()).then_some(Parent {
        trace_id,
        parent_id: u64::try_from(parent_id).ok()?,
        flags: u8::try_from(flags).ok()?,
    })
}

/// Reads exactly `digits` lower-case hexadecimal digits.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let is_lower = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_valid = text.len() == digits && text.bytes().all(is_lower);
    is_valid.then(|| u128::from_str_radix(text, 16).ok())?
}

/// Returns the members of `tracestate` as one list. `None` without members, and for a list that is
/// invalid or too long.
pub(super) fn state(headers: &HeaderMap) -> Option<Arc<str>> {
    let mut state = String::new();
    let mut keys: Vec<&str> = Vec::new();
    for field in headers.get_all(TRACESTATE) {
        let members = field.to_str().ok()?.split(',');
        for member in members.map(|member| member.trim_matches([' ', '\t'])) {
            if member.is_empty() {
                continue;
            }
            let (key, value) = member.split_once('=')?;
            let is_valid = is_key(key) && is_value(value) && !keys.contains(&key);
            if !is_valid || keys.len() == MAX_MEMBERS {
                return None;
            }
            keys.push(key);
            if !state.is_empty() {
                state.push(',');
            }
            state.push_str(member);
            if state.len() > MAX_STATE {
                return None;
            }
        }
    }
    (!state.is_empty()).then(|| state.into())
}

/// Returns `true` for a key (§3.3.1.3.1): at most 256 characters, or a tenant of at most 241 and a
/// system of at most 14 around an `@`.
fn is_key(key: &str) -> bool {
    let others = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/');
    let name = |text: &str, longest: usize, starts_with_digit: bool| {
        let starts = text.bytes().next().is_some_and(|byte| {
            byte.is_ascii_lowercase() || (starts_with_digit && byte.is_ascii_digit())
        });
        starts && text.len() <= longest && text.bytes().all(others)
    };
    match key.split_once('@') {
        Some((tenant, system)) => name(tenant, 241, true) && name(system, 14, false),
        None => name(key, 256, false),
    }
}

/// Returns `true` for a value (§3.3.1.3.2): 1 to 256 printable characters, without `=`, and without
/// a space at the end.
fn is_value(value: &str) -> bool {
    let is_allowed = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'=' && byte != b',';
    (1..=256).contains(&value.len()) && value.bytes().all(is_allowed) && !value.ends_with(' ')
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const SPAN: &str = "b7ad6b7169203331";

    fn fields(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a value");
            headers.append(name, value);
        }
        headers
    }

    fn flags(values: &[&str]) -> Option<u8> {
        parent(&fields("traceparent", values)).map(|parent| parent.flags)
    }

    fn list(values: &[&str]) -> Option<String> {
        state(&fields("tracestate", values)).map(|state| state.to_string())
    }

    #[test]
    fn a_parent_is_read_as_the_recommendation_says() {
        let parent = parent(&fields("traceparent", &[&format!("00-{TRACE}-{SPAN}-01")]));
        let expected = Parent {
            trace_id: 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c,
            parent_id: 0xb7ad_6b71_6920_3331,
            flags: 1,
        };
        assert_eq!(parent, Some(expected));
    }

    #[test]
    fn valid_and_invalid_parents_are_told_apart() {
        for (value, flagged) in [
            (format!("00-{TRACE}-{SPAN}-00"), Some(0)),
            (format!("00-{TRACE}-{SPAN}-ff"), Some(0xff)),
            // A higher version may have more fields.
            (format!("cc-{TRACE}-{SPAN}-01"), Some(1)),
            (
                format!("cc-{TRACE}-{SPAN}-01-what-the-future-will-be"),
                Some(1),
            ),
            (format!("cc-{TRACE}-{SPAN}-01-"), Some(1)),
            (format!("cc-{TRACE}-{SPAN}-01.what"), None),
            (format!("cc-{TRACE}-{SPAN}-011"), None),
            (format!("00-{TRACE}-{SPAN}-01-"), None),
            (format!("00-{TRACE}-{SPAN}-01-more"), None),
            (format!("ff-{TRACE}-{SPAN}-01"), None),
            (format!("FF-{TRACE}-{SPAN}-01"), None),
            (format!("0-{TRACE}-{SPAN}-01"), None),
            (format!("000-{TRACE}-{SPAN}-01"), None),
            (format!("00-{}-{SPAN}-01", "0".repeat(32)), None),
            (format!("00-{TRACE}-{}-01", "0".repeat(16)), None),
            (format!("00-{}-{SPAN}-01", TRACE.to_uppercase()), None),
            (format!("00-{TRACE}-{}-01", SPAN.to_uppercase()), None),
            (format!("00-{TRACE}-{SPAN}-0A"), None),
            (format!("00-{TRACE}-{SPAN}-1"), None),
            (format!("00-{TRACE}-{SPAN}-.0"), None),
            (format!("00-{}-{SPAN}-01", &TRACE[1..]), None),
            (format!("00-{TRACE}1-{SPAN}-01"), None),
            (format!("00-{TRACE}-{}-01", &SPAN[1..]), None),
            (format!("00-{TRACE}-{SPAN}1-01"), None),
            (format!("00_{TRACE}_{SPAN}_01"), None),
            (format!("00-+{}-{SPAN}-01", &TRACE[1..]), None),
            (format!("00-\u{e9}{}-{SPAN}-01", &TRACE[2..]), None),
            (format!("00-{TRACE}-{SPAN}"), None),
            (String::new(), None),
            ("-".repeat(55), None),
        ] {
            assert_eq!(flags(&[&value]), flagged, "{value}");
        }
        let valid = format!("00-{TRACE}-{SPAN}-01");
        assert_eq!(flags(&[&valid, &valid]), None);
        assert_eq!(flags(&[]), None);
    }

    #[test]
    fn members_of_several_fields_are_one_list() {
        assert_eq!(list(&["a=1,b=2", "c=3"]).as_deref(), Some("a=1,b=2,c=3"));
        assert_eq!(list(&["a=1 ,\tb=2,,", ""]).as_deref(), Some("a=1,b=2"));
        assert_eq!(list(&["", ","]), None);
        assert_eq!(
            list(&["0tenant@sys=x y!~"]).as_deref(),
            Some("0tenant@sys=x y!~")
        );
        let many = |count| {
            (0..count)
                .map(|n| format!("k{n}=1"))
                .collect::<Vec<_>>()
                .join(",")
        };
        assert!(list(&[&many(32)]).is_some());
        assert_eq!(list(&[&many(33)]), None);
        let long = |length: usize| format!("a={},b={}", "x".repeat(250), "y".repeat(length - 255));
        assert_eq!(list(&[&long(511)]).map(|state| state.len()), Some(511));
        let three = format!("{},c=1234", "a=".to_owned() + &"x".repeat(250));
        assert!(list(&[&three]).is_some());
        assert_eq!(
            list(&[&format!("{},c={}", long(500), "z".repeat(20))]),
            None
        );
    }

    #[test]
    fn a_list_with_an_invalid_member_is_dropped() {
        let key = |length| format!("{}=1", "k".repeat(length));
        assert!(list(&[&key(256)]).is_some());
        assert_eq!(list(&[&key(257)]), None);
        let system = |length| format!("t@{}=1", "s".repeat(length));
        assert!(list(&[&system(14)]).is_some());
        assert_eq!(list(&[&system(15)]), None);
        for invalid in [
            "a", "=1", "a=", "A=1", "1a=1", "a b=1", "a=1=2", "a@=1", "@a=1", "a@1=1", "a@b@c=1",
            "a=\u{e9}", "a =1", "a=1,a=2",
        ] {
            assert_eq!(list(&[invalid]), None, "{invalid}");
        }
        assert_eq!(list(&[&format!("a={}", "v".repeat(257))]), None);
    }
}
