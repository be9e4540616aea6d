#![allow(unused_imports)]

use http4k_ws::contract_test;
use http4k_ws::testing::contract::AsyncBackend;

#[contract_test(app())]
#[tokio::test]
async fn greets(backend: &impl AsyncBackend) {
    backend.ws("/bob").await;
}

fn main() {}
