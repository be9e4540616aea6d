use http4k_ws::filter::{authenticate, bearer};
use http4k_ws::message::Credentials;
use http4k_ws::prelude::*;

async fn look_up(_credentials: Credentials) -> Result<String, StatusCode> {
    Err(StatusCode::UNAUTHORIZED)
}

fn main() {
    let _app = routes! { GET "/" with(authenticate(bearer(), look_up)) => http(|| "hello") };
}
