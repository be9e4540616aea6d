#![allow(unused_imports)]

use http4k_ws::contract_test;
use http4k_ws::testing::contract::AsyncWorld;

#[contract_test(app())]
#[tokio::test]
async fn greets(world: &impl AsyncWorld) {
    world.ws("/bob").await;
}

fn main() {}
