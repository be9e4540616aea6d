#![allow(unused_imports)]

use http4k_ws::contract_test;
use http4k_ws::testing::contract::World;

#[contract_test(app(), configuration = config())]
fn greets(world: &impl World) {
    world.http("/");
}

fn main() {}
