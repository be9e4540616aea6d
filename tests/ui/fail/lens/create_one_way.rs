//! A lens of messages that is mapped one way cannot create a message.

use http4k_ws::WsMessage;

struct Wrapped(String);

fn main() {
    let lens = WsMessage::string().map(Wrapped).to_lens();
    let _ = lens.create(Wrapped("hello".into()));
}
