#![allow(unused_imports)]

use http4k_ws::contract_test;
use http4k_ws::testing::contract::World;

#[contract_test]
fn greets(world: &impl World) {
    world.ws("/bob");
}

#[contract_test()]
fn parts(world: &impl World) {
    world.ws("/bob");
}

fn main() {}
