use http4k_ws::Message;

#[derive(Message)]
#[message(text)]
struct Celsius(f32);

fn main() {}
