use http4k_ws::Message;

#[derive(Message)]
#[message(binary)]
struct Rgb([u8; 3]);

fn main() {}
