#![allow(unused_imports)]

use http4k_ws::contract_test;
use http4k_ws::testing::contract::{AsyncBackend, Backend};

#[contract_test(app())]
async fn greets(backend: &impl Backend) {
    backend.ws("/bob").await;
}

#[contract_test(app())]
fn parts(backend: &impl AsyncBackend) {}

fn main() {}
