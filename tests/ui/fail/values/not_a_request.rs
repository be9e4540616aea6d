use http4k_ws::IntoRequest;

fn send(_request: impl IntoRequest) {}

fn main() {
    send(7);
}
