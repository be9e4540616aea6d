use http4k_ws::WsMessage;

fn main() {
    let _ = WsMessage::string().optional();
}
