#![allow(unused_imports)]

use http4k_ws::contract_test;
use http4k_ws::testing::contract::Backend;

#[contract_test]
fn greets(backend: &impl Backend) {
    backend.ws("/bob");
}

#[contract_test()]
fn parts(backend: &impl Backend) {
    backend.ws("/bob");
}

fn main() {}
