//! Case 37: a lens of messages that was mapped one way can't create.

use http4k_ws::WsMessage;

struct Wrapped(String);

fn main() {
    let lens = WsMessage::string().map(Wrapped).to_lens();
    let _ = lens.create(Wrapped("hello".into()));
}
