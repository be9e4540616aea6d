#![allow(unused_imports)]

use http4k_ws::contract_test;
use http4k_ws::testing::WsClient;
use http4k_ws::testing::contract::Backend;

#[contract_test(app())]
fn greets() {}

#[contract_test(app())]
fn parts(client: &mut impl WsClient) {}

#[contract_test(app())]
fn waits(backend: impl Backend) {}

#[contract_test(app())]
async fn names(backend: &impl Backend, name: &str) {}

fn main() {}
