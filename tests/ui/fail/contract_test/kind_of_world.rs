#![allow(unused_imports)]

use http4k_ws::contract_test;
use http4k_ws::testing::contract::{AsyncWorld, World};

#[contract_test(app())]
async fn greets(world: &impl World) {
    world.ws("/bob").await;
}

#[contract_test(app())]
fn parts(world: &impl AsyncWorld) {}

fn main() {}
