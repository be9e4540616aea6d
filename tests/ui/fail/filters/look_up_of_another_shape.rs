use http4k_ws::filter::{authenticate, bearer};
use http4k_ws::message::Credentials;
use http4k_ws::prelude::*;

async fn is_known(_credentials: Credentials) -> bool {
    true
}

fn main() {
    let _app = routes! { GET "/" with(authenticate(bearer(), is_known)) => http(|| "hello") };
}
