#![allow(unused_imports)]

use http4k_ws::contract_test;

#[contract_test(app())]
struct Greets;

fn main() {}
