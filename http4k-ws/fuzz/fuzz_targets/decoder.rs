//! The frame decoder in both roles, against a model of RFC 6455 and against tungstenite: the same bytes in any
//! split have the same messages, or break a rule of the same class. The comparison is in the library's tests.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| http4k_ws::__private::fuzz_decoder(data));
