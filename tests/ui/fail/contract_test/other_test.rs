#![allow(unused_imports)]

use http4k_ws::{AsyncWorld, contract_test};

#[contract_test(app())]
#[tokio::test]
async fn greets(world: &impl AsyncWorld) {
    world.ws("/bob").await;
}

fn main() {}
