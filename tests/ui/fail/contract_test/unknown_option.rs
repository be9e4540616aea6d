#![allow(unused_imports)]

use http4k_ws::contract_test;
use http4k_ws::testing::contract::Backend;

#[contract_test(app(), configuration = config())]
fn greets(backend: &impl Backend) {
    backend.http("/");
}

fn main() {}
