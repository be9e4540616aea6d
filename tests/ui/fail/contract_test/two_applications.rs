#![allow(unused_imports)]

use http4k_ws::contract_test;
use http4k_ws::testing::contract::World;

#[contract_test(one(), two())]
fn greets(world: &impl World) {
    world.ws("/bob");
}

fn main() {}
