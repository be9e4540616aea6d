use http4k_ws::Request;
use http4k_ws::message::RequestExt;

fn with_name(request: Request, name: String) -> Request {
    request.with_header("x-name", name)
}

fn main() {}
